from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from core.models import PublicId, new_public_id
from documents import rules


class Document(PublicId, RulesModel):
    """A place for a file on an object, with all its versions.

    ``slot`` says what it is ("photo", "signed_agreement", …); the two permissions name the
    sentences asked on ``target``, so that a file never has rights of its own.
    """

    target_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    target_id = models.PositiveBigIntegerField()
    target = GenericForeignKey("target_type", "target_id")
    slot = models.CharField(_("種類"), max_length=40)
    title = models.CharField(_("書類名"), max_length=120)
    view_permission = models.CharField(max_length=80)
    change_permission = models.CharField(max_length=80)
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now)
    removed_at = models.DateTimeField(_("削除日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("書類")
        verbose_name_plural = _("書類")
        indexes = [models.Index(fields=["target_type", "target_id", "slot"])]
        rules_permissions = {"view": rules.may_read_target, "change": rules.may_change_target}

    def __str__(self):
        return self.title


def storage_path(_version, _name):
    """A random name: neither the uploader's name nor the type can be guessed or abused."""
    return f"documents/{timezone.now():%Y/%m}/{new_public_id()}{new_public_id()}"


class Version(PublicId):
    """One uploaded file. Never changed, never overwritten; it may be destroyed as a whole."""

    document = models.ForeignKey(
        Document, verbose_name=_("書類"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("版"))
    file = models.FileField(_("ファイル"), upload_to=storage_path, max_length=200)
    name = models.CharField(_("ファイル名"), max_length=200)
    content_type = models.CharField(_("形式"), max_length=100)
    size = models.PositiveBigIntegerField(_("大きさ(バイト)"))
    sha256 = models.CharField(_("ハッシュ"), max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登録した人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_at = models.DateTimeField(_("登録日時"), default=timezone.now)

    class Meta:
        verbose_name = _("書類の版")
        verbose_name_plural = _("書類の版")
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="version_number_once")
        ]

    def __str__(self):
        return f"{self.name} v{self.number}"

    def get_absolute_url(self):
        return reverse("documents:download", args=[self.public_id])

    @property
    def is_image(self):
        """Whether a page may show it inline (images were re-encoded on arrival)."""
        return self.content_type in {"image/jpeg", "image/png"}

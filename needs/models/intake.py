"""What the office adds to a need while it prepares the review."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from core.models import PublicId
from needs.enums import CommentAudience, EnrichmentKind, Regulation, RelationKind, RevivalCause


class Clearance(models.Model):
    """Somebody read a hint about personal information and gave a reason why it may stay.

    ``finding`` is a hash of what was found, so that the text itself is kept in one place only.
    """

    need = models.ForeignKey("needs.Need", on_delete=models.CASCADE, related_name="clearances")
    field = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    finding = models.CharField(max_length=64)
    reason = models.CharField(_("そのままでよい理由"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("個人情報の確認")
        verbose_name_plural = _("個人情報の確認")
        constraints = [
            models.UniqueConstraint(fields=["need", "field", "finding"], name="one_clearance_each")
        ]

    def __str__(self):
        return f"{self.need_id} {self.field} {self.kind}"


class Enrichment(PublicId, RulesModel):
    """Something the office found out before the review, with its source."""

    need = models.ForeignKey("needs.Need", on_delete=models.CASCADE, related_name="enrichments")
    kind = models.CharField(_("種類"), max_length=20, choices=EnrichmentKind)
    text = models.TextField(_("内容"), max_length=2000)
    regulation = models.CharField(
        _("薬機法での見込み"), max_length=20, choices=Regulation, blank=True
    )
    source = models.CharField(_("出典"), max_length=200)
    source_url = models.URLField(_("出典のURL"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("記入日時"), default=timezone.now)

    class Meta:
        verbose_name = _("事務局の調べ")
        verbose_name_plural = _("事務局の調べ")

    def __str__(self):
        return self.get_kind_display()


class Relation(PublicId, RulesModel):
    """Two needs that belong together; ``other`` is the newer or the split-off one."""

    need = models.ForeignKey("needs.Need", on_delete=models.CASCADE, related_name="relations")
    other = models.ForeignKey(
        "needs.Need", on_delete=models.CASCADE, related_name="relations_to_it"
    )
    kind = models.CharField(_("関係"), max_length=10, choices=RelationKind)
    note = models.CharField(_("理由"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("関連するニーズ")
        verbose_name_plural = _("関連するニーズ")
        constraints = [
            models.UniqueConstraint(fields=["need", "other", "kind"], name="relation_once"),
            models.CheckConstraint(name="relation_between_two", condition=~Q(need=F("other"))),
        ]

    def __str__(self):
        return f"{self.need_id} {self.get_kind_display()} {self.other_id}"


class Revival(PublicId, RulesModel):
    """A reason to take up again a need that was put aside: a similar one, or a fitting partner."""

    need = models.ForeignKey("needs.Need", on_delete=models.CASCADE, related_name="revivals")
    cause = models.CharField(_("きっかけ"), max_length=20, choices=RevivalCause)
    similar = models.ForeignKey(
        "needs.Need", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("もう一度取り上げるきっかけ")
        verbose_name_plural = _("もう一度取り上げるきっかけ")
        constraints = [
            models.UniqueConstraint(
                fields=["need", "similar"],
                name="revival_once_per_similar_need",
                condition=Q(similar__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["need", "organisation"],
                name="revival_once_per_organisation",
                condition=Q(organisation__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["need"], name="revival_open", condition=Q(settled_at__isnull=True))
        ]

    def __str__(self):
        return f"{self.need_id} {self.get_cause_display()}"


class Comment(PublicId, RulesModel):
    """A remark for a named audience; ``mentions`` may only be people who read this need."""

    need = models.ForeignKey("needs.Need", on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(_("読む人"), max_length=10, choices=CommentAudience)
    text = models.TextField(_("コメント"), max_length=2000)
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("コメント")
        verbose_name_plural = _("コメント")
        indexes = [models.Index(fields=["need", "at"])]

    def __str__(self):
        return self.text[:40]

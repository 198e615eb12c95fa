from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from accounts.models import Organisation
from core.models import PublicId, Versioned
from partners import rules
from partners.enums import ApplicationState
from partners.querysets import ApplicationQuerySet, ProfileQuerySet


class Profile(PublicId, Versioned, RulesModel):
    """What a partner organisation can do."""

    organisation = models.OneToOneField(
        Organisation, verbose_name=_("組織"), on_delete=models.CASCADE, related_name="profile"
    )
    company_type = models.ForeignKey(
        "taxonomy.Term",
        verbose_name=_("種別"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        limit_choices_to={"kind": "company_type"},
    )
    tagline = models.CharField(_("強み(ひとことで)"), max_length=60, blank=True)
    strengths = models.TextField(_("技術・製品"), max_length=2000, blank=True)
    experience = models.TextField(_("医工連携の実績"), max_length=1000, blank=True)
    technologies = models.ManyToManyField(
        "taxonomy.Term",
        verbose_name=_("技術領域"),
        blank=True,
        related_name="+",
        limit_choices_to={"kind": "technology"},
    )
    interests = models.ManyToManyField(
        "taxonomy.Term",
        verbose_name=_("関心のある分野"),
        blank=True,
        related_name="+",
        limit_choices_to={"kind": "need_category"},
    )
    employees = models.PositiveIntegerField(_("従業員数"), null=True, blank=True)
    website = models.URLField(_("ウェブサイト"), blank=True)
    is_listed = models.BooleanField(_("病院に公開する"), default=True)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("企業・支援機関の情報")
        verbose_name_plural = _("企業・支援機関の情報")
        rules_permissions = {
            "view": rules.is_office
            | rules.speaks_for_partner
            | (rules.belongs_to_hospital & rules.is_listed),
            "change": rules.speaks_for_partner | rules.is_office,
        }

    def __str__(self):
        return str(self.organisation)

    def get_absolute_url(self):
        return reverse("partners:detail", args=[self.public_id])


class Licence(models.Model):
    """A licence or certification the partner holds, until a date."""

    profile = models.ForeignKey(
        Profile, verbose_name=_("企業・支援機関"), on_delete=models.CASCADE, related_name="licences"
    )
    kind = models.ForeignKey(
        "taxonomy.Term",
        verbose_name=_("業許可・認証"),
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"kind": "licence"},
    )
    number = models.CharField(_("許可・登録番号"), max_length=60, blank=True)
    valid_until = models.DateField(_("有効期限"), null=True, blank=True)

    class Meta:
        verbose_name = _("業許可・認証")
        verbose_name_plural = _("業許可・認証")
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "kind", "number"], name="licence_once_per_profile"
            )
        ]

    def __str__(self):
        return str(self.kind)

    @property
    def is_expired(self):
        """Its last day has passed."""
        return self.valid_until is not None and self.valid_until < timezone.localdate()


class Application(PublicId, RulesModel):
    """A company that wants to take part and waits for an invitation."""

    company = models.CharField(_("会社名"), max_length=120)
    prefecture = models.ForeignKey(
        "taxonomy.Term",
        verbose_name=_("都道府県"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        limit_choices_to={"kind": "prefecture"},
    )
    name = models.CharField(_("担当者の氏名"), max_length=80)
    email = models.EmailField(_("メールアドレス"))
    message = models.TextField(_("できること・関心のあること"), max_length=1000)
    state = models.CharField(
        _("状況"),
        max_length=10,
        choices=ApplicationState,
        default=ApplicationState.RECEIVED,
        editable=False,
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("登録した組織"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(_("申込日時"), auto_now_add=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("対応した人"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("参加の申込")
        verbose_name_plural = _("参加の申込")
        rules_permissions = {"view": rules.is_office, "handle": rules.is_office}

    def __str__(self):
        return self.company

    def get_absolute_url(self):
        return reverse("partners:application", args=[self.public_id])

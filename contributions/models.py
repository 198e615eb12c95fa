from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from accounts.models import Organisation
from contributions import rules
from contributions.kinds import choices, kind_of
from core.japanese import fiscal_year


class ContributionQuerySet(models.QuerySet):
    """Contributions."""

    def visible_to(self, user):
        """The rows for which ``contributions.view_contribution`` holds: one's own."""
        return self.filter(person=user.pk) if user.is_active else self.none()


class Contribution(RulesModel):
    """One thing that somebody gave. Evidence for the yearly 貢献証明書: kept when a title changes.

    ``label`` is what the line is called, such as a 受付番号: never a text of a need, because a
    reviewer may see this line after she may no longer see the need.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("本人"),
        on_delete=models.PROTECT,
        related_name="contributions",
    )
    hospital = models.ForeignKey(
        Organisation, verbose_name=_("病院"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("種類"), max_length=40, choices=choices)
    target_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    target_id = models.PositiveBigIntegerField()
    label = models.CharField(_("内容"), max_length=120)
    on = models.DateField(_("日付"), default=timezone.localdate)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("貢献")
        verbose_name_plural = _("貢献")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "target_type", "target_id"],
                name="contributed_once_to_each",
            )
        ]
        indexes = [models.Index(fields=["person", "on"])]
        rules_permissions = {"view": rules.is_ones_own}

    def __str__(self):
        return f"{self.get_kind_display()}: {self.label}"

    @property
    def fiscal_year(self):
        """The Japanese fiscal year: from April until March."""
        return fiscal_year(self.on)

    @property
    def spec(self):
        """Its kind."""
        return kind_of(self.kind)

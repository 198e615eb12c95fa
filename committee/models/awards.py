"""Awards: what a round gives, who is named for it, who gets it."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from accounts.models import Organisation
from committee import rules
from committee.models.rounds import Case, Round
from committee.querysets import AwardQuerySet
from core.models import PublicId, new_public_id


class AwardPlan(models.Model):
    """Which awards a round gives, how many of each, and what comes with it."""

    round = models.ForeignKey(
        Round, verbose_name=_("審査会"), on_delete=models.CASCADE, related_name="award_plans"
    )
    kind = models.ForeignKey(
        "taxonomy.Term",
        verbose_name=_("賞"),
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"kind": "award"},
    )
    quota = models.PositiveSmallIntegerField(_("数"), default=1)
    prize = models.CharField(_("副賞"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("賞の予定")
        verbose_name_plural = _("賞の予定")
        constraints = [
            models.UniqueConstraint(fields=["round", "kind"], name="award_planned_once_per_round")
        ]

    def __str__(self):
        return f"{self.kind} × {self.quota}"


class Nomination(models.Model):
    """A member names a case for an award."""

    case = models.ForeignKey(
        Case, verbose_name=_("審査案件"), on_delete=models.CASCADE, related_name="nominations"
    )
    kind = models.ForeignKey(
        "taxonomy.Term",
        verbose_name=_("賞"),
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"kind": "award"},
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("推す人"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    reason = models.CharField(_("推す理由"), max_length=200)
    at = models.DateTimeField(_("推した日時"), default=timezone.now)

    class Meta:
        verbose_name = _("賞への推薦")
        verbose_name_plural = _("賞への推薦")
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "by"], name="nominated_once_each")
        ]

    def __str__(self):
        return f"{self.case_id} → {self.kind}"


class Award(PublicId, RulesModel):
    """A prize for a need, with a numbered certificate. Pending until the round is released."""

    case = models.ForeignKey(
        Case, verbose_name=_("審査案件"), on_delete=models.PROTECT, related_name="awards"
    )
    kind = models.ForeignKey(
        "taxonomy.Term",
        verbose_name=_("賞"),
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"kind": "award"},
    )
    hospital = models.ForeignKey(
        Organisation,
        verbose_name=_("病院"),
        on_delete=models.PROTECT,
        related_name="awards",
        editable=False,
    )
    citation = models.CharField(_("たたえる言葉"), max_length=200, blank=True)
    number = models.CharField(_("文書番号"), max_length=30, editable=False)
    verification_code = models.CharField(
        max_length=12, unique=True, editable=False, default=new_public_id
    )
    prize = models.CharField(_("副賞"), max_length=80, blank=True)
    # The winner's own word that name and title may stand on the public page.
    public_since = models.DateTimeField(_("公開に同意した日時"), null=True, editable=False)
    awarded_on = models.DateField(_("表彰日"), null=True, blank=True, editable=False)

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("表彰")
        verbose_name_plural = _("表彰")
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="award_once_per_case"),
            models.UniqueConstraint(
                fields=["hospital", "number"], name="award_number_once_per_hospital"
            ),
        ]
        rules_permissions = {
            "view": rules.is_office_of_award | (rules.is_winner & rules.award_is_released),
            "withdraw": rules.is_office_of_award & ~rules.award_is_released,
            "publish": rules.is_winner & rules.award_is_released,
        }

    def __str__(self):
        return f"{self.kind} {self.number}"

    def get_absolute_url(self):
        return reverse("committee:award", args=[self.public_id])

"""What was decided, and the letter about it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from accounts.models import Organisation
from committee import rules
from committee.enums import Outcome
from committee.models.rounds import Case
from committee.querysets import LetterQuerySet
from core.models import PublicId, Versioned


class DecisionKind(PublicId):
    """A hospital's own word for a decision, such as 「継続審査」; what follows is its ``outcome``."""

    hospital = models.ForeignKey(
        Organisation, verbose_name=_("病院"), on_delete=models.CASCADE, related_name="+"
    )
    label = models.CharField(_("決定の名前"), max_length=20)
    outcome = models.CharField(_("扱い"), max_length=20, choices=Outcome)
    order = models.PositiveSmallIntegerField(_("並び順"), default=0)
    is_active = models.BooleanField(_("使う"), default=True)

    class Meta:
        verbose_name = _("決定の種類")
        verbose_name_plural = _("決定の種類")
        constraints = [
            models.UniqueConstraint(fields=["hospital", "label"], name="decision_kind_once")
        ]

    def __str__(self):
        return self.label

    @property
    def treated_as(self):
        """What follows from it, in words."""
        return _("「%(outcome)s」として扱います") % {"outcome": self.get_outcome_display()}


class Decision(models.Model):
    """What was decided about a case; a correction is a new row with a reason, never an edit."""

    case = models.ForeignKey(
        Case, verbose_name=_("審査案件"), on_delete=models.PROTECT, related_name="decisions"
    )
    outcome = models.CharField(_("決定"), max_length=20, choices=Outcome)
    reason = models.TextField(_("理由"), max_length=1000, blank=True)
    advice = models.TextField(_("提案者への助言"), max_length=1000, blank=True)
    next_person = models.CharField(_("次の担当"), max_length=80, blank=True)
    next_date = models.DateField(_("次の期限"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("記録した人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("記録した日時"), default=timezone.now)
    kind = models.ForeignKey(
        DecisionKind,
        verbose_name=_("決定の種類"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # Whose hands were up: the meeting, the people present and the quorum at that moment.
    meeting = models.ForeignKey(
        "committee.Meeting",
        verbose_name=_("会議"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="decisions",
    )
    attendance = models.JSONField(_("出席"), default=dict, blank=True, editable=False)
    is_current = models.BooleanField(_("最新"), default=True)

    class Meta:
        verbose_name = _("決定")
        verbose_name_plural = _("決定")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(is_current=True), name="one_current_decision"
            )
        ]

    def __str__(self):
        return f"{self.case}: {self.label}"

    @property
    def label(self):
        """The hospital's own word for it, or one of the four."""
        return in_words(self.outcome, self.kind and self.kind.label)


def in_words(outcome, own=None):
    """A decision as the hospital calls it (``own``), or one of the four words."""
    return own or str(Outcome(outcome).label)


class Letter(PublicId, Versioned, RulesModel):
    """The result letter to the proposer: a draft until the round is released."""

    case = models.OneToOneField(
        Case, verbose_name=_("審査案件"), on_delete=models.PROTECT, related_name="letter"
    )
    subject = models.CharField(_("件名"), max_length=120)
    body = models.TextField(_("本文"), max_length=4000)
    released_at = models.DateTimeField(_("送付日時"), null=True, blank=True, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("結果の手紙")
        verbose_name_plural = _("結果の手紙")
        rules_permissions = {
            "view": rules.is_office_of_letter | (rules.is_addressee & rules.letter_is_released),
            "change": rules.is_office_of_letter & ~rules.letter_is_released,
        }

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        return reverse("committee:letter", args=[self.public_id])

    @property
    def is_edited(self):
        """Somebody of the office put her own words in; a new decision must not overwrite them."""
        return self.updated_by_id is not None

"""Rounds, the needs on their agenda, who reviews them and what is hidden."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from committee import rules
from committee.enums import RoundState
from committee.models.rubrics import Rubric
from committee.models.seats import Committee
from committee.querysets import CaseQuerySet, RoundQuerySet
from core.models import PublicId, Versioned
from needs.models import Need


class Round(PublicId, Versioned, RulesModel):
    """One evaluation: these needs, this committee, this rubric, until this time."""

    committee = models.ForeignKey(
        Committee, verbose_name=_("委員会"), on_delete=models.PROTECT, related_name="rounds"
    )
    rubric = models.ForeignKey(
        Rubric, verbose_name=_("評価表"), on_delete=models.PROTECT, related_name="rounds"
    )
    title = models.CharField(_("審査会の名前"), max_length=80)
    deadline = models.DateTimeField(_("採点の締切"))
    shows_others = models.BooleanField(
        _("採点を終えた委員に、ほかの委員の採点を見せる"), default=False
    )
    is_blind = models.BooleanField(
        _("提案者を伏せて審査する(匿名審査)"),
        default=False,
        help_text=_(
            "結果を通知するまで、委員には提案者と部署を見せません。本文と写真は、採点を始める前に"
            "事務局が1件ずつ確かめます。"
        ),
    )
    state = models.CharField(
        _("状況"), max_length=12, choices=RoundState, default=RoundState.PLANNED, editable=False
    )
    opens_at = models.DateTimeField(
        _("採点を始める日時"),
        null=True,
        blank=True,
        help_text=_("この日時に自動で採点を始めます。空ければ、手で始めます。"),
    )
    # The office is told once when the round could not open by itself; a new time asks again.
    hindered_at = models.DateTimeField(null=True, editable=False)
    closes_by_itself = models.BooleanField(_("締切が来たら自動で合議に移る"), default=False)
    reviewers_per_case = models.PositiveSmallIntegerField(
        _("1件を審査する人数"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text=_("空ければ、すべての委員がすべての案件を審査します。"),
    )
    released_at = models.DateTimeField(_("結果を通知した日時"), null=True, editable=False)
    announced_at = models.DateTimeField(_("受賞を知らせた日時"), null=True, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("審査会")
        verbose_name_plural = _("審査会")
        rules_permissions = {
            "view": rules.is_office_of_round | rules.sits_in_round,
            "manage": rules.is_office_of_round,
            "lead": rules.is_office_of_round | rules.chairs_round,
            "meet": rules.is_office_of_round | rules.keeps_round,
            "see_results": rules.may_open_results,
            "announce": rules.is_office_of_round & rules.round_is_released,
        }

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("committee:round", args=[self.public_id])

    @property
    def hospital_id(self):
        """The hospital whose round it is."""
        return self.committee.hospital_id

    @property
    def hides_people(self):
        """Whether its pages say nothing of who proposed a need: a blind round until its release.

        Before scoring begins only the office sees the round, and prepares what is shown.
        """
        return self.is_blind and self.state not in {RoundState.PLANNED, RoundState.RELEASED}

    @property
    def takes_scores(self):
        """Whether everybody can still save a score now."""
        return self.state == RoundState.REVIEWING and timezone.now() <= self.deadline

    def deadline_of(self, user):
        """Until when she may score: the deadline, or her own extension behind it. One query."""
        longer = self.extensions.filter(user=user, until__gt=self.deadline)
        return longer.values_list("until", flat=True).first() or self.deadline

    def takes_scores_of(self, user):
        """Whether she can still save a score now."""
        return self.state == RoundState.REVIEWING and timezone.now() <= self.deadline_of(user)


class Case(PublicId, RulesModel):
    """A need on the agenda of a round."""

    round = models.ForeignKey(
        Round, verbose_name=_("審査会"), on_delete=models.CASCADE, related_name="cases"
    )
    need = models.ForeignKey(
        Need, verbose_name=_("ニーズ"), on_delete=models.PROTECT, related_name="cases"
    )
    order = models.PositiveSmallIntegerField(_("議事の順"), default=0)
    # That of its result, once more: a long table is ranked from one index (committee.results).
    mean = models.FloatField(_("平均"), null=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("審査案件")
        verbose_name_plural = _("審査案件")
        constraints = [
            models.UniqueConstraint(fields=["round", "need"], name="need_once_per_round")
        ]
        indexes = [models.Index(fields=["round", "mean", "need"], name="case_by_mean")]
        rules_permissions = {
            "view": rules.is_office_of_case | rules.sits_in_case_round,
            "answer_conflict": rules.sits_in_case_round
            & ~rules.speaks_for_case
            & ~rules.was_taken_out
            & ~rules.case_is_released,
            "confirm_conflicts": rules.leads_case & ~rules.is_out_of_case & ~rules.case_is_released,
            "read": rules.may_read_case,
            "name": rules.may_read_case | (rules.is_office_of_case & ~rules.is_out_of_case),
            "stay_out": rules.is_out_of_case,
            "review": rules.may_read_case & rules.scores_case & rules.case_is_being_scored,
            "see_scores": rules.may_see_scores,
            "decide": rules.leads_case & ~rules.is_out_of_case & rules.case_is_being_discussed,
            "nominate": rules.may_read_case
            & (rules.case_is_being_scored | rules.case_is_being_discussed),
            "assign": (rules.is_office_of_case | rules.chairs_case) & ~rules.is_out_of_case,
            "redact": rules.is_office_of_case
            & ~rules.is_out_of_case
            & rules.case_is_blind
            & ~rules.case_is_released,
            "honour": rules.is_office_of_case
            & ~rules.is_out_of_case
            & rules.case_is_before_release,
        }

    def __str__(self):
        return f"{self.round}: {self.need}"

    def get_absolute_url(self):
        return reverse("committee:case", args=[self.public_id])

    @property
    def number(self):
        """What the case is called while its title is closed."""
        return self.need.number

    @property
    def current_decision(self):
        """The decision in force, or None; uses prefetched ``decisions``."""
        return next((each for each in self.decisions.all() if each.is_current), None)


class Extension(models.Model):
    """One member may score a little longer than the others."""

    round = models.ForeignKey(
        Round, verbose_name=_("審査会"), on_delete=models.CASCADE, related_name="extensions"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("委員"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    until = models.DateTimeField(_("この日時まで"))
    reason = models.CharField(_("理由"), max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("認めた人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("認めた日時"), default=timezone.now)

    class Meta:
        verbose_name = _("締切の延長")
        verbose_name_plural = _("締切の延長")
        constraints = [
            models.UniqueConstraint(fields=["round", "user"], name="one_extension_per_member")
        ]

    def __str__(self):
        return f"{self.user}: {self.until}"


class Assignment(models.Model):
    """This member shall review this case."""

    case = models.ForeignKey(
        Case, verbose_name=_("審査案件"), on_delete=models.CASCADE, related_name="assignments"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("審査する人"),
        on_delete=models.CASCADE,
        related_name="review_assignments",
    )
    is_automatic = models.BooleanField(_("自動の割り当て"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("割り当てた人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("割り当てた日時"), default=timezone.now)

    class Meta:
        verbose_name = _("審査の割り当て")
        verbose_name_plural = _("審査の割り当て")
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="assigned_once_per_case")
        ]

    def __str__(self):
        return f"{self.case_id} → {self.user}"

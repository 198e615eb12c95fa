from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from accounts.models import Organisation
from committee import rules
from committee.enums import ConflictAnswer, Outcome, RoundState, Seat
from committee.querysets import (
    AwardQuerySet,
    CaseQuerySet,
    CommitteeQuerySet,
    LetterQuerySet,
    RoundQuerySet,
    RubricQuerySet,
)
from core.models import PublicId, Versioned, new_public_id
from needs.models import Need


class Committee(PublicId, Versioned, RulesModel):
    """A needs-extraction committee (ニーズ抽出委員会) of one hospital."""

    hospital = models.ForeignKey(
        Organisation, verbose_name=_("病院"), on_delete=models.PROTECT, related_name="committees"
    )
    name = models.CharField(_("委員会名"), max_length=80)
    is_active = models.BooleanField(_("有効"), default=True)

    objects = CommitteeQuerySet.as_manager()

    class Meta:
        verbose_name = _("委員会")
        verbose_name_plural = _("委員会")
        constraints = [
            models.UniqueConstraint(fields=["hospital", "name"], name="committee_name_once")
        ]
        rules_permissions = {
            "view": rules.is_office_of_committee | rules.sits_in_committee,
            "manage": rules.is_office_of_committee,
        }

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("committee:committee", args=[self.public_id])


class Member(PublicId):
    """A seat in a committee, held from a day until a day."""

    committee = models.ForeignKey(
        Committee, verbose_name=_("委員会"), on_delete=models.CASCADE, related_name="members"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("委員"),
        on_delete=models.PROTECT,
        related_name="committee_seats",
    )
    seat = models.CharField(_("役"), max_length=10, choices=Seat, default=Seat.MEMBER)
    since = models.DateField(_("就任日"), default=timezone.localdate)
    until = models.DateField(_("任期の終わり"), null=True, blank=True)

    class Meta:
        verbose_name = _("委員")
        verbose_name_plural = _("委員")
        constraints = [
            models.UniqueConstraint(fields=["committee", "user"], name="one_seat_per_person"),
            models.CheckConstraint(
                name="term_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
            ),
        ]

    def __str__(self):
        return f"{self.user} ({self.get_seat_display()})"


class Rubric(PublicId, Versioned, RulesModel):
    """A set of weighted criteria; a round keeps the one it was opened with."""

    hospital = models.ForeignKey(
        Organisation, verbose_name=_("病院"), on_delete=models.CASCADE, related_name="rubrics"
    )
    name = models.CharField(_("評価表の名前"), max_length=80)

    objects = RubricQuerySet.as_manager()

    class Meta:
        verbose_name = _("評価表")
        verbose_name_plural = _("評価表")
        rules_permissions = {
            "view": rules.is_office_of_rubric,
            "manage": rules.is_office_of_rubric,
        }

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("committee:rubric", args=[self.public_id])

    @property
    def is_fixed(self):
        """A round has begun with it: from here it is part of the record and cannot change."""
        return self.rounds.exclude(state=RoundState.PLANNED).exists()


class Criterion(models.Model):
    """One question to score from 1 to 5, with written anchors for 1, 3 and 5."""

    rubric = models.ForeignKey(
        Rubric, verbose_name=_("評価表"), on_delete=models.CASCADE, related_name="criteria"
    )
    label = models.CharField(_("評価項目"), max_length=60)
    weight = models.PositiveSmallIntegerField(
        _("重み"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    anchor_1 = models.CharField(_("1点のめやす"), max_length=120)
    anchor_3 = models.CharField(_("3点のめやす"), max_length=120)
    anchor_5 = models.CharField(_("5点のめやす"), max_length=120)
    order = models.PositiveSmallIntegerField(_("並び順"), default=0)

    class Meta:
        verbose_name = _("評価項目")
        verbose_name_plural = _("評価項目")
        constraints = [
            models.UniqueConstraint(fields=["rubric", "label"], name="criterion_once_per_rubric"),
            models.CheckConstraint(
                name="criterion_weight_from_1_to_10", condition=Q(weight__gte=1, weight__lte=10)
            ),
        ]

    def __str__(self):
        return self.label


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
    state = models.CharField(
        _("状況"), max_length=12, choices=RoundState, default=RoundState.PLANNED, editable=False
    )
    released_at = models.DateTimeField(_("結果を通知した日時"), null=True, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("審査会")
        verbose_name_plural = _("審査会")
        rules_permissions = {
            "view": rules.is_office_of_round | rules.sits_in_round,
            "manage": rules.is_office_of_round,
            "lead": rules.is_office_of_round | rules.chairs_round,
            "see_results": rules.may_open_results,
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
    def takes_scores(self):
        """Whether a score can still be saved now."""
        return self.state == RoundState.REVIEWING and timezone.now() <= self.deadline


class Case(PublicId, RulesModel):
    """A need on the agenda of a round."""

    round = models.ForeignKey(
        Round, verbose_name=_("審査会"), on_delete=models.CASCADE, related_name="cases"
    )
    need = models.ForeignKey(
        Need, verbose_name=_("ニーズ"), on_delete=models.PROTECT, related_name="cases"
    )
    order = models.PositiveSmallIntegerField(_("議事の順"), default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("審査案件")
        verbose_name_plural = _("審査案件")
        constraints = [
            models.UniqueConstraint(fields=["round", "need"], name="need_once_per_round")
        ]
        rules_permissions = {
            "view": rules.is_office_of_case | rules.sits_in_case_round,
            "answer_conflict": rules.sits_in_case_round
            & ~rules.speaks_for_case
            & ~rules.case_is_released,
            "read": rules.may_read_case,
            "name": rules.may_read_case | (rules.is_office_of_case & ~rules.is_out_of_case),
            "review": rules.may_read_case & rules.scores_case & rules.case_is_being_scored,
            "see_scores": rules.may_see_scores,
            "decide": rules.leads_case & ~rules.is_out_of_case & rules.case_is_being_discussed,
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


class Conflict(models.Model):
    """A member's answer about one case; content stays closed until it is given."""

    case = models.ForeignKey(
        Case, verbose_name=_("審査案件"), on_delete=models.CASCADE, related_name="conflicts"
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("委員"),
        on_delete=models.CASCADE,
        related_name="conflict_answers",
    )
    answer = models.CharField(_("利益相反"), max_length=10, choices=ConflictAnswer)
    note = models.CharField(_("理由"), max_length=300, blank=True)
    at = models.DateTimeField(_("回答日時"), default=timezone.now)

    class Meta:
        verbose_name = _("利益相反の回答")
        verbose_name_plural = _("利益相反の回答")
        constraints = [
            models.UniqueConstraint(fields=["case", "member"], name="one_conflict_answer_each")
        ]

    def __str__(self):
        return f"{self.member}: {self.get_answer_display()}"


class Review(Versioned):
    """One member's view of one case."""

    case = models.ForeignKey(
        Case, verbose_name=_("審査案件"), on_delete=models.CASCADE, related_name="reviews"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("審査する人"),
        on_delete=models.PROTECT,
        related_name="reviews",
    )
    note_to_committee = models.TextField(_("事務局と委員だけが見ます"), max_length=2000, blank=True)
    note_to_proposer = models.TextField(_("提案者に伝わります"), max_length=2000, blank=True)
    completed_at = models.DateTimeField(_("採点を終えた日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("採点")
        verbose_name_plural = _("採点")
        constraints = [
            models.UniqueConstraint(fields=["case", "reviewer"], name="one_review_per_reviewer")
        ]

    def __str__(self):
        return f"{self.case} – {self.reviewer}"


class Score(models.Model):
    """One mark of a review; no value means 「判断できない」."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    value = models.PositiveSmallIntegerField(_("点"), null=True, blank=True)

    class Meta:
        verbose_name = _("点")
        verbose_name_plural = _("点")
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="one_score_a_criterion"),
            models.CheckConstraint(
                name="score_from_1_to_5",
                condition=Q(value__isnull=True) | Q(value__gte=1, value__lte=5),
            ),
        ]

    def __str__(self):
        return f"{self.criterion}: {self.value}"


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
        return f"{self.case}: {self.get_outcome_display()}"


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
        }

    def __str__(self):
        return f"{self.kind} {self.number}"

    def get_absolute_url(self):
        return reverse("committee:award", args=[self.public_id])

"""A member and a case: the conflict question, the scores, the words."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from committee.enums import ConflictAnswer
from committee.models.rounds import Case
from committee.models.rubrics import Criterion
from committee.querysets import ReviewQuerySet
from core.models import Versioned


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
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("確かめた人"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(_("確かめた日時"), null=True, blank=True)
    confirm_note = models.CharField(_("確かめたことの記録"), max_length=300, blank=True)

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
    abstained_at = models.DateTimeField(_("辞退した日時"), null=True, blank=True)
    abstain_reason = models.CharField(_("辞退の理由"), max_length=300, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("採点")
        verbose_name_plural = _("採点")
        constraints = [
            models.UniqueConstraint(fields=["case", "reviewer"], name="one_review_per_reviewer")
        ]

    def __str__(self):
        return f"{self.case} – {self.reviewer}"

    @property
    def is_handed_in(self):
        """Whether it counts, as far as she is concerned."""
        return self.completed_at is not None and self.abstained_at is None


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
                name="score_from_1_to_10",
                condition=Q(value__isnull=True) | Q(value__gte=1, value__lte=10),
            ),
        ]

    def __str__(self):
        return f"{self.criterion}: {self.value}"

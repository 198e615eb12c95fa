"""A member's review of a case: kept while she types, handed in, or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from committee import contributions, queries, results
from committee.models import Review, Score
from core.workflow import WrongStateError, action_labels, lock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from committee.models import Case, Criterion
    from committee.review_forms import ReviewForm

action_labels.update(
    {
        "committee.review.score": _("採点した"),
        "committee.review.abstain": _("審査を辞退した"),
        "committee.review.resume": _("辞退を取り消した"),
    }
)


@transaction.atomic
def save_review(form: ReviewForm, *, by: Any) -> Review:
    """Keep a member's review; it is handed in as soon as every criterion has an answer."""
    review: Review = form.save(commit=False, by=by)
    marks = form.marks()
    if review.completed_at is None and len(marks) == len(form.criteria):
        review.completed_at = timezone.now()
    review.save()
    _write(review, marks)
    if review.is_handed_in:
        contributions.scored(review)
    _record(review, marks, by=by)
    results.refresh(review.case)
    return review


@transaction.atomic
def keep_review(form: ReviewForm, *, by: Any) -> Review:
    """Keep what a page holds while she types or goes on; a refused answer stays as it was.

    This hands nothing in: a member decides that with a button. Of a review that counts already
    each new mark gets its line at once.
    """
    review: Review = form.instance
    if not form.kept:
        return review
    review.updated_by = by
    review.save()
    marks = form.changed_marks()
    _write(review, marks)
    if marks and review.completed_at:
        _record(review, marks, by=by)
        results.refresh(review.case)
    return review


@transaction.atomic
def abstain(case: Case, *, by: Any, reason: str) -> None:
    """She leaves this case to the others. What she wrote stays, but does not count.

    Raises WrongStateError when scoring is over.
    """
    review = _own_while_open(case, by)
    review.abstained_at, review.abstain_reason = timezone.now(), reason
    review.updated_by = by
    review.save()
    contributions.lost_score(by, case)
    record(review, "abstain", by=by, reason=reason)
    results.refresh(case)


@transaction.atomic
def resume(case: Case, *, by: Any) -> None:
    """She takes the case up again where she left it. Raises WrongStateError when scoring is over."""
    review = _own_while_open(case, by)
    if review.abstained_at is None:
        return
    review.abstained_at, review.abstain_reason = None, ""
    review.updated_by = by
    review.save()
    if review.is_handed_in:
        contributions.scored(review)
    record(review, "resume", by=by)
    results.refresh(case)


def abstentions(user: Any, cases: Iterable[Case]) -> list[Review]:
    """Who gave up which case and why, for office and chair; ``cases`` come from ``for_pages()``.

    Nothing about a case whose title this reader may not know.
    """
    return [
        review
        for case in cases
        if user.has_perm("committee.lead_round", case.round)
        and user.has_perm("committee.name_case", case)
        for review in case.reviews.all()
        if review.abstained_at
    ]


def _own_while_open(case: Case, by: Any) -> Review:
    lock(case.round)
    if not case.round.takes_scores_of(by):
        msg = "scoring is over"
        raise WrongStateError(msg)
    review: Review = queries.own_review(case, by)
    return review


def _write(review: Review, marks: dict[Criterion, int | None]) -> None:
    Score.objects.bulk_create(
        [
            Score(review=review, criterion=criterion, value=value)
            for criterion, value in marks.items()
        ],
        update_conflicts=True,
        unique_fields=["review", "criterion"],
        update_fields=["value"],
    )


def _record(review: Review, marks: dict[Criterion, int | None], *, by: Any) -> None:
    record(
        review,
        "score",
        by=by,
        marks={criterion.label: value for criterion, value in marks.items()},
        complete=review.completed_at is not None,
    )

"""The stored results: written when a score or a conflict changes, read by the tables.

``refresh`` is called, in the same transaction, wherever n or the mean of a case changes. It locks
the round first, so that of two members who save at once the second counts the first's marks too;
a caller that locks anything of the case locks the round before it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction

from committee import leniency, scoring
from committee.enums import RoundState
from committee.models import Case, CaseResult, Review, Round, Score
from core.workflow import lock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from fractions import Fraction

    from committee.models import Criterion

    Marks = dict[int, dict[int, int | None]]

# Scoring is over: strict and lenient members can be told apart.
ADJUSTED_IN = [RoundState.DISCUSSING, RoundState.DECIDED, RoundState.RELEASED]
FIGURES = [
    *("n", "mean", "median", "spread", "low", "high", "is_split", "adjusted"),
    *("marks", "points"),
]


@transaction.atomic
def refresh(case: Case) -> None:
    """Compute the result of ``case`` anew; once scoring is over, everybody's adjusted score too."""
    round_ = Round.objects.get(pk=case.round_id)
    lock(round_)
    if round_.state in ADJUSTED_IN:
        _write(round_)
    else:
        _write(round_, only=[case.pk])


@transaction.atomic
def refresh_round(round_: Round) -> None:
    """Compute all results of a round from scratch, for the state that ``round_`` has now."""
    _write(round_)


def people_changed(*, instance: Any, **_signal: Any) -> None:
    """Who stands behind a need may have changed: after the commit, count its cases anew.

    A released round keeps what it was decided on.
    """
    transaction.on_commit(partial(_refresh_cases_of, instance.need_id))


def _refresh_cases_of(need: int) -> None:
    closed = [RoundState.PLANNED, RoundState.RELEASED]
    for case in Case.objects.filter(need=need).exclude(round__state__in=closed):
        refresh(case)


def _write(round_: Round, *, only: Collection[int] | None = None) -> None:
    found = computed(round_, only=only)
    CaseResult.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=FIGURES,
        batch_size=1_000,
    )
    moved = [each.case for each in found if each.case.mean != each.mean]
    for each in found:
        each.case.mean = each.mean
    Case.objects.bulk_update(moved, ["mean"], batch_size=200)


def computed(round_: Round, *, only: Collection[int] | None = None) -> list[CaseResult]:
    """The results as the scores of this moment give them, unsaved; a fixed number of queries."""
    cases = round_.cases.select_related("need").order_by("pk")
    if only is not None:
        cases = cases.filter(pk__in=only)
    cases, criteria = list(cases), criteria_of(round_)
    marks = marks_of(cases)
    means = points_by_member(cases, criteria, marks=marks)
    adjusted = _adjusted(means) if round_.state in ADJUSTED_IN else {}
    return [
        CaseResult(
            case=case,
            adjusted=adjusted.get(case.pk),
            points=_points(marks[case.pk], asked_about(case, criteria)),
            **_figures(means[case.pk].values()),
        )
        for case in cases
    ]


def criteria_of(round_: Round) -> list[Criterion]:
    """What the round asks, in the order of its rubric."""
    return list(round_.rubric.criteria.in_order())


def marks_of(cases: Iterable[Case]) -> dict[int, Marks]:
    """Case id → member id → criterion id → points, of the reviews that count; one query."""
    found: dict[int, Marks] = defaultdict(lambda: defaultdict(dict))
    reviews = Review.objects.counted().filter(case__in=[case.pk for case in cases])
    rows = Score.objects.filter(review__in=reviews).values_list(
        "review__case", "review__reviewer", "criterion", "value"
    )
    for case, member, criterion, value in rows:
        found[case][member][criterion] = value
    return found


def points_by_member(
    cases: Iterable[Case], criteria: Iterable[Criterion], *, marks: dict[int, Marks] | None = None
) -> dict[int, dict[int, Fraction]]:
    """Case id → member id → her mark; ``marks`` when they are known, or else one query."""
    known = marks_of(cases) if marks is None else marks
    points: dict[int, dict[int, Fraction]] = {}
    for case in cases:
        asked = asked_about(case, criteria)
        given = {
            member: scoring.weighted_mean(values, asked)
            for member, values in known[case.pk].items()
        }
        points[case.pk] = {member: mark for member, mark in given.items() if mark is not None}
    return points


def asked_about(case: Case, criteria: Iterable[Criterion]) -> dict[int, Criterion]:
    """The criteria that apply to the need of ``case``, by id."""
    return {each.pk: each for each in criteria if each.applies_to(case.need)}


def _adjusted(points: dict[int, dict[int, Fraction]]) -> dict[int, float]:
    pairs = {
        (case, member): mark for case, given in points.items() for member, mark in given.items()
    }
    return leniency.adjust(pairs).merit


def _points(marks: Marks, asked: Iterable[int]) -> dict[str, list[int]]:
    """Criterion id as text → what was given for it, the lowest first."""
    given = {key: [values.get(key) for values in marks.values()] for key in asked}
    return {
        str(key): sorted(value for value in values if value is not None)
        for key, values in given.items()
    }


def _figures(marks: Iterable[Fraction]) -> dict[str, Any]:
    total = scoring.summarise(marks)
    if total is None:
        return {}
    return {
        "n": total.n,
        "mean": float(total.mean),
        "median": float(total.median),
        "spread": total.spread,
        "low": float(total.low),
        "high": float(total.high),
        "is_split": total.is_split,
        "marks": [float(value) for value in total.values],
    }

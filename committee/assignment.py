"""Who reviews which case: by hand, or by a plan that is looked at before it is kept."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.actions import record
from committee import queries
from committee.enums import OUT_ANSWERS, RoundState
from committee.models import Assignment, Case, Conflict, Member, Review
from committee.notifications import CasesAssigned
from core.workflow import WrongStateError, action_labels, lock
from notifications.actions import notify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from committee.models import Round
    from committee.plan import Pair, Plan

action_labels.update(
    {
        "committee.round.assign": _("審査する人を割り当てた"),
        "committee.case.assign": _("審査する人を決めた"),
    }
)
ASSIGNABLE = {RoundState.PLANNED, RoundState.REVIEWING}


class PlanChangedError(Exception):
    """A conflict, a seat or the agenda changed after the plan was shown."""


@dataclass(frozen=True, slots=True)
class Load:
    """How many cases a member has now, and how many a plan would add."""

    person: User
    cap: int | None
    now: int
    more: int = 0

    @property
    def total(self) -> int:
        """With the plan."""
        return self.now + self.more


def closed_pairs(round_: Round) -> set[Pair]:
    """(case id, member id) that must never be: in conflict or doubt, abstained, own. Four queries."""
    out = Conflict.objects.filter(case__round=round_, answer__in=OUT_ANSWERS)
    gone = Review.objects.filter(case__round=round_, abstained_at__isnull=False)
    closed = {*out.values_list("case", "member"), *gone.values_list("case", "reviewer")}
    cases = round_.cases.select_related("need").prefetch_related("need__participants")
    return closed | {(case.pk, person) for case in cases for person in queries.speakers(case)}


def given_pairs(round_: Round) -> set[Pair]:
    """(case id, member id) of today's assignments."""
    return set(Assignment.objects.filter(case__round=round_).values_list("case", "user"))


def make_plan(round_: Round, *, among: QuerySet[Case] | None = None) -> Plan:
    """What would be added so that every case has its reviewers; nothing is written.

    ``among`` are the cases that the planner may assign; without it all of them.
    """
    from committee import plan  # noqa: PLC0415 -- loads a solver that other pages do not need

    rows = round_.cases.all() if among is None else among
    cases = rows.select_related("need").order_by("order", "pk")
    items = [
        plan.Item(case.pk, frozenset(filter(None, (case.need.category_id, case.need.specialty_id))))
        for case in cases
    ]
    candidates = [
        plan.Candidate(seat.user_id, frozenset(term.pk for term in seat.expertise.all()), cap)
        for seat in _seats(round_)
        for cap in [seat.load_cap]
    ]
    closed = closed_pairs(round_)
    return plan.plan(
        items,
        candidates,
        wanted=round_.reviewers_per_case or 0,
        closed=closed,
        given=given_pairs(round_) - closed,  # who is out leaves a gap
    )


def _seats(round_: Round) -> list[Member]:
    """The seats of those who score, with their expertise; two queries."""
    people = queries.everybody_who_scores(round_)
    seats = Member.objects.filter(committee=round_.committee_id, user__in=people)
    return list(seats.select_related("user").prefetch_related("expertise").order_by("user_id"))


def loads(round_: Round, pairs: Collection[Pair] = ()) -> list[Load]:
    """Each scoring member's cases now and with ``pairs`` added."""
    now: dict[int, int] = defaultdict(int)
    more: dict[int, int] = defaultdict(int)
    for _case, person in given_pairs(round_):
        now[person] += 1
    for _case, person in pairs:
        more[person] += 1
    return [
        Load(seat.user, seat.load_cap, now[seat.user_id], more[seat.user_id])
        for seat in _seats(round_)
    ]


@transaction.atomic
def keep_plan(round_: Round, pairs: Iterable[Pair], *, by: Any) -> int:
    """Assign exactly the pairs that were shown; returns how many are new.

    Raises WrongStateError when scoring is over, PlanChangedError when a pair is closed by now, its
    member has left, or the case is closed to ``by``: nothing is written then.
    """
    _only_while_assignable(round_)
    wanted = set(pairs) - given_pairs(round_)
    people = set(queries.everybody_who_scores(round_).values_list("pk", flat=True))
    cases = set(round_.cases.not_closed_to(by).values_list("pk", flat=True))
    closed = closed_pairs(round_)
    if any(pair in closed or pair[0] not in cases or pair[1] not in people for pair in wanted):
        raise PlanChangedError
    _write(wanted, is_automatic=True, by=by)
    if wanted:
        record(round_, "assign", by=by, places=len(wanted))
        _tell(round_, {person for _case, person in wanted})
    return len(wanted)


@transaction.atomic
def assign(case: Case, people: Iterable[User], *, by: Any) -> None:
    """Make ``people`` the reviewers of this case; who has already scored it stays.

    Raises WrongStateError when scoring is over, PlanChangedError when one of them has a conflict.
    """
    _only_while_assignable(case.round)
    before = set(case.assignments.values_list("user", flat=True))
    scored = set(case.reviews.filter(completed_at__isnull=False).values_list("reviewer", flat=True))
    wanted = {person.pk for person in people} | (scored & before)
    fresh = wanted - before
    if any((case.pk, person) in closed_pairs(case.round) for person in fresh):
        raise PlanChangedError
    case.assignments.exclude(user__in=wanted).delete()
    _write({(case.pk, person) for person in fresh}, is_automatic=False, by=by)
    if wanted != before:
        names = User.objects.filter(pk__in=wanted).order_by("pk").values_list("name", flat=True)
        record(case, "assign", by=by, people=list(names))
        _tell(case.round, fresh)


def _only_while_assignable(round_: Round) -> None:
    lock(round_)
    if round_.state not in ASSIGNABLE:
        msg = "scoring is over"
        raise WrongStateError(msg)


def _write(pairs: Collection[Pair], *, is_automatic: bool, by: Any) -> None:
    Assignment.objects.bulk_create(
        Assignment(case_id=case, user_id=person, is_automatic=is_automatic, by=by)
        for case, person in sorted(pairs)
    )


def _tell(round_: Round, people: set[int]) -> None:
    """While scoring is on, the new reviewers hear of it; the opening mail tells the others."""
    if round_.state == RoundState.REVIEWING and people:
        notify(CasesAssigned(round=round_, people=tuple(User.objects.filter(pk__in=people))))

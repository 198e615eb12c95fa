"""Conflicts of interest: what the data suggest, and what chair or office make of the answers.

A suggestion decides nothing. It is a hint at the gate (in words that give nothing away), and for
the chair a reason to look again at an answer 「ない」.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, Membership, User
from audit.actions import record
from audit.queries import entries_for
from committee import contributions, queries, results, ties
from committee.enums import OUT_ANSWERS, ConflictAnswer, RoundState, Verdict
from committee.models import Case, Conflict
from committee.notifications import ConflictSettled
from committee.orbit import orbits
from committee.rules import is_office_of_round
from core.workflow import WrongStateError, action_labels, lock
from needs.enums import ParticipantKind
from notifications.actions import notify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from audit.models import Entry
    from committee.models import Round

action_labels["committee.case.settle_conflict"] = gettext_lazy("利益相反を確かめた")
# Lines of a case's timeline that hold a member's or the chair's words about a conflict.
SPOKEN_OF = ["committee.case.answer_conflict", "committee.case.settle_conflict"]


class Cause(models.TextChoices):
    """Why the data suggest a conflict."""

    DEPARTMENT = "department", gettext_lazy("提案した人と同じ部署")
    MANAGER = "manager", gettext_lazy("提案した部署の部署長")
    REPORT = "report", gettext_lazy("所属する部署の部署長が提案")
    TIE = "tie", gettext_lazy("関わりのある企業との関係を申告")


NEAR = gettext_lazy("あなたと同じ部署、または近い関係の人の提案かもしれません。")
# What the member reads at the gate. The three that speak of people sound alike on purpose: which
# one it is would give the proposer away.
HINTS: dict[Cause, StrOrPromise] = {
    Cause.DEPARTMENT: NEAR,
    Cause.MANAGER: NEAR,
    Cause.REPORT: NEAR,
    Cause.TIE: gettext_lazy("あなたが関係を申告した企業が、関わるかもしれません。"),
}

HIDDEN_REASON = gettext_lazy("データから考えられます(匿名審査のため、理由は事務局だけが見ます)")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One reason to think of a conflict; ``detail`` names the company and the kind of the tie."""

    cause: Cause
    detail: str = ""

    @property
    def label(self) -> str:
        """The precise reason, for chair and office."""
        return f"{self.cause.label}: {self.detail}" if self.detail else str(self.cause.label)


Suggestions = dict[tuple[int, int], list[Suggestion]]


def suggestions(cases: Sequence[Case], people: Collection[int]) -> Suggestions:
    """(case id, member id) → what the data suggest, for cases of one hospital.

    ``cases`` come from ``for_pages()``. A fixed number of queries for any number of either. Whoever
    speaks for the need is out from the beginning: nothing is suggested about her.
    """
    if not cases or not people:
        return {}
    hospital = cases[0].round.hospital_id
    proposers = {case.pk: _proposers(case) for case in cases}
    wards = _departments_of(
        hospital, {*people, *(pk for each in proposers.values() for pk in each)}
    )
    heads = dict(Department.objects.filter(hospital=hospital).values_list("pk", "head"))
    tied = ties.tied_companies(hospital, people, orbits([case.need_id for case in cases]))
    found: Suggestions = {}
    for case in cases:
        own = {ward for pk in proposers[case.pk] for ward in wards[pk]}
        own |= {case.need.department_id} - {None}
        for person in set(people) - queries.speakers(case):
            reasons = [
                *_by_department(person, own, wards[person], heads, proposers[case.pk]),
                *(Suggestion(Cause.TIE, each) for each in tied[case.need_id, person]),
            ]
            if reasons:
                found[case.pk, person] = reasons
    return found


def _proposers(case: Case) -> set[int]:
    """The proposer and co-submitters; not who joined, and not who only wrote it down."""
    together = ParticipantKind.CO_SUBMITTER
    named = {each.user_id for each in case.need.people.values() if each.kind == together}
    return named | ({case.need.proposer_id} - {case.need.entered_by_id})


def _departments_of(hospital: int, people: Iterable[int]) -> dict[int, set[int]]:
    wards: dict[int, set[int]] = defaultdict(set)
    seats = Membership.objects.filter(organisation=hospital, user__in=people)
    for person, ward in seats.exclude(department=None).values_list("user", "department"):
        wards[person].add(ward)
    return wards


def _by_department(
    person: int, theirs: set[int], hers: set[int], heads: dict[int, int | None], proposers: set[int]
) -> list[Suggestion]:
    causes = {
        Cause.MANAGER: person in {heads.get(ward) for ward in theirs},
        Cause.REPORT: any(heads.get(ward) in proposers for ward in hers),
        Cause.DEPARTMENT: bool(theirs & hers),
    }
    return [Suggestion(cause) for cause, holds in causes.items() if holds]


def hints(case: Case, user: Any) -> list[str]:
    """What she reads at the gate: sentences that name nobody and no department."""
    found = suggestions([case], [user.pk]).get((case.pk, user.pk), [])
    return list(dict.fromkeys(str(HINTS[each.cause]) for each in found))


def hides_reasons(user: Any, round_: Round) -> bool:
    """Why somebody may be in conflict says whose need it is: in a blind round the office's alone."""
    return round_.hides_people and not is_office_of_round(user, round_)


def timeline(user: Any, case: Case) -> QuerySet[Entry] | list[Entry]:
    """The timeline of a case, for a reader who may know it.

    What was said about conflicts is read by office, chair and deputy only; in a blind round
    everything else might tell whose need it is too.
    """
    if hides_reasons(user, case.round):
        return []
    entries = entries_for(case)
    if user.has_perm("committee.lead_round", case.round):
        return entries
    return entries.exclude(action__in=SPOKEN_OF)


@dataclass(frozen=True, slots=True)
class Line:
    """One member and one case on the page where answers are confirmed."""

    case: Case
    member: User
    reasons: list[str]
    conflict: Conflict | None

    def without_reasons(self) -> Line:
        """As somebody reads it who may not know whose need it is."""
        return replace(self, reasons=[str(HIDDEN_REASON)] if self.reasons else [])

    @property
    def is_open(self) -> bool:
        """Somebody should still look at it: an answer that nobody has confirmed."""
        return self.conflict is not None and self.conflict.confirmed_at is None


def lines(round_: Round, user: Any, cases: Iterable[Case]) -> list[Line]:
    """Whoever is suggested to have a conflict or answered so, for cases that ``user`` confirms.

    ``cases`` come from ``for_pages()``.
    """
    hers = [case for case in cases if user.has_perm("committee.confirm_conflicts_case", case)]
    return _for_reader(_lines(round_, hers), user, round_)


def _for_reader(found: list[Line], user: Any, round_: Round) -> list[Line]:
    if hides_reasons(user, round_):
        return [line.without_reasons() for line in found]
    return found


def _lines(round_: Round, cases: list[Case], *, everybody: bool = False) -> list[Line]:
    people = _people(round_, cases)
    suggested = suggestions(cases, people.keys())
    found = []
    for case in cases:
        answers = {each.member_id: each for each in case.conflicts.all()}
        for pk, person in people.items():
            reasons, answer = suggested.get((case.pk, pk), []), answers.get(pk)
            if pk in queries.speakers(case):
                continue
            if everybody or reasons or (answer and answer.answer in OUT_ANSWERS):
                said = [each.label for each in reasons]
                found.append(Line(case, person, list(dict.fromkeys(map(str, said))), answer))
    return found


def _people(round_: Round, cases: list[Case]) -> dict[int, User]:
    """Everybody with a seat today, and whoever has answered: her scores stay when she leaves."""
    answered = {each.member_id for case in cases for each in case.conflicts.all()}
    people = User.objects.filter(
        models.Q(pk__in=queries.seated(round_.committee_id).values("user"))
        | models.Q(pk__in=answered)
    )
    return {person.pk: person for person in people.order_by("kana", "name", "pk")}


def line_for(case: Case, member: User, user: Any) -> Line | None:
    """The line of one member and case as ``user`` reads it, whether anything is suggested or not.

    Chair and office may know what no data say. None for whoever speaks for the need, or has no
    seat and has not answered.
    """
    found = _for_reader(_lines(case.round, [case], everybody=True), user, case.round)
    return next((line for line in found if line.member == member), None)


def not_ready_to_decide(round_: Round) -> list[str]:
    """Why the meeting cannot be closed: an answer 「ない」 against the data that nobody confirmed."""
    cases = list(round_.cases.for_pages())
    numbers = [
        line.case.number
        for line in _lines(round_, cases)
        if line.is_open and line.conflict and line.conflict.answer == ConflictAnswer.NONE
    ]
    if not numbers:
        return []
    return [
        _("利益相反の回答を確かめていない案件があります: %(numbers)s")
        % {"numbers": _("、").join(dict.fromkeys(numbers))}
    ]


@transaction.atomic
def settle(case: Case, member: User, *, by: Any, verdict: str, note: str = "") -> None:
    """Confirm a member's answer, take her out of the case, or have her answer again.

    The member hears of it unless her answer stands. Raises WrongStateError when the results are
    out, or when there is no answer to confirm.
    """
    lock(case.round)
    conflict = Conflict.objects.filter(case=case, member=member).first()
    if case.round.state == RoundState.RELEASED or (verdict != Verdict.RECUSE and not conflict):
        raise WrongStateError
    before = conflict.get_answer_display() if conflict else ""
    if verdict != Verdict.KEEP:
        contributions.lost_score(member, case)
    if verdict == Verdict.ASK_AGAIN and conflict:
        conflict.delete()
    else:
        conflict = conflict or Conflict(case=case, member=member)
        if verdict == Verdict.RECUSE:
            conflict.answer = ConflictAnswer.RECUSED
        conflict.confirmed_by, conflict.confirmed_at = by, timezone.now()
        conflict.confirm_note = note
        conflict.save()
    results.refresh(case)
    record(
        case,
        "settle_conflict",
        by=by,
        person=member,
        verdict=Verdict(verdict).label,
        before=before,
        reason=note,
    )
    if verdict != Verdict.KEEP:
        notify(ConflictSettled(case=case, member=member, verdict=Verdict(verdict)))

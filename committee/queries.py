"""Questions about committees that rules, actions and pages share."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from audit.queries import entries_for
from committee import scoring
from committee.enums import (
    LEADING_SEATS,
    OUT_ANSWERS,
    SCORING_SEATS,
    ConflictAnswer,
    RoundState,
)
from committee.models import (
    Assignment,
    Case,
    Conflict,
    Letter,
    Member,
    Review,
    Round,
    Score,
)
from committee.rules import current_seats, is_asked_to_score
from core.prepared import Prepared
from needs.enums import NeedState
from needs.models import Need, Participant
from notifications.models import Message

if TYPE_CHECKING:
    from datetime import datetime


def seats_of(user):
    """(committee id, seat) pairs that ``user`` holds today; one query."""
    return _SEATS.rows(user=user.pk, today=timezone.localdate())


def rounds_being_scored(user):
    """The rounds now scored in her committees, with how far she is; once per person and request."""
    if not hasattr(user, "rounds_now_scored"):
        committees = {pk for pk, _seat in current_seats(user)}
        rounds = Round.objects.filter(committee__in=committees, state=RoundState.REVIEWING)
        rounds = rounds.with_progress(user).order_by("deadline", "pk")
        user.rounds_now_scored = list(rounds) if committees else []
    return user.rounds_now_scored


def in_office(members, today=None):
    """Those of ``members`` whose term covers today."""
    today = today or timezone.localdate()
    return members.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)


_SEATS = Prepared(
    lambda user, today: in_office(
        Member.objects.filter(user=user, committee__is_active=True), today
    ).values_list("committee_id", "seat"),
    *("user", "today"),
)


def seated(committee_id):
    """The active people with a seat today, whatever their seat, as members with their names."""
    members = in_office(Member.objects.filter(committee_id=committee_id, user__is_active=True))
    return members.select_related("user").order_by("user__kana", "user__name", "pk")


def called_to(committee_id, starts_at):
    """The people to call to a meeting: those with a seat today who still have it on that day."""
    day = timezone.localdate(starts_at)
    members = seated(committee_id).filter(Q(until__isnull=True) | Q(until__gte=day))
    return [each.user for each in members]


def scorers(round_):
    """The active people who are asked to score in this round, one query."""
    people = everybody_who_scores(round_)
    if round_.reviewers_per_case:
        people = people.filter(pk__in=Assignment.objects.filter(case__round=round_).values("user"))
    return people


def sat_in(committee, user):
    """Whether she held a seat that has ended: its term is over, or the office took it away."""
    if Member.objects.filter(committee=committee, user=user).exists():
        return True
    taken = entries_for(committee).filter(
        action="committee.committee.unseat", data__person__id=user.pk
    )
    return taken.exists()


def leaders(round_):
    """The active people who lead the committee today: chair and deputy."""
    seats = in_office(Member.objects.filter(committee_id=round_.committee_id))
    return User.objects.filter(
        is_active=True, pk__in=seats.filter(seat__in=LEADING_SEATS).values("user")
    ).order_by("pk")


def everybody_who_scores(round_):
    """The active people with a scoring seat today, whether they have been given a case or not."""
    members = in_office(
        Member.objects.filter(committee_id=round_.committee_id, seat__in=SCORING_SEATS)
    )
    people = User.objects.filter(is_active=True, pk__in=members.values("user"))
    return people.order_by("pk")


def cases_waiting_for_scores():
    """The cases that some member in office should still score; for use as a subquery."""
    case = OuterRef(OuterRef("pk"))
    done = Review.objects.filter(
        Q(completed_at__isnull=False) | Q(abstained_at__isnull=False),
        case=case,
        reviewer=OuterRef("user"),
    )
    out = Conflict.objects.filter(case=case, member=OuterRef("user"), answer__in=OUT_ANSWERS)
    own = Need.objects.filter(
        (Q(proposer=OuterRef("user")) & ~Q(entered_by=OuterRef("user")))
        | Exists(Participant.objects.filter(need=OuterRef("pk"), user=OuterRef(OuterRef("user")))),
        pk=OuterRef(OuterRef("need")),
    )
    given = Assignment.objects.filter(case=case, user=OuterRef("user"))
    everybody = Round.objects.filter(
        pk=OuterRef(OuterRef("round")), reviewers_per_case__isnull=True
    )
    late = in_office(
        Member.objects.filter(committee=OuterRef("round__committee"), seat__in=SCORING_SEATS)
    ).filter(
        Exists(everybody) | Exists(given),
        *(~Exists(done), ~Exists(out), ~Exists(own)),
        user__is_active=True,
    )
    return Case.objects.filter(Exists(late))


def candidates(round_):
    """Screened needs of the hospital that no unfinished round has on its agenda."""
    taken = Case.objects.exclude(round__state=RoundState.RELEASED)
    return (
        Need.objects.filter(hospital=round_.hospital_id, state=NeedState.SCREENING)
        .exclude(pk__in=taken.values("need"))
        .select_related("category", "department", "proposer")
        .order_by("submitted_at", "pk")
    )


def rounds_for(need):
    """The unfinished rounds of the need's hospital, each with ``holds`` it or not; one query."""
    here = Case.objects.filter(round=OuterRef("pk"), need=need)
    rounds = Round.objects.filter(committee__hospital=need.hospital_id)
    return (
        rounds.exclude(state=RoundState.RELEASED)
        .select_related("committee")
        .annotate(holds=Exists(here))
        .order_by("deadline", "pk")
    )


def in_personal_order(cases, user):
    """The cases in an order that is stable for her and different for each member."""

    def key(case):
        return hashlib.sha256(f"{user.pk}:{case.public_id}".encode()).digest()

    return sorted(cases, key=key)


def next_case(round_, user, *, after=None):
    """Her next case without a score, going on from ``after``; None when all are done."""
    cases = in_personal_order(round_.cases.all(), user)
    mine = round_.cases.open_for(user)
    waiting = set(mine.values_list("pk", flat=True))
    waiting -= set(mine.scored_by(user).values_list("pk", flat=True))
    start = cases.index(after) + 1 if after in cases else 0
    ahead = [*cases[start:], *cases[:start]]
    return next((case for case in ahead if case.pk in waiting and case != after), None)


def neighbours(round_, user, case):
    """Her cases before and after this one in her order; None at both ends."""
    mine = in_personal_order(round_.cases.open_for(user), user)
    if case not in mine:
        return {"previous": None, "next": None}
    here = mine.index(case)
    return {
        "previous": mine[here - 1] if here else None,
        "next": mine[here + 1] if here + 1 < len(mine) else None,
    }


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one person is in one round."""

    done: int
    total: int

    @property
    def left(self):
        """How many cases still wait for her."""
        return self.total - self.done


def progress(round_, user):
    """Her own progress, two counts."""
    mine = round_.cases.open_for(user)
    return Progress(done=mine.scored_by(user).count(), total=mine.count())


@dataclass(frozen=True, slots=True)
class Waiting:
    """A round in which she has something left to score."""

    round: Round
    left: int
    deadline: datetime

    @property
    def days_left(self) -> int:
        """Whole days until her deadline, by the calendar."""
        return (timezone.localdate(self.deadline) - timezone.localdate()).days


def progress_of_members(round_, cases):
    """(person, Progress) for each member who scores; ``cases`` come from ``for_pages()``."""
    lines = []
    for person in scorers(round_):
        mine = [
            case for case in cases if is_asked_to_score(person, case) and not _is_out(person, case)
        ]
        done = sum(_scored(person, case) for case in mine)
        lines.append((person, Progress(done=done, total=len(mine))))
    return lines


def _is_out(person, case):
    return (
        person.pk in speakers(case)
        or any(
            each.member_id == person.pk and each.answer in OUT_ANSWERS
            for each in case.conflicts.all()
        )
        or any(each.reviewer_id == person.pk and each.abstained_at for each in case.reviews.all())
    )


def _scored(person, case):
    return any(each.reviewer_id == person.pk and each.completed_at for each in case.reviews.all())


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the result table."""

    case: Case
    result: scoring.Result
    rank: int | None


def counted_reviews(cases):
    """Handed-in reviews whose reviewers have no conflict: case id → list of reviews.

    ``cases`` need their ``conflicts``, ``reviews`` and ``need`` loaded.
    """
    counted = {}
    for case in cases:
        free = {
            each.member_id for each in case.conflicts.all() if each.answer == ConflictAnswer.NONE
        }
        counted[case.pk] = [
            review
            for review in case.reviews.all()
            if review.is_handed_in
            and review.reviewer_id in free
            and review.reviewer_id not in speakers(case)
        ]
    return counted


def speakers(case):
    """The ids of those whose own need it is; who brought it in for somebody is none of them."""
    own = {case.need.proposer_id} - {case.need.entered_by_id}
    return own | set(case.need.people)


def criteria_of(case):
    """The criteria that are asked about this case, in their order; two queries."""
    return [each for each in case.round.rubric.criteria.in_order() if each.applies_to(case.need)]


def results(cases, criteria):
    """The rows of the result table, ranked; two queries beside those that loaded ``cases``.

    ``criteria`` come from ``in_order()``; a row has those that are asked about its need.
    """
    counted = counted_reviews(cases)
    marks = _marks_of([review for reviews in counted.values() for review in reviews])
    found = [
        scoring.result(
            [marks[review.pk] for review in counted[case.pk]],
            {each.pk: each for each in criteria if each.applies_to(case.need)},
        )
        for case in cases
    ]
    places = scoring.ranks([each.total and each.total.mean for each in found])
    return [
        Row(case=case, result=each, rank=rank)
        for case, each, rank in zip(cases, found, places, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Marked:
    """One review for reading: who, how many points, which words."""

    review: Review
    mean: object
    marks: list


def with_marks(reviews, criteria):
    """The reviews with their points for these criteria, in their order; one query."""
    measures = {each.pk: each for each in criteria}
    marks = _marks_of(reviews)
    return [
        Marked(
            review=review,
            mean=scoring.weighted_mean(marks[review.pk], measures),
            marks=[(each, marks[review.pk].get(each.pk)) for each in criteria],
        )
        for review in reviews
    ]


def _marks_of(reviews):
    """Review id → criterion id → points, in one query."""
    marks = defaultdict(dict)
    scores = Score.objects.filter(review__in=[review.pk for review in reviews])
    for review_id, criterion_id, value in scores.values_list("review", "criterion", "value"):
        marks[review_id][criterion_id] = value
    return marks


def mails_of_letters(letters):
    """Letter id → the mails that told of it, with their state; one query."""
    found = defaultdict(list)
    mails = Message.objects.filter(
        kind="committee.result_released",
        target_type=ContentType.objects.get_for_model(Letter),
        target_id__in=[letter.pk for letter in letters],
    )
    for mail in mails.order_by("pk"):
        found[mail.target_id].append(mail)
    return found


def own_review(case, user):
    """Her review of this case, or a new unsaved one."""
    return Review.objects.filter(case=case, reviewer=user).select_related(
        "updated_by"
    ).first() or Review(case=case, reviewer=user)

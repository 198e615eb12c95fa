"""Rounds of volume data: agendas of at most sixty cases, answers, scores and decisions."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from committee import results
from committee.enums import ConflictAnswer, Outcome, RoundState
from committee.models import Case, Conflict, Decision, Review, Round, Score
from demo.volume.bulk import insert, next_ids, settle
from needs.enums import CHOSEN_STATES, NeedState

AGENDA = 60
CONFLICTS = 0.04
SCORED_SO_FAR = 0.5
OUTCOMES = {
    NeedState.ACCEPTED: Outcome.ACCEPTED,
    NeedState.CONDITIONALLY_ACCEPTED: Outcome.CONDITIONAL,
    NeedState.ON_HOLD: Outcome.ON_HOLD,
    NeedState.NOT_ACCEPTED: Outcome.NOT_ACCEPTED,
}
FULL_MARK = 5


class Agenda(NamedTuple):
    """A round with the sheets on its agenda."""

    pk: int
    site: object
    state: str
    at: datetime
    sheets: list


class Seen(NamedTuple):
    """A case with what its answers and scores are made from."""

    pk: int
    agenda: Agenda
    sheet: object


def write(draw, sheets, reviewers):
    """Write every round with its cases, scores and decisions; returns the number of cases."""
    agendas = _agendas(draw, sheets)
    ids = next_ids(Case)
    cases = [Seen(next(ids), agenda, sheet) for agenda in agendas for sheet in agenda.sheets]
    insert(
        Case,
        ["id", "public_id", "round", "need", "order"],
        (
            (case.pk, draw.public_id(), case.agenda.pk, case.sheet.pk, position % AGENDA)
            for position, case in enumerate(cases)
        ),
    )
    answers = [
        (case, member, draw.chance(CONFLICTS))
        for case in cases
        for member in case.agenda.site.members[:reviewers]
        if member != case.sheet.proposer.pk
    ]
    insert(
        Conflict,
        ["case", "member", "answer", "at"],
        (
            (
                *(case.pk, member),
                ConflictAnswer.CONFLICT if is_out else ConflictAnswer.NONE,
                case.sheet.changed_at,
            )
            for case, member, is_out in answers
        ),
    )
    _reviews(draw, [(case, member) for case, member, is_out in answers if not is_out])
    _decisions(cases)
    settle(Round, Case, Review)
    for round_ in Round.objects.filter(pk__in=[agenda.pk for agenda in agendas]):
        results.refresh_round(round_)
    return len(cases)


def _agendas(draw, sheets):
    """The needs of each hospital in their order, sixty by sixty; what is open apart."""
    waiting = defaultdict(list)
    for sheet in sheets:
        if sheet.state in OUTCOMES or sheet.state == NeedState.IN_REVIEW:
            running = sheet.state == NeedState.IN_REVIEW
            waiting[sheet.site.hospital, sheet.at.year, running].append(sheet)
    ids = next_ids(Round)
    agendas, rows = [], []
    for (_hospital, year, running), found in waiting.items():
        for number, start in enumerate(range(0, len(found), AGENDA)):
            chosen = found[start : start + AGENDA]
            agenda = _agenda(draw, next(ids), chosen, number if running else None)
            agendas.append(agenda)
            rows.append(_round(draw, agenda, f"{year}年 第{number + 1}回 ニーズ審査会"))
    insert(
        Round,
        [
            *("id", "public_id", "committee", "rubric", "title", "deadline", "state"),
            *("released_at", "version", "created_at", "updated_at"),
        ],
        rows,
    )
    return agendas


def _agenda(draw, pk, sheets, running_number):
    """Of the running rounds the first is being scored, the second discussed, and so on."""
    site, begun = sheets[0].site, sheets[-1].at
    if running_number is None:
        at = min(draw.now, begun + timedelta(days=45))
        return Agenda(pk, site, RoundState.RELEASED, at, sheets)
    state = RoundState.DISCUSSING if running_number % 2 else RoundState.REVIEWING
    return Agenda(pk, site, state, draw.now, sheets)


def _round(draw, agenda, title):
    is_open = agenda.state == RoundState.REVIEWING
    return (
        *(agenda.pk, draw.public_id(), agenda.site.committee, agenda.site.rubric, title),
        agenda.at + timedelta(days=14) if is_open else agenda.at - timedelta(days=7),
        agenda.state,
        agenda.at if agenda.state == RoundState.RELEASED else None,
        *(1, agenda.sheets[0].at, agenda.at),
    )


def _reviews(draw, pairs):
    """Reviews of the (case, member) pairs, and their scores; a running round has half of them."""
    ids = next_ids(Review)
    reviews = [
        (next(ids), case, member)
        for case, member in pairs
        if case.agenda.state != RoundState.REVIEWING or draw.chance(SCORED_SO_FAR)
    ]
    insert(
        Review,
        ["id", "case", "reviewer", "completed_at", "version", "created_at", "updated_at"],
        ((pk, case.pk, member, *_three(case.sheet.changed_at)) for pk, case, member in reviews),
    )
    insert(
        Score,
        ["review", "criterion", "value"],
        (
            (pk, criterion, _mark(draw, case.sheet.state))
            for pk, case, _member in reviews
            for criterion in case.agenda.site.criteria
        ),
    )


def _three(moment):
    return moment, 1, moment, moment


def _mark(draw, state):
    centre = 3.6 if state in CHOSEN_STATES else 2.6
    return min(FULL_MARK, max(1, round(draw.random.gauss(centre))))


def _decisions(cases):
    insert(
        Decision,
        ["case", "outcome", "reason", "decided_by", "decided_at"],
        (
            (
                *(case.pk, OUTCOMES[case.sheet.state], "計測用の理由です。"),
                *(case.agenda.site.members[0], case.agenda.at),
            )
            for case in cases
            if case.agenda.state == RoundState.RELEASED
        ),
    )

"""Predicates about committees. The conflict of interest comes before everything else."""

import rules

from accounts.enums import Role
from committee.enums import (
    LEADING_SEATS,
    OUT_ANSWERS,
    SCORING_SEATS,
    ConflictAnswer,
    MeetingState,
    RoundState,
    Seat,
)
from needs.rules import speaks_for_herself


def in_committee(user, committee, *seats):
    """Whether she holds a current seat (one of ``seats``, or any) in the committee."""
    return any(
        committee_id == committee.pk and (not seats or seat in seats)
        for committee_id, seat in current_seats(user)
    )


def current_seats(user):
    """(committee id, seat) pairs held today; asked once per person and request."""
    if not hasattr(user, "current_committee_seats"):
        from committee.queries import seats_of  # noqa: PLC0415 -- queries need the models

        user.current_committee_seats = seats_of(user)
    return user.current_committee_seats


@rules.predicate
def is_office_of_committee(user, committee):
    """Works in the support office of the committee's hospital."""
    return committee is not None and user.holds(Role.OFFICE, committee.hospital_id)


@rules.predicate
def sits_in_committee(user, committee):
    """Holds a seat today."""
    return committee is not None and in_committee(user, committee)


@rules.predicate
def is_office_of_member(user, member):
    """Works in the support office of the hospital that appoints her."""
    return member is not None and is_office_of_committee(user, member.committee)


@rules.predicate
def is_member_herself(user, member):
    """It is her own seat."""
    return member is not None and member.user_id == user.pk


@rules.predicate
def is_declarant(user, tie):
    """It is her own declaration."""
    return tie is not None and tie.user_id == user.pk


@rules.predicate
def is_office_of_rubric(user, rubric):
    """Works in the support office of the hospital whose rubric it is."""
    return rubric is not None and user.holds(Role.OFFICE, rubric.hospital_id)


@rules.predicate
def is_office_of_round(user, round_):
    """Works in the support office of the round's hospital."""
    return round_ is not None and user.holds(Role.OFFICE, round_.committee.hospital_id)


@rules.predicate
def sits_in_round(user, round_):
    """Is a member, and the round has begun."""
    return (
        round_ is not None
        and round_.state != RoundState.PLANNED
        and in_committee(user, round_.committee)
    )


@rules.predicate
def scores_in_round(user, round_):
    """Is a member who scores (not the secretary), and the round has begun."""
    return sits_in_round(user, round_) and in_committee(user, round_.committee, *SCORING_SEATS)


@rules.predicate
def chairs_round(user, round_):
    """Is chair or deputy of the committee whose round has begun."""
    return sits_in_round(user, round_) and in_committee(user, round_.committee, *LEADING_SEATS)


@rules.predicate
def may_open_results(user, round_):
    """The table of results; whether a row shows anything is asked for each case again."""
    if round_ is None:
        return False
    if not sits_in_round(user, round_):
        return is_office_of_round(user, round_)
    if round_.state == RoundState.REVIEWING:
        return round_.shows_others
    return (
        round_.shows_others
        or is_office_of_round(user, round_)
        or in_committee(user, round_.committee, *LEADING_SEATS, Seat.SECRETARY)
    )


@rules.predicate
def round_is_released(_user, round_):
    """The results are out."""
    return round_ is not None and round_.state == RoundState.RELEASED


@rules.predicate
def is_office_of_case(user, case):
    """Works in the support office of the case's hospital."""
    return case is not None and is_office_of_round(user, case.round)


@rules.predicate
def sits_in_case_round(user, case):
    """Is a member of the committee that sees this case."""
    return case is not None and sits_in_round(user, case.round)


def is_asked_to_score(user, case):
    """Everybody is, unless the round has assignments. Uses prefetched ``assignments``."""
    return not case.round.reviewers_per_case or any(
        each.user_id == user.pk for each in case.assignments.all()
    )


@rules.predicate
def scores_case(user, case):
    """Is a member who scores, and the case is hers."""
    return case is not None and scores_in_round(user, case.round) and is_asked_to_score(user, case)


@rules.predicate
def speaks_for_case(user, case):
    """It is her own need (not one that she only brought in for somebody)."""
    return case is not None and speaks_for_herself(user, case.need)


def conflict_answer(user, case):
    """Her answer about this case, or None. Uses prefetched ``conflicts`` when they are there."""
    return next((each.answer for each in case.conflicts.all() if each.member_id == user.pk), None)


def has_scored(user, case):
    """Whether she has handed in her scores. Uses prefetched ``reviews`` when they are there."""
    return any(each.reviewer_id == user.pk and each.is_handed_in for each in case.reviews.all())


@rules.predicate
def is_out_of_case(user, case):
    """Own need, or a declared (or doubted) conflict: no text, no score, no decision."""
    return case is not None and (
        speaks_for_case(user, case) or conflict_answer(user, case) in OUT_ANSWERS
    )


@rules.predicate
def was_taken_out(user, case):
    """Chair or office took her out: she does not answer herself back in."""
    return case is not None and conflict_answer(user, case) == ConflictAnswer.RECUSED


@rules.predicate
def may_read_case(user, case):
    """Has answered that there is no conflict, and it is not her own need."""
    return (
        case is not None
        and sits_in_round(user, case.round)
        and not speaks_for_case(user, case)
        and conflict_answer(user, case) == ConflictAnswer.NONE
    )


@rules.predicate
def may_see_scores(user, case):
    """Other members' scores: never before one's own, and never across a conflict.

    An office that does not sit in the committee follows the scoring from the beginning.
    """
    if case is None or is_out_of_case(user, case):
        return False
    if not may_open_results(user, case.round):
        return False
    if not sits_in_round(user, case.round):
        return True
    is_waiting = case.round.state == RoundState.REVIEWING and not has_scored(user, case)
    return may_read_case(user, case) and not is_waiting


@rules.predicate
def case_is_being_scored(_user, case):
    """Scores may still be given."""
    return case is not None and case.round.state == RoundState.REVIEWING


@rules.predicate
def case_is_being_discussed(_user, case):
    """The decision meeting is on."""
    return case is not None and case.round.state == RoundState.DISCUSSING


@rules.predicate
def case_is_before_release(_user, case):
    """The meeting is on or over, and nothing has left the house."""
    return case is not None and case.round.state in {RoundState.DISCUSSING, RoundState.DECIDED}


@rules.predicate
def case_is_released(_user, case):
    """The results are out."""
    return case is not None and case.round.state == RoundState.RELEASED


@rules.predicate
def case_is_blind(_user, case):
    """Its committee does not read who proposed it."""
    return case is not None and case.round.is_blind


@rules.predicate
def leads_case(user, case):
    """Office of the round, or a chair who has passed the conflict question."""
    return case is not None and (
        is_office_of_round(user, case.round)
        or (chairs_round(user, case.round) and may_read_case(user, case))
    )


@rules.predicate
def chairs_case(user, case):
    """Is chair or deputy of the committee that sees this case."""
    return case is not None and chairs_round(user, case.round)


@rules.predicate
def is_office_of_letter(user, letter):
    """Works in the office that sends it, without a conflict about the case."""
    return (
        letter is not None
        and is_office_of_case(user, letter.case)
        and not is_out_of_case(user, letter.case)
    )


@rules.predicate
def is_addressee(user, letter):
    """The proposer it is written to."""
    return letter is not None and letter.case.need.proposer_id == user.pk


@rules.predicate
def letter_is_released(_user, letter):
    """It has been sent."""
    return letter is not None and letter.released_at is not None


@rules.predicate
def is_office_of_award(user, award):
    """Works in the office that gives it, without a conflict about the case."""
    return (
        award is not None
        and is_office_of_case(user, award.case)
        and not is_out_of_case(user, award.case)
    )


@rules.predicate
def is_winner(user, award):
    """The proposer who won it."""
    return award is not None and award.case.need.proposer_id == user.pk


@rules.predicate
def award_is_released(_user, award):
    """It was announced."""
    return award is not None and award.awarded_on is not None


@rules.predicate
def reviews_need(user, need):
    """May read a case about this need; its photos belong to the text.

    A blind round shows copies that the office has checked, never the need's own photos.
    """
    from committee.models import Case  # noqa: PLC0415 -- models import this module

    cases = Case.objects.readable_by(user).exclude_blind()
    return need is not None and cases.filter(need=need).exists()


@rules.predicate
def is_kept_from(user, need):
    """Her committee is judging it, and the case is closed to her or hides its people.

    Colleagues learn the title of a need before they join it (``needs.join_need``); she must not.
    """
    from committee.models import Case  # noqa: PLC0415 -- models import this module

    if need is None or not current_seats(user):
        return False
    return Case.objects.judged_by(user).kept_from(user).filter(need=need).exists()


@rules.predicate
def keeps_round(user, round_):
    """Chair, deputy or secretary of the round: they call its meetings and keep the minutes."""
    return sits_in_round(user, round_) and in_committee(
        user, round_.committee, *LEADING_SEATS, Seat.SECRETARY
    )


@rules.predicate
def is_office_of_meeting(user, meeting):
    """Works in the support office of the meeting's hospital."""
    return meeting is not None and is_office_of_round(user, meeting.round)


@rules.predicate
def sits_in_meeting(user, meeting):
    """Holds a seat today in the committee that meets."""
    return meeting is not None and sits_in_round(user, meeting.round)


@rules.predicate
def keeps_meeting(user, meeting):
    """Chair, deputy or secretary of the meeting."""
    return meeting is not None and keeps_round(user, meeting.round)


@rules.predicate
def meeting_is_over(_user, meeting):
    """There are minutes to read."""
    return meeting is not None and meeting.state in {MeetingState.CLOSED, MeetingState.APPROVED}


@rules.predicate
def scored_seat_was_present(user, meeting):
    """Took part with a seat that counts; the secretary writes the minutes and does not approve."""
    return (
        meeting is not None
        and in_committee(user, meeting.round.committee, *SCORING_SEATS)
        and any(each.user_id == user.pk and each.is_present for each in meeting.attendances.all())
    )

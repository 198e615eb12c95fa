"""Who may what: tables of role × state, and lists that agree with permissions."""

import pytest

from accounts.enums import Role
from accounts.models import User
from committee.actions import round_flow
from committee.enums import ConflictAnswer, Outcome, RoundState
from committee.models import Award, Case, Committee, Letter, Round, Rubric
from needs.enums import Source
from tests.factories.accounts import MembershipFactory
from tests.factories.committee import (
    AwardFactory,
    CaseFactory,
    CommitteeFactory,
    ConflictFactory,
    DecisionFactory,
    LetterFactory,
    MemberFactory,
    ReviewFactory,
    RoundFactory,
)

pytestmark = pytest.mark.django_db

BUTTONS = {
    # State → what office, chair, member and stranger may press.
    RoundState.PLANNED: (["open"], [], [], []),
    RoundState.REVIEWING: (["close_scoring"], ["close_scoring"], [], []),
    RoundState.DISCUSSING: (
        ["decide", "reopen_scoring"],
        ["decide", "reopen_scoring"],
        [],
        [],
    ),
    RoundState.DECIDED: (["release", "back_to_discussion"], ["back_to_discussion"], [], []),
    RoundState.RELEASED: ([], [], [], []),
}
EVERYBODY = [
    "office",
    "other_office",
    "chair",
    "reviewer",
    "secretary",
    "nurse",
    "head",
    "director",
    "partner",
    "stranger",
    "superuser",
]


@pytest.mark.parametrize("state", RoundState)
def test_who_sees_which_button(state, round_, office, chair, reviewer, stranger):
    Round.objects.filter(pk=round_.pk).update(state=state)
    round_.refresh_from_db()

    seen = tuple(
        [row.name for row in round_flow.open_to(person, round_)]
        for person in (office, chair, reviewer, stranger)
    )

    assert seen == BUTTONS[state]


@pytest.fixture
def world(committee, other_hospital, nurse, reviewer, chair, office):
    """A round in each state, here and in the other hospital, with answers of every kind."""
    cases = []
    for where in (committee, CommitteeFactory(hospital=other_hospital)):
        for state in RoundState:
            round_ = RoundFactory(committee=where, state=state, shows_others=True)
            cases += CaseFactory.create_batch(4, round=round_)
    for position, case in enumerate(cases):
        answers = [*ConflictAnswer, None]
        answer = answers[position % len(answers)]
        if answer:
            ConflictFactory(case=case, member=reviewer, answer=answer)
            ConflictFactory(case=case, member=chair, answer=answer)
        if position % 3 == 0:
            case.need.proposer = reviewer if position % 2 else nurse
            case.need.save()
        if case.round.state == RoundState.RELEASED:
            LetterFactory(case=case, released_at=case.round.deadline)
            AwardFactory(case=case, awarded_on=case.round.deadline.date())
        else:
            LetterFactory(case=case)
            AwardFactory(case=case)
    imported = cases[3].need
    imported.proposer = imported.entered_by = office
    imported.source = Source.IMPORT
    imported.save()
    return cases


QUESTIONS = [
    (Committee, "visible_to", "committee.view_committee"),
    (Rubric, "visible_to", "committee.view_rubric"),
    (Round, "visible_to", "committee.view_round"),
    (Case, "visible_to", "committee.view_case"),
    (Case, "readable_by", "committee.read_case"),
    (Letter, "visible_to", "committee.view_letter"),
    (Award, "visible_to", "committee.view_award"),
]


@pytest.mark.parametrize(("model", "rows", "permission"), QUESTIONS)
def test_lists_show_exactly_what_the_permission_allows(request, world, model, rows, permission):
    everything = list(model.objects.all())
    assert len(everything) >= 2

    for who in EVERYBODY:
        user = User.objects.get(pk=request.getfixturevalue(who).pk)
        shown = getattr(model.objects, rows)(user)
        assert sorted(each.pk for each in shown) == [
            each.pk for each in everything if user.has_perm(permission, each)
        ], who


def test_an_ended_term_or_a_sleeping_committee_opens_nothing(round_, reviewer, committee):
    seat = committee.members.get(user=reviewer)
    assert User.objects.get(pk=reviewer.pk).has_perm("committee.view_round", round_)

    seat.until = seat.since
    seat.save()
    fresh = User.objects.get(pk=reviewer.pk)
    assert not fresh.has_perm("committee.view_round", round_)
    assert not Round.objects.visible_to(fresh).exists()


SCORES = {
    # State and setting → chair, member who scored, member who did not, secretary.
    (RoundState.REVIEWING, False): (False, False, False, False),
    (RoundState.REVIEWING, True): (False, True, False, False),
    (RoundState.DISCUSSING, False): (True, False, False, True),
    (RoundState.DISCUSSING, True): (True, True, True, True),
    (RoundState.DECIDED, False): (True, False, False, True),
    (RoundState.RELEASED, False): (True, False, False, True),
}


@pytest.mark.parametrize(("state", "shows_others"), SCORES)
def test_others_scores_only_after_ones_own(
    case, chair, reviewer, other_reviewer, secretary, state, shows_others
):
    people = [chair, reviewer, other_reviewer, secretary]
    for person in people:
        ConflictFactory(case=case, member=person)
    ReviewFactory(case=case, reviewer=reviewer)
    Round.objects.update(state=state, shows_others=shows_others)
    case = Case.objects.get()

    seen = tuple(person.has_perm("committee.see_scores_case", case) for person in people)

    assert seen == SCORES[state, shows_others]


@pytest.mark.parametrize("answer", [None, *ConflictAnswer])
def test_conflict_decides_what_a_chair_may(case, chair, answer):
    Round.objects.update(state=RoundState.DISCUSSING)
    if answer:
        ConflictFactory(case=case, member=chair, answer=answer)
    case = Case.objects.get()

    may = [
        chair.has_perm(f"committee.{what}_case", case)
        for what in ("read", "name", "see_scores", "decide")
    ]

    assert may == [answer == ConflictAnswer.NONE] * 4


def test_nobody_of_the_office_decides_her_own_need(case, office):
    Round.objects.update(state=RoundState.DISCUSSING)
    case.need.proposer = office
    case.need.save()
    letter, award = LetterFactory(case=case), AwardFactory(case=case)
    case = Case.objects.get()

    assert not office.has_perm("committee.decide_case", case)
    assert not office.has_perm("committee.see_scores_case", case)
    assert not office.has_perm("committee.honour_case", case)
    assert not office.has_perm("committee.view_letter", letter)
    assert not office.has_perm("committee.view_award", award)


def test_an_imported_need_does_not_bind_the_office(case, office):
    Round.objects.update(state=RoundState.DISCUSSING)
    case.need.proposer = case.need.entered_by = office
    case.need.source = Source.IMPORT
    case.need.save()

    assert office.has_perm("committee.decide_case", Case.objects.get())


def test_the_secretary_reads_but_does_not_score(case, secretary):
    ConflictFactory(case=case, member=secretary)

    assert secretary.has_perm("committee.read_case", case)
    assert not secretary.has_perm("committee.review_case", case)


def test_photos_open_with_the_text_and_close_with_a_conflict(case, reviewer):
    seen = [reviewer.has_perm("needs.see_photos_need", case.need)]
    answer = ConflictFactory(case=case, member=reviewer)
    seen.append(reviewer.has_perm("needs.see_photos_need", case.need))
    answer.answer = ConflictAnswer.CONFLICT
    answer.save()
    seen.append(reviewer.has_perm("needs.see_photos_need", case.need))

    assert seen == [False, True, False]


def test_the_decision_stays_inside_until_the_release(case, nurse):
    DecisionFactory(case=case, outcome=Outcome.NOT_ACCEPTED)
    letter = LetterFactory(case=case)

    assert not nurse.has_perm("committee.view_letter", letter)
    assert not nurse.has_perm("committee.view_case", case)
    assert case.need.state == "in_review"


def test_one_person_may_hold_several_roles(case, reviewer, hospital):
    MembershipFactory(user=reviewer, organisation=hospital, role=Role.OFFICE)
    ConflictFactory(case=case, member=reviewer, answer=ConflictAnswer.CONFLICT)
    Round.objects.update(state=RoundState.DISCUSSING)
    person, case = User.objects.get(pk=reviewer.pk), Case.objects.get()

    assert not person.has_perm("committee.name_case", case)
    assert not person.has_perm("committee.see_scores_case", case)
    assert not person.has_perm("committee.decide_case", case)


def test_member_of_another_committee_is_a_stranger(case, hospital):
    other = MemberFactory(committee=CommitteeFactory(hospital=hospital)).user

    assert not other.has_perm("committee.view_case", case)

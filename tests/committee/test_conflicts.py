"""What the data suggest about conflicts, what each reads of it, and who has the last word."""

import pytest
from django.urls import reverse

from committee import conflicts
from committee.actions import answer_conflict
from committee.conflicts import NEAR, Cause, suggestions
from committee.enums import ConflictAnswer, RoundState, Seat, TieKind, Verdict
from committee.models import Case, Conflict, Round, Tie, TieThreshold
from core.workflow import WrongStateError
from matching.enums import MatchState
from needs.enums import ParticipantKind
from needs.models import Need, Participant
from needs.similar import for_colleague
from notifications.models import Message
from tests.committee.conftest import SECRET_TEXT, SECRET_TITLE
from tests.factories.accounts import DepartmentFactory, MembershipFactory, UserFactory
from tests.factories.committee import (
    CaseFactory,
    ConflictFactory,
    DecisionFactory,
    LetterFactory,
    MemberFactory,
    ReviewFactory,
)
from tests.factories.matching import MatchFactory

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"committee:{name}", args=args)


def causes(case, person):
    loaded = Case.objects.for_pages().get(pk=case.pk)
    found = suggestions([loaded], [person.pk]).get((case.pk, person.pk), [])
    return [each.cause for each in found]


@pytest.fixture
def deputy(committee):
    user = MembershipFactory(organisation=committee.hospital, user__name="副委員長 花子").user
    return MemberFactory(committee=committee, user=user, seat=Seat.DEPUTY).user


@pytest.fixture
def colleague(committee, department, nurse):
    """A member from the proposer's ward."""
    user = MembershipFactory(
        organisation=committee.hospital, department=department, user__name="同僚 花子"
    ).user
    return MemberFactory(committee=committee, user=user).user


@pytest.fixture
def suspicious(case, colleague):
    """A colleague of the proposer answered that there is no conflict."""
    return ConflictFactory(case=case, member=colleague)


# Suggestions ------------------------------------------------------------------------------------


def test_same_ward_line_manager_and_stranger(case, colleague, head, reviewer, committee):
    MemberFactory(committee=committee, user=head)

    assert causes(case, colleague) == [Cause.DEPARTMENT]
    assert causes(case, head) == [Cause.MANAGER, Cause.DEPARTMENT]
    assert causes(case, reviewer) == []


def test_a_proposer_who_heads_the_members_ward(case, colleague, head):
    case.need.proposer = head
    case.need.save()

    assert Cause.REPORT in causes(case, colleague)


def test_the_ward_of_a_co_submitter_counts_and_that_of_who_joined_does_not(case, committee):
    found = {}
    for kind in ParticipantKind:
        ward = DepartmentFactory(hospital=committee.hospital)
        near, member = (
            MembershipFactory(organisation=committee.hospital, department=ward).user
            for _person in range(2)
        )
        Participant.objects.create(need=case.need, user=near, kind=kind)
        found[kind] = member

    assert {kind: causes(case, person) for kind, person in found.items()} == {
        ParticipantKind.CO_SUBMITTER: [Cause.DEPARTMENT],
        ParticipantKind.JOINED: [],
    }


def test_nothing_is_suggested_about_who_is_out_from_the_beginning(case, nurse, other_nurse):
    Participant.objects.create(need=case.need, user=other_nurse, kind=ParticipantKind.JOINED)

    assert causes(case, nurse) == []
    assert causes(case, other_nurse) == []


TIES = {
    # what was declared (yen)                            threshold  suggested
    "below the threshold": ([(400_000, 2026, False)], 500_000, False),
    "at the threshold": ([(500_000, 2026, False)], 500_000, True),
    "family counts": ([(300_000, 2026, False), (200_000, 2026, True)], 500_000, True),
    "two years are not one sum": ([(300_000, 2026, False), (300_000, 2025, False)], 500_000, False),
    "three years ago": ([(500_000, 2023, False)], 500_000, True),
    "four years ago": ([(500_000, 2022, False)], 500_000, False),
    "no sum": ([(None, 2026, False)], 500_000, True),
    "no threshold decided": ([(1, 2026, False)], None, True),
}


@pytest.mark.parametrize("story", TIES)
def test_declared_ties_with_a_company_in_the_orbit(story, case, reviewer, company, time_machine):
    time_machine.move_to("2026-11-26 09:00+09:00", tick=False)
    rows, threshold, is_suggested = TIES[story]
    MatchFactory(publication__need=case.need, partner=company, state=MatchState.INTERESTED)
    for amount, year, is_family in rows:
        Tie.objects.create(
            user=reviewer,
            company_name="(株)しおかぜ製作所",
            kind=TieKind.LECTURE,
            amount=amount,
            year=year,
            is_family=is_family,
        )
    if threshold:
        TieThreshold.objects.create(
            hospital=case.round.committee.hospital, kind=TieKind.LECTURE, amount=threshold
        )

    assert causes(case, reviewer) == ([Cause.TIE] if is_suggested else [])


def test_an_idea_of_the_office_alone_ties_nobody(case, reviewer, company):
    MatchFactory(publication__need=case.need, partner=company, state=MatchState.SUGGESTED)
    Tie.objects.create(
        user=reviewer, company=company, company_name=company.name, kind="post", year=2026
    )

    assert causes(case, reviewer) == []


@pytest.mark.parametrize("count", [1, 4])
def test_suggestions_need_a_fixed_number_of_queries(
    count, round_, colleague, company, django_assert_num_queries
):
    for case in CaseFactory.create_batch(count, round=round_):
        MatchFactory(publication__need=case.need, partner=company, state=MatchState.INTERESTED)
    people = [
        colleague.pk,
        *(MemberFactory(committee=round_.committee).user_id for _n in range(count)),
    ]
    cases = list(round_.cases.for_pages())

    with django_assert_num_queries(7):
        suggestions(cases, people)


# The gate ---------------------------------------------------------------------------------------


def test_the_gate_hints_without_naming_anybody(client, case, colleague, reviewer):
    client.force_login(colleague)
    hinted = client.get(case.get_absolute_url()).content.decode()
    client.force_login(reviewer)
    unhinted = client.get(case.get_absolute_url()).content.decode()

    assert str(NEAR) in hinted
    assert str(NEAR) not in unhinted
    for given_away in ("5階東病棟", "看護 花子", SECRET_TITLE, SECRET_TEXT, "checked"):
        assert given_away not in hinted


# Confirming -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["office", "deputy"])
def test_office_and_deputy_read_the_precise_reason(request, client, suspicious, who):
    person = request.getfixturevalue(who)
    if who == "deputy":
        ConflictFactory(case=suspicious.case, member=person)
    client.force_login(person)

    page = client.get(address("conflicts", suspicious.case.round.public_id)).content.decode()

    assert "同僚 花子" in page
    assert "提案した人と同じ部署" in page


RIGHTS = {
    # who confirms?          of a free case  of a case that she has a conflict with
    "office": (True, False),
    "chair": (True, False),
    "deputy": (True, False),
    "reviewer": (False, False),
    "secretary": (False, False),
    "stranger": (False, False),
}


@pytest.mark.parametrize("who", RIGHTS)
def test_who_confirms(request, case, who):
    person = request.getfixturevalue(who)
    answer = ConflictFactory(case=case, member=person)
    free = person.has_perm("committee.confirm_conflicts_case", case)
    Conflict.objects.filter(pk=answer.pk).update(answer=ConflictAnswer.CONFLICT)

    closed = person.has_perm("committee.confirm_conflicts_case", Case.objects.get(pk=case.pk))

    assert (free, closed) == RIGHTS[who]


def test_a_no_against_the_data_needs_a_note(client, suspicious, office):
    client.force_login(office)
    page = address("settle_conflict", suspicious.case.public_id, suspicious.member_id)

    bare = client.post(page, {"verdict": "keep", "seen": "none"})
    noted = client.post(page, {"verdict": "keep", "seen": "none", "note": "勤務が別です"})

    suspicious.refresh_from_db()
    assert bare.status_code == 422
    assert "「確かめたこと」を入力してください" in bare.content.decode()
    assert noted.status_code == 302
    assert (suspicious.confirmed_by, suspicious.confirm_note) == (office, "勤務が別です")
    assert not Message.objects.filter(recipient=suspicious.member).exists()


def test_the_meeting_is_not_closed_before_it_is_confirmed(suspicious, office):
    round_ = suspicious.case.round

    assert conflicts.not_ready_to_decide(round_) == [
        "利益相反の回答を確かめていない案件があります: N-2026-0001"
    ]
    conflicts.settle(
        suspicious.case, suspicious.member, by=office, verdict=Verdict.KEEP, note="別の勤務"
    )
    assert conflicts.not_ready_to_decide(round_) == []


def test_taken_out_she_neither_reads_nor_counts_nor_answers_herself_back_in(
    client, suspicious, office
):
    case, member = suspicious.case, suspicious.member
    ReviewFactory(case=case, reviewer=member, values=[5, 5])
    client.force_login(office)
    client.post(
        address("settle_conflict", case.public_id, member.pk),
        {"verdict": "recuse", "seen": "none", "note": "同じ勤務です"},
    )
    line = client.get(address("results", case.round.public_id)).context["lines"][0]

    client.force_login(member)
    page = client.get(case.get_absolute_url()).content.decode()
    again = client.post(address("conflict", case.public_id), {"answer": "none"})

    assert line.figures.n == 0
    assert "審査からあなたを外しました" in page
    assert SECRET_TITLE not in page
    assert again.status_code == 403
    mail = Message.objects.get(recipient=member)
    assert "N-2026-0001" in mail.body
    assert SECRET_TITLE not in mail.body + mail.subject
    assert "同じ勤務です" not in mail.body
    with pytest.raises(WrongStateError):
        answer_conflict(Case.objects.get(pk=case.pk), by=member, answer=ConflictAnswer.NONE)


OUTCOMES = {
    "keep": "さんの回答を確かめました",
    "recuse": "を外し、本人に知らせました",
    "ask_again": "さんに知らせました",
}


@pytest.mark.parametrize("verdict", OUTCOMES)
def test_what_was_settled_is_said(client, suspicious, office, verdict):
    client.force_login(office)

    page = client.post(
        address("settle_conflict", suspicious.case.public_id, suspicious.member_id),
        {"verdict": verdict, "seen": "none", "note": "確認しました"},
        follow=True,
    )

    assert OUTCOMES[verdict] in page.content.decode()


def test_after_the_release_no_case_waits_for_somebody_else(client, case, office):
    Round.objects.update(state=RoundState.RELEASED)
    client.force_login(office)

    page = client.get(address("conflicts", case.round.public_id)).content.decode()

    assert "ほかの人が確かめる案件" not in page


def test_asked_again_she_stands_at_the_gate(client, suspicious, office):
    conflicts.settle(
        suspicious.case, suspicious.member, by=office, verdict=Verdict.ASK_AGAIN, note="確認"
    )
    client.force_login(suspicious.member)

    page = client.get(suspicious.case.get_absolute_url()).content.decode()

    assert "この案件との利益相反はありますか" in page
    assert not Conflict.objects.exists()


def test_an_answer_that_changed_meanwhile_is_looked_at_again(client, suspicious, office):
    answer_conflict(
        suspicious.case, by=suspicious.member, answer=ConflictAnswer.CONFLICT, note="家族"
    )
    client.force_login(office)

    page = client.post(
        address("settle_conflict", suspicious.case.public_id, suspicious.member_id),
        {"verdict": "keep", "seen": "none", "note": "確認しました"},
    )

    assert page.status_code == 422
    assert "見ているあいだに回答が変わりました" in page.content.decode()


def test_a_new_answer_has_to_be_confirmed_anew(suspicious, office):
    case, member = suspicious.case, suspicious.member
    conflicts.settle(case, member, by=office, verdict=Verdict.KEEP, note="別の勤務")

    answer_conflict(case, by=member, answer=ConflictAnswer.NONE)

    assert conflicts.not_ready_to_decide(case.round)


def test_nobody_confirms_her_own_answer(client, case, colleague):
    colleague.committee_seats.update(seat=Seat.CHAIR)
    ConflictFactory(case=case, member=colleague)
    client.force_login(colleague)

    page = client.get(address("settle_conflict", case.public_id, colleague.pk))

    assert page.status_code == 403


# The chair's own conflict -----------------------------------------------------------------------

STEPS = ["read", "see_scores", "decide", "assign", "confirm_conflicts"]


@pytest.mark.parametrize("answer", [ConflictAnswer.CONFLICT, ConflictAnswer.RECUSED, "own"])
def test_the_chairs_own_conflict_passes_to_the_deputy(case, chair, deputy, answer):
    Round.objects.update(state=RoundState.DISCUSSING)
    ConflictFactory(case=case, member=deputy)
    if answer == "own":
        Participant.objects.create(need=case.need, user=chair, kind=ParticipantKind.JOINED)
    ConflictFactory(
        case=case, member=chair, answer=ConflictAnswer.NONE if answer == "own" else answer
    )
    case = Case.objects.for_pages().get(pk=case.pk)

    assert [chair.has_perm(f"committee.{step}_case", case) for step in STEPS] == [False] * 5
    assert [deputy.has_perm(f"committee.{step}_case", case) for step in STEPS] == [True] * 5


def test_the_chairs_plan_leaves_her_own_conflict_out(client, case, chair, reviewer):
    Round.objects.update(reviewers_per_case=1)
    free = CaseFactory(round=case.round)
    ConflictFactory(case=case, member=chair, answer=ConflictAnswer.CONFLICT)
    client.force_login(chair)
    page = address("assignment_plan", case.round.public_id)

    plan = client.get(page).context["plan"]
    forced = client.post(page, {"pairs": f"{case.pk}:{reviewer.pk}"})

    assert {pk for pk, _person in plan.pairs} == {free.pk}
    assert forced.status_code == 302
    assert not case.assignments.exists()


# Nothing leaks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["reviewer", "chair", "secretary"])
@pytest.mark.parametrize("answer", [None, *ConflictAnswer])
def test_search_never_finds_a_case_for_the_committee(client, request, case, who, answer):
    """Whatever she answered: a committee reads cases on its own pages only."""
    member = request.getfixturevalue(who)
    if answer:
        ConflictFactory(case=case, member=member, answer=answer)
    client.force_login(member)

    for name in ("search:results", "search:suggest"):
        page = client.get(reverse(name), {"q": "秘密の件名"})
        assert SECRET_TITLE not in page.content.decode()


def test_an_office_member_with_a_conflict_reads_neither_letter_nor_decision(
    client, case, office, committee
):
    MemberFactory(committee=committee, user=office)
    ConflictFactory(case=case, member=office, answer=ConflictAnswer.CONFLICT)
    DecisionFactory(case=case, reason="秘密の理由")
    letter = LetterFactory(case=case, subject=SECRET_TITLE, body="秘密の手紙")
    Round.objects.update(state=RoundState.DECIDED)
    client.force_login(office)

    for url in (
        letter.get_absolute_url(),
        *(
            address(name, case.round.public_id)
            for name in ("letters", "results", "round", "conflicts")
        ),
        *(address(name, case.public_id) for name in ("case", "decision")),
    ):
        said = client.get(url, follow=True).content.decode()
        for secret in (SECRET_TITLE, "秘密の手紙", "秘密の理由"):
            assert secret not in said, url


def test_a_members_reason_is_read_by_office_and_chair_only(
    client, case, reviewer, other_reviewer, chair
):
    ConflictFactory(case=case, member=reviewer, answer="conflict", note="家族が働いています")
    Round.objects.update(state=RoundState.DISCUSSING, shows_others=True)
    seen = {}
    for person in (other_reviewer, chair):
        ConflictFactory(case=case, member=person)
        client.force_login(person)
        page = client.get(address("decision", case.public_id))
        seen[person] = "家族が働いています" in page.content.decode()

    assert seen == {other_reviewer: False, chair: True}


def test_the_timeline_keeps_a_members_reason_from_other_members(
    client, case, suspicious, chair, deputy, office, other_reviewer, secretary
):
    colleague = suspicious.member
    answer_conflict(case, by=colleague, answer=ConflictAnswer.CONFLICT, note="家族が働いています")
    conflicts.settle(case, colleague, by=office, verdict="keep", note="電話で確かめた")
    Round.objects.update(state=RoundState.DISCUSSING, shows_others=True)
    seen = {}
    for person in (chair, deputy, office, other_reviewer, secretary):
        if person != office:
            ConflictFactory(case=case, member=person)
        client.force_login(person)
        page = client.get(address("decision", case.public_id)).content.decode()
        seen[person] = ("家族が働いています" in page, "電話で確かめた" in page)

    assert seen == {
        **dict.fromkeys((chair, deputy, office), (True, True)),
        **dict.fromkeys((other_reviewer, secretary), (False, False)),
    }


@pytest.mark.parametrize(
    ("answer", "is_blind", "state", "may"),
    [
        (None, False, RoundState.REVIEWING, False),
        (ConflictAnswer.CONFLICT, False, RoundState.REVIEWING, False),
        (ConflictAnswer.CONFLICT, False, RoundState.DECIDED, False),
        (ConflictAnswer.NONE, False, RoundState.REVIEWING, True),
        (ConflictAnswer.NONE, True, RoundState.REVIEWING, False),
        (ConflictAnswer.CONFLICT, True, RoundState.RELEASED, True),
        (ConflictAnswer.CONFLICT, False, RoundState.PLANNED, True),
    ],
)
def test_who_judges_a_need_does_not_meet_its_title_while_writing_her_own(
    client, case, reviewer, other_nurse, answer, is_blind, state, may
):
    if answer:
        ConflictFactory(case=case, member=reviewer, answer=answer)
    Round.objects.update(state=state, is_blind=is_blind)
    shown = {}
    for person in (reviewer, other_nurse):
        client.force_login(person)
        page = client.get(reverse("needs:join", args=[case.need.public_id]))
        hinted = for_colleague(SECRET_TEXT, Need(hospital=case.need.hospital), person)
        shown[person] = [SECRET_TITLE in page.content.decode(), hinted == [case.need]]

    assert shown == {reviewer: [may, may], other_nurse: [True, True]}


def test_mail_about_a_conflict_goes_to_nobody_who_is_out_herself(case, office, reviewer, committee):
    second = MembershipFactory(organisation=committee.hospital, role="office").user
    ConflictFactory(case=case, member=second, answer=ConflictAnswer.CONFLICT)

    answer_conflict(case, by=reviewer, answer=ConflictAnswer.UNSURE)

    assert [each.recipient for each in Message.objects.all()] == [office]


# A seat that ends -------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["removed", "term over"])
def test_an_open_page_answers_clearly_when_the_seat_has_ended(
    client, case, reviewer, office, criteria, how
):
    ConflictFactory(case=case, member=reviewer)
    ReviewFactory(case=case, reviewer=reviewer, values=[4, 4])
    seat = reviewer.committee_seats.get()
    if how == "removed":
        client.force_login(office)
        client.post(address("member_remove", seat.public_id))
    else:
        reviewer.committee_seats.update(since="2020-04-01", until="2021-03-31")
    client.force_login(reviewer)

    gate = client.post(
        address("conflict", case.public_id), {"answer": "conflict", "note": "家族です"}
    )
    page = client.post(
        case.get_absolute_url(),
        {f"score_{criteria[0].pk}": "5", "note_to_committee": "書きかけのことば", "go": "stay"},
    )

    for answer, typed in ((gate, "家族です"), (page, "書きかけのことば")):
        said = answer.content.decode()
        assert answer.status_code == 403
        assert "いまの入力は保存していません" in said
        assert typed in said
        assert SECRET_TITLE not in said
    client.force_login(office)
    lines = client.get(address("results", case.round.public_id)).context["lines"]
    assert lines[0].figures.n == 1


def test_a_stranger_learns_nothing_of_it(client, case):
    client.force_login(UserFactory())

    assert client.get(case.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("answer", [None, ConflictAnswer.NONE])
def test_the_chair_takes_out_a_member_of_whom_no_data_tell(client, case, chair, reviewer, answer):
    ConflictFactory(case=case, member=chair)
    if answer:
        ConflictFactory(case=case, member=reviewer, answer=answer)
    client.force_login(chair)
    page = address("conflicts", case.round.public_id)

    onward = client.get(page, {"case": case.public_id, "member": reviewer.pk})
    client.post(onward.url, {"verdict": "recuse", "note": "提案者の家族です", "seen": answer or ""})

    assert Conflict.objects.get(member=reviewer).answer == ConflictAnswer.RECUSED


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        ({"case": "", "member": ""}, "「案件」を選んでください"),
        ({"case": "x", "member": "0"}, "「委員」を選びなおしてください"),
    ],
)
def test_nobody_is_taken_out_without_a_case_and_a_member(client, case, chair, chosen, error):
    ConflictFactory(case=case, member=chair)
    client.force_login(chair)

    answer = client.get(address("conflicts", case.round.public_id), chosen)

    assert answer.status_code == 422
    assert error in answer.content.decode()

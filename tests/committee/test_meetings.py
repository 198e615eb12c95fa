"""A meeting from the call to the approved minutes."""

import re
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from committee import meetings
from committee.enums import ConflictAnswer, MeetingState, Outcome, Quorum, RoundState
from committee.models import (
    Attendance,
    Ballot,
    Case,
    Decision,
    Meeting,
    Member,
    Vote,
)
from committee.room import Room, needed
from committee.todo import meetings_to_join
from core.workflow import WrongStateError
from tests.committee.around_the_table import address, conflicted, decide, leave
from tests.committee.conftest import SECRET_TITLE
from tests.factories.committee import (
    CaseFactory,
    ConflictFactory,
    MeetingFactory,
    MeetingItemFactory,
    MemberFactory,
    ReviewFactory,
)

pytestmark = pytest.mark.django_db


# How many must be there ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "seats", "least"),
    [
        (Quorum.MAJORITY, 5, 3),
        (Quorum.MAJORITY, 4, 3),
        (Quorum.MAJORITY, 1, 1),
        (Quorum.TWO_THIRDS, 5, 4),
        (Quorum.TWO_THIRDS, 6, 4),
        (Quorum.ALL, 4, 4),
        # Where everybody is out nobody decides.
        (Quorum.MAJORITY, 0, 1),
        (Quorum.TWO_THIRDS, 0, 1),
        (Quorum.ALL, 0, 1),
    ],
)
def test_how_many_members_must_be_present(rule, seats, least):
    assert needed(rule, seats) == least


# Four seats score: chair, deputy, 委員 花子, 委員 月子. The secretary is never counted.
QUORUM = {
    # away, in conflict, unanswered: (present, seats, needed, may decide, who leads)
    ((), (), ()): (4, 4, 3, True, "委員長"),
    (("reviewer",), (), ()): (3, 4, 3, True, "委員長"),
    (("reviewer", "other_reviewer"), (), ()): (2, 4, 3, False, "委員長"),
    (("reviewer", "other_reviewer"), ("reviewer", "other_reviewer"), ()): (2, 2, 2, True, "委員長"),
    ((), ("chair",), ()): (3, 3, 2, True, "副委員長"),
    (("chair",), (), ()): (3, 4, 3, True, "副委員長"),
    ((), ("chair", "deputy"), ()): (2, 2, 2, True, None),
    ((), (), ("reviewer", "other_reviewer")): (2, 4, 3, False, "委員長"),
    (("secretary",), ("secretary",), ()): (4, 4, 3, True, "委員長"),
}


@pytest.mark.parametrize(("people", "expected"), QUORUM.items())
def test_quorum_counts_the_seats_without_a_conflict(people, expected, request, item, discussed):
    away, out, unanswered = ([request.getfixturevalue(name) for name in group] for group in people)
    leave(item.meeting, *away)
    conflicted(discussed, *out)
    discussed.conflicts.filter(member__in=unanswered).delete()

    standing = Room(item.meeting).standing(Case.objects.for_pages().get())

    leader = standing.leader and standing.leader.get_seat_display()
    present, seats = len(standing.present), len(standing.seats)
    assert (present, seats, standing.needed, standing.is_quorate, leader) == expected


# Calling it -------------------------------------------------------------------------------------

CALLERS = {
    "office": 200,
    "chair": 200,
    "deputy": 200,
    "secretary": 200,
    "reviewer": 403,
    "nurse": 404,
    "other_office": 404,
}


@pytest.mark.parametrize(("who", "status"), CALLERS.items())
def test_who_calls_a_meeting(client, request, discussed, who, status):
    client.force_login(request.getfixturevalue(who))

    assert client.get(address("meeting_new", discussed.round)).status_code == status


def test_the_undecided_cases_come_on_the_agenda_in_quiet_order(client, discussed, office, chair):
    decided, free, out = CaseFactory.create_batch(3, round=discussed.round)
    Decision.objects.create(case=decided, outcome=Outcome.ACCEPTED, decided_by=office)
    for each in (discussed, out):
        ConflictFactory._meta.model.objects.update_or_create(
            case=each, member=chair, defaults={"answer": ConflictAnswer.UNSURE}
        )
    client.force_login(office)
    page = client.get(address("meeting_new", discussed.round))
    offered = page.context["form"].initial["cases"]

    client.post(
        address("meeting_new", discussed.round),
        {"day": "2030/12/5", "hour": "14時", "place": "講堂", "cases": offered},
    )

    meeting = Meeting.objects.get()
    assert set(offered) == {each.public_id for each in (discussed, free, out)}
    assert [each.case for each in meeting.items.order_by("order")] == [free, discussed, out]
    assert timezone.localtime(meeting.starts_at).isoformat() == "2030-12-05T14:00:00+09:00"


@pytest.mark.parametrize("state", [RoundState.REVIEWING, RoundState.DECIDED, RoundState.RELEASED])
def test_only_a_round_that_discusses_meets(client, discussed, office, state):
    discussed.round.state = state
    discussed.round.save()
    client.force_login(office)

    page = client.get(address("meeting_new", discussed.round))

    assert page.status_code == 302
    assert not Meeting.objects.exists()


def test_a_meeting_that_has_not_begun_can_be_changed_or_called_off(client, discussed, office):
    meeting = MeetingFactory(round=discussed.round)
    MeetingItemFactory(meeting=meeting, case=discussed)
    other = CaseFactory(round=discussed.round)
    client.force_login(office)

    client.post(
        address("meeting_edit", meeting),
        {"day": "2030/1/7", "hour": "9:30", "cases": [other.public_id], "version": meeting.version},
    )
    assert [each.case for each in meeting.items.all()] == [other]

    client.post(address("meeting_cancel", meeting))
    assert not Meeting.objects.exists()


# Steps ------------------------------------------------------------------------------------------

BUTTONS = {
    # state: (keepers of the meeting, members)
    MeetingState.PLANNED: (["open"], []),
    MeetingState.OPEN: (["close"], []),
    MeetingState.CLOSED: (["reopen"], []),
    MeetingState.APPROVED: ([], []),
}


@pytest.mark.parametrize("state", MeetingState)
def test_who_sees_which_button(state, meeting, office, chair, secretary, reviewer):
    meeting.state = state
    keepers, members = BUTTONS[state]

    def buttons(user):
        return [row.name for row in meetings.meeting_flow.open_to(user, meeting)]

    assert [buttons(user) for user in (office, chair, secretary)] == [keepers] * 3
    assert buttons(reviewer) == members


REFUSED = {
    # what is wrong: (step, sentence)
    "nobody there": ("open", "出席の人がいません"),
    "days ahead": ("open", "会議の日はまだ先です"),
    "not discussing": ("open", "合議中ではありません"),
    "another open": ("open", "別の会議が開会中"),
    "vote open": ("close", "採決が続いています"),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_a_step_that_cannot_be_says_why(client, item, office, wrong):
    step, sentence = REFUSED[wrong]
    meeting = item.meeting
    Meeting.objects.update(state=MeetingState.OPEN if step == "close" else MeetingState.PLANNED)
    if wrong == "nobody there":
        Attendance.objects.all().delete()
    elif wrong == "days ahead":
        Meeting.objects.update(starts_at=timezone.now() + timedelta(days=1))
    elif wrong == "not discussing":
        meeting.round.state = RoundState.DECIDED
        meeting.round.save()
    elif wrong == "another open":
        MeetingFactory(round=meeting.round, state=MeetingState.OPEN)
    else:
        Vote.objects.create(item=item, question="採択してよいか")
    client.force_login(office)

    page = client.post(address("meeting_step", meeting, step))

    assert page.status_code == 422
    assert sentence in page.content.decode()


def test_a_round_is_not_settled_while_its_meeting_goes_on(client, item, office):
    Decision.objects.create(case=item.case, outcome=Outcome.ACCEPTED, decided_by=office)
    client.force_login(office)

    page = client.post(reverse("committee:transition", args=[item.case.round.public_id, "decide"]))

    assert "会議が開会中です" in page.content.decode()


def test_attendance_is_kept_and_counted_at_once(client, meeting, item, secretary, reviewer):
    seat = Member.objects.get(user=reviewer)
    client.force_login(secretary)

    client.post(address("attendance", meeting), {f"member_{seat.public_id}": "absent"})

    assert dict(meeting.attendances.values_list("user__name", "presence")) == {
        "委員長 花子": "here",
        "副委員長 花子": "here",
        "委員 花子": "absent",
        "委員 月子": "here",
        "書記 花子": "here",
    }


def test_after_the_meeting_attendance_changes_only_by_reopening(meeting, reviewer, office):
    meeting.state = MeetingState.CLOSED
    meeting.save()

    with pytest.raises(WrongStateError):
        meetings.take_attendance(meeting, {Member.objects.get(user=reviewer): "absent"}, by=office)


def test_cases_move_up_and_down_and_stop_at_the_ends(client, meeting, secretary):
    items = [MeetingItemFactory(meeting=meeting, order=n) for n in range(3)]
    first, second, third = (each.case.number for each in items)
    client.force_login(secretary)
    orders = []
    for item, to in [(items[2], "up"), (items[2], "up"), (items[2], "up"), (items[0], "down")]:
        client.post(address("item_move", item), {"to": to})
        orders.append([each.case.number for each in meeting.items.order_by("order")])

    assert orders == [
        [first, third, second],
        [third, first, second],
        [third, first, second],
        [third, second, first],
    ]


# The decision -----------------------------------------------------------------------------------


def test_a_decision_keeps_who_was_there_and_who_was_out(client, item, chair, reviewer):
    conflicted(item.case, reviewer)
    client.force_login(chair)

    page = decide(client, item)

    decision = Decision.objects.get()
    item.refresh_from_db()
    assert page.status_code == 302
    assert decision.meeting == item.meeting
    assert [each["name"] for each in decision.attendance["present"]] == [
        "委員長 花子",
        "副委員長 花子",
        "委員 月子",
    ]
    assert decision.attendance["outside"] == ["委員 花子"]
    assert decision.attendance["leader"] == "委員長 委員長 花子"
    assert decision.attendance["quorum"] == "出席3名・必要2名(利益相反のない委員3名・委員の過半数)"
    assert (item.done_at is not None, item.recusals_confirmed_by) == (True, chair)


REFUSALS = {
    "quorum lost": "定足数に足りないので、決定できません。出席2名・必要3名",
    "members removed": "定足数に足りないので、決定できません。出席1名・必要2名",
    "recusals unconfirmed": "退席を確かめて、チェックを入れてください",
    "no reason": "「理由」を入力してください",
    "vote open": "採決が続いています",
}


@pytest.mark.parametrize("wrong", REFUSALS)
def test_a_decision_that_cannot_be_is_refused_with_all_that_was_typed(
    client, item, chair, deputy, reviewer, other_reviewer, wrong
):
    answers = {"next_person": "だいじな担当"}
    if wrong == "quorum lost":
        leave(item.meeting, reviewer, other_reviewer)
    elif wrong == "members removed":
        leave(item.meeting, chair)
        Member.objects.filter(user__in=[reviewer, other_reviewer]).delete()
    elif wrong == "recusals unconfirmed":
        answers["recusals_confirmed"] = ""
    elif wrong == "no reason":
        answers["reason"] = ""
    else:
        Vote.objects.create(item=item, question="採択してよいか")
    client.force_login(chair)

    page = decide(client, item, **answers)

    said = page.content.decode()
    assert page.status_code == 422
    assert REFUSALS[wrong] in said
    assert "だいじな担当" in said
    assert not Decision.objects.exists()


@pytest.mark.parametrize("votes", [True, False])
def test_while_a_vote_is_open_the_projector_shows_it_in_place_of_the_decision(
    client, item, chair, votes
):
    if votes:
        Vote.objects.create(item=item, question="採択してよいか")
    client.force_login(chair)

    said = client.get(address("meeting_item", item)).content.decode()

    assert ("採決を締める" in said, "4名中0名が投票" in said) == (votes, votes)
    assert ("採決を始める" in said, "決定を記録する" in said) == (not votes, not votes)


AT_HAND = {
    # state, what is decided, what is on the table: the first button of those who run it
    (MeetingState.OPEN, (), 0): "いまの議事を開く",
    (MeetingState.OPEN, (0,), 0): "次の議事を開く",
    (MeetingState.OPEN, (0, 1), 0): "閉会する",
    (MeetingState.OPEN, (), None): "次の議事を開く",
    (MeetingState.PLANNED, (), None): "開会する",
}


@pytest.mark.parametrize(("how", "button"), AT_HAND.items())
def test_the_first_button_leads_to_what_is_at_hand(client, item, meeting, secretary, how, button):
    state, decided, current = how
    items = [item, MeetingItemFactory(meeting=meeting, order=2)]
    for position in decided:
        items[position].done_at = timezone.now()
        items[position].save()
    Meeting.objects.update(state=state, current=None if current is None else items[current])
    client.force_login(secretary)

    said = client.get(meeting.get_absolute_url()).content.decode()

    assert re.findall(r'btn btn-primary"[^>]*>([^<]+)<', said) == [button]


def test_a_correction_is_a_new_entry_with_a_reason(client, item, chair):
    client.force_login(chair)
    decide(client, item)
    first = Decision.objects.get()

    without = decide(client, item, outcome=Outcome.ACCEPTED, seen=first.pk)
    decide(client, item, outcome=Outcome.ACCEPTED, seen=first.pk, correction="聞き違い")

    assert without.status_code == 422
    assert list(Decision.objects.order_by("pk").values_list("outcome", "is_current")) == [
        (Outcome.CONDITIONAL, False),
        (Outcome.ACCEPTED, True),
    ]


DECIDERS = {
    # Who sees the page (GET) and who decides (POST).
    "office": (200, 302),
    "chair": (200, 302),
    "deputy": (200, 302),
    "secretary": (200, 403),
    "reviewer": (403, 403),
    "nurse": (404, 404),
    "other_office": (404, 404),
}


@pytest.mark.parametrize(("who", "answers"), DECIDERS.items())
def test_who_sees_the_projectors_page_and_who_decides(client, request, item, who, answers):
    client.force_login(request.getfixturevalue(who))
    got = client.get(address("meeting_item", item)).status_code

    assert (got, decide(client, item).status_code) == answers


def test_with_the_chair_out_the_deputy_leads(client, item, chair, deputy):
    conflicted(item.case, chair)
    client.force_login(chair)
    closed = client.get(address("meeting_item", item))
    refused = decide(client, item)
    client.force_login(deputy)
    page = client.get(address("meeting_item", item)).content.decode()
    decided = decide(client, item)

    said = closed.content.decode()
    assert "この議事のあいだ退席してください" in said
    assert SECRET_TITLE not in said
    assert refused.status_code == 403
    assert "進行: 副委員長 副委員長 花子" in page
    assert "退席: 委員長 花子" in page
    assert decided.status_code == 302
    assert Decision.objects.get().attendance["leader"] == "副委員長 副委員長 花子"


def test_with_a_meeting_the_desk_refuses_and_keeps_the_text(client, item, office):
    client.force_login(office)

    page = client.get(reverse("committee:decision", args=[item.case.public_id]))
    refused = client.post(
        reverse("committee:decision", args=[item.case.public_id]),
        {"outcome": Outcome.ON_HOLD, "reason": "だいじな理由"},
    )

    assert "決定は、会議の画面で記録します" in page.content.decode()
    assert refused.status_code == 422
    assert "この審査会は会議で決めます" in refused.content.decode()
    assert "だいじな理由" in refused.content.decode()


def test_the_projector_shows_numbers_only_of_the_other_cases_and_no_reviewers_names(
    client, item, meeting, office, reviewer, criteria
):
    other = MeetingItemFactory(meeting=meeting, case=CaseFactory(round=meeting.round), order=2)
    review = ReviewFactory(case=item.case, reviewer=reviewer, values=[4, 2])
    review.note_to_committee = "効果は大きい"
    review.save()
    client.force_login(office)
    said = client.get(address("meeting_item", item)).content.decode()
    named = client.get(address("meeting_item", item) + "?names=1").content.decode()

    assert SECRET_TITLE in said
    assert other.case.number in said
    assert other.case.need.title not in said
    assert ("効果は大きい" in said, "委員 花子" in said) == (True, False)
    assert "委員 花子" in named


# Pages ------------------------------------------------------------------------------------------

QUERIES = {
    # Page → how many for the office, how many for a member who may open it.
    # The rules of a case ask for its conflicts, participants, reviews, decisions and assignments.
    # The minutes ask them twice: for what is written, and for who may read it.
    "meeting": (18, 17),
    "meeting_live": (17, 17),
    "minutes": (26, 26),
    "meeting_item": (23, None),
    "attendance": (7, None),
}


@pytest.mark.parametrize(
    ("who", "name", "wanted"),
    [
        (who, name, wanted)
        for name, counts in QUERIES.items()
        for who, wanted in zip(["office", "reviewer"], counts, strict=True)
        if wanted
    ],
)
@pytest.mark.parametrize("count", [1, 3])
def test_pages_need_a_fixed_number_of_queries(
    client,
    request,
    item,
    criteria,
    chair,
    reviewer,
    who,
    name,
    wanted,
    count,
    django_assert_num_queries,
):
    meeting = item.meeting
    for case in CaseFactory.create_batch(count, round=meeting.round):
        MeetingItemFactory(meeting=meeting, case=case, order=5)
        ConflictFactory(case=case, member=chair)
        ReviewFactory(
            case=item.case, reviewer=MemberFactory(committee=meeting.round.committee).user
        )
        vote = Vote.objects.create(item=item, question="採択してよいか", closed_at=timezone.now())
        Ballot.objects.create(vote=vote, user=chair, choice="yes")
    if name == "minutes":
        Meeting.objects.update(state=MeetingState.CLOSED)
    client.force_login(request.getfixturevalue(who))
    ContentType.objects.get_for_model(Meeting)

    with django_assert_num_queries(wanted):
        page = client.get(address(name, item if name == "meeting_item" else meeting))

    assert page.status_code == 200


def test_everybody_with_a_seat_is_called_when_the_meeting_opens(meeting, office, reviewer, nurse):
    def called():
        return [len(meetings_to_join(user)) for user in (reviewer, office, nurse)]

    on = called()
    Meeting.objects.update(state=MeetingState.CLOSED)

    assert (on, called()) == ([1, 0, 0], [0, 0, 0])

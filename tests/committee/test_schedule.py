"""Dates move a round; one member may get a longer deadline; late members are reminded."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.queries import entries_for
from committee import extensions, reminders, schedule
from committee.actions import round_flow
from committee.enums import ConflictAnswer, RoundState
from committee.models import Extension, Member, Review, Round
from core.todo import todos_for
from core.workflow import WrongStateError
from notifications.models import Message
from tests.factories.committee import CaseFactory, ConflictFactory, ReviewFactory, RoundFactory

pytestmark = pytest.mark.django_db

TOKYO = ZoneInfo("Asia/Tokyo")
DUE = "committee.scores_due"


def at(day, hour=9, month=12):
    return datetime(2026, month, day, hour, tzinfo=TOKYO)


def on(day, hour=9, month=12):
    return time_machine.travel(at(day, hour, month), tick=False)


def address(name, *args):
    return reverse(f"committee:{name}", args=args)


def mails(kind):
    return [each.recipient for each in Message.objects.filter(kind=kind).order_by("pk")]


@pytest.fixture(autouse=True)
def _begin():
    """The seats and the round of the fixtures exist since November."""
    with on(26, month=11):
        yield


@pytest.fixture
def december(round_, case):
    """A round with one case, whose scores are due on 2026-12-10 17:00."""
    Round.objects.update(deadline=at(10, 17))
    round_.refresh_from_db()
    return round_


# Opening and closing ----------------------------------------------------------------------------


@pytest.fixture
def planned(committee, reviewer):
    round_ = RoundFactory(committee=committee, opens_at=at(1), deadline=at(10, 17))
    CaseFactory(round=round_)
    return round_


def state(round_):
    return Round.objects.get(pk=round_.pk).state


def test_a_round_opens_at_its_time_and_asks_the_members_once(planned, reviewer):
    with on(1, 8):
        schedule.follow_rounds()
        assert state(planned) == RoundState.PLANNED
    with on(1, 9):
        schedule.follow_rounds()
        schedule.follow_rounds()

    assert state(planned) == RoundState.REVIEWING
    assert mails("committee.review_asked") == [reviewer]
    entry = entries_for(planned).get()
    assert (entry.action, entry.actor) == ("committee.round.open", None)


def test_when_something_is_missing_the_office_is_told_once(planned, office):
    planned.cases.all().delete()
    with on(1):
        schedule.follow_rounds()
    with on(2):
        schedule.follow_rounds()

    assert state(planned) == RoundState.PLANNED
    assert mails("committee.round_hindered") == [office]
    assert "議題にニーズがありません" in Message.objects.get().body


def test_a_new_time_tries_again(client, planned, office):
    planned.cases.all().delete()
    with on(1):
        schedule.follow_rounds()
        CaseFactory(round=planned)
        client.force_login(office)
        form = {
            "title": planned.title,
            "committee": planned.committee_id,
            "rubric": planned.rubric_id,
            "deadline_day": "2026/12/10",
            "deadline_time": "17:00",
            "opens_day": "2026/12/2",
            "opens_time": "午前8時",
        }
        assert client.post(address("round_edit", planned.public_id), form).status_code == 302
    with on(2):
        schedule.follow_rounds()

    assert state(planned) == RoundState.REVIEWING


def test_the_form_refuses_to_open_behind_the_deadline(client, planned, office):
    client.force_login(office)

    page = client.post(
        address("round_edit", planned.public_id),
        {"deadline_day": "2026/12/10", "deadline_time": "17:00", "opens_day": "2026/12/11"},
    )

    assert page.status_code == 422
    assert "「採点を始める日」は、採点の締切より前にしてください" in page.content.decode()


CLOSES = {
    # closes by itself, extended to 12-12 17:00: its state at 12-11 and at 12-13
    (False, False): (RoundState.REVIEWING, RoundState.REVIEWING),
    (True, False): (RoundState.DISCUSSING, RoundState.DISCUSSING),
    (True, True): (RoundState.REVIEWING, RoundState.DISCUSSING),
}


@pytest.mark.parametrize(("by_itself", "is_extended"), CLOSES)
def test_the_deadline_moves_the_round_on(december, office, chair, reviewer, by_itself, is_extended):
    Round.objects.update(closes_by_itself=by_itself)
    if is_extended:
        extensions.extend(december, reviewer, by=office, until=at(12, 17), reason="出張")
    seen = []
    for day in (11, 13):
        with on(day):
            schedule.follow_rounds()
            schedule.follow_rounds()
        seen.append(state(december))

    assert tuple(seen) == CLOSES[by_itself, is_extended]
    assert set(mails("committee.scoring_closed")) == ({office, chair} if by_itself else set())


def test_reopening_says_why_on_the_timeline(december, chair):
    round_flow.perform("close_scoring", december, by=chair)
    round_flow.perform(
        "reopen_scoring", december, by=chair, reason="1名の採点が漏れていた", deadline=at(20)
    )

    entry = entries_for(december).last()
    assert (entry.action, entry.data["reason"]) == (
        "committee.round.reopen_scoring",
        "1名の採点が漏れていた",
    )


# Extension --------------------------------------------------------------------------------------


@pytest.fixture
def extended(client, december, reviewer, office):
    client.force_login(office)
    client.post(
        address("extend", december.public_id),
        {
            "person": reviewer.pk,
            "deadline_day": "2026/12/12",
            "deadline_time": "17:00",
            "reason": "学会で出張",
        },
    )
    return december


def test_the_member_is_told_and_those_who_lead_see_it(client, extended, reviewer, chair):
    client.force_login(chair)
    page = client.get(extended.get_absolute_url()).content.decode()

    assert mails("committee.deadline_extended") == [reviewer]
    assert "締切の延長: 2026年12月12日(土) 17:00まで(学会で出張)" in page
    assert "学会で出張" in entries_for(extended).last().data["reason"]


SAVED = {
    # who and when: is the score saved?
    ("reviewer", 10): True,
    ("reviewer", 12): True,
    ("reviewer", 13): False,
    ("other_reviewer", 10): True,
    ("other_reviewer", 12): False,
}


@pytest.mark.parametrize(("who", "day"), SAVED)
def test_her_old_page_takes_scores_until_her_own_deadline(
    client, request, extended, case, criteria, who, day
):
    member = request.getfixturevalue(who)
    ConflictFactory(case=case, member=member)
    typed = {f"score_{each.pk}": "4" for each in criteria} | {
        "note_to_committee": "間に合った?",
        "go": "next",
    }
    with on(day):
        client.force_login(member)
        page = client.post(case.get_absolute_url(), typed)

    assert Review.objects.filter(reviewer=member).exists() == SAVED[who, day]
    if not SAVED[who, day]:
        deadline = "2026年12月12日(土) 17:00" if who == "reviewer" else "2026年12月10日(木) 17:00"
        assert page.status_code == 422
        assert f"採点の締切({deadline})を過ぎました" in page.content.decode()
        assert "間に合った?" in page.content.decode()


def test_her_todo_and_her_page_show_her_own_deadline(client, extended, case, reviewer):
    with on(11):
        client.force_login(reviewer)
        page = client.get(extended.get_absolute_url()).content.decode()
        due = [each.due for each in todos_for(reviewer)]

    assert due == [at(12).date()]
    assert "あなたの番です。1件中0件 審査済み・締切 2026年12月12日(土)" in page


def test_nobody_extends_her_own_deadline_nor_a_closed_round(client, december, chair, reviewer):
    client.force_login(chair)
    page = address("extend", december.public_id)

    refused = client.post(
        page,
        {"person": chair.pk, "deadline_day": "2026/12/12", "deadline_time": "17", "reason": "x"},
    )
    Round.objects.update(state=RoundState.DISCUSSING)

    assert refused.status_code == 422
    assert client.get(page).status_code == 302
    with pytest.raises(WrongStateError):
        extensions.extend(december, reviewer, by=chair, until=at(12), reason="x")
    assert not Extension.objects.exists()


# Reminders --------------------------------------------------------------------------------------


def test_reminders_come_seven_three_and_one_days_before(december, reviewer):
    Member.objects.exclude(user=reviewer).delete()
    days = []
    for day in range(1, 12):
        with on(day):
            reminders.remind_all()
            reminders.remind_all()
            if Message.objects.filter(kind=DUE, created_at__gte=timezone.now()).exists():
                days.append(day)

    assert days == [3, 7, 9]
    assert mails(DUE) == [reviewer] * 3


UNDISTURBED = {
    "done": lambda case, member: ReviewFactory(case=case, reviewer=member),
    "abstained": lambda case, member: ReviewFactory(
        case=case, reviewer=member, completed_at=None, abstained_at=timezone.now()
    ),
    "in conflict": lambda case, member: ConflictFactory(
        case=case, member=member, answer=ConflictAnswer.CONFLICT
    ),
    "own need": lambda case, member: type(case.need).objects.update(proposer=member),
    "term over": lambda case, member: Member.objects.filter(user=member).update(
        since="2020-04-01", until="2026-12-01"
    ),
    "without cases": lambda case, member: Round.objects.update(reviewers_per_case=1),
    "account closed": lambda case, member: (
        type(member).objects.filter(pk=member.pk).update(is_active=False)
    ),
}


@pytest.mark.parametrize("why", UNDISTURBED)
def test_nobody_is_reminded_who_has_nothing_to_do(client, december, case, reviewer, office, why):
    UNDISTURBED[why](case, reviewer)
    with on(3):
        reminders.remind_all()
        client.force_login(office)
        client.post(address("remind", december.public_id))

    assert reviewer not in mails(DUE)


def test_one_mail_with_a_line_for_each_round(december, committee, reviewer):
    CaseFactory(
        round=RoundFactory(
            committee=committee, title="追加の審査会", state=RoundState.REVIEWING, deadline=at(20)
        )
    )
    with on(3):
        reminders.remind_all()

    body = Message.objects.get(kind=DUE, recipient=reviewer).body
    assert "・「第1回審査会」 残り1件・締切 2026年12月10日(木) 17:00(あと7日)" in body
    assert "・「追加の審査会」 残り1件・締切 2026年12月20日(日) 09:00(あと17日)" in body


def test_the_chairs_button_tells_who_is_late_once_a_day(client, december, case, reviewer, chair):
    ReviewFactory(case=case, reviewer=chair)
    page = address("remind", december.public_id)
    with on(2):
        client.force_login(chair)
        said = client.post(page, follow=True).content.decode()
        again = client.post(page, follow=True).content.decode()
    with on(3):
        reminders.remind_all()
        client.force_login(chair)
        after = client.post(page, follow=True).content.decode()

    assert "1名に知らせました" in said
    assert "最後に知らせた日: 2026年12月2日(水)" in said
    assert "いま知らせる人はいません" in again
    assert "いま知らせる人はいません" in after
    assert mails(DUE) == [reviewer, reviewer]


def test_whoever_was_asked_today_is_not_reminded_today(december, chair, office):
    round_flow.perform("close_scoring", december, by=office)
    with on(9):
        round_flow.perform(
            "reopen_scoring", december, by=office, reason="漏れ", deadline=at(10, 17)
        )
        reminders.remind_all()

    assert mails(DUE) == []


def test_reminders_name_no_case(december, case, reviewer):
    with on(3):
        reminders.remind_all()

    message = Message.objects.filter(kind=DUE).first()
    for planted in (case.need.title, case.need.problem, case.number):
        assert planted not in message.subject + message.body


@pytest.mark.parametrize("who", ["reviewer", "secretary", "nurse"])
def test_only_who_leads_reminds_and_extends(client, request, december, who):
    client.force_login(request.getfixturevalue(who))
    refused = 404 if who == "nurse" else 403

    assert client.post(address("remind", december.public_id)).status_code == refused
    assert client.get(address("extend", december.public_id)).status_code == refused

"""Who is called to a meeting, who hears of its changes, and what the mail does not say."""

from datetime import timedelta

import pytest
from django.utils import timezone

from committee.enums import MeetingState, Seat
from committee.models import Meeting, Member
from notifications.actions import sweep
from notifications.models import Message
from tests.committee.around_the_table import address
from tests.committee.conftest import SECRET_TEXT, SECRET_TITLE
from tests.factories.accounts import MembershipFactory
from tests.factories.committee import CaseFactory, MemberFactory
from tests.forms import once_key

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate
DAY = timedelta(days=1)
# The meeting is in ten days.
IN_TEN_DAYS, LATER = 10 * DAY, 20 * DAY


def told(kind):
    """Who was told, by name; somebody told twice stands there twice."""
    found = Message.objects.filter(kind=f"committee.{kind}").order_by("recipient__name")
    return list(found.values_list("recipient__name", flat=True))


def form_of(day=None, **answers):
    day = day or TODAY() + IN_TEN_DAYS
    return {"day": day.isoformat(), "hour": "14:00", "place": "講堂", **answers}


@pytest.fixture
def as_secretary(client, secretary):
    client.force_login(secretary)
    return client


@pytest.fixture
def call(as_secretary, discussed):
    """Call a meeting about the case through the page."""

    def call(**answers):
        data = form_of(cases=[discussed.public_id], **answers)
        as_secretary.post(address("meeting_new", discussed.round), data)
        return Meeting.objects.get()

    return call


MEMBERS = ["委員 月子", "委員 花子", "委員長 花子", "副委員長 花子", "書記 花子"]

SEATS = {
    # since, until, account open: is called to the meeting in ten days
    "in office": (-DAY, None, True, True),
    "until that day": (-DAY, IN_TEN_DAYS, True, True),
    "until the day before": (-DAY, IN_TEN_DAYS - DAY, True, False),
    "term over": (-30 * DAY, -DAY, True, False),
    "term not begun": (DAY, None, True, False),
    "account closed": (-DAY, None, False, False),
}


@pytest.mark.parametrize("seat", SEATS)
def test_who_is_called(call, committee, seat):
    since, until, is_active, hears = SEATS[seat]
    person = MembershipFactory(organisation=committee.hospital, user__name="見本 星子").user
    person.is_active = is_active
    person.save()
    MemberFactory(
        committee=committee,
        user=person,
        since=TODAY() + since,
        until=until and TODAY() + until,
    )

    call()

    assert sorted(told("meeting_called")) == sorted([*MEMBERS, *["見本 星子"] * hears])


def test_who_has_no_seat_is_not_called(call, office, nurse, other_office):
    call()

    assert sorted(told("meeting_called")) == sorted(MEMBERS)


CHANGES = {
    # what is saved: does everybody hear of it
    "nothing": ({}, False),
    "agenda": ({"cases": "another"}, False),
    "place": ({"place": "第2会議室"}, True),
    "hour": ({"hour": "15:30"}, True),
    "day": ({"day": "later"}, True),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_new_day_or_place_is_told_once(call, as_secretary, discussed, what):
    changed, hears = CHANGES[what]
    cases = {"another": CaseFactory(round=discussed.round)}
    days = {"later": TODAY() + LATER}
    meeting = call()
    answers = form_of(
        days.get(changed.get("day")),
        cases=[cases.get(changed.get("cases"), discussed).public_id],
        version=meeting.version,
        **{name: changed[name] for name in ("place", "hour") if name in changed},
    )

    for _press in range(2):
        as_secretary.post(address("meeting_edit", meeting), answers)

    assert sorted(told("meeting_moved")) == sorted(MEMBERS * hears)
    assert len(told("meeting_called")) == len(MEMBERS)


@pytest.mark.parametrize("earlier", [True, False])
def test_who_was_called_hears_that_it_moved_beyond_her_term(
    call, as_secretary, discussed, reviewer, earlier
):
    """And who has a seat only on the new, earlier day is called by it."""
    days = (LATER, IN_TEN_DAYS) if earlier else (IN_TEN_DAYS, LATER)
    Member.objects.filter(user=reviewer).update(until=TODAY() + IN_TEN_DAYS)
    meeting = call(day=TODAY() + days[0])
    answers = {"cases": [discussed.public_id], "version": meeting.version}

    as_secretary.post(address("meeting_edit", meeting), form_of(day=TODAY() + days[1], **answers))

    assert (reviewer.name in told("meeting_called")) is not earlier
    assert reviewer.name in told("meeting_moved")


def test_calling_off_asks_first_and_is_told_once(call, as_secretary):
    meeting = call()
    url = address("meeting_cancel", meeting)

    asked = as_secretary.get(url)
    before = told("meeting_called_off")
    data = {"_once": once_key(asked)}
    answers = [as_secretary.post(url, data).status_code for _press in range(2)]

    assert "メールで知らせます" in asked.content.decode()
    assert (before, answers) == ([], [302, 302])
    assert sorted(told("meeting_called_off")) == sorted(MEMBERS)
    assert not Meeting.objects.exists()


def test_pressing_twice_calls_once(as_secretary, discussed):
    url = address("meeting_new", discussed.round)
    data = form_of(cases=[discussed.public_id], _once=once_key(as_secretary.get(url)))

    for _press in range(2):
        as_secretary.post(url, data)

    assert sorted(told("meeting_called")) == sorted(MEMBERS)


def test_a_meeting_that_has_begun_is_not_called_off(as_secretary, meeting):
    url = address("meeting_cancel", meeting)

    answers = [as_secretary.get(url), as_secretary.post(url)]

    assert [each["Location"] for each in answers] == [meeting.get_absolute_url()] * 2
    assert Meeting.objects.get().state == MeetingState.OPEN
    assert told("meeting_called_off") == []


def test_the_mails_have_day_place_round_and_link_and_nothing_of_the_cases(
    call, as_secretary, discussed, mailoutbox
):
    meeting = call()
    new = form_of(place="第2会議室", cases=[discussed.public_id], version=meeting.version)
    as_secretary.post(address("meeting_edit", meeting), new)
    sweep()
    as_secretary.post(address("meeting_cancel", meeting))
    sweep()

    assert len(mailoutbox) == 3 * len(MEMBERS)
    for mail, place in zip(
        mailoutbox[:: len(MEMBERS)], ["講堂", "第2会議室", "第2会議室"], strict=True
    ):
        assert "14:00" in mail.subject
        assert all(text in mail.body for text in (discussed.round.title, "14:00", place))
        for secret in (SECRET_TITLE, SECRET_TEXT, discussed.number):
            assert secret not in mail.subject + mail.body


def test_a_call_that_is_still_waiting_is_not_sent_for_a_meeting_called_off(
    call, as_secretary, mailoutbox
):
    as_secretary.post(address("meeting_cancel", call()))
    sweep()

    assert {mail.subject.split("(")[0] for mail in mailoutbox} == {
        "【医工連携ポータル】委員会の会議を取りやめました"
    }


def test_a_meeting_of_another_committee_calls_nobody_here(call, other_hospital):
    seat = MemberFactory(committee__hospital=other_hospital, seat=Seat.CHAIR)

    call()

    assert seat.user.name not in told("meeting_called")

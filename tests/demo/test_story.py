"""What a newcomer finds: the promises of the README about the demo's data."""

import pytest

from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation, User
from audit.models import Entry
from committee.enums import MeetingState, Presence
from committee.models import Meeting
from committee.room import Room
from demo.accounts import ACCOUNTS
from needs.enums import NeedState
from needs.models import Need
from notifications.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_every_account_of_the_sign_in_page_exists(specimens):
    emails = {email for email, _what in ACCOUNTS}

    assert set(User.objects.filter(email__in=emails).values_list("email", flat=True)) == emails


@pytest.mark.parametrize(
    ("what", "at_least"),
    [
        (Need.objects.count, 40),
        (lambda: Organisation.objects.filter(kind=OrganisationKind.HOSPITAL).count(), 2),
        (lambda: Organisation.objects.filter(kind=OrganisationKind.COMPANY).count(), 25),
        (lambda: Organisation.objects.filter(kind=OrganisationKind.AGENCY).count(), 2),
        (lambda: User.objects.filter(memberships__role=Role.STAFF).distinct().count(), 30),
    ],
    ids=["needs", "hospitals", "companies", "agencies", "staff"],
)
def test_there_is_enough_to_look_at(specimens, what, at_least):
    assert what() >= at_least


def test_needs_stand_in_every_state_a_hospital_meets(specimens):
    told = set(Need.objects.values_list("state", flat=True))

    assert told >= set(NeedState) - {NeedState.CLOSED, NeedState.MERGED}


def test_the_story_went_through_the_flows(specimens):
    """Nothing was written past them: each number has its timeline and its mail."""
    handed_in = Need.objects.filter(source="portal").handed_in()
    submitted = Entry.objects.filter(action="needs.need.submit").values("target_id")

    assert not handed_in.exclude(pk__in=submitted).exists()
    assert Message.objects.filter(kind="needs.need_received").count() >= handed_in.count()


COMMITTEE = {
    # What a newcomer looks at: what the meeting shows of it, and what that has to be
    "it goes on": (lambda meeting: meeting.state, MeetingState.OPEN),
    "done or not, case by case": (
        lambda meeting: [bool(each.done_at) for each in meeting.items.order_by("order")],
        [True, False, False, False],
    ),
    "where it is": (lambda meeting: meeting.current.order, 2),
    "who is here": (
        lambda meeting: set(meeting.attendances.values_list("presence", flat=True)),
        set(Presence),
    ),
    "who has to leave": (
        lambda meeting: [each.user.name for each in Room(meeting).outside(last_case(meeting))],
        ["波多野 薫"],
    ),
    "awards with their number": (
        lambda meeting: [(p.quota, p.prize != "") for p in meeting.round.award_plans.all()],
        [(1, True), (2, True)],
    ),
    "nominations": (
        lambda meeting: [each.case.nominations.count() for each in meeting.items.order_by("order")],
        [1, 1, 0, 0],
    ),
}


def last_case(meeting):
    return meeting.items.order_by("order").last().case


@pytest.mark.parametrize("what", COMMITTEE)
def test_the_meeting_of_the_committee_fills_each_page(specimens, what):
    seen, wanted = COMMITTEE[what]

    assert seen(Meeting.objects.get(place="第1会議室")) == wanted

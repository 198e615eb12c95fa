"""A committee of ``hospital`` with a chair, two members and a secretary, and a round of theirs."""

import pytest
from django.utils import timezone

from committee.enums import MeetingState, RoundState, Seat
from committee.models import Attendance, Case, Meeting
from committee.room import Room
from tests.factories.accounts import MembershipFactory
from tests.factories.committee import (
    CaseFactory,
    CommitteeFactory,
    ConflictFactory,
    MeetingFactory,
    MeetingItemFactory,
    MemberFactory,
    RoundFactory,
    RubricFactory,
)
from tests.factories.needs import NeedFactory

SECRET_TITLE = "秘密の件名ひみつ"
SECRET_TEXT = "秘密の本文を夜勤のたびに見に行く。"


def _seat(committee, name, seat=Seat.MEMBER):
    user = MembershipFactory(organisation=committee.hospital, user__name=name).user
    return MemberFactory(committee=committee, user=user, seat=seat).user


@pytest.fixture
def committee(hospital):
    return CommitteeFactory(hospital=hospital, name="ニーズ抽出委員会")


@pytest.fixture
def chair(committee):
    return _seat(committee, "委員長 花子", Seat.CHAIR)


@pytest.fixture
def reviewer(committee):
    return _seat(committee, "委員 花子")


@pytest.fixture
def other_reviewer(committee):
    return _seat(committee, "委員 月子")


@pytest.fixture
def secretary(committee):
    return _seat(committee, "書記 花子", Seat.SECRETARY)


@pytest.fixture
def round_(committee, chair, reviewer):
    """A round in which scores are given until next week."""
    return RoundFactory(
        committee=committee,
        rubric=RubricFactory(hospital=committee.hospital),
        title="第1回審査会",
        state=RoundState.REVIEWING,
    )


@pytest.fixture
def case(round_, nurse):
    """A need of ``nurse`` on the agenda of ``round_``."""
    need = NeedFactory(
        hospital=round_.committee.hospital,
        proposer=nurse,
        state="in_review",
        number="N-2026-0001",
        title=SECRET_TITLE,
        problem=SECRET_TEXT,
    )
    return CaseFactory(round=round_, need=need)


@pytest.fixture
def criteria(round_):
    return list(round_.rubric.criteria.order_by("order"))


@pytest.fixture
def deputy(committee):
    user = MemberFactory(committee=committee, seat=Seat.DEPUTY).user
    user.name = "副委員長 花子"
    user.save()
    return user


@pytest.fixture
def discussed(case, round_, chair, deputy, reviewer, other_reviewer, secretary):
    """Everybody has answered that there is no conflict; the round discusses."""
    round_.state = RoundState.DISCUSSING
    round_.save()
    for member in (chair, deputy, reviewer, other_reviewer, secretary):
        ConflictFactory(case=case, member=member)
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def meeting(discussed):
    """Open, with everybody in the room."""
    meeting = MeetingFactory(
        round=discussed.round, state=MeetingState.OPEN, opened_at=timezone.now()
    )
    for member in Room(meeting).members:
        Attendance.objects.create(meeting=meeting, user=member.user, presence="here")
    return meeting


@pytest.fixture
def item(meeting, discussed):
    """The case on the table."""
    item = MeetingItemFactory(meeting=meeting, case=discussed, order=1)
    Meeting.objects.update(current=item)
    meeting.refresh_from_db()
    item.meeting = meeting
    return item

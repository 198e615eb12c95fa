"""The call to a meeting, its changes, its end. No agenda: somebody may have a conflict with a case."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from committee.models import Meeting, Round
from committee.notifications import AboutRound, sample_case
from committee.queries import called_to
from notifications.kinds import Notification, registry


@dataclass(frozen=True, kw_only=True)
class AboutMeeting(Notification):
    """What every notice about a meeting shares; it goes to those who will have a seat that day."""

    permission = "committee.view_meeting"

    meeting: Meeting

    def recipients(self):
        return called_to(self.meeting.round.committee_id, self.meeting.starts_at)

    def url(self):
        return self.meeting.get_absolute_url()

    def target(self):
        return self.meeting

    def hospital_id(self):
        return self.meeting.hospital_id

    @classmethod
    def sample(cls):
        return cls(meeting=sample_meeting())


@registry.register
@dataclass(frozen=True, kw_only=True)
class MeetingCalled(AboutMeeting):
    """Call everybody with a seat to a meeting."""

    slug = "committee.meeting_called"
    label = _("会議の開催")


@registry.register
@dataclass(frozen=True, kw_only=True)
class MeetingMoved(AboutMeeting):
    """Tell those who were called, and those who are called now, of the new day or place."""

    slug = "committee.meeting_moved"
    label = _("会議の日時・場所の変更")

    before: Meeting

    def recipients(self):
        earlier = min(self.before.starts_at, self.meeting.starts_at)
        return called_to(self.meeting.round.committee_id, earlier)

    @classmethod
    def sample(cls):
        meeting = sample_meeting()
        day_before = meeting.starts_at - timedelta(days=1)
        before = Meeting(round=meeting.round, starts_at=day_before, place="講堂")
        return cls(meeting=meeting, before=before)


@registry.register
@dataclass(frozen=True, kw_only=True)
class MeetingCalledOff(AboutRound):
    """Tell those who were called that there will be no meeting; its own page is gone."""

    slug = "committee.meeting_called_off"
    label = _("会議の取りやめ")

    round: Round
    starts_at: datetime
    place: str

    def recipients(self):
        return called_to(self.round.committee_id, self.starts_at)

    @classmethod
    def sample(cls):
        meeting = sample_meeting()
        return cls(round=meeting.round, starts_at=meeting.starts_at, place=meeting.place)


def sample_meeting():
    """An unsaved meeting for previews and contract tests."""
    return Meeting(
        pk=1,
        public_id="sample234567",
        round=sample_case().round,
        starts_at=timezone.now() + timedelta(days=14),
        place="第1会議室",
    )

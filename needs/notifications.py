"""What people hear about a need on its way to the committee."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Organisation, User
from accounts.queries import people
from needs.enums import ParticipantKind
from needs.models import Need
from notifications.kinds import Notification, registry


@dataclass(frozen=True, kw_only=True)
class AboutNeed(Notification):
    """What every notice about a need shares. The text itself is read after sign-in."""

    # Also those who joined: they follow it without reading it.
    permission = "needs.follow_need"

    need: Need

    def recipients(self):
        return self.need.everybody

    def url(self):
        return self.need.get_absolute_url()

    def target(self):
        return self.need

    def hospital_id(self):
        return self.need.hospital_id

    @classmethod
    def sample(cls):
        return cls(need=sample_need())


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedSubmitted(AboutNeed):
    """Tell the office that a need came in."""

    slug = "needs.need_submitted"
    label = _("新しいニーズが届いたとき")

    def recipients(self):
        return people(Role.OFFICE, at=self.need.hospital_id)


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedReceived(AboutNeed):
    """The proposer's receipt, with the number and the promised day."""

    slug = "needs.need_received"
    label = _("ニーズの受付の控え")


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedTakenIn(AboutNeed):
    """Tell the proposer that somebody is at work on it."""

    slug = "needs.need_taken_in"
    label = _("事務局がニーズを受け付けたとき")


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedReturned(AboutNeed):
    """Ask the writers what the office wants to know; ``joiners`` only hear that it asked."""

    slug = "needs.need_returned"
    label = _("事務局からの質問")

    joiners: bool = False

    def recipients(self):
        return joiners_of(self.need) if self.joiners else writers_of(self.need)


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedAnswered(AboutNeed):
    """Tell the office that the proposer answered."""

    slug = "needs.need_answered"
    label = _("質問への回答が届いたとき")

    def recipients(self):
        return people(Role.OFFICE, at=self.need.hospital_id)


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedDeclined(AboutNeed):
    """Tell the proposer why it does not go on, and what she can do."""

    slug = "needs.need_declined"
    label = _("ニーズの見送りの連絡")


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedReopened(AboutNeed):
    """Tell the proposer that what was put aside goes on."""

    slug = "needs.need_reopened"
    label = _("ニーズをもう一度取り上げたとき")


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedWithdrawn(AboutNeed):
    """Tell the others behind it, and the office that worked on it, that it ended."""

    slug = "needs.need_withdrawn"
    label = _("ニーズが取り下げられたとき")

    def recipients(self):
        office = caretakers_of(self.need) if self.need.number else []
        told = [*self.need.everybody, *office]
        return [each for each in told if each.pk != self.need.proposer_id]


def caretakers_of(need):
    """Who of the office looks after it; while nobody does, the whole office."""
    office = people(Role.OFFICE, at=need.hospital_id)
    return list(office.filter(pk=need.assignee_id)) or list(office)


def writers_of(need):
    """Who can answer for it: the proposer and co-submitters."""
    return [
        each
        for each in need.everybody
        if each.pk == need.proposer_id or need.people[each.pk].kind == ParticipantKind.CO_SUBMITTER
    ]


def joiners_of(need):
    """Who follows it without reading it."""
    writers = {each.pk for each in writers_of(need)}
    return [each for each in need.everybody if each.pk not in writers]


def sample_need():
    """An unsaved need for previews and contract tests."""
    return Need(
        pk=1,
        public_id="sample234567",
        number="N-2026-0123",
        title="点滴の残量が廊下から分からない",
        hospital=Organisation(pk=1, kind="hospital", name="みなと総合病院"),
        proposer=User(pk=1, email="nurse@example.jp", name="見本 花子"),
        answer_due=timezone.localdate(),
        reply_due=timezone.localdate(),
    )

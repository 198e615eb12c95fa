"""Who is in the room, who has to leave for which case, and whether enough are left to decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import override

from committee import queries
from committee.enums import (
    LEADING_SEATS,
    OUT_ANSWERS,
    SCORING_SEATS,
    ConflictAnswer,
    MeetingState,
    Presence,
    Quorum,
    RoundState,
    Seat,
)
from committee.models import Case, Meeting, Vote

if TYPE_CHECKING:
    from committee.models import Member

ORDER_OF_SEATS = list(Seat)


def needed(rule, seats):
    """How many of ``seats`` members must be there; never nobody."""
    least = {
        Quorum.MAJORITY: seats // 2 + 1,
        Quorum.TWO_THIRDS: -(-2 * seats // 3),
        Quorum.ALL: seats,
    }[Quorum(rule)]
    return max(least, 1)


@dataclass(frozen=True, slots=True)
class Standing:
    """One case and the people: counted over the seats that score and have no conflict here.

    Somebody who has not answered the conflict question yet has a seat but is not counted as
    present: the case is closed to her until she answers.
    """

    seats: list[Member]
    present: list[Member]
    outside: list[Member]
    unanswered: list[Member]
    needed: int
    rule: str
    presence: dict = field(repr=False)

    @property
    def is_quorate(self):
        """Whether the committee may decide about this case now."""
        return len(self.present) >= self.needed

    @property
    def leader(self):
        """Who leads: the chair, or the deputy when the chair is away or has to leave."""
        leading = [each for each in self.present if each.seat in LEADING_SEATS]
        return leading[0] if leading else None

    @property
    def quorum_line(self):
        """出席4名・必要3名(委員5名の過半数)."""
        return _("出席%(present)s名・必要%(needed)s名(利益相反のない委員%(seats)s名・%(rule)s)") % {
            "present": len(self.present),
            "needed": self.needed,
            "seats": len(self.seats),
            "rule": Quorum(self.rule).label,
        }

    @property
    def shortage(self):
        """Why nothing can be decided now, and what to do; empty with a quorum."""
        if self.is_quorate:
            return ""
        parts = [_("定足数に足りないので、決定できません。%(line)s。") % {"line": self.quorum_line}]
        waiting = [each for each in self.unanswered if self.is_here(each)]
        if waiting:
            parts.append(
                _("利益相反に答えていない人がいます: %(names)s。") % {"names": names(waiting)}
            )
        parts.append(_("出欠を直すか、この議事をあとに回してください。"))
        return "".join(parts)

    def is_here(self, member):
        """In the room or connected."""
        return self.presence.get(member.user_id) in {Presence.HERE, Presence.ONLINE}

    @property
    def outside_names(self):
        """Who has to leave, in one line."""
        return names(self.outside)

    def as_record(self):
        """What a decision keeps of this moment, in Japanese like the minutes."""
        with override("ja"):
            return {
                "present": [
                    {
                        "name": each.user.name,
                        "seat": each.get_seat_display(),
                        "presence": str(Presence(self.presence[each.user_id]).label),
                    }
                    for each in self.present
                ],
                "outside": [each.user.name for each in self.outside],
                "leader": in_words(self.leader),
                "quorum": self.quorum_line,
            }


def in_words(member):
    """委員長 港 花子; nothing for nobody."""
    return f"{member.get_seat_display()} {member.user.name}" if member else ""


def names(members):
    """The names of members, in one line."""
    return _("、").join(each.user.name for each in members)


class Room:
    """The members in office today and their presence at one meeting; at most two queries."""

    def __init__(self, meeting):
        self.meeting = meeting

    @cached_property
    def members(self):
        """Everybody with a seat today, the chair first."""
        rows = queries.seated(self.meeting.round.committee_id)
        return sorted(rows, key=lambda each: ORDER_OF_SEATS.index(each.seat))

    @cached_property
    def presence(self):
        """User id → here, online or absent."""
        return {each.user_id: each.presence for each in self.meeting.attendances.all()}

    @property
    def lines(self):
        """(member, presence in words or "") for the attendance list."""
        return [
            (each, Presence(self.presence[each.user_id]) if each.user_id in self.presence else None)
            for each in self.members
        ]

    @property
    def present(self):
        """Members in the room or connected, whatever their seat."""
        return [
            each
            for each in self.members
            if self.presence.get(each.user_id) in {Presence.HERE, Presence.ONLINE}
        ]

    def outside(self, case):
        """Who has to leave for this case; ``case`` has its conflicts and participants loaded."""
        answers = {each.member_id: each.answer for each in case.conflicts.all()}
        own = queries.speakers(case)
        return [
            each
            for each in self.members
            if each.user_id in own or answers.get(each.user_id) in OUT_ANSWERS
        ]

    def standing(self, case):
        """How the people stand to this case."""
        outside = self.outside(case)
        free = {
            each.member_id for each in case.conflicts.all() if each.answer == ConflictAnswer.NONE
        }
        seats = [
            each for each in self.members if each.seat in SCORING_SEATS and each not in outside
        ]
        here = self.present
        rule = self.meeting.round.committee.quorum
        return Standing(
            seats=seats,
            present=[each for each in seats if each in here and each.user_id in free],
            outside=outside,
            unanswered=[each for each in seats if each.user_id not in free],
            needed=needed(rule, len(seats)),
            rule=rule,
            presence=self.presence,
        )


def items_of(meeting):
    """The agenda with its cases as the rules need them, in a fixed number of queries."""
    cases = Case.objects.for_pages()
    return list(
        meeting.items.prefetch_related(Prefetch("case", cases), "votes__ballots").order_by(
            "order", "pk"
        )
    )


def not_ready_to_open(meeting):
    """Why the meeting cannot begin, in sentences."""
    reasons = not_ready_to_go_on(meeting)
    if meeting.is_ahead:
        reasons.append(_("会議の日はまだ先です。早めるときは、先に日時を変更してください。"))
    if not Room(meeting).present:
        reasons.append(_("出席の人がいません。先に「出欠」を記録してください。"))
    return reasons


def not_ready_to_go_on(meeting):
    """Why nothing can be discussed now."""
    reasons = []
    if meeting.round.state != RoundState.DISCUSSING:
        reasons.append(_("この審査会は合議中ではありません。"))
    others = Meeting.objects.filter(round_id=meeting.round_id, state=MeetingState.OPEN)
    if others.exclude(pk=meeting.pk).exists():
        reasons.append(_("この審査会の別の会議が開会中です。先に閉会してください。"))
    return reasons


def not_ready_to_close(meeting):
    """Why the meeting cannot end."""
    if Vote.objects.filter(item__meeting=meeting, closed_at__isnull=True).exists():
        return [_("採決が続いています。先に採決を締めてください。")]
    return []

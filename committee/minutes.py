"""What the minutes say, and which part of them somebody may read.

``compose`` writes everything down; ``version_for`` leaves out what a conflict of interest closes.
Pages and files are made from its answer only, so nothing can slip past it.
"""

from __future__ import annotations

import hashlib
import json

from django.utils import timezone
from django.utils.translation import override

from committee.blind import title_of
from committee.enums import LEADING_SEATS, SCORING_SEATS, BallotChoice
from committee.models import Case
from committee.room import Room, items_of
from core.japanese import WEEKDAYS, wareki

ANSWERS = ("yes", "no", "abstain")


def compose(meeting):
    """The minutes as they stand, in Japanese: they are a document of the hospital."""
    room = Room(meeting)
    committee = meeting.round.committee
    with override("ja"):
        return {
            "hospital": committee.hospital.name,
            "committee": committee.name,
            "round": meeting.round.title,
            "day": _day(meeting.opened_at or meeting.starts_at),
            "time": _span(meeting.opened_at, meeting.closed_at),
            "place": meeting.place,
            "quorum": committee.get_quorum_display(),
            "attendance": _attendance(meeting, room),
            "items": _items(meeting, room),
        }


def _attendance(meeting, room):
    """Everybody with a seat, and whoever was there with a seat that she has left since."""
    lines = [
        {
            "name": member.user.name,
            "seat": member.get_seat_display(),
            "presence": str(presence.label) if presence else "記録なし",
        }
        for member, presence in room.lines
    ]
    seated = {member.user_id for member in room.members}
    left = [
        each for each in meeting.attendances.select_related("user") if each.user_id not in seated
    ]
    return lines + [
        {"name": each.user.name, "seat": "退任", "presence": each.get_presence_display()}
        for each in left
    ]


def _items(meeting, room):
    decided = {}
    for each in meeting.decisions.select_related("decided_by", "kind").order_by("decided_at", "pk"):
        decided.setdefault(each.case_id, []).append(each)
    return [_item(item, room, decided.get(item.case_id, [])) for item in items_of(meeting)]


def _item(item, room, decisions):
    standing = room.standing(item.case)
    then = decisions[-1].attendance if decisions else standing.as_record()
    gone = {each.user_id for each in standing.outside}
    votes = [
        {"question": vote.question, **count(vote, but=gone)}
        for vote in sorted(item.votes.all(), key=lambda vote: vote.pk)
        if vote.closed_at
    ]
    return {
        "case": item.case_id,
        "number": item.case.number,
        "title": title_of(item.case, room.meeting.round),
        # Of a case that was not taken up nobody can say who left the room.
        "was_discussed": bool(decisions or votes or item.notes),
        "outside": then["outside"],
        "leader": then["leader"],
        "quorum": then["quorum"],
        "votes": votes,
        "decisions": [_decision(each) for each in decisions],
        "notes": item.notes,
    }


def _decision(decision):
    return {
        "outcome": decision.label,
        "reason": decision.reason,
        "next_person": decision.next_person,
        "next_date": wareki(decision.next_date) if decision.next_date else "",
        "at": f"{timezone.localtime(decision.decided_at):%H:%M}",
        "by": decision.decided_by.name,
    }


def count(vote, *, but=frozenset()):
    """How many said yes, no and nothing; without those who turned out to be in conflict."""
    given = [each.choice for each in vote.ballots.all() if each.user_id not in but]
    return {answer: given.count(BallotChoice(answer)) for answer in ANSWERS}


def _day(moment):
    day = timezone.localtime(moment).date()
    return f"{wareki(day)}({WEEKDAYS[day.weekday()]})"


def _span(start, end):
    return "〜".join(f"{timezone.localtime(each):%H:%M}" if each else "" for each in (start, end))


def fingerprint(composed):
    """A short name of exactly these minutes."""
    return hashlib.sha256(
        json.dumps(composed, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()[:16]


def of(meeting):
    """The whole minutes: the approved ones word for word, else as they stand."""
    return meeting.minutes or compose(meeting)


def version_for(user, whole):
    """The minutes ``whole`` as ``user`` may read them: closed cases keep their number and why.

    What is closed to her is asked today, also of minutes approved long ago.
    """
    cases = Case.objects.for_pages().filter(pk__in=[item["case"] for item in whole["items"]])
    return {**whole, "items": _open_items(user, whole["items"], {each.pk: each for each in cases})}


def _open_items(user, items, cases):
    return [
        item
        if user.has_perm("committee.name_case", cases[item["case"]])
        else {"number": item["number"], "closed": _why_closed(user, cases[item["case"]])}
        for item in items
    ]


def _why_closed(user, case):
    if user.has_perm("committee.stay_out_case", case):
        return "退席"
    return "利益相反の確認前のため、載せていません"


def approvals(meeting):
    """Who has approved the minutes and when, in the order of approval."""
    rows = meeting.approvals.select_related("user").order_by("at", "pk")
    return [{"user": each.user_id, "name": each.user.name, "at": _day(each.at)} for each in rows]


def is_agreed(meeting):
    """Whether the minutes are approved: by more than half of the members present, and the chair.

    When the chair was away, the deputy's approval counts; when both were away, the majority's.
    """
    seated = [each for each in Room(meeting).present if each.seat in SCORING_SEATS]
    agreed = set(meeting.approvals.values_list("user", flat=True))
    leading = [each for each in seated if each.seat in LEADING_SEATS]
    return sum(each.user_id in agreed for each in seated) * 2 > len(seated) and (
        not leading or leading[0].user_id in agreed
    )

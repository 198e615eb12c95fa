"""What the tests of a meeting do again and again."""

from django.urls import reverse

from committee.enums import ConflictAnswer, Outcome

DECISION = {
    "outcome": Outcome.CONDITIONAL,
    "reason": "試作で確かめる。",
    "next_person": "支援室",
    "recusals_confirmed": "on",
}


def address(name, obj, *more):
    """The page ``name`` of ``obj``."""
    return reverse(f"committee:{name}", args=[obj.public_id, *more])


def conflicted(case, *people):
    for person in people:
        case.conflicts.filter(member=person).update(answer=ConflictAnswer.CONFLICT)


def leave(meeting, *people):
    meeting.attendances.filter(user__in=people).update(presence="absent")


def decide(client, item, **answers):
    return client.post(address("meeting_item", item), {**DECISION, **answers})

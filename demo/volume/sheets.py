"""Needs of volume data, and what their proposers and offices were told."""

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from demo.volume import words
from demo.volume.bulk import insert, next_ids, settle
from needs.enums import Audience, Frequency, NeedState, Place, Source
from needs.models import Need, Serial
from notifications.models import Message, MessageState

HALF_A_YEAR = 180
ANSWER_DAYS = 14
TOOK_DAYS = [*range(1, ANSWER_DAYS + 1), ANSWER_DAYS + 3]  # until the first answer
LATER_DAYS = 120  # until the last change of a settled need
TOLD_THE_OFFICE = 0.3
READ = 0.97
STATES = {  # what a portal looks like after ten years
    NeedState.NOT_ACCEPTED: 30,
    NeedState.DECLINED: 22,
    NeedState.ACCEPTED: 16,
    NeedState.ON_HOLD: 12,
    NeedState.WITHDRAWN: 7,
    NeedState.CONDITIONALLY_ACCEPTED: 6,
    NeedState.IN_REVIEW: 3,
    NeedState.SCREENING: 2,
    NeedState.DRAFT: 1,
    NeedState.SUBMITTED: 1,
    NeedState.RETURNED: 1,
}
MOVING = {
    NeedState.IN_REVIEW,
    NeedState.SCREENING,
    NeedState.DRAFT,
    NeedState.SUBMITTED,
    NeedState.RETURNED,
}
AUDIENCES = [Audience.NDA, Audience.MEMBERS, Audience.HOSPITAL]
COLUMNS = [
    *("id", "public_id", "hospital", "number", "proposer", "department", "state", "title"),
    *("problem", "background", "current_practice", "category", "place", "frequency", "audience"),
    *("no_patient_data", "source", "submitted_at", "answer_due", "answered_on", "answered_late"),
    "question",
    *("decline_reason", "explanation", "version", "created_at", "updated_at"),
]


class Sheet(NamedTuple):
    """What the later steps ask about a need."""

    pk: int
    public_id: str
    site: object
    number: str | None
    proposer: object
    state: str
    title: str
    problem: str
    category: int
    audience: str
    at: datetime
    changed_at: datetime


def write(draw, sites, categories, number_of):
    """Write ``number_of`` needs, the oldest first, and return them as sheets."""
    ids, serials = next_ids(Need), Counter()
    weights = [1 / (position + 1) for position in range(len(sites))]  # a big one, smaller ones
    moments = sorted(draw.moment() for _ in range(number_of))
    sheets = []

    def rows():
        for at in moments:
            site = draw.random.choices(sites, weights)[0]
            sheet = _sheet(draw, site, next(ids), categories, at, serials)
            sheets.append(sheet)
            yield _row(draw, sheet)

    insert(Need, COLUMNS, rows())
    settle(Need)
    Serial.objects.bulk_create(
        Serial(hospital_id=hospital, year=year, last=last)
        for (hospital, year), last in serials.items()
    )
    return sheets


def _sheet(draw, site, pk, categories, at, serials):  # noqa: PLR0913, PLR0917 -- a row
    state = draw.weighted(STATES)
    if state in MOVING and (draw.now - at).days > HALF_A_YEAR:
        state = NeedState.NOT_ACCEPTED
    number = None
    if state != NeedState.DRAFT:
        serials[site.hospital, at.year] += 1
        number = f"N-{at.year}-{serials[site.hospital, at.year]:04d}"
    title = "".join(map(draw.skewed, (words.SCENES, words.THINGS, words.TROUBLES)))
    return Sheet(
        pk=pk,
        public_id=draw.public_id(),
        site=site,
        number=number,
        proposer=draw.skewed(site.staff),
        state=state,
        title=title,
        problem=f"{title}。{draw.skewed(words.EFFECTS)}",
        category=draw.skewed(categories),
        audience=draw.skewed(AUDIENCES),
        at=at,
        changed_at=draw.later(at, LATER_DAYS),
    )


def _row(draw, sheet):
    declined = sheet.state == NeedState.DECLINED
    return (
        *(sheet.pk, sheet.public_id, sheet.site.hospital, sheet.number, sheet.proposer.pk),
        *(draw.skewed(sheet.site.departments), sheet.state, sheet.title, sheet.problem),
        *(draw.skewed(words.BACKGROUNDS), draw.skewed(words.PRACTICES), sheet.category),
        *(draw.skewed(Place.values), draw.skewed(Frequency.values), sheet.audience),
        True,
        Source.PORTAL,
        sheet.at if sheet.number else None,
        (sheet.at + timedelta(days=ANSWER_DAYS)).date() if sheet.number else None,
        *_first_answer(draw, sheet),
        "何回くらい起きますか。" if sheet.state == NeedState.RETURNED else "",
        "exists" if declined else "",
        "似た製品があります。試用を相談できます。" if declined else "",
        *(1, sheet.at, sheet.changed_at),
    )


def _first_answer(draw, sheet):
    """Its day, and whether it was late."""
    if sheet.number is None or sheet.state == NeedState.SUBMITTED:
        return None, False
    took = draw.random.choice(TOOK_DAYS)
    return (sheet.at + timedelta(days=took)).date(), took > ANSWER_DAYS


def tell(draw, sheets):
    """One message about each need: to its proposer, or to the office."""
    insert(
        Message,
        [
            *("recipient", "email", "kind", "subject", "body", "url", "hospital", "state"),
            *("created_at", "due_at", "attempts", "message_id", "sent_at", "read_at"),
        ],
        (_message(draw, sheet) for sheet in sheets if sheet.number),
    )


def _message(draw, sheet):
    to_office = draw.chance(TOLD_THE_OFFICE)
    person = sheet.site.office if to_office else sheet.proposer
    words_ = "が提出されました" if to_office else "を受け付けました"
    return (
        *(person.pk, person.email),
        "needs.need_submitted" if to_office else "needs.need_received",
        f"{sheet.number}「{sheet.title}」{words_}",
        f"{sheet.number}「{sheet.title}」{words_}。ポータルで確かめてください。",
        f"/needs/{sheet.public_id}/",
        *(sheet.site.hospital, MessageState.SENT),
        *(sheet.at, sheet.at, 1, f"<{sheet.public_id}@volume.example>", sheet.at),
        draw.later(sheet.at, 3) if draw.chance(READ) else None,
    )

"""Read everything that the committee's people can open, as somebody who looks for a leak."""

import re
from io import BytesIO
from zipfile import ZipFile

from django.db import transaction
from django.urls import reverse
from pypdf import PdfReader

from committee.enums import RoundState
from committee.models import Award, Letter, Meeting
from tests.committee.sixty import (
    ABSTAINED,
    HALF,
    OUT,
    SAMPLE,
    UNANSWERED,
    VOTED,
    marks_in,
)

ROUND_PAGES = [
    *("round", "next", "letters", "conflicts", "looking_back", "award_plan", "announce"),
    *("certificates", "blind", "round_edit", "extend"),
]
# Whoever may open these may open the table of results: they are read once in each kind of round.
ONCE_PAGES = ["what_if", "assignments"]
CASE_PAGES = ["case", "decision", "redact"]
NEED_PAGES = ["detail", "sheet"]
# What is asked for only about a case that may be closed to her.
MORE_CASE_PAGES = ["conflict", "abstain", "nominate", "assign", "award_new"]
MORE_NEED_PAGES = ["receipt", "people", "comment", "join"]


def said(response):
    """Everything an answer carries: page or file with its properties, and its headers."""
    body = response.getvalue() if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    if kind == "application/pdf":
        paper = PdfReader(BytesIO(body))
        lines = "".join(page.extract_text() for page in paper.pages)
        # A line that was too long goes on in the next one.
        text = repr(paper.metadata) + lines + re.sub(r"\s", "", lines)
    elif "openxmlformats" in kind:
        with ZipFile(BytesIO(body)) as parts:
            text = "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    else:
        text = body.decode(errors="replace")
    return text + repr(response.headers)


def looked_at(who):
    """The cases whose own pages she asks for: hers in this story, and one that is open to all."""
    hers = [
        case for each in (OUT, UNANSWERED, ABSTAINED, HALF) for case in each if each[case] == who
    ]
    return [*hers, SAMPLE] if who != "deputy" else [1, SAMPLE]  # she stands in for the chair


def pages(story, who, state):
    """(name, address) of all that this person can ask for."""
    cases = looked_at(who)
    yield from _lists(story, cases, state)
    for case in cases:
        yield from _of_case(story, case)
    if state != RoundState.REVIEWING:
        yield from _of_meeting(story, cases, state)


def _lists(story, cases, state):
    round_ = story.round
    once = ONCE_PAGES if state == RoundState.DISCUSSING else []
    for name in (*ROUND_PAGES, *once):
        yield f"committee/{name}", story.url(name, round_)
    yield "committee/results", story.url("results", round_)  # the file has all its pages
    chosen = {*cases[:1], SAMPLE, VOTED}
    both = "&".join(f"case={story.cases[case].public_id}" for case in chosen)
    yield "committee/compare", f"{story.url('compare', round_)}?{both}"
    kind = "csv" if state == RoundState.REVIEWING else "xlsx"
    yield f"committee/results {kind}", story.url("results_file", round_, kind)
    for name in ("list", "year", "winners", "ties"):
        yield f"committee/{name}", reverse(f"committee:{name}")
    for name in ("committee", "committee_ties"):
        yield f"committee/{name}", story.url(name, story.committee)
    # Half of a mark: the whole would be on the page as the question.
    for words in ("夜勤", *(f"zq{case:02}titl" for case in cases[:1])):
        yield "search/results", f"{reverse('search:results')}?q={words}"
        yield "search/suggest", f"{reverse('search:suggest')}?q={words}"
    yield "needs/list", f"{reverse('needs:list')}?q={words}"
    yield "needs/export", reverse("needs:export", args=["csv"])
    for name in ("home:home", "notifications:inbox", "contributions:index"):
        yield name.replace(":", "/"), reverse(name)


def _of_case(story, case):
    found, need = story.cases[case], story.needs[case]
    is_hers = case != SAMPLE
    for name in CASE_PAGES + MORE_CASE_PAGES * is_hers:
        yield f"committee/{name}", story.url(name, found)
    if case in OUT:
        member = story.people[OUT[case]]
        yield "committee/settle", story.url("settle_conflict", found, member.pk)
    for name in NEED_PAGES + MORE_NEED_PAGES * is_hers:
        yield f"needs/{name}", reverse(f"needs:{name}", args=[need.public_id])
    for letter in Letter.objects.filter(case=found):
        for name in ("letter", "letter_edit", "thanks"):
            yield f"committee/{name}", story.url(name, letter)
    for award in Award.objects.filter(case=found):
        for name in ("award", "certificate"):
            yield f"committee/{name}", story.url(name, award)


def _of_meeting(story, cases, state):
    meeting = story.meeting
    yield "committee/meeting", story.url("meeting", meeting)
    yield "committee/minutes", story.url("minutes", meeting)
    if state == RoundState.DECIDED:  # approved: what is read is what was frozen
        for kind in ("pdf", "docx"):
            yield f"committee/minutes {kind}", story.url("minutes_file", meeting, kind)
    for case in cases:
        yield "committee/item", story.url("meeting_item", story.items[case]) + "?names=1"
        yield "committee/notes", story.url("item_notes", story.items[case])


def read_as(story, who, state):
    """Page → the marks on it, for everything that this person can fetch now."""
    seen = {}
    with transaction.atomic():
        for name, url in pages(story, who, state):
            seen.setdefault(name, set()).update(_marks_at(story, who, url))
        if state == RoundState.DISCUSSING:
            seen["committee/live"] = _live(story, who)
        transaction.set_rollback(True)
    return seen


def _marks_at(story, who, url):
    answer = story.clients[who].get(url)
    # A found word is marked in the text.
    return marks_in(re.sub("</?mark>", "", said(answer)))


def _live(story, who):
    """Her screen while each of her cases is on the table."""
    found, meeting = set(), story.meeting
    for case in looked_at(who):
        Meeting.objects.filter(pk=meeting.pk).update(current=story.items[case])
        found |= _marks_at(story, who, story.url("meeting_live", meeting))
    return found

"""A mark is planted in each kind of text; every page is read as every role, and grepped.

The table says who may come across which mark, anywhere: pages, parts, headers, redirects, files.
The story's specimens are those of ``tests/access.py``.
"""

import copy
from urllib.parse import unquote

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import Invitation, User
from committee.models import Conflict, Decision, Letter, Review
from contracts.actions import write_note
from contracts.models import Contract
from disclosure.models import Publication, PublishedField
from documents.models import Document, Version
from matching.models import Match
from needs.models import Answer, ImportRun, Need
from notifications.models import Message
from partners.models import Application, Profile
from tests.access import COLUMNS, every_name

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
INSIDE = {"office A", "director A", "legal A"}  # legal A also looks after patents
AUTHOR = {"nurse A"}
COMMITTEE = {"head A", "chair A", "reviewer A"}
OFFICES = {"office A", "office B"}
MEMBERS = {"company A", "company B", "agency", "association"}
STAFF_B = {"nurse B", "office B"}
STAFF = {"doctor A", *AUTHOR, *INSIDE, *COMMITTEE, *STAFF_B}
# mark: who may come across it
READERS = {
    # the need, its round (over, released), its letter
    "need": {*AUTHOR, *COMMITTEE, "office A", "director A"},
    "answer": {*AUTHOR, *COMMITTEE, "office A", "director A"},
    "question not in use": {"office A"},
    "decision": {*COMMITTEE, "office A"},
    "letter": {*AUTHOR, "office A"},
    # a case of the running round, which shows the scores to who has scored: head A, no one else
    "need in review": {"head A", "office A"},
    "note to committee": {"head A", "office A"},
    "note to proposer": {"head A", "office A"},
    "conflict": set(),
    # drafts, and the other hospital
    "draft": AUTHOR,
    "needs of B": STAFF_B,
    # what goes out
    "summary": {*AUTHOR, *INSIDE, *MEMBERS},
    "field under NDA": {*AUTHOR, *INSIDE, "company A"},
    "field inside": {*AUTHOR, *INSIDE},
    "unpublished": INSIDE,
    # matches and contracts of company A
    "message": {*AUTHOR, "office A", "company A"},
    "other matches": {*AUTHOR, "office A"},
    "terms": INSIDE,
    "other contracts": INSIDE,
    "draft file": INSIDE,
    "internal note": INSIDE,
    "shared file": {*INSIDE, "company A"},
    "shared note": {*INSIDE, "company A"},
    # partners; a company reads its own page among the other profiles
    "profile": {*STAFF, "company A"},
    "other profiles": {*STAFF, "company B", "agency", "association"},
    "application": OFFICES,
    # who has the link of the invitation reads it
    "invitation": {*OFFICES, "admin", "anonymous"},
    "import": {"office A"},
    "mail": AUTHOR,
}


def texts(here):
    """(mark, rows, fields): the texts that carry a mark."""
    case, one = here.case, {"pk": here.need.pk}
    head = COLUMNS["head A"]  # has scored, and reads her own words
    reviews = Review.objects.filter(case=case).exclude(reviewer__email=head)
    conflicts = Conflict.objects.filter(case=case).exclude(member__email=head)
    contracts = Contract.objects.filter(pk=here.contract.pk)
    drafts = Version.objects.filter(document__slot="internal_draft")
    pinned = PublishedField.objects.filter(publication=here.publication)
    return [
        ("need", Need.objects.filter(**one), ["problem", "background", "idea"]),
        ("answer", Answer.objects.filter(need=here.need, question__kind="text"), ["value"]),
        ("question not in use", here.questions.questions.all(), ["label"]),
        ("draft", Need.objects.filter(pk=here.draft.pk), ["problem"]),
        ("need in review", Need.objects.filter(pk=case.need_id), ["problem", "idea"]),
        ("needs of B", Need.objects.exclude(hospital=here.need.hospital), ["title", "problem"]),
        ("note to committee", reviews, ["note_to_committee"]),
        ("note to proposer", reviews, ["note_to_proposer"]),
        ("conflict", conflicts, ["note"]),
        ("decision", Decision.objects.filter(case__need=here.need), ["reason", "advice"]),
        ("letter", Letter.objects.filter(pk=here.letter.pk), ["subject", "body"]),
        ("summary", Publication.objects.filter(pk=here.publication.pk), ["summary"]),
        ("field under NDA", pinned.filter(tier="nda"), ["text"]),
        ("field inside", pinned.filter(tier="internal"), ["text"]),
        ("unpublished", Publication.objects.exclude(state="published"), ["title", "summary"]),
        ("message", Match.objects.filter(pk=here.match.pk), ["message", "introduction"]),
        ("other matches", Match.objects.exclude(pk=here.match.pk), ["message", "introduction"]),
        ("terms", contracts, ["terms", "original_kept_at"]),
        ("other contracts", Contract.objects.exclude(partner=here.contract.partner), ["title"]),
        ("draft file", drafts, ["name"]),
        ("shared file", here.shared.versions.all(), ["name"]),
        ("profile", Profile.objects.filter(pk=here.profile.pk), ["tagline", "strengths"]),
        ("other profiles", Profile.objects.exclude(pk=here.profile.pk), ["tagline", "strengths"]),
        ("application", Application.objects.filter(pk=here.application.pk), ["message"]),
        ("invitation", Invitation.objects.filter(pk=here.invitation.pk), ["name"]),
        ("import", ImportRun.objects.filter(pk=here.run.pk), ["file_name"]),
        ("mail", Message.objects.filter(pk=here.message.pk), ["subject", "body"]),
    ]


def mark(name):
    return f"〓{name}〓"


@pytest.fixture(scope="module")
def marked(specimens):
    """Two sets of specimens: the story's, and what else could be asked for by its address."""
    for name, rows, fields in texts(specimens):
        assert rows.update(**dict.fromkeys(fields, mark(name))), name
    office = User.objects.get(email=COLUMNS["office A"])
    for audience in ("internal", "shared"):
        text = mark(f"{audience} note")
        write_note(specimens.contract, audience=audience, text=text, by=office)
    other = copy.copy(specimens)
    other.case = specimens.letter.case
    other.need = Need.objects.exclude(hospital=specimens.need.hospital).order_by("pk").first()
    other.draft = specimens.case.need
    other.publication = Publication.objects.exclude(state="published").order_by("pk").first()
    other.match = Match.objects.exclude(partner=specimens.match.partner).order_by("pk").first()
    other.contract = Contract.objects.exclude(partner=specimens.match.partner).first()
    other.profile = Profile.objects.exclude(pk=specimens.profile.pk).order_by("pk").first()
    other.shared = Document.objects.filter(slot="internal_draft").order_by("pk").first()
    return [specimens, other]


def read(client, url):
    """Everything that one address hands out: the page, its part, headers and file names."""
    with transaction.atomic():
        answers = [client.get(url)]
        if "HX-Request" in answers[0].headers.get("Vary", ""):
            answers.append(client.get(url, headers={"hx-request": "true"}))
        found = [
            unquote(str(answer.headers)) + _bytes(answer).decode(errors="ignore")
            for answer in answers
        ]
        transaction.set_rollback(True)
    return "".join(found)


def _bytes(answer):
    return answer.getvalue() if answer.streaming else answer.content


def seen(marked, column):
    """The marks in everything that this role can fetch."""
    client = Client()
    if email := COLUMNS[column]:
        client.force_login(User.objects.get(email=email))
    urls = {here.url(name) for here in marked for name in every_name() if name != "account_logout"}
    pages = "".join(read(client, url) for url in sorted(urls))
    return {name for name in READERS if mark(name) in pages}


@pytest.mark.parametrize("column", COLUMNS)
def test_each_role_comes_across_its_own_texts_only(marked, column):
    expected = {name for name, readers in READERS.items() if column in readers}

    assert seen(marked, column) == expected

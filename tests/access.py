"""The table of addresses in docs/permissions.md: who gets which answer to GET and POST.

Every named address is asked as every demo role, for one specimen of the demo story. An address
without a row, or a row without an address, fails the test.
"""

import re
from datetime import timedelta
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.actions import invite
from accounts.models import Invitation, Membership
from committee.models import (
    Award,
    Case,
    Committee,
    Letter,
    Meeting,
    MeetingItem,
    Member,
    Round,
    Rubric,
    Tie,
    Vote,
)
from contracts.models import Contract
from disclosure.models import Publication
from documents.models import Document
from matching.models import Match
from needs import handover, questions
from needs import people as need_people
from needs.enums import CommentAudience, EnrichmentKind
from needs.models import Comment, Confirmation, Enrichment, ImportRun, Need, SavedView
from needs.photos import add_photo
from notifications.models import Message
from partners.models import Application, Profile
from search.models import Synonym
from tests.documents.files import picture, upload

DOCUMENT = Path(__file__).parent.parent / "docs" / "permissions.md"
HEADING = "## Addresses"
COLUMNS = {
    "anonymous": None,
    "nurse A": "nurse@hospital-a.example",
    "doctor A": "doctor@hospital-a.example",
    "head A": "head@hospital-a.example",
    "chair A": "chair@hospital-a.example",
    "reviewer A": "reviewer@hospital-a.example",
    "office A": "office@hospital-a.example",
    "director A": "director@hospital-a.example",
    "legal A": "legal@hospital-a.example",
    "admin": "admin@hospital-a.example",
    "nurse B": "nurse@hospital-b.example",
    "office B": "office@hospital-b.example",
    "company A": "sales@maker-a.example",
    "company B": "dev@maker-b.example",
    "agency": "coordinator@agency.example",
    "association": "advisor@association.example",
}
INVITED = "invited@company.example"


def every_name():
    """Every named address of the portal except those of Django admin, as ``app:name``."""
    return sorted(set(_names(get_resolver().url_patterns)))


def _names(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace == "admin":
                continue
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def documented():
    """``{name: {column: "GET/POST"}}`` as the document says."""
    text = DOCUMENT.read_text(encoding="utf-8").split(HEADING, 1)[1]
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|") and not re.match(r"^\|[-| ]+$", line)
    ]
    header, *body = rows
    return {row[0].strip("`"): dict(zip(header[1:], row[1:], strict=True)) for row in body}


def write(table):
    """Put ``table`` into the document, for review as a diff."""
    head = DOCUMENT.read_text(encoding="utf-8").split(HEADING, 1)[0]
    lines = [
        f"| address | {' | '.join(COLUMNS)} |",
        f"|---|{'---|' * len(COLUMNS)}",
        *(
            f"| `{name}` | {' | '.join(row[column] for column in COLUMNS)} |"
            for name, row in sorted(table.items())
        ),
    ]
    DOCUMENT.write_text(f"{head}{HEADING}\n\n{EXPLANATION}\n\n" + "\n".join(lines) + "\n")


EXPLANATION = """Answers to GET/POST (a POST without fields) for one specimen of the demo story: \
the need 「夜間に離床センサの誤報で眠れない」 of nurse A, its publication, its match and contracts with company A, \
the running second round with the need 「体位変換を1人でできるようにしたい」, a need that the office wrote down for somebody outside. 302 of anonymous leads to the sign-in page. \
`tests/test_access.py` asks every cell; `UPDATE_ACCESS=1` rewrites the table for review."""


class Specimens:
    """One object for each address that needs one; made inside the story's transaction."""

    def __init__(self, story):
        people = story.people
        office = people["office@hospital-a.example"]
        self.need = Need.objects.get(title="夜間に離床センサの誤報で眠れない")
        self.draft = Need.objects.get(title="清拭のお湯がすぐ冷める")
        self.publication = Publication.objects.get(need=self.need)
        self.match = Match.objects.get(publication=self.publication, partner=people.companies[0])
        self.contract = Contract.objects.get(match=self.match, kind="joint_research")
        self.signed = Contract.objects.get(match=self.match, kind="nda")
        self.round = Round.objects.get(title="第2回 ニーズ審査会")
        self.case = Case.objects.get(
            round=self.round, need__title="体位変換を1人でできるようにしたい"
        )
        self.letter = Letter.objects.get(case__need=self.need)
        self.award = Award.objects.get(case__need=self.need)
        self.committee = Committee.objects.get(pk=self.round.committee_id)
        self.member = Member.objects.filter(committee=self.committee).order_by("pk").last()
        self.tie = Tie.objects.create(
            user=people["reviewer@hospital-a.example"],
            company_name="試験製作所",
            kind="lecture",
            year=self.round.deadline.year,
        )
        self.rubric = Rubric.objects.get(pk=self.round.rubric_id)
        self.profile = Profile.objects.get(organisation=people.companies[0])
        self.shared = Document.objects.filter(
            target_id=self.signed.pk, slot="signed_agreement"
        ).get()
        self.message = Message.objects.filter(recipient=self.need.proposer).order_by("pk").first()
        self.person = people["a11@hospital-a.example"]
        self.seat = Membership.objects.get(user=self.person)
        self.invitation = invite(
            email=INVITED, organisation=people.companies[0], roles=["partner"], by=office
        )
        self.secret = "a" * 32
        Invitation.objects.filter(pk=self.invitation.pk).update(
            secret_hash=Invitation.hashed(self.secret)
        )
        self.application = Application.objects.create(
            company="試験製作所",
            name="応募 花子",
            email="apply@company.example",
            message="試作ができます。",
        )
        self.synonym = Synonym.objects.order_by("pk").first()
        self.run = ImportRun.objects.create(
            hospital=self.need.hospital,
            started_by=office,
            file_name="needs.csv",
            content=b"",
            state=ImportRun.State.DONE,
        )
        self._make_notes(office)
        self._call_a_meeting()
        self._plan_a_blind_round(office)

    def _make_notes(self, office):
        """What hangs on a need, or on a person's desk."""
        self.remark = Comment.objects.create(
            need=self.need, author=office, audience=CommentAudience.OFFICE, text="確かめました。"
        )
        self.transfer = handover.offer_transfer(self.need, to=self.person, by=self.need.proposer)
        self.told = need_people.enter_on_behalf(
            hospital=self.need.hospital,
            by=office,
            source="phone",
            name="院外 花子",
            email="clinician@elsewhere.example",
            title="採血台の高さが合わない",
            problem="採血台の高さが変えられず、車いすの患者さんの採血で腰を痛めます。",
        )
        Confirmation.objects.filter(need=self.told).update(
            secret_hash=Invitation.hashed(self.secret)
        )
        self.finding = Enrichment.objects.create(
            need=self.told,
            kind=EnrichmentKind.PRODUCTS,
            text="同じ目的の製品が2つあります。",
            source="各社のカタログ",
            by=office,
        )
        photo = upload("photo.jpg", picture())
        self.photo = add_photo(self.draft, photo, by=self.draft.proposer).document
        self.questions = questions.start_draft(self.need.hospital, by=office)
        self.view = SavedView.objects.create(user=office, name="手術部", query="state=screening")

    def _call_a_meeting(self):
        """A meeting of the running round that has begun, with a vote about ``case``."""
        now = timezone.now()
        self.meeting = Meeting.objects.create(
            round=self.round, starts_at=now, state="open", opened_at=now
        )
        self.item = MeetingItem.objects.create(meeting=self.meeting, case=self.case, order=1)
        self.vote = Vote.objects.create(item=self.item, question="採択してよいか")

    def _plan_a_blind_round(self, office):
        """A round that the office prepares, with a need that has a photo."""
        self.blind = Round.objects.create(
            committee=self.committee,
            rubric=self.rubric,
            title="匿名の審査会",
            deadline=timezone.now() + timedelta(days=30),
            is_blind=True,
        )
        self.hidden = Case.objects.create(round=self.blind, need=self.told)
        photo = upload("ward.jpg", picture())
        self.hidden_photo = add_photo(self.told, photo, by=office).document

    def url(self, name):
        """The address ``name`` with its specimen. Raises KeyError when nobody chose one."""
        return reverse(name, kwargs=self._arguments(name))

    def _arguments(self, name):
        app, _, page = name.rpartition(":")
        if page == "transition":
            return self._transitions()[app]
        return {**self._by_page(), **self._by_app_and_page()}.get(name, {})

    def _transitions(self):
        return {
            "needs": {"public_id": self.need.public_id, "name": "reopen"},
            "committee": {"public_id": self.round.public_id, "name": "close_scoring"},
            "disclosure": {"public_id": self.publication.public_id, "name": "pause"},
            "matching": {"public_id": self.match.public_id, "name": "decline"},
            "contracts": {"public_id": self.contract.public_id, "name": "return_with_changes"},
            "partners": {"public_id": self.application.public_id, "name": "decline"},
        }

    def _by_page(self):
        need, draft, told = (
            {"public_id": each.public_id} for each in (self.need, self.draft, self.told)
        )
        round_, case = ({"public_id": each.public_id} for each in (self.round, self.case))
        return {
            "needs:edit": {**draft, "number": 2},
            "needs:check": draft,
            "needs:resume": draft,
            "needs:sections": draft,
            "needs:cover_photo": {**draft, "photo": self.photo.public_id},
            "needs:section": {**draft, "slug": "background"},
            **{f"needs:{page}": need for page in NEED_PAGES},
            "needs:ask_clinician": told,
            "needs:enrich": told,
            "needs:findings": told,
            "needs:enrich_item": {**told, "item": self.finding.public_id},
            "needs:comment_take_back": {**need, "item": self.remark.public_id},
            "needs:take_over": {"public_id": self.transfer.public_id},
            "needs:confirm": {"secret": self.secret},
            "needs:questions_start": {"public_id": self.need.hospital.public_id},
            **{
                f"needs:questions_{page}": {"public_id": self.questions.public_id}
                for page in ("edit", "preview", "publish")
            },
            "needs:forget_view": {"public_id": self.view.public_id},
            "needs:export": {"kind": "csv"},
            "needs:closed_days": {"public_id": self.need.hospital.public_id},
            "needs:import_run": {"public_id": self.run.public_id},
            "needs:import_confirm": {"public_id": self.run.public_id},
            **{f"committee:{page}": round_ for page in ROUND_PAGES},
            **{f"committee:{page}": case for page in CASE_PAGES},
        }

    def _by_app_and_page(self):
        def of(obj, *names, **more):
            return {name: {"public_id": obj.public_id, **more} for name in names}

        return {
            **of(
                self.committee,
                "committee:committee",
                "committee:committee_edit",
                "committee:member_new",
            ),
            **of(
                self.member, "committee:member", "committee:member_remove", "committee:appointment"
            ),
            **of(self.meeting, *(f"committee:{page}" for page in MEETING_PAGES)),
            **of(self.meeting, "committee:meeting_step", name="close"),
            **of(self.meeting, "committee:minutes_file", kind="pdf"),
            **of(self.item, *(f"committee:{page}" for page in ITEM_PAGES)),
            **of(self.vote, "committee:vote_cast", "committee:vote_close"),
            **of(self.rubric, "committee:rubric", "committee:rubric_edit", "committee:rubric_copy"),
            **of(
                self.letter,
                "committee:letter",
                "committee:letter_edit",
                "committee:letter_rewrite",
                "committee:thanks",
            ),
            **of(
                self.award,
                "committee:award",
                "committee:award_withdraw",
                "committee:award_public",
                "committee:certificate",
            ),
            **of(
                self.need.hospital,
                "committee:public_winners",
                "committee:seal",
                "committee:seal_sample",
                "committee:decision_kinds",
            ),
            **of(self.round, "committee:results_file", kind="csv"),
            **of(self.round, "committee:agenda_add", need=self.need.public_id),
            **of(self.blind, "committee:blind"),
            **of(self.hidden, "committee:redact"),
            **of(
                self.hidden,
                *("committee:blind_photo", "committee:blind_cover"),
                photo=self.hidden_photo.public_id,
            ),
            **of(self.committee, "committee:committee_ties", "committee:thresholds"),
            **of(self.tie, "committee:tie", "committee:tie_remove"),
            **of(self.case, "committee:settle_conflict", pk=self.member.user_id),
            "committee:verify": {"code": self.award.verification_code},
            **of(self.need, "disclosure:start"),
            **of(self.publication, *(f"disclosure:{page}" for page in PUBLICATION_PAGES)),
            **of(self.publication, "matching:interest", "matching:suggest"),
            **of(self.match, "matching:detail", "contracts:new"),
            **of(self.contract, "contracts:detail", "contracts:edit", "contracts:note"),
            **of(self.contract, "contracts:upload", slot="research_plan"),
            **of(self.profile, "partners:detail", "partners:edit"),
            **of(self.application, "partners:application"),
            **of(self.shared.versions.get(), "documents:download"),
            **of(self.shared, "documents:remove"),
            **of(self.invitation, "accounts:cancel"),
            "accounts:accept": {"secret": self.secret},
            "accounts:person": {"pk": self.person.pk},
            "accounts:deactivate": {"pk": self.person.pk},
            "accounts:activate": {"pk": self.person.pk},
            "accounts:take_role": {"pk": self.person.pk, "seat_pk": self.seat.pk},
            **{f"search:{page}": {"pk": self.synonym.pk} for page in SYNONYM_PAGES},
            "notifications:open": {"pk": self.message.pk},
            "notifications:send_again": {"pk": self.message.pk},
            "account_reset_password_from_key": {"uidb36": "1", "key": "no-such-key"},
        }


NEED_PAGES = [
    *("detail", "receipt", "details", "sheet", "comment", "split", "relate", "keep_aside"),
    *("people", "join", "leave", "assign", "set_category", "tell_apart"),
]
ROUND_PAGES = [
    *("round", "round_edit", "agenda", "next", "results", "letters"),
    *("assignments", "assignment_plan", "award_plan", "announce", "certificates"),
    "meeting_new",
    *("compare", "what_if", "looking_back"),
    *("conflicts", "extend", "remind"),
]
MEETING_PAGES = [
    *("meeting", "meeting_edit", "meeting_cancel", "attendance", "meeting_arrange"),
    *("meeting_live", "minutes", "minutes_agree"),
]
ITEM_PAGES = ["meeting_item", "item_move", "item_discuss", "item_notes", "vote_open"]
CASE_PAGES = [
    *("case", "conflict", "case_remove", "decision", "award_new", "assign", "abstain", "resume"),
    "nominate",
]
PUBLICATION_PAGES = ["detail", "edit", "consent", "confirm_ip", "preview", "ledger"]
SYNONYM_PAGES = ["synonym_edit", "synonym_remove"]

from datetime import date, timedelta

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from contracts.actions import file_document
from contracts.enums import ContractState, NoteAudience, Side
from contracts.models import Approval, Contract, Note, Signature
from contracts.slots import slot_of

SIGNED = {ContractState.ACTIVE, ContractState.EXPIRED, ContractState.TERMINATED}
NOT_SENT = {ContractState.DRAFTING}
TURNS = {
    ContractState.COUNTERPART_REVIEW: Side.PARTNER,
    ContractState.SIGNING: Side.PARTNER,
    **dict.fromkeys(SIGNED, Side.NOBODY),
}


class ContractFactory(factory.django.DjangoModelFactory):
    """A contract in any state; sent to the other side unless it is still a draft."""

    class Meta:
        model = Contract

    match = factory.SubFactory("tests.factories.matching.MatchFactory")
    hospital = factory.SelfAttribute("match.publication.hospital")
    partner = factory.SelfAttribute("match.partner")
    kind = "nda"
    title = factory.Sequence(lambda n: f"点滴の残量を知らせるしくみ{n}")
    state = ContractState.DRAFTING
    shared_at = factory.LazyAttribute(
        lambda self: None if self.state in NOT_SENT else timezone.now()
    )
    starts_on = factory.LazyAttribute(
        lambda self: timezone.localdate() if self.state in SIGNED else None
    )
    ends_on = factory.LazyAttribute(
        lambda self: self.starts_on + timedelta(days=364) if self.starts_on else None
    )
    signed_on = factory.LazyAttribute(lambda self: self.starts_on)
    turn = factory.LazyAttribute(lambda self: TURNS.get(self.state, Side.HOSPITAL))


class NoteFactory(factory.django.DjangoModelFactory):
    """A line for the hospital only."""

    class Meta:
        model = Note

    contract = factory.SubFactory(ContractFactory, state=ContractState.COUNTERPART_REVIEW)
    audience = NoteAudience.INTERNAL
    text = "相手の希望より短い期間を提案する。"
    by = factory.SubFactory("tests.factories.accounts.UserFactory")


class ApprovalFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Approval

    contract = factory.SubFactory(ContractFactory, state=ContractState.APPROVING)
    role = "legal"
    by = factory.SubFactory("tests.factories.accounts.UserFactory")


class SignatureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Signature

    contract = factory.SubFactory(ContractFactory, state=ContractState.SIGNING)
    side = Side.HOSPITAL
    signer = "病院長 見本 花子"
    signed_on = date(2026, 4, 1)
    recorded_by = factory.SubFactory("tests.factories.accounts.UserFactory")


def pdf(name="draft.pdf", text="draft"):
    """The smallest thing that passes for a PDF."""
    return SimpleUploadedFile(name, f"%PDF-1.4\n% {text}\n%%EOF\n".encode(), "application/pdf")


def file_in(contract, slot, *, by, name="draft.pdf", text="draft"):
    """File a PDF in a slot of a contract; returns its version."""
    return file_document(contract, slot_of(contract, slot), upload=pdf(name, text), by=by)

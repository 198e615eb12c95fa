"""What people hear about a contract. The texts of drafts and notes are read after sign-in."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Organisation, User
from accounts.queries import people
from contracts.enums import Side
from contracts.models import Contract
from disclosure.models import Publication
from matching.models import Match
from needs.models import Need
from notifications.kinds import Notification, registry


@dataclass(frozen=True, kw_only=True)
class AboutContract(Notification):
    """What every notice shares; read by both sides unless a kind says otherwise."""

    permission = "contracts.view_contract"

    contract: Contract

    def url(self):
        return self.contract.get_absolute_url()

    def target(self):
        return self.contract

    def hospital_id(self):
        return self.contract.hospital_id

    def inside(self, *roles):
        """The hospital's people with one of ``roles``."""
        return people(*roles, at=self.contract.hospital_id)

    def outside(self):
        """The other side's people."""
        return people(Role.PARTNER, at=self.contract.partner_id)

    @classmethod
    def sample(cls):
        return cls(contract=sample_contract())


@dataclass(frozen=True, kw_only=True)
class InsideOnly(AboutContract):
    """For the hospital alone."""

    permission = "contracts.view_internal_contract"

    def recipients(self):
        return self.inside(Role.OFFICE, Role.LEGAL)


@registry.register
@dataclass(frozen=True, kw_only=True)
class ContractForReview(InsideOnly):
    """Ask legal to read the draft."""

    slug = "contracts.contract_for_review"
    label = _("契約書案の院内確認")

    def recipients(self):
        return self.inside(Role.LEGAL)


@registry.register
@dataclass(frozen=True, kw_only=True)
class ContractReturned(InsideOnly):
    """The other side wants changes."""

    slug = "contracts.contract_returned"
    label = _("相手方から修正の求め")


@registry.register
@dataclass(frozen=True, kw_only=True)
class ApprovalAsked(InsideOnly):
    """Ask the next role for its approval."""

    slug = "contracts.approval_asked"
    label = _("契約の決裁の依頼")

    role: str

    def recipients(self):
        return self.inside(self.role)

    @classmethod
    def sample(cls):
        return cls(contract=sample_contract(), role=Role.DIRECTOR)


@registry.register
@dataclass(frozen=True, kw_only=True)
class ApprovalReturned(InsideOnly):
    """Somebody did not approve."""

    slug = "contracts.approval_returned"
    label = _("決裁からの差し戻し")


@registry.register
@dataclass(frozen=True, kw_only=True)
class PartnerSigned(InsideOnly):
    """The other side has signed."""

    slug = "contracts.partner_signed"
    label = _("相手方の署名")

    def recipients(self):
        return self.inside(Role.OFFICE)


@registry.register
@dataclass(frozen=True, kw_only=True)
class ContractSent(AboutContract):
    """The other side has a draft to read."""

    slug = "contracts.contract_sent"
    label = _("契約書案の確認の依頼")

    def recipients(self):
        return self.outside()


@registry.register
@dataclass(frozen=True, kw_only=True)
class NoteShared(AboutContract):
    """A line of the log for the other side."""

    slug = "contracts.note_shared"
    label = _("契約のやり取りの新しい記録")

    written_by: str

    def recipients(self):
        return self.outside() if self.written_by == Side.HOSPITAL else self.inside(Role.OFFICE)

    @classmethod
    def sample(cls):
        return cls(contract=sample_contract(), written_by=Side.HOSPITAL)


@dataclass(frozen=True, kw_only=True)
class ForBothSides(AboutContract):
    """For the office, legal and the other side."""

    def recipients(self):
        return [*self.inside(Role.OFFICE, Role.LEGAL), *self.outside()]


@registry.register
@dataclass(frozen=True, kw_only=True)
class ReadyToSign(ForBothSides):
    """Both sides may sign."""

    slug = "contracts.ready_to_sign"
    label = _("契約の署名の依頼")


@registry.register
@dataclass(frozen=True, kw_only=True)
class ContractStarted(ForBothSides):
    """It is in force."""

    slug = "contracts.contract_started"
    label = _("契約の発効")


@registry.register
@dataclass(frozen=True, kw_only=True)
class ContractEnding(ForBothSides):
    """It ends soon, and with it what it opens."""

    slug = "contracts.contract_ending"
    label = _("契約の満了の予告")


@registry.register
@dataclass(frozen=True, kw_only=True)
class ContractEnded(ForBothSides):
    """It is over: ``what`` is expired, terminated or abandoned (before it began)."""

    slug = "contracts.contract_ended"
    label = _("契約の終了")

    what: str

    @classmethod
    def sample(cls):
        return cls(contract=sample_contract(), what="expired")


@registry.register
@dataclass(frozen=True, kw_only=True)
class ProposerNews(AboutContract):
    """The proposer does not read contracts, but hears what became of the need."""

    slug = "contracts.proposer_news"
    label = _("自分のニーズの契約の始まりと終わり")
    permission = "matching.view_match"

    what: str

    def recipients(self):
        return [self.contract.match.publication.need.proposer]

    def url(self):
        return self.contract.match.get_absolute_url()

    def target(self):
        return self.contract.match

    @classmethod
    def sample(cls):
        return cls(contract=sample_contract(), what="started")


def sample_contract():
    """An unsaved contract of invented people."""
    hospital = Organisation(pk=1, kind="hospital", name="みなと総合病院")
    company = Organisation(pk=2, kind="company", name="株式会社しおかぜ製作所")
    proposer = User(pk=1, email="nurse@example.jp", name="看護 花子")
    publication = Publication(
        pk=1,
        hospital=hospital,
        title="点滴の残量が離れていても分かるしくみ",
        need=Need(pk=1, hospital=hospital, proposer=proposer, title="点滴の残量"),
    )
    return Contract(
        pk=1,
        kind="nda",
        match=Match(pk=1, publication=publication, partner=company),
        hospital=hospital,
        partner=company,
        title=publication.title,
        ends_on=timezone.localdate() + timedelta(days=30),
    )

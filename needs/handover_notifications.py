"""What people hear when a need, or everything of a leaving person, goes to somebody else."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from needs.models import Transfer
from needs.notifications import AboutNeed, sample_need
from notifications.kinds import Notification, registry


@dataclass(frozen=True, kw_only=True)
class ToWhoIsAsked(Notification):
    """What the colleague hears who is asked to take a need over; she does not read it yet."""

    need: object
    transfer: Transfer

    def recipients(self):
        return [self.transfer.to]

    def url(self):
        return reverse("needs:take_over", args=[self.transfer.public_id])

    def hospital_id(self):
        return self.need.hospital_id

    @classmethod
    def sample(cls):
        need = sample_need()
        return cls(need=need, transfer=_transfer(need))


@registry.register
@dataclass(frozen=True, kw_only=True)
class AskedToTakeOver(ToWhoIsAsked):
    """Ask a colleague to take a need over."""

    slug = "needs.asked_to_take_over"
    label = _("ニーズの引き継ぎのお願い")


@registry.register
@dataclass(frozen=True, kw_only=True)
class TransferTakenBack(ToWhoIsAsked):
    """Tell the colleague that she is no longer asked."""

    slug = "needs.transfer_taken_back"
    label = _("引き継ぎのお願いが取り消されたとき")


@dataclass(frozen=True, kw_only=True)
class AboutTransfer(AboutNeed):
    """What the proposer hears of the colleague whom she asked."""

    transfer: Transfer

    def recipients(self):
        return [self.transfer.by]

    @classmethod
    def sample(cls):
        need = sample_need()
        return cls(need=need, transfer=_transfer(need))


@registry.register
@dataclass(frozen=True, kw_only=True)
class TransferSettled(AboutTransfer):
    """Tell the old proposer what the colleague answered."""

    slug = "needs.transfer_settled"
    label = _("ニーズの引き継ぎの返事")

    accepted: bool

    @classmethod
    def sample(cls):
        need = sample_need()
        return cls(need=need, transfer=_transfer(need), accepted=True)


@registry.register
@dataclass(frozen=True, kw_only=True)
class TransferDropped(AboutTransfer):
    """Tell the proposer that the colleague she asked leaves."""

    slug = "needs.transfer_dropped"
    label = _("引き継ぎを頼んだ相手が異動したとき")


@dataclass(frozen=True, kw_only=True)
class AboutHandOver(Notification):
    """What both sides hear when the office moves what a leaving person holds.

    ``total`` counts her own needs, ``desk`` those that she looked after for the office.
    """

    hospital: Organisation
    to: User
    leaving: User
    total: int
    desk: int

    def url(self):
        return f"{reverse('needs:list')}?view=own"

    def hospital_id(self):
        return self.hospital.pk


@registry.register
@dataclass(frozen=True, kw_only=True)
class HandedOver(AboutHandOver):
    """Tell the person who goes on what she was given."""

    slug = "needs.handed_over"
    label = _("異動する人の担当を引き継いだとき")

    wards: int

    def recipients(self):
        return [self.to]

    def url(self):
        if self.desk and not self.total:
            return f"{reverse('needs:list')}?assignee=me"
        return super().url()

    @classmethod
    def sample(cls):
        return cls(**_moved(), wards=1)


@registry.register
@dataclass(frozen=True, kw_only=True)
class HandedOn(AboutHandOver):
    """Tell the person who leaves what the office moved, to whom, and why."""

    slug = "needs.handed_on"
    label = _("事務局があなたの担当をほかの人に移したとき")
    essential = True

    reason: str

    def recipients(self):
        return [self.leaving]

    @classmethod
    def sample(cls):
        return cls(**_moved(), reason="異動")


@registry.register
@dataclass(frozen=True, kw_only=True)
class CoSubmitterLeft(AboutNeed):
    """Tell the proposer, who keeps the names, that a co-submitter leaves."""

    slug = "needs.co_submitter_left"
    label = _("連名者が異動したとき")

    leaving: User

    def recipients(self):
        return [self.need.proposer]

    @classmethod
    def sample(cls):
        return cls(need=sample_need(), leaving=_colleague())


def _colleague():
    return User(pk=2, email="other@example.jp", name="見本 月子")


def _transfer(need):
    return Transfer(public_id="sample234567", need=need, to=_colleague(), by=need.proposer)


def _moved():
    need = sample_need()
    people = {"to": _colleague(), "leaving": need.proposer}
    return {"hospital": need.hospital, **people, "total": 3, "desk": 2}

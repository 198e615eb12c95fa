"""A need goes from one person to another: she asks a colleague, or the office does it for her."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from audit.actions import record
from core.workflow import WrongStateError, action_labels, lock
from needs.assigning import may_assign
from needs.enums import BEFORE_REVIEW, ParticipantKind
from needs.handover_notifications import (
    AskedToTakeOver,
    CoSubmitterLeft,
    HandedOn,
    HandedOver,
    TransferDropped,
    TransferSettled,
    TransferTakenBack,
)
from needs.models import Need, Participant, Transfer
from needs.people import adopt, own_share, works_at
from needs.rules import is_office
from notifications.actions import notify

if TYPE_CHECKING:
    from accounts.models import Organisation

action_labels.update(
    {
        "needs.need.offer_transfer": _("引き継ぎを頼んだ"),
        "needs.need.take_back_transfer": _("引き継ぎの依頼を取り消した"),
        "needs.need.take_over": _("ニーズを引き継いだ"),
        "needs.need.refuse_transfer": _("引き継ぎを断った"),
        "needs.need.drop_transfer": _("相手の異動で、引き継ぎの依頼を終えた"),
        "needs.need.hand_over": _("担当者の異動で引き継いだ"),
        "accounts.department.change_head": _("部署長が替わった"),
    }
)


# One need, between colleagues ----------------------------------------------------------------


@transaction.atomic
def offer_transfer(need: Need, /, *, to: User, by: Any) -> Transfer:
    """Ask a colleague to take it over; an older request to somebody else is taken back.

    Asked once more, the same colleague keeps her link. Raises PermissionDenied.
    """
    lock(need)
    if to.pk == need.proposer_id or not works_at(to, need.hospital_id):
        raise PermissionDenied
    for older in need.transfers.filter(settled_at=None).exclude(to=to).select_related("to"):
        _take_back(older, by=by)
    offered, _is_new = need.transfers.get_or_create(to=to, settled_at=None, defaults={"by": by})
    record(need, "offer_transfer", by=by, to=to)
    notify(AskedToTakeOver(need=need, transfer=offered))
    return offered


@transaction.atomic
def take_back_transfer(transfer: Transfer, /, *, by: Any) -> None:
    """The proposer no longer asks, and her colleague hears of it.

    Raises WrongStateError when it was answered or taken back meanwhile.
    """
    lock(transfer.need)
    transfer.refresh_from_db()
    if transfer.settled_at:
        raise WrongStateError
    _take_back(transfer, by=by)


def _take_back(transfer: Transfer, *, by: Any) -> None:
    transfer.settled_at, transfer.taken_back = timezone.now(), True
    transfer.save(update_fields=["settled_at", "taken_back"])
    record(transfer.need, "take_back_transfer", by=by, to=transfer.to)
    notify(TransferTakenBack(need=transfer.need, transfer=transfer))


@transaction.atomic
def settle_transfer(transfer: Transfer, /, *, accepted: bool, by: Any) -> None:
    """The colleague's answer. The old proposer stays as a co-submitter who reads.

    Raises WrongStateError when it was settled or dropped meanwhile, PermissionDenied when the
    colleague no longer works in the hospital.
    """
    need: Need = transfer.need
    lock(need)
    transfer.refresh_from_db()
    if transfer.settled_at or transfer.to_id != by.pk or transfer.by_id != need.proposer_id:
        raise WrongStateError
    if accepted and not works_at(by, need.hospital_id):
        raise PermissionDenied
    transfer.settled_at = timezone.now()
    transfer.save(update_fields=["settled_at"])
    if accepted:
        _move(need, to=by, keeps_name=True, by=by)
    record(need, "take_over" if accepted else "refuse_transfer", by=by)
    notify(TransferSettled(need=need, transfer=transfer, accepted=accepted))


# Everything of a person who leaves -----------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a person holds in a hospital.

    ``needs`` are her own; ``assigned`` are those that she looks after for the office (担当). They
    and ``wards`` go to somebody else. ``names`` beside other proposers' needs stay: who
    keeps that list is told. ``transfers`` wait for the person's answer and come to nothing.
    """

    person: User
    hospital: Organisation
    needs: list[Need]
    assigned: list[Need]
    wards: list[Department]
    names: list[Participant]
    transfers: list[Transfer]

    def __bool__(self) -> bool:
        return any((self.needs, self.assigned, self.wards, self.names, self.transfers))


def held_by(person: User, hospital: Organisation, *, most: int) -> Held:
    """At most ``most`` of each kind. A draft is nobody else's while its author works here."""
    needs = Need.objects.filter(hospital=hospital, proposer=person).order_by("-updated_at", "-pk")
    if works_at(person, hospital):
        needs = needs.handed_in()
    names = Participant.objects.filter(
        user=person,
        kind=ParticipantKind.CO_SUBMITTER,
        need__hospital=hospital,
        need__number__isnull=False,
    ).select_related("need__proposer")
    waiting = Transfer.objects.filter(
        to=person, settled_at=None, need__hospital=hospital
    ).select_related("need", "by")
    wards = Department.objects.filter(hospital=hospital, head=person)
    assigned = Need.objects.filter(hospital=hospital, assignee=person).order_by(
        "-updated_at", "-pk"
    )
    return Held(
        person=person,
        hospital=hospital,
        needs=list(needs[:most]),
        assigned=list(assigned[:most]),
        wards=list(wards.order_by("order", "pk")[:most]),
        names=list(names.order_by("pk")[:most]),
        transfers=list(waiting.order_by("pk")[:most]),
    )


def leaving_person(hospital: Organisation, email: str) -> User | None:
    """The person with exactly this address who works or worked here; also without an open account."""
    held = (
        Q(memberships__organisation=hospital)
        | Q(needs__hospital=hospital)
        | Q(assigned_needs__hospital=hospital)
        | Q(headed_departments__hospital=hospital)
        | Q(need_participations__need__hospital=hospital)
    )
    return User.objects.filter(held, email__iexact=email).first()


@transaction.atomic
def hand_over(held: Held, /, *, to: User, reason: str, by: Any) -> int:
    """Move what was chosen from a person who leaves; returns how many needs were moved.

    ``to`` must work in the hospital, nobody moves somebody's drafts to herself, and only who may
    judge a need looks after it (PermissionDenied). Receiver, leaver and the proposers beside whom her name stands are told.
    """
    leaving, hospital = held.person, held.hospital
    has_left = not works_at(leaving, hospital)
    if to == leaving or not works_at(to, hospital):
        raise PermissionDenied
    desk = {need.pk for need in held.assigned if _move_desk(need, leaving, to, reason, by)}
    moved = set()
    for need in held.needs:
        lock(need)
        if need.proposer_id != leaving.pk or need.hospital_id != hospital.pk:
            continue
        if need.number is None and (to == by or not has_left):
            raise PermissionDenied
        _move(need, to=to, keeps_name=False, by=by)
        record(need, "hand_over", by=by, leaving=leaving, to=to, reason=reason)
        moved.add(need.pk)
    wards = [ward for ward in held.wards if _move_ward(ward, leaving, to, reason, by)]
    for transfer in held.transfers:
        _drop(transfer, by=by)
    for name in held.names:
        notify(CoSubmitterLeft(need=name.need, leaving=leaving))
    if moved or desk or wards:
        what: dict[str, Any] = {"hospital": hospital, "to": to, "leaving": leaving}
        what |= {"total": len(moved), "desk": len(desk)}
        notify(HandedOver(**what, wards=len(wards)))
        notify(HandedOn(**what, reason=reason))
    return len(moved | desk)


def _move(need: Need, *, to: User, keeps_name: bool, by: Any) -> None:
    """Once the committee has begun, the old proposer's name and share stay as they were."""
    before = need.proposer
    frozen = need.state not in BEFORE_REVIEW
    stood_in = need.entered_by_id == before.pk
    need.__dict__.pop("people", None)
    share = own_share(need) if frozen else None
    need.participants.filter(user=to).delete()
    need.__dict__.pop("people", None)
    adopt(need, to)
    if stood_in and is_office(to, need):
        need.entered_by = to
    need.updated_by = by
    need.transfers.filter(settled_at=None).update(settled_at=timezone.now())
    need.save()
    if not stood_in and (keeps_name or frozen):
        Participant.objects.create(
            need=need,
            user=before,
            kind=ParticipantKind.CO_SUBMITTER,
            share=share,
            added_by=by,
            agreed_at=timezone.now(),
        )


def _move_desk(need: Need, leaving: User, to: User, reason: str, by: Any) -> bool:
    """As ``needs.assigning.assign`` does, with the reason; both hear of everything at once."""
    lock(need)
    if need.assignee_id != leaving.pk:
        return False
    if not may_assign(need, to=to, by=by):
        raise PermissionDenied
    Need.objects.filter(pk=need.pk).update(assignee=to)
    record(need, "assign", by=by, leaving=leaving, to=to, reason=reason)
    return True


def _move_ward(ward: Department, leaving: User, to: User, reason: str, by: Any) -> bool:
    lock(ward)
    if ward.head_id != leaving.pk:
        return False
    ward.head = to
    ward.save(update_fields=["head"])
    record(ward, "change_head", by=by, leaving=leaving, to=to, reason=reason)
    return True


def _drop(transfer: Transfer, *, by: Any) -> None:
    lock(transfer.need)
    transfer.refresh_from_db()
    if transfer.settled_at:
        return
    transfer.settled_at = timezone.now()
    transfer.save(update_fields=["settled_at"])
    record(transfer.need, "drop_transfer", by=by, to=transfer.to)
    notify(TransferDropped(need=transfer.need, transfer=transfer))

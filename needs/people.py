"""Who stands behind a need: written down for somebody, co-submitted, handed over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Invitation, User
from audit.actions import record
from core.workflow import WrongStateError, action_labels, lock
from needs.actions import hand_in
from needs.contributions import CO_SUBMITTED, PROPOSED, gave
from needs.enums import NeedState, ParticipantKind
from needs.models import Confirmation, Need, Participant, Transfer
from needs.people_notifications import (
    AskedToAgree,
    AskedToConfirm,
    AskedToTakeOver,
    ClinicianAnswered,
    HandedOver,
    TransferSettled,
)
from notifications.actions import notify

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from accounts.models import Organisation

LINK_LASTS = timedelta(days=14)
WHOLE = 100

action_labels.update(
    {
        "needs.need.enter_on_behalf": _("本人の代わりに登録した"),
        "needs.need.ask_clinician": _("本人に確認のリンクを送った"),
        "needs.need.clinician_confirm": _("本人が内容を確かめた"),
        "needs.need.clinician_correct": _("本人が直してほしいところを知らせた"),
        "needs.need.add_co_submitter": _("連名者を加えた"),
        "needs.need.set_shares": _("貢献の割合を決めた"),
        "needs.need.agree": _("連名と割合に同意した"),
        "needs.need.remove_participant": _("連名者を外した"),
        "needs.need.offer_transfer": _("引き継ぎを頼んだ"),
        "needs.need.take_over": _("ニーズを引き継いだ"),
        "needs.need.refuse_transfer": _("引き継ぎを断った"),
        "needs.need.hand_over": _("担当者の異動で引き継いだ"),
    }
)


class SharesError(Exception):
    """The shares of the co-submitters are more than the whole."""


class LinkClosedError(Exception):
    """The link is unknown, used, or its time is over."""


# On behalf of somebody -----------------------------------------------------------------------


@transaction.atomic
def enter_on_behalf(
    *, hospital: Organisation, by: Any, source: str, name: str, email: str, **answers: Any
) -> Need:
    """Hand in what somebody told the office; with an address she gets the link to confirm it.

    Somebody with a seat in this hospital is the proposer at once; otherwise the office stands in.
    """
    need = Need(
        hospital=hospital,
        proposer=member_of(hospital, email) or by,
        entered_by=by,
        updated_by=by,
        source=source,
        state=NeedState.SUBMITTED,
        origin_note=str(_("本人: %(name)s") % {"name": name}) if name else "",
        **answers,
    )
    hand_in(need)
    need.save()
    record(need, "enter_on_behalf", by=by, source=source)
    if need.proposer != by:
        gave(need.proposer, PROPOSED, need)
    if email:
        ask_clinician(need, by=by, name=name, email=email)
    return need


def member_of(hospital: Organisation, email: str) -> User | None:
    """The active member of this hospital with exactly this address."""
    people = User.objects.filter(
        email__iexact=email, is_active=True, memberships__organisation=hospital
    )
    return people.first() if email else None


@transaction.atomic
def ask_clinician(need: Need, /, *, by: Any, name: str, email: str) -> Confirmation:
    """Send the link by which she confirms; an older link of this need no longer works."""
    lock(need)
    need.confirmations.filter(confirmed_at=None, corrected_at=None).update(
        expires_at=timezone.now()
    )
    secret, secret_hash = Invitation.new_secret()
    asked = Confirmation.objects.create(
        need=need,
        email=email,
        name=name,
        secret_hash=secret_hash,
        asked_by=by,
        expires_at=timezone.now() + LINK_LASTS,
    )
    record(need, "ask_clinician", by=by)
    notify(AskedToConfirm(confirmation=asked, secret=secret))
    return asked


def open_confirmation(secret: str) -> Confirmation:
    """What the link leads to. Raises LinkClosedError."""
    asked = (
        Confirmation.objects.filter(
            secret_hash=Invitation.hashed(secret),
            expires_at__gt=timezone.now(),
            confirmed_at=None,
            corrected_at=None,
        )
        .select_related("need__hospital", "need__department", "need__proposer")
        .first()
    )
    if asked is None or asked.need.state == NeedState.WITHDRAWN:
        raise LinkClosedError
    return asked


@transaction.atomic
def confirm(asked: Confirmation, /, *, by: Any = None) -> None:
    """It is her worry. Signed in with that address and a seat there, she becomes the proposer.

    Raises LinkClosedError when it was answered meanwhile.
    """
    need = _settle_link(asked)
    asked.confirmed_at = timezone.now()
    asked.save(update_fields=["confirmed_at"])
    person = member_of(need.hospital, asked.email)
    if by is not None and person == by:
        need.participants.filter(user=by).delete()
        need.proposer = by
        need.save()
        gave(by, PROPOSED, need, on=timezone.localdate(need.submitted_at))
    record(need, "clinician_confirm", by=by)
    notify(ClinicianAnswered(need=need, confirmation=asked))


@transaction.atomic
def correct(asked: Confirmation, /, *, correction: str, by: Any = None) -> None:
    """Something is wrong; the office reads what. Raises LinkClosedError."""
    need = _settle_link(asked)
    asked.correction, asked.corrected_at = correction, timezone.now()
    asked.save(update_fields=["correction", "corrected_at"])
    record(need, "clinician_correct", by=by, correction=correction)
    notify(ClinicianAnswered(need=need, confirmation=asked))


def _settle_link(asked: Confirmation) -> Need:
    need: Need = asked.need
    lock(need)
    asked.refresh_from_db()
    if asked.confirmed_at or asked.corrected_at or asked.expires_at <= timezone.now():
        raise LinkClosedError
    return need


# Co-submitters -------------------------------------------------------------------------------


@transaction.atomic
def add_co_submitter(
    need: Need, /, *, person: User, may_edit: bool, share: int | None, by: Any
) -> Participant:
    """Put a colleague's name beside the proposer's; she is asked whether she agrees.

    Who joined before becomes a co-submitter. Raises SharesError or PermissionDenied.
    """
    lock(need)
    if need.hospital_id not in person.hospitals or person.pk == need.proposer_id:
        raise PermissionDenied
    added, _is_new = Participant.objects.update_or_create(
        need=need,
        user=person,
        defaults={
            "kind": ParticipantKind.CO_SUBMITTER,
            "may_edit": may_edit,
            "share": share,
            "agreed_at": None,
            "added_by": by,
        },
    )
    _check_shares(need)
    record(need, "add_co_submitter", by=by, person=person, share=share, may_edit=may_edit)
    notify(AskedToAgree(need=need, participant=added))
    return added


@transaction.atomic
def set_shares(need: Need, /, *, shares: Mapping[int, int | None], by: Any) -> None:
    """New shares by the id of the participant; whose share changes is asked again.

    Raises SharesError.
    """
    lock(need)
    changed = []
    for each in need.participants.filter(kind=ParticipantKind.CO_SUBMITTER).select_related("user"):
        if each.pk in shares and shares[each.pk] != each.share:
            each.share, each.agreed_at = shares[each.pk], None
            each.save()
            changed.append(each)
    _check_shares(need)
    if changed:
        record(need, "set_shares", by=by, shares={str(each.user): each.share for each in changed})
    for each in changed:
        notify(AskedToAgree(need=need, participant=each))


def _check_shares(need: Need) -> None:
    shares = need.participants.exclude(share=None).values_list("share", flat=True)
    if sum(shares) > WHOLE:
        raise SharesError


def own_share(need: Need) -> int:
    """What is left for the proposer, in percent."""
    return WHOLE - sum(each.share or 0 for each in need.people.values())


@transaction.atomic
def agree(need: Need, /, *, by: Any) -> None:
    """A co-submitter's own word; a second press changes nothing."""
    lock(need)
    waiting = need.participants.filter(
        user=by, kind=ParticipantKind.CO_SUBMITTER, agreed_at=None
    ).first()
    if waiting:
        waiting.agreed_at = timezone.now()
        waiting.save()
        record(need, "agree", by=by, share=waiting.share)
        if need.number:
            gave(by, CO_SUBMITTED, need)


@transaction.atomic
def remove_participant(need: Need, /, *, participant: Participant, by: Any) -> None:
    """Take a name off: the proposer does, or the person herself."""
    lock(need)
    person = participant.user
    participant.delete()
    record(need, "remove_participant", by=by, person=person)


# Transfer and hand-over ----------------------------------------------------------------------


@transaction.atomic
def offer_transfer(need: Need, /, *, to: User, by: Any) -> Transfer:
    """Ask a colleague to take it over; an older request is dropped. Raises PermissionDenied."""
    lock(need)
    if need.hospital_id not in to.hospitals or to.pk == need.proposer_id:
        raise PermissionDenied
    need.transfers.filter(settled_at=None).update(settled_at=timezone.now())
    offered = Transfer.objects.create(need=need, to=to, by=by)
    record(need, "offer_transfer", by=by, to=to)
    notify(AskedToTakeOver(need=need, transfer=offered))
    return offered


@transaction.atomic
def settle_transfer(transfer: Transfer, /, *, accepted: bool, by: Any) -> None:
    """The colleague's answer. The old proposer stays as a co-submitter who reads.

    Raises WrongStateError when it was settled or dropped meanwhile.
    """
    need: Need = transfer.need
    lock(need)
    transfer.refresh_from_db()
    if transfer.settled_at or transfer.to_id != by.pk or transfer.by_id != need.proposer_id:
        raise WrongStateError
    transfer.settled_at = timezone.now()
    transfer.save(update_fields=["settled_at"])
    if accepted:
        _move(need, to=by, keeps_reading=True, by=by)
    record(need, "take_over" if accepted else "refuse_transfer", by=by)
    notify(TransferSettled(need=need, transfer=transfer, accepted=accepted))


@transaction.atomic
def hand_over(  # noqa: PLR0913 -- from whom, to whom, what, why
    *,
    hospital: Organisation,
    leaving: User,
    to: User,
    needs: Iterable[Need],
    reason: str,
    by: Any,
) -> int:
    """Move the chosen needs, and her wards, from a person who leaves; returns how many needs.

    ``to`` must have a seat in ``hospital`` (PermissionDenied). One notice for all of them.
    """
    if hospital.pk not in to.hospitals or to == leaving:
        raise PermissionDenied
    moved = 0
    for need in needs:
        lock(need)
        if need.proposer_id != leaving.pk or need.hospital_id != hospital.pk:
            continue
        _move(need, to=to, keeps_reading=False, by=by)
        record(need, "hand_over", by=by, leaving=leaving, to=to, reason=reason)
        moved += 1
    Department.objects.filter(hospital=hospital, head=leaving).update(head=to)
    if moved:
        notify(HandedOver(hospital=hospital, to=to, leaving=leaving, total=moved))
    return moved


def _move(need: Need, *, to: User, keeps_reading: bool, by: Any) -> None:
    before = need.proposer
    need.participants.filter(user=to).delete()
    need.__dict__.pop("people", None)
    need.proposer, need.updated_by = to, by
    need.transfers.filter(settled_at=None).update(settled_at=timezone.now())
    need.save()
    if keeps_reading:
        Participant.objects.update_or_create(
            need=need,
            user=before,
            defaults={
                "kind": ParticipantKind.CO_SUBMITTER,
                "added_by": by,
                "agreed_at": timezone.now(),
            },
        )

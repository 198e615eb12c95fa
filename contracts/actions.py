"""Everything that changes a contract. The flow is the table of docs/architecture.md."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracts import forms, readiness, slots
from contracts.enums import BEFORE_ACTIVE, TEXT_OPEN, ContractState, NoteAudience, Side
from contracts.kinds import registry
from contracts.models import Approval, Contract, Note, Reminder, Signature
from contracts.notifications import (
    ApprovalAsked,
    ApprovalReturned,
    ContractEnded,
    ContractEnding,
    ContractForReview,
    ContractReturned,
    ContractSent,
    ContractStarted,
    NoteShared,
    PartnerSigned,
    ProposerNews,
    ReadyToSign,
)
from core.workflow import Flow, WrongStateError, action_labels, lock
from documents.actions import store
from documents.checks import CheckedFile
from notifications.actions import notify

if TYPE_CHECKING:
    from datetime import date

    from core.forms import VersionedModelForm
    from documents.models import Version
    from matching.models import Match

action_labels.update(
    {
        "contracts.contract.create": _("契約を作った"),
        "contracts.contract.edit": _("内容を書き直した"),
    }
)


def side_of(contract: Contract, by: Any) -> Side:
    """For which side ``by`` acts; nobody is the clock."""
    if by is None:
        return Side.NOBODY
    inside = by.has_perm("contracts.view_internal_contract", contract)
    return Side.HOSPITAL if inside else Side.PARTNER


def _record(contract: Contract, name: str, /, *, by: Any, **data: Any) -> None:
    """As audit's record: with the side of the actor, and files by their names."""
    plain = {key: each.name if isinstance(each, File) else each for key, each in data.items()}
    record(contract, name, by=by, acting_for=side_of(contract, by), **plain)


flow = Flow("contracts.contract", record=_record)


def hand_over(contract: Contract) -> None:
    """Say whose turn it is; the clock starts anew only when the ball really moves."""
    side = _whose_turn(contract)
    if side != contract.turn:
        contract.turn = side
        contract.turn_since = timezone.now()


def _whose_turn(contract: Contract) -> Side:
    if contract.state not in BEFORE_ACTIVE:
        return Side.NOBODY
    if (
        contract.state == ContractState.COUNTERPART_REVIEW
        or Side.PARTNER in contract.unsigned_sides
    ):
        return Side.PARTNER
    return Side.HOSPITAL


@transaction.atomic
def create(*, match: Match, by: Any, kind: str, **fields: Any) -> Contract:
    """Begin a contract of ``kind`` for ``match``. Raises NotReadyError."""
    lock(match)
    readiness.require(readiness.before_drafting(match, kind))
    contract = Contract.objects.create(
        match=match,
        hospital_id=match.publication.hospital_id,
        partner_id=match.partner_id,
        kind=kind,
        updated_by=by,
        **fields,
    )
    _record(contract, "create", by=by)
    return contract


@transaction.atomic
def edit(form: VersionedModelForm, *, by: Any) -> Contract:
    """Keep what a valid form says."""
    contract: Contract = form.save(by=by)
    if form.changed_data:
        fields = [str(form.fields[name].label) for name in form.changed_data]
        _record(contract, "edit", by=by, fields=fields)
    return contract


@transaction.atomic
def file_document(
    contract: Contract, slot: slots.Slot, *, upload: File[Any], by: Any, comment: str = ""
) -> Version:
    """File a new version in ``slot``; ``comment`` stays as an internal note."""
    version: Version = store(
        target=contract,
        slot=slot.name,
        title=slot.title,
        upload=upload,
        by=by,
        view_permission=slot.view_permission,
        change_permission=slot.change_permission,
    )
    if comment:
        write_note(contract, audience=NoteAudience.INTERNAL, text=comment, by=by)
    return version


@transaction.atomic
def write_note(contract: Contract, *, audience: str, text: str, by: Any) -> Note:
    """Add a line to the negotiation log; a shared one is told to the other side.

    Raises PermissionDenied when the other side would write or read what it must not.
    """
    side = side_of(contract, by)
    may_share = contract.shared_at is not None
    if audience == NoteAudience.INTERNAL and side != Side.HOSPITAL:
        raise PermissionDenied
    if audience == NoteAudience.SHARED and not may_share:
        raise PermissionDenied
    note = Note.objects.create(contract=contract, audience=audience, side=side, text=text, by=by)
    if audience == NoteAudience.SHARED:
        notify(NoteShared(contract=contract, written_by=side))
    return note


@flow.transition(
    source=ContractState.DRAFTING,
    target=ContractState.INTERNAL_REVIEW,
    permission="contracts.manage_contract",
    label=_("院内の確認に回す"),
    done=_("院内の確認に回した"),
    form=forms.ReviewForm,
    note=_("法務担当に「確認してください」と連絡します。相手方には見えません。"),
)
def send_to_internal_review(contract: Contract, /, *, by: Any) -> None:
    """Legal reads the draft. Raises NotReadyError."""
    readiness.require(readiness.before_review(contract))
    hand_over(contract)
    notify(ContractForReview(contract=contract))


@flow.transition(
    source=TEXT_OPEN,
    target=ContractState.COUNTERPART_REVIEW,
    permission="contracts.manage_contract",
    label=_("相手方に送る"),
    done=_("相手方に送った"),
    form=forms.SendForm,
)
def send_to_counterpart(contract: Contract, /, *, by: Any, comment: str = "") -> None:
    """The other side gets exactly the newest draft. Raises NotReadyError."""
    readiness.require(readiness.before_sending(contract))
    _copy_newest_draft(contract, by=by)
    contract.shared_at = contract.shared_at or timezone.now()
    hand_over(contract)
    notify(ContractSent(contract=contract))


def _copy_newest_draft(contract: Contract, *, by: Any) -> None:
    """File the internal draft as a shared version, byte for byte, unless theirs is newer."""
    draft = slots.newest_text(slots.versions_in(contract))
    if draft is None or draft.document.slot == slots.SHARED_DRAFT:
        return
    with draft.file.open("rb") as content:
        copy = CheckedFile(
            content, name=draft.name, content_type=draft.content_type, size=draft.size
        )
        file_document(contract, slots.slot_of(contract, slots.SHARED_DRAFT), upload=copy, by=by)


@flow.transition(
    source=ContractState.COUNTERPART_REVIEW,
    target=ContractState.APPROVING,
    permission="contracts.answer_contract",
    label=_("この内容に合意する"),
    done=_("内容に合意した"),
    form=forms.AgreeForm,
)
def agree_to_text(contract: Contract, /, *, by: Any, comment: str = "") -> None:
    """The other side says yes; the hospital decides."""
    _begin_approval(contract)


@flow.transition(
    source=ContractState.COUNTERPART_REVIEW,
    target=ContractState.INTERNAL_REVIEW,
    permission="contracts.answer_contract",
    label=_("修正を求める"),
    done=_("修正を求めた"),
    form=forms.ReturnForm,
)
def return_with_changes(
    contract: Contract,
    /,
    *,
    by: Any,
    comment: str,
    upload: File[Any] | None = None,
) -> None:
    """The other side wants another text, perhaps its own."""
    if upload:
        file_document(contract, slots.slot_of(contract, slots.SHARED_DRAFT), upload=upload, by=by)
    hand_over(contract)
    notify(ContractReturned(contract=contract))


@flow.transition(
    source=ContractState.COUNTERPART_REVIEW,
    target=ContractState.APPROVING,
    permission="contracts.manage_contract",
    label=_("相手方の合意を記録する"),
    done=_("相手方の合意を記録した"),
    form=forms.RecordAgreementForm,
    note=_("電話やメールで合意を聞いたときに使います。病院の決裁に進みます。"),
)
def record_agreement(contract: Contract, /, *, by: Any, comment: str) -> None:
    """The other side said yes elsewhere."""
    _begin_approval(contract)


@flow.transition(
    source=ContractState.COUNTERPART_REVIEW,
    target=ContractState.INTERNAL_REVIEW,
    permission="contracts.manage_contract",
    label=_("院内の確認に戻す"),
    done=_("院内の確認に戻した"),
    form=forms.InternalReasonForm,
)
def take_back(contract: Contract, /, *, by: Any, comment: str) -> None:
    """The office takes the ball back, for a mistake or an answer that came by telephone."""
    hand_over(contract)


def _begin_approval(contract: Contract) -> None:
    hand_over(contract)
    _ask_next(contract)


def _ask_next(contract: Contract) -> None:
    if role := contract.next_approver:
        notify(ApprovalAsked(contract=contract, role=role))


@flow.transition(
    source=ContractState.APPROVING,
    target=ContractState.APPROVING,
    permission="contracts.approve_contract",
    label=_("承認する"),
    done=_("承認した"),
    form=forms.ApproveForm,
)
def approve(contract: Contract, /, *, by: Any, comment: str = "") -> None:
    """Take one step of the decision; after the last one it goes on to signing.

    Raises NotReadyError when this step is not (or no longer) asked for from ``by``.
    """
    role = contract.next_approver
    if role is None or not by.holds(role, contract.hospital_id):
        raise readiness.NotReadyError
    Approval.objects.create(contract=contract, role=role, by=by, comment=comment)
    if contract.next_approver:
        _ask_next(contract)
    else:
        finish_approval(contract, by=None)


@flow.transition(
    source=ContractState.APPROVING,
    target=ContractState.SIGNING,
    permission="contracts.manage_contract",
    label=_("決裁が終わり、締結手続きに進んだ"),
    button=False,
)
def finish_approval(contract: Contract, /, *, by: Any) -> None:
    """Everybody has approved: both sides sign."""
    hand_over(contract)
    notify(ReadyToSign(contract=contract))


@flow.transition(
    source=ContractState.APPROVING,
    target=ContractState.INTERNAL_REVIEW,
    permission="contracts.send_back_contract",
    label=_("院内の確認に差し戻す"),
    done=_("院内の確認に差し戻した"),
    form=forms.InternalReasonForm,
    note=_("ここまでの承認は取り消され、相手方の合意からやり直します。"),
)
def send_back_from_approval(contract: Contract, /, *, by: Any, comment: str) -> None:
    """Not like this: the steps of the decision start again later."""
    contract.approvals.filter(is_current=True).update(is_current=False)
    hand_over(contract)
    notify(ApprovalReturned(contract=contract))


@flow.transition(
    source=ContractState.SIGNING,
    target=ContractState.SIGNING,
    permission="contracts.sign_contract",
    label=_("署名を記録する"),
    done=_("署名を記録した"),
    form=forms.SignatureForm,
)
def record_signature(
    contract: Contract, /, *, by: Any, side: str, signer: str, signed_on: date
) -> None:
    """One side has signed, on paper or in a signing service. Raises PermissionDenied."""
    if side not in forms.sides_to_sign(contract, by):
        raise PermissionDenied
    Signature.objects.create(
        contract=contract, side=side, signer=signer, signed_on=signed_on, recorded_by=by
    )
    hand_over(contract)
    if side_of(contract, by) == Side.PARTNER:
        notify(PartnerSigned(contract=contract))


@flow.transition(
    source=ContractState.SIGNING,
    target=ContractState.ACTIVE,
    permission="contracts.manage_contract",
    label=_("契約を発効させる"),
    done=_("契約が発効した"),
    form=forms.ActivateForm,
)
def activate(
    contract: Contract,
    /,
    *,
    by: Any,
    starts_on: date,
    ends_on: date,
    exception: str = "",
) -> None:
    """It is in force from ``starts_on`` to ``ends_on``, both included. Raises NotReadyError."""
    readiness.require(readiness.before_activation(contract))
    if not exception and readiness.lacks_secrecy(contract):
        raise readiness.NotReadyError
    contract.starts_on, contract.ends_on = starts_on, ends_on
    contract.signed_on = max(each.signed_on for each in contract.signatures.all())
    hand_over(contract)
    notify(ContractStarted(contract=contract))
    notify(ProposerNews(contract=contract, what="started"))


@flow.transition(
    source=ContractState.ACTIVE,
    target=ContractState.TERMINATED,
    permission="contracts.manage_contract",
    label=_("解約する"),
    done=_("解約した"),
    form=forms.SharedReasonForm,
    danger=True,
    note=_("この契約で見えていたニーズの詳しい内容は、すぐに相手方から見えなくなります。"),
)
def terminate(contract: Contract, /, *, by: Any, reason: str) -> None:
    """End it before its date; what it opened closes now."""
    _end(contract, on=timezone.localdate(), what="terminated")


@flow.transition(
    source=BEFORE_ACTIVE,
    target=ContractState.TERMINATED,
    permission="contracts.manage_contract",
    label=_("交渉を取りやめる"),
    done=_("交渉を取りやめた"),
    form=forms.SharedReasonForm,
    danger=True,
)
def abandon(contract: Contract, /, *, by: Any, reason: str) -> None:
    """There will be no contract."""
    contract.ended_on = timezone.localdate()
    hand_over(contract)
    if contract.shared_at:
        notify(ContractEnded(contract=contract, what="abandoned"))


@flow.transition(
    source=ContractState.ACTIVE,
    target=ContractState.EXPIRED,
    permission="contracts.manage_contract",
    label=_("満了した"),
    button=False,
)
def expire(contract: Contract, /, *, by: Any) -> None:
    """Its last day is over."""
    _end(contract, on=contract.ends_on, what="expired")


def _end(contract: Contract, *, on: date | None, what: str) -> None:
    contract.ended_on = on
    hand_over(contract)
    notify(ContractEnded(contract=contract, what=what))
    notify(ProposerNews(contract=contract, what=what))


def follow_dates() -> None:
    """Expire what ended before today (Asia/Tokyo) and announce what ends soon; safe to repeat.

    After a pause only the nearest announcement goes out, not all that were missed.
    """
    today = timezone.localdate()
    for contract in Contract.objects.ending_by(today - timedelta(days=1)):
        with suppress(WrongStateError):  # another run was faster
            expire(contract, by=None)
    furthest = max(days for kind in registry for days in kind.reminder_days)
    for contract in Contract.objects.ending_by(today + timedelta(days=furthest)):
        _announce_end(contract, today=today)


@transaction.atomic
def _announce_end(contract: Contract, *, today: date) -> None:
    lock(contract)
    if contract.state != ContractState.ACTIVE or contract.ends_on is None:
        return
    left = (contract.ends_on - today).days
    due = [days for days in contract.spec.reminder_days if left <= days]
    if not due:
        return
    _row, is_new = Reminder.objects.get_or_create(
        contract=contract, ends_on=contract.ends_on, days=min(due)
    )
    if is_new:
        notify(ContractEnding(contract=contract))

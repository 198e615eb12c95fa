"""Who stands behind a need: written down for somebody, or co-submitted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import HOSPITAL_ROLES
from accounts.models import Invitation, User
from accounts.queries import people
from audit.actions import record
from contributions.actions import take_back
from core.workflow import WrongStateError, action_labels, lock
from needs.actions import hand_in
from needs.contributions import CO_SUBMITTED, PROPOSED, gave
from needs.enums import BEFORE_REVIEW, NeedState, ParticipantKind, Source
from needs.models import Confirmation, Need, Participant
from needs.people_notifications import (
    AskedToAgree,
    AskedToConfirm,
    ClinicianAnswered,
    NameRemoved,
)
from needs.questions import current
from notifications.actions import notify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import Organisation

LINK_LASTS = timedelta(days=14)
WHOLE = 100
TOLD_BY = _("本人: %(name)s")

action_labels.update(
    {
        "needs.need.enter_on_behalf": _("本人の代わりに登録した"),
        "needs.need.ask_clinician": _("本人に確認のリンクを送った"),
        "needs.need.clinician_confirm": _("本人が内容を確かめた"),
        "needs.need.clinician_correct": _("本人が直してほしいところを知らせた"),
        "needs.need.add_co_submitter": _("連名者を加えた"),
        "needs.need.set_shares": _("貢献の割合を決めた"),
        "needs.need.set_right": _("連名者が本文を直せるかを変えた"),
        "needs.need.agree": _("連名と割合に同意した"),
        "needs.need.remove_participant": _("連名者を外した"),
    }
)


class SharesError(Exception):
    """The shares of the co-submitters are more than the whole."""


class LinkClosedError(Exception):
    """The link is unknown, used, or its time is over."""


# On behalf of somebody -----------------------------------------------------------------------


@transaction.atomic
def enter_on_behalf(  # noqa: PLR0913 -- what the office heard, and from whom
    *,
    hospital: Organisation,
    by: Any,
    source: str,
    name: str,
    email: str,
    not_own: bool = False,
    **answers: Any,
) -> Need:
    """Hand in what somebody told the office; with an address she gets the link to confirm it.

    Somebody with a seat in this hospital is the proposer at once; otherwise the office stands in,
    on the word of the writer that it is not her own worry (``not_own``). With her own address it
    is her own: she does not judge it, like any other proposer.
    """
    person = member_of(hospital, email)
    is_own = person == by
    need = Need(
        hospital=hospital,
        proposer=person or by,
        entered_by=None if is_own else by,
        updated_by=by,
        source=Source.PORTAL if is_own else source,
        state=NeedState.SUBMITTED,
        question_set=current(hospital.pk),
        origin_note=str(TOLD_BY % {"name": name}) if name else "",
        **answers,
    )
    hand_in(need)
    need.save()
    record(need, "enter_on_behalf", by=by, source=source, not_own=not_own)
    if need.proposer != need.entered_by:
        gave(need.proposer, PROPOSED, need)
    if email and not is_own:
        ask_clinician(need, by=by, name=name, email=email)
    return need


def member_of(hospital: Organisation, email: str) -> User | None:
    """The active member of this hospital with exactly this address."""
    return people(*HOSPITAL_ROLES, at=hospital).filter(email__iexact=email).first()


def works_at(person: User, hospital: Organisation | int) -> bool:
    """Asked again under the lock: a seat may have been taken away since a page was drawn."""
    return bool(people(*HOSPITAL_ROLES, at=hospital).filter(pk=person.pk).exists())


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


def known_of_clinician(need: Need) -> dict[str, str]:
    """Her name and address as far as the office has written them down, to ask once more."""
    asked = need.confirmations.order_by("-created_at", "-pk").first()
    if asked:
        return {"name": asked.name, "email": asked.email}
    before = str(TOLD_BY % {"name": ""})
    note = need.origin_note
    return {"name": note.removeprefix(before)} if note.startswith(before) else {}


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

    Whoever confirms what she wrote down herself no longer stands in for anybody. Raises
    LinkClosedError when it was answered meanwhile.
    """
    need = _settle_link(asked)
    asked.confirmed_at = timezone.now()
    asked.save(update_fields=["confirmed_at"])
    person = member_of(need.hospital, asked.email)
    if person is not None and person in {by, need.entered_by}:
        need.participants.filter(user=person).delete()
        adopt(need, person)
        need.save()
        gave(person, PROPOSED, need, on=timezone.localdate(need.submitted_at))
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


def adopt(need: Need, person: User) -> None:
    """From now on it is her own worry, also when she had written it down; the caller saves it."""
    need.proposer = person
    if need.entered_by_id == person.pk:
        need.entered_by = None


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

    Who joined before becomes a co-submitter. Raises WrongStateError, SharesError or
    PermissionDenied.
    """
    _lock_before_review(need)
    if person.pk == need.proposer_id or not works_at(person, need.hospital_id):
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
    shares = need.participants.exclude(share=None).values_list("share", flat=True)
    if sum(shares) > WHOLE:
        raise SharesError
    record(need, "add_co_submitter", by=by, person=person, share=share, may_edit=may_edit)
    notify(AskedToAgree(need=need, participant=added))
    return added


@transaction.atomic
def set_shares(need: Need, /, *, shares: Mapping[int, int | None], by: Any) -> None:
    """New shares by the id of the participant; whose share changes is asked again.

    Raises WrongStateError or SharesError.
    """
    _lock_before_review(need)
    named = need.participants.filter(kind=ParticipantKind.CO_SUBMITTER).select_related("user")
    changed = [each for each in named if shares.get(each.pk, each.share) != each.share]
    for each in changed:
        each.share, each.agreed_at = shares[each.pk], None
    if sum(each.share or 0 for each in named) > WHOLE:
        raise SharesError
    Participant.objects.bulk_update(changed, ["share", "agreed_at"])
    if changed:
        record(need, "set_shares", by=by, shares={str(each.user): each.share for each in changed})
    for each in changed:
        notify(AskedToAgree(need=need, participant=each))


@transaction.atomic
def set_right(need: Need, /, *, participant: Participant, may_edit: bool, by: Any) -> None:
    """Let a co-submitter write, or only read; her agreement stands. Once more changes nothing.

    Raises WrongStateError.
    """
    _lock_before_review(need)
    named = need.participants.select_related("user").filter(pk=participant.pk).first()
    if named is None or named.may_edit == may_edit:
        return
    named.may_edit = may_edit
    named.save(update_fields=["may_edit"])
    record(need, "set_right", by=by, person=named.user, may_edit=may_edit)


def _lock_before_review(need: Need) -> None:
    """Names and shares are those with which the committee began."""
    lock(need)
    if need.state not in BEFORE_REVIEW:
        raise WrongStateError


def own_share(need: Need) -> int:
    """What is left for the proposer, in percent."""
    return WHOLE - sum(each.share or 0 for each in need.people.values())


@transaction.atomic
def agree(need: Need, /, *, by: Any) -> None:
    """A co-submitter's own word, in any state; a second press changes nothing.

    Raises PermissionDenied when she no longer works in the hospital.
    """
    lock(need)
    if not works_at(by, need.hospital_id):
        raise PermissionDenied
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
    """Take a name off: the proposer does, or the person herself. A second press changes nothing.

    Once the committee has begun only who never agreed may still go (WrongStateError).
    """
    lock(need)
    named = need.participants.select_related("user").filter(pk=participant.pk).first()
    if named is None:
        return
    refuses = named.user_id == by.pk and named.agreed_at is None
    if need.state not in BEFORE_REVIEW and not refuses:
        raise WrongStateError
    named.delete()
    take_back(named.user, CO_SUBMITTED, need)
    record(need, "remove_participant", by=by, person=named.user)
    notify(NameRemoved(need=need, person=named.user, by=by))

"""Invite, accept, give and take roles, deactivate."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Invitation, Membership, User
from accounts.notifications import Invited
from audit.actions import record
from core.workflow import action_labels, lock
from notifications.actions import notify

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import Department, Organisation

action_labels.update(
    {
        "accounts.invitation.invite": _("招待した"),
        "accounts.invitation.accept": _("招待を受けた"),
        "accounts.invitation.cancel": _("招待を取り消した"),
        "accounts.user.deactivate": _("利用を止めた"),
        "accounts.user.activate": _("利用を再開した"),
        "accounts.user.give_role": _("役割を加えた"),
        "accounts.user.take_role": _("役割を外した"),
    }
)


class InvitationClosedError(Exception):
    """The link was used, cancelled, or is too old."""


class WrongPersonError(Exception):
    """The invitation is for another mail address."""


class LastOfficeMemberError(Exception):
    """Without this person nobody would look after the hospital."""


@transaction.atomic
def invite(  # noqa: PLR0913 -- the fields of an invitation
    *,
    email: str,
    organisation: Organisation,
    roles: Iterable[str],
    by: Any,
    name: str = "",
    department: Department | None = None,
) -> Invitation:
    """Keep a seat for ``email`` and mail the link. An older one that waits is replaced."""
    Invitation.objects.waiting().filter(email__iexact=email, organisation=organisation).update(
        cancelled_at=timezone.now()
    )
    secret, secret_hash = Invitation.new_secret()
    invitation = Invitation.objects.create(
        email=email.lower(),
        name=name,
        organisation=organisation,
        department=department,
        roles=list(roles),
        secret_hash=secret_hash,
        invited_by=by,
        expires_at=timezone.now() + timedelta(days=settings.INVITATION_DAYS),
    )
    notify(Invited(invitation=invitation, secret=secret))
    record(invitation, "invite", by=by, roles=list(roles))
    return invitation


@transaction.atomic
def accept(invitation: Invitation, *, by: User | None = None, **new_person: Any) -> User:
    """Give the seat: to the signed-in person ``by``, or to a new person.

    ``new_person``: name, kana, profession, password. Raises InvitationClosedError, or
    WrongPersonError when the invitation is not for ``by``.
    """
    lock(invitation)
    if not invitation.is_open:
        raise InvitationClosedError
    if by and by.email.lower() != invitation.email.lower():
        raise WrongPersonError
    user = by or User.objects.create_user(invitation.email, **new_person)
    for role in invitation.roles:
        Membership.objects.get_or_create(
            user=user,
            organisation=invitation.organisation,
            role=role,
            defaults={"department": invitation.department},
        )
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = user
    invitation.save()
    record(invitation, "accept", by=user)
    return user


@transaction.atomic
def cancel(invitation: Invitation, *, by: Any) -> None:
    """Make the link useless."""
    lock(invitation)
    if invitation.is_open:
        invitation.cancelled_at = timezone.now()
        invitation.save()
        record(invitation, "cancel", by=by)


@transaction.atomic
def give_role(
    user: User,
    *,
    organisation: Organisation,
    role: str,
    by: Any,
    department: Department | None = None,
) -> Membership:
    """Give ``user`` a role; nothing happens when she has it already."""
    seat, is_new = Membership.objects.get_or_create(
        user=user, organisation=organisation, role=role, defaults={"department": department}
    )
    if is_new:
        record(user, "give_role", by=by, organisation=organisation, role=role)
    return seat


@transaction.atomic
def take_role(seat: Membership, *, by: Any) -> None:
    """Take one role away. Raises LastOfficeMemberError."""
    lock(seat.user)
    _keep_somebody_in_office(seat.user, [seat])
    organisation, role, user = seat.organisation, seat.role, seat.user
    seat.delete()
    record(user, "take_role", by=by, organisation=organisation, role=role)


def _keep_somebody_in_office(user: User, seats: Iterable[Membership]) -> None:
    for seat in seats:
        if seat.role != Role.OFFICE:
            continue
        # Two members of an office leaving at the same moment wait for each other here.
        lock(seat.organisation)
        others = Membership.objects.filter(
            organisation=seat.organisation, role=Role.OFFICE, user__is_active=True
        ).exclude(user=user)
        if user.is_active and not others.exists():
            raise LastOfficeMemberError


@transaction.atomic
def deactivate(user: User, *, by: Any) -> None:
    """Close the account. Sessions end with the next request: an inactive user is nobody.

    Raises LastOfficeMemberError.
    """
    lock(user)
    _keep_somebody_in_office(user, user.memberships.select_related("organisation"))
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(user, "deactivate", by=by)


@transaction.atomic
def activate(user: User, *, by: Any) -> None:
    """Open the account again."""
    lock(user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(user, "activate", by=by)

"""Predicates about contracts."""

import rules

from accounts.enums import Role
from contracts.enums import OVER, TEXT_OPEN, Side

INSIDE = [Role.OFFICE, Role.LEGAL, Role.IP_OFFICE, Role.DIRECTOR]


@rules.predicate
def is_office(user, contract):
    """Works in the support office of the hospital."""
    return contract is not None and user.holds(Role.OFFICE, contract.hospital_id)


@rules.predicate
def is_inside(user, contract):
    """Office, legal, IP or director of the hospital."""
    return contract is not None and any(user.holds(role, contract.hospital_id) for role in INSIDE)


@rules.predicate
def is_partner(user, contract):
    """Speaks for the other side as a company."""
    return contract is not None and user.holds(Role.PARTNER, contract.partner_id)


@rules.predicate
def is_shared(_user, contract):
    """It was sent to the other side at least once."""
    return contract is not None and contract.shared_at is not None


@rules.predicate
def is_open_for_changes(_user, contract):
    """Its text is still being made."""
    return contract is not None and contract.state in TEXT_OPEN


@rules.predicate
def is_next_approver(user, contract):
    """Holds the role whose approval is asked for now."""
    role = contract.next_approver if contract is not None else None
    return role is not None and user.holds(role, contract.hospital_id)


@rules.predicate
def is_over(_user, contract):
    """Nothing more will happen to it."""
    return contract is not None and contract.state in OVER


@rules.predicate
def awaits_a_signature(_user, contract):
    """One side at least has not signed."""
    return contract is not None and bool(contract.unsigned_sides)


@rules.predicate
def awaits_partner_signature(_user, contract):
    """The other side has not signed."""
    return contract is not None and Side.PARTNER in contract.unsigned_sides


@rules.predicate
def nobody(_user, _contract):
    """No person: what was filed with a contract stays."""
    return False

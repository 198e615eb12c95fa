"""Predicates about matches."""

import rules

from accounts.enums import Role
from matching.enums import HIDDEN_FROM_PARTNER


@rules.predicate
def is_office(user, match):
    """Works in the support office of the need's hospital."""
    return match is not None and user.holds(Role.OFFICE, match.hospital_id)


@rules.predicate
def is_partner(user, match):
    """Speaks for the partner."""
    return match is not None and match.partner_id in user.outside_organisations


@rules.predicate
def is_proposer(user, match):
    """Proposed the need."""
    return match is not None and match.publication.need.proposer_id == user.pk


@rules.predicate
def is_shared(_user, match):
    """More than the office's private idea of who might fit."""
    return match is not None and match.state not in HIDDEN_FROM_PARTNER


@rules.predicate
def is_published(_user, match):
    """Members may read the need now, so that a partner can be sent there."""
    return match is not None and match.publication.is_open

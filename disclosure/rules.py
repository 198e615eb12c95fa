"""Predicates about publications."""

import rules

from accounts.enums import Role
from disclosure.enums import PublicationState


@rules.predicate
def is_office(user, publication):
    """Works in the support office of the publishing hospital."""
    return publication is not None and user.holds(Role.OFFICE, publication.hospital_id)


@rules.predicate
def is_proposer(user, publication):
    """Proposed the need behind it."""
    return publication is not None and publication.need.proposer_id == user.pk


@rules.predicate
def is_director(user, publication):
    """Directs the publishing hospital."""
    return publication is not None and user.holds(Role.DIRECTOR, publication.hospital_id)


@rules.predicate
def is_ip_officer(user, publication):
    """Looks after patents in the publishing hospital."""
    return publication is not None and user.holds(Role.IP_OFFICE, publication.hospital_id)


is_inside = is_office | is_director | is_ip_officer | is_proposer


@rules.predicate
def is_outsider(user, _publication):
    """Speaks for a company, an agency or an association."""
    return user.is_authenticated and bool(user.outside_organisations)


@rules.predicate
def is_published(_user, publication):
    """Open to the members today."""
    return publication is not None and publication.is_open


@rules.predicate
def is_editable(_user, publication):
    """Nobody outside reads it now."""
    return publication is not None and publication.state in {
        PublicationState.DRAFTING,
        PublicationState.CONSENT_ASKED,
        PublicationState.PAUSED,
    }

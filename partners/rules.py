"""Predicates about partners: companies, agencies, municipalities, associations, universities."""

import rules

from accounts.rules import is_active, is_office


@rules.predicate
def speaks_for_partner(user, profile):
    """Belongs to the organisation of this profile."""
    return profile is not None and profile.organisation_id in user.outside_organisations


@rules.predicate
def belongs_to_hospital(user, _profile):
    """Works in one of the hospitals."""
    return user.is_authenticated and bool(user.hospitals)


@rules.predicate
def is_listed(_user, profile):
    """The profile is open to the hospitals, and its organisation takes part."""
    return profile is not None and profile.is_listed and profile.organisation.is_active


__all__ = ["belongs_to_hospital", "is_active", "is_listed", "is_office", "speaks_for_partner"]

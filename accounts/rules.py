"""Who may: the predicates that other apps combine."""

import rules

from accounts.enums import OrganisationKind, Role

INVITE = "accounts.invite_to_organisation"


@rules.predicate
def is_active(user):
    """Signed in and not deactivated."""
    return user.is_authenticated and user.is_active


@rules.predicate
def is_office(user):
    """Works in the support office of some hospital."""
    return user.is_authenticated and user.holds_any(Role.OFFICE)


@rules.predicate
def is_outsider(user):
    """Speaks for a company, an agency or an association."""
    return user.is_authenticated and bool(user.outside_organisations)


@rules.predicate
def is_administrator(user):
    """Runs the system; invites the first people of a hospital."""
    return user.is_authenticated and user.is_superuser


@rules.predicate
def is_open_organisation(_user, organisation):
    """The organisation takes part."""
    return organisation is not None and organisation.is_active


@rules.predicate
def is_office_of_hospital(user, organisation):
    """Works in the support office of this hospital."""
    return (
        organisation is not None
        and user.is_authenticated
        and user.holds(Role.OFFICE, organisation.pk)
    )


@rules.predicate
def is_office_for_outsiders(user, organisation):
    """An office of any hospital looks after the organisations they share."""
    return (
        organisation is not None
        and organisation.kind != OrganisationKind.HOSPITAL
        and is_office(user)
    )


@rules.predicate
def may_invite_to_organisation(user, invitation):
    """May invite to the organisation of this invitation."""
    return invitation is not None and user.has_perm(INVITE, invitation.organisation)


@rules.predicate
def is_oneself(user, person):
    """Looks at her own account."""
    return person is not None and user.pk == person.pk


@rules.predicate
def is_administrators_account(_user, person):
    """The account runs the system; only its like may close it (Django admin)."""
    return person is not None and person.is_superuser


@rules.predicate
def looks_after_a_seat(user, person):
    """The person has a seat in an organisation where one may invite."""
    return person is not None and any(
        user.has_perm(INVITE, seat.organisation)
        for seat in person.memberships.select_related("organisation")
    )


@rules.predicate
def looks_after_every_hospital(user, person):
    """No other hospital would lose the person: all her hospital seats are in one's own."""
    return person is not None and all(
        user.has_perm(INVITE, seat.organisation)
        for seat in person.memberships.select_related("organisation")
        if seat.organisation.kind == OrganisationKind.HOSPITAL
    )


rules.add_perm("notifications.view_deliveries", is_office)
rules.add_perm("search.keep_glossary", is_office | is_administrator)
rules.add_perm("accounts.look_after_people", is_office | is_administrator)
rules.add_perm("accounts.view_person", looks_after_a_seat)
rules.add_perm(
    "accounts.deactivate_person",
    looks_after_a_seat & looks_after_every_hospital & ~is_oneself & ~is_administrators_account,
)

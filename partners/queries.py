"""What a profile still lacks, and the organisation a person speaks for."""

from accounts.enums import OUTSIDE_ROLES, Role
from accounts.models import Organisation, User
from accounts.queries import people

# What a hospital asks first. Licences are not among them: many good partners need none.
ASKED = ["company_type", "tagline", "strengths", "technologies", "interests"]


def missing(profile):
    """The (field name, label) pairs that are still empty, in the order of the form.

    Two queries, none after ``prefetch_related("technologies", "interests")``.
    """
    return [
        (name, profile._meta.get_field(name).verbose_name)
        for name in ASKED
        if _is_empty(profile, name)
    ]


def _is_empty(profile, name):
    value = getattr(profile, name)
    return not (value.all() if hasattr(value, "all") else value)


def own_organisation(user):
    """The outside organisation whose eyes this person looks through, or None."""
    return (
        Organisation.objects.filter(
            pk__in=user.outside_organisations,
            memberships__user=user,
            memberships__role__in=OUTSIDE_ROLES,
        )
        .order_by("memberships__pk")
        .first()
    )


def contacts(organisation):
    """The people who speak for ``organisation``."""
    return people(*OUTSIDE_ROLES, at=organisation)


def offices():
    """The people of every support office, each once; outsiders are looked after together."""
    return (
        User.objects.filter(
            is_active=True,
            memberships__role=Role.OFFICE,
            memberships__organisation__is_active=True,
        )
        .distinct()
        .order_by("pk")
    )

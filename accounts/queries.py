"""Which people: the third direction of a permission (may she? which rows? who may?)."""

from accounts.models import User


def people(*roles, at):
    """The active people with one of ``roles`` in the organisation ``at`` (object or id).

    One query; each person comes once, ordered by id.
    """
    organisation_id = getattr(at, "pk", at)
    return (
        User.objects.filter(
            is_active=True,
            memberships__role__in=roles,
            memberships__organisation_id=organisation_id,
            memberships__organisation__is_active=True,
        )
        .distinct()
        .order_by("pk")
    )


def who_may(permission, obj, *, among):
    """The people of the queryset ``among`` who have ``permission`` on ``obj``."""
    return [
        person
        for person in among.prefetch_related("memberships")
        if person.has_perm(permission, obj)
    ]

"""Which people hold a role somewhere: whom to tell, whom to ask."""

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

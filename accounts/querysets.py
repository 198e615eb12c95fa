from django.db import models
from django.utils import timezone

from accounts.enums import OrganisationKind
from core.japanese import normalise_email, to_katakana


class UserQuerySet(models.QuerySet):
    """People as the office sees them."""

    def visible_to(self, user):
        """The people with a seat where ``user`` may invite (permission accounts.view_person)."""
        from accounts.models import Membership  # noqa: PLC0415 -- models import this module

        seats = Membership.objects.filter(organisation__in=_invitable_by(user))
        return self.filter(pk__in=seats.values("user"))

    def matching(self, *, q="", organisation=None, state=""):
        """The filters of the page of people; empty ones let everybody pass."""
        found = self
        for word in q.split():
            found = found.filter(
                models.Q(name__icontains=word)
                | models.Q(kana__icontains=to_katakana(word))
                | models.Q(email__icontains=normalise_email(word))
            )
        if organisation:
            found = found.filter(memberships__organisation=organisation).distinct()
        if state:
            found = found.filter(is_active=state == "active")
        return found

    def for_people_page(self):
        """What the page of people shows, in a fixed number of queries."""
        return self.prefetch_related(
            "memberships__organisation", "memberships__department"
        ).order_by("-is_active", "kana", "pk")


class OrganisationQuerySet(models.QuerySet):
    """Organisations as lists need them."""

    def hospitals(self):
        """Where needs come from."""
        return self.filter(kind=OrganisationKind.HOSPITAL, is_active=True)

    def outside(self):
        """Companies, agencies, municipalities, associations, universities."""
        return self.exclude(kind=OrganisationKind.HOSPITAL).filter(is_active=True)

    def invitable_by(self, user):
        """Where this person may invite somebody (permission accounts.invite_to_organisation)."""
        if user.is_superuser:
            return self.filter(is_active=True)
        if not user.offices:
            return self.none()
        return self.filter(is_active=True).filter(
            models.Q(pk__in=user.offices) | ~models.Q(kind=OrganisationKind.HOSPITAL)
        )


class InvitationQuerySet(models.QuerySet):
    """Invitations as the office sees them."""

    def visible_to(self, user):
        """The invitations to organisations where this person may invite."""
        return self.filter(organisation__in=_invitable_by(user))

    def waiting(self):
        """Neither accepted nor cancelled, in time or too late."""
        return self.filter(accepted_at=None, cancelled_at=None)

    def for_list(self):
        """What the page of people shows, the newest first."""
        return self.select_related("organisation", "department").order_by("-created_at", "pk")

    def open(self):
        """The link still works."""
        return self.waiting().filter(expires_at__gt=timezone.now())


def _invitable_by(user):
    from accounts.models import Organisation  # noqa: PLC0415 -- models import this module

    return Organisation.objects.invitable_by(user)

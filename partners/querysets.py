from django.db import models
from django.db.models import Q

from partners.enums import ApplicationState


class ProfileQuerySet(models.QuerySet):
    """Partner profiles."""

    def visible_to(self, user):
        """The rows for which ``partners.view_profile`` holds. Competitors do not see each other."""
        if user.is_authenticated and user.offices:
            return self
        if user.is_authenticated and user.hospitals:
            return self.filter(
                Q(is_listed=True, organisation__is_active=True)
                | Q(organisation__in=user.outside_organisations)
            )
        return self.filter(organisation__in=getattr(user, "outside_organisations", []))

    def for_list(self):
        """Everything a card shows, in a fixed number of queries."""
        return (
            self.select_related("organisation", "organisation__prefecture", "company_type")
            .prefetch_related("technologies", "licences__kind")
            .order_by("organisation__name", "pk")
        )


class ApplicationQuerySet(models.QuerySet):
    """Applications of companies that want to take part."""

    def visible_to(self, user):
        """The rows for which ``partners.view_application`` holds: any office, nobody else."""
        return self if user.is_authenticated and user.offices else self.none()

    def waiting(self):
        """An office has to answer."""
        return self.filter(state=ApplicationState.RECEIVED)

    def for_list(self):
        """Everything the list shows, in one query; the longest waiting last."""
        return self.select_related("prefecture", "organisation", "handled_by").order_by(
            "-created_at", "-pk"
        )

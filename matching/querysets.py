from django.db import models
from django.db.models import Q

from matching.enums import HIDDEN_FROM_PARTNER, OPEN_STATES


class MatchQuerySet(models.QuerySet):
    """Matches."""

    def visible_to(self, user):
        """The rows for which ``matching.view_match`` holds."""
        if not user.is_authenticated:
            return self.none()
        shared = ~Q(state__in=HIDDEN_FROM_PARTNER)
        return self.filter(
            Q(publication__hospital__in=user.offices)
            | (shared & Q(partner__in=user.outside_organisations))
            | (shared & Q(publication__need__proposer=user))
        )

    def under_way(self):
        """Introduced, and not over."""
        return self.filter(state__in=OPEN_STATES)

    def for_list(self):
        """Everything a list shows, in one query."""
        return self.select_related(
            "publication", "publication__hospital", "publication__need", "partner"
        ).order_by("-moved_at", "-pk")

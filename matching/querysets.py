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
            Q(hospital__in=user.offices)
            | (shared & Q(partner__in=user.outside_organisations))
            | (shared & Q(publication__need__proposer=user))
        )

    def in_list_of(self, user):
        """The part of ``visible_to`` that her post gives her: her hospital's or her company's.

        Each walks an index; the OR of ``visible_to`` could not. Others find their own needs'.
        """
        if user.offices:
            return self.filter(hospital__in=user.offices)
        shared = self.exclude(state__in=HIDDEN_FROM_PARTNER)
        if user.outside_organisations:
            return shared.filter(partner__in=user.outside_organisations)
        return shared.filter(publication__need__proposer=user)

    def under_way(self):
        """Introduced, and not over."""
        return self.filter(state__in=OPEN_STATES)

    def for_list(self):
        """Everything a list shows, in one query."""
        return self.select_related(
            "publication", "publication__hospital", "publication__need", "partner"
        ).order_by("-moved_at", "-pk")

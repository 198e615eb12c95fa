from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import Role
from disclosure.enums import NoveltyAnswer, PublicationState, Tier
from needs.models import Need

INSIDE_ROLES = [Role.OFFICE, Role.DIRECTOR, Role.IP_OFFICE]


class PublicationQuerySet(models.QuerySet):
    """Publications as insiders and members find them."""

    def visible_to(self, user):
        """The rows for which ``disclosure.view_publication`` holds."""
        if not user.is_authenticated:
            return self.none()
        shown = _inside(user)
        if user.outside_organisations:
            shown |= _open(timezone.localdate())
        return self.filter(shown)

    def inside_of(self, user):
        """The rows for which ``disclosure.view_inside_of_publication`` holds."""
        return self.filter(_inside(user)) if user.is_authenticated else self.none()

    def of_hospitals(self, user):
        """The part of ``inside_of`` that her post gives her; a list of it walks an index."""
        return self.filter(hospital__in=user.organisations(*INSIDE_ROLES))

    def published(self, on=None):
        """Open to members on that day (today in Asia/Tokyo)."""
        return self.filter(_open(on or timezone.localdate()))

    def awaiting_consent(self):
        """It is the proposer's turn."""
        asked = self.filter(state=PublicationState.CONSENT_ASKED)
        return asked.exclude(consent_version=models.F("text_version"))

    def awaiting_publication(self):
        """The proposer has agreed to this text; it is the office's turn."""
        return self.filter(
            state=PublicationState.CONSENT_ASKED, consent_version=models.F("text_version")
        )

    def awaiting_ip(self):
        """An idea would go out, and nobody has recorded a look at its patent."""
        idea = Q(novelty__in=[NoveltyAnswer.CLEARED, NoveltyAnswer.NOT_CLEARED])
        idea |= Q(fields__in=self._outgoing_ideas())
        waiting = [PublicationState.DRAFTING, PublicationState.CONSENT_ASKED]
        return self.filter(idea, state__in=waiting, ip_confirmed_at=None).distinct()

    def _outgoing_ideas(self):
        fields = self.model._meta.get_field("fields").related_model.objects
        return fields.filter(code="idea").exclude(tier=Tier.INTERNAL).exclude(text="").values("pk")

    def for_list(self):
        """Everything a card or a row shows, in a fixed number of queries."""
        return (
            self.select_related(
                "hospital__prefecture", "category", "device_class", "need__proposer"
            )
            .prefetch_related("technologies")
            .order_by("-published_at", "-pk")
        )


def _inside(user):
    # A subquery, not a join: the join would be paid for every row of the table.
    own = Need.objects.filter(proposer=user)
    return Q(hospital__in=user.organisations(*INSIDE_ROLES)) | Q(need__in=own.values("pk"))


def _open(day):
    in_time = Q(open_until=None) | Q(open_until__gte=day)
    return Q(state=PublicationState.PUBLISHED) & in_time

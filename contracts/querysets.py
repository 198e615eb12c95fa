from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import Role
from contracts.enums import ContractState
from contracts.kinds import registry
from contracts.rules import INSIDE


class ContractQuerySet(models.QuerySet):
    """Contracts."""

    def visible_to(self, user):
        """The rows for which ``contracts.view_contract`` holds."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(hospital__in=user.organisations(*INSIDE))
            | Q(partner__in=user.organisations(Role.PARTNER), shared_at__isnull=False)
        )

    def in_list_of(self, user):
        """The part of ``visible_to`` of one side, so that a list walks an index."""
        if user.holds_any(*INSIDE):
            return self.filter(hospital__in=user.organisations(*INSIDE))
        return self.filter(partner__in=user.organisations(Role.PARTNER), shared_at__isnull=False)

    def in_force(self, on=None):
        """Active on that day (today in Asia/Tokyo), by its dates, whatever a task has done."""
        day = on or timezone.localdate()
        return self.filter(state=ContractState.ACTIVE, starts_on__lte=day, ends_on__gte=day)

    def opening_details(self):
        """Of a kind that lets the partner read the NDA tier while in force."""
        return self.filter(kind__in=[kind.slug for kind in registry if kind.opens_details])

    def ending_by(self, day):
        """Active, with its last day on ``day`` or before."""
        return self.filter(state=ContractState.ACTIVE, ends_on__lte=day)

    def for_list(self):
        """Everything a list shows, in one query."""
        return self.select_related("hospital", "partner").order_by("-updated_at", "-pk")

    def with_steps(self):
        """With approvals and signatures, which whose-turn questions ask; two queries more."""
        return self.prefetch_related("approvals", "signatures")

from django.db import models
from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils import timezone

# The inbox is sorted by it, and an index of Message holds it.
IS_READ = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())


class MessageQuerySet(models.QuerySet):
    """Inbox, outbox and what is due."""

    def inbox_of(self, user):
        """What this person was told, the unread first; not what she lost the right to hear."""
        return (
            self.received_by(user)
            .annotate(is_read=IS_READ)
            .order_by("is_read", "-created_at", "-pk")
        )

    def received_by(self, user):
        """Without the mails that were held back because she lost access before they left."""
        return self.filter(recipient=user).exclude(state="dropped")

    def unread(self):
        """Not opened yet."""
        return self.filter(read_at=None)

    def deliveries_for(self, user):
        """The mails whose arrival this office looks after."""
        if user.is_superuser:
            return self
        return self.filter(hospital__in=user.offices)

    def for_deliveries(self):
        """What the page of deliveries shows, newest first."""
        return self.select_related("recipient").order_by("-created_at", "-pk")

    def count_each(self, conditions):
        """Name → number of messages that meet its condition, in one query."""
        return self.order_by().aggregate(
            **{name: Count("pk", filter=condition) for name, condition in conditions.items()}
        )

    def due(self):
        """What should be sent now: queued and due, or claimed by a worker that died."""
        now = timezone.now()
        return self.filter(
            Q(state="queued", due_at__lte=now) | Q(state="sending", lease_until__lt=now)
        )

"""The seats that somebody leaves behind."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.holdings import Holding, source
from committee.models import Member


@source
def seats(person, hospital):
    """Her seats in committees of the hospital whose term is not over; one query."""
    held = Member.objects.filter(
        Q(until__isnull=True) | Q(until__gte=timezone.localdate()),
        user=person,
        committee__hospital=hospital,
        committee__is_active=True,
    )
    for seat in held.select_related("committee").order_by("pk"):
        words = {"committee": seat.committee.name, "seat": seat.get_seat_display()}
        yield Holding(_("%(committee)s(%(seat)s)") % words, seat.committee.get_absolute_url())

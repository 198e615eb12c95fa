"""Needs that were put aside come back: when a similar one arrives, or a partner who fits."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from audit.actions import record
from core.workflow import action_labels, lock
from needs.enums import PUT_ASIDE, RevivalCause
from needs.models import Need, Revival
from needs.revival_notifications import NeedsCameBack
from needs.similar import nearest, text_of
from notifications.actions import notify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    Fits = Callable[[list[Need], datetime], Iterable[tuple[int, int]]]

# Longer than the pause between two runs, so that a missed night loses nothing.
LOOKS_BACK = timedelta(days=3)
NEWEST = 500

action_labels["needs.need.keep_aside"] = _("いまは取り上げないことにした")

_fits: list[Fits] = []


def partner_source(function: Fits) -> Fits:
    """Register ``function(needs, since)``: (need id, organisation id) of partners new since then."""
    _fits.append(function)
    return function


def follow_revivals() -> None:
    """Once a day: find reasons to take up again what was put aside; safe to repeat.

    One notice for a hospital and run. Each reason comes once, also after it was settled.
    """
    since = timezone.now() - LOOKS_BACK
    counts: Counter[int] = Counter()
    arrived = Need.objects.filter(submitted_at__gte=since).exclude(state__in=PUT_ASIDE)
    for need in arrived.order_by("pk").iterator(chunk_size=200):
        counts[need.hospital_id] += _similar_to(need)
    for hospital in Organisation.objects.hospitals().filter(is_active=True).order_by("pk"):
        counts[hospital.pk] += _fitting_partners(hospital, since)
    for hospital in Organisation.objects.filter(pk__in=[pk for pk, n in counts.items() if n]):
        notify(NeedsCameBack(hospital=hospital, total=counts[hospital.pk]))


@transaction.atomic
def _similar_to(need: Need) -> int:
    near = list(nearest(text_of(need), need.hospital_id, but=need))
    # What an import brought in has not been compared yet.
    Need.objects.filter(pk=need.pk).update(alike=near)
    aside = Need.objects.filter(pk__in=near, hospital=need.hospital_id, state__in=PUT_ASIDE)
    return sum(
        Revival.objects.get_or_create(
            need=each, similar=need, defaults={"cause": RevivalCause.SIMILAR_NEED}
        )[1]
        for each in aside
    )


@transaction.atomic
def _fitting_partners(hospital: Organisation, since: datetime) -> int:
    aside = Need.objects.filter(hospital=hospital, state__in=PUT_ASIDE).select_related("category")
    needs = list(aside.order_by("-updated_at", "-pk")[:NEWEST])
    if not needs:
        return 0
    return sum(
        Revival.objects.get_or_create(
            need_id=need, organisation_id=organisation, defaults={"cause": RevivalCause.PARTNER}
        )[1]
        for fits in _fits
        for need, organisation in fits(needs, since)
    )


@transaction.atomic
def keep_aside(need: Need, /, *, by: Any) -> None:
    """Look at the reasons and leave it; a second press changes nothing."""
    lock(need)
    settled = need.revivals.filter(settled_at=None).update(settled_at=timezone.now(), settled_by=by)
    if settled:
        record(need, "keep_aside", by=by)

"""Needs with the same worry: in one's own hospital to join, in other hospitals as a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from needs.clearance import open_findings
from needs.enums import JOINABLE_STATES, ParticipantKind
from needs.models import Need
from search.engine import alike

if TYPE_CHECKING:
    from collections.abc import Callable

    Elsewhere = Callable[[str, int], int]

MOST = 3
LOOKED_AT = 20
# How much of itself a text has to find in another one; chosen on the demo's needs (docs/intake.md).
ALIKE = 0.28
ENOUGH_TO_COMPARE = 15

_elsewhere: list[Elsewhere] = []


def elsewhere(function: Elsewhere) -> Elsewhere:
    """Register ``function(text, hospital_id)``: how many published needs of others are alike."""
    _elsewhere.append(function)
    return function


def nearest(text: str, hospital_id: int, *, but: Need | None = None) -> dict[int, float]:
    """The ids of the needs of this hospital that say much the same, the nearest first."""
    if len(text) < ENOUGH_TO_COMPARE:
        return {}
    ranked = alike("need", {f"h{hospital_id}"}, text, LOOKED_AT)
    return {pk: share for pk, share in ranked if share >= ALIKE and (but is None or pk != but.pk)}


def similar_needs(
    text: str, hospital_id: int, *, but: Need | None = None, limit: int = MOST
) -> list[Need]:
    """Needs of this hospital that say much the same, the nearest first; a fixed number of queries.

    Each has ``likeness`` (1: the same words) and ``together`` (people who have this worry). Only
    what can be joined; the caller shows no more of them than the reader may see.
    """
    near = nearest(text, hospital_id, but=but)
    if not near:
        return []
    rows = (
        Need.objects.filter(pk__in=near, hospital=hospital_id, state__in=JOINABLE_STATES)
        .select_related("department")
        .prefetch_related("participants")
        .annotate(joined=Count("participants", Q(participants__kind=ParticipantKind.JOINED)))
    )
    found = sorted(rows, key=lambda need: -near[need.pk])[:limit]
    for need in found:
        need.likeness = near[need.pk]
        need.together = 1 + need.joined
    return found


def published_elsewhere(text: str, hospital_id: int) -> int:
    """How many needs that other hospitals published are alike; only their number is known here."""
    if len(text) < ENOUGH_TO_COMPARE:
        return 0
    return sum(each(text, hospital_id) for each in _elsewhere)


def text_of(need: Need) -> str:
    """What is compared: the worry, not the solution."""
    return f"{need.title}\n{need.problem}"


def for_colleague(text: str, need: Need, user: Any) -> list[Need]:
    """What may be offered to ``user`` while she writes ``need``: not hers, not joined already.

    She reads the titles: none with words for which nobody has answered.
    """
    if need.hospital_id not in user.hospitals:
        return []
    near = similar_needs(text, need.hospital_id, but=need, limit=LOOKED_AT)
    others = [
        each
        for each in near
        if user.has_perm("needs.join_need", each) and not open_findings(each, {"title": each.title})
    ]
    return others[:MOST]

"""The companies that a need has been brought together with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from committee.orbit import source
from matching.enums import MatchState
from matching.models import Match

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


@source
def partners(needs: Collection[int]) -> Iterable[tuple[int, int]]:
    """Everybody who showed interest or was introduced; an idea of the office alone ties nobody."""
    matches = Match.objects.filter(publication__need__in=needs)
    return matches.exclude(state=MatchState.SUGGESTED).values_list("publication__need", "partner")

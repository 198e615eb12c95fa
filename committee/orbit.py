"""Which companies are in a need's orbit: those it is being matched or has a contract with.

Later apps register a source in their ``orbit.py``; this app never asks them by name.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    Source = Callable[[Collection[int]], Iterable[tuple[int, int]]]

_sources: list[Source] = []


def source(function: Source) -> Source:
    """Register ``function(need ids)``: (need id, organisation id) pairs, in one query."""
    _sources.append(function)
    return function


def orbits(needs: Collection[int]) -> dict[int, set[int]]:
    """Need id → ids of the organisations in its orbit; one query for each source."""
    found: dict[int, set[int]] = defaultdict(set)
    for each in _sources if needs else []:
        for need, organisation in each(needs):
            found[need].add(organisation)
    return found

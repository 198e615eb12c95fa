"""In which order a meeting takes its cases, so that people leave the room as seldom as possible.

Everybody starts in the room. Somebody leaves when the next case is one that she is out of and the
last one was not; the number of these departures is what we make small (each has one return).

Cases with the same people outside are always taken one after the other, and cases without anybody
outside come first: moving a case next to its like never adds a departure, because going from one
set of people outside to another by way of a third is never shorter. What is left is the shortest
path through the distinct sets. Up to ``EXACT`` sets it is found exactly (dynamic programming over
subsets); beyond that the given order and a nearest-neighbour walk are both improved by moving one
set at a time, and the better one is taken. So the result never has more departures than the order
given; among equal ones it stays close to the order given.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Outside = frozenset[int]
EXACT = 10
EVERYBODY_IN: Outside = frozenset()


def departures(outside: Sequence[Outside]) -> int:
    """How often somebody leaves the room when cases with these people outside follow each other."""
    before = [EVERYBODY_IN, *outside]
    return sum(len(now - last) for last, now in zip(before, outside, strict=False))


def quiet_order(outside: Sequence[Outside]) -> list[int]:
    """The positions of ``outside`` in an order with few departures (exact for few sets)."""
    positions: dict[Outside, list[int]] = {EVERYBODY_IN: []}
    for position, people in enumerate(outside):
        positions.setdefault(people, []).append(position)
    groups = [people for people in positions if people]
    path = _shortest(groups) if len(groups) <= EXACT else _short(groups)
    return [position for people in (EVERYBODY_IN, *path) for position in positions[people]]


def _shortest(groups: list[Outside]) -> list[Outside]:
    """The best path; among equals the one that begins as the given order does."""

    @cache
    def best(last: Outside, left: frozenset[int]) -> tuple[int, tuple[int, ...]]:
        if not left:
            return 0, ()
        found = []
        for index in left:
            cost, path = best(groups[index], left - {index})
            found.append((cost + len(groups[index] - last), (index, *path)))
        return min(found)

    _cost, path = best(EVERYBODY_IN, frozenset(range(len(groups))))
    return [groups[index] for index in path]


def _short(groups: list[Outside]) -> list[Outside]:
    return min(_improved(groups), _improved(_nearest(groups)), key=departures)


def _nearest(groups: list[Outside]) -> list[Outside]:
    left, path = list(groups), [EVERYBODY_IN]
    while left:
        path.append(min(left, key=lambda people: len(people - path[-1])))
        left.remove(path[-1])
    return path[1:]


def _improved(path: list[Outside]) -> list[Outside]:
    """Move one set at a time as long as that saves a departure."""
    path = list(path)
    while move := _saving_move(path):
        here, there = move
        path.insert(there, path.pop(here))
    return path


def _saving_move(path: list[Outside]) -> tuple[int, int] | None:
    for here, people in enumerate(path):
        rest = path[:here] + path[here + 1 :]
        now = _detour(rest, here, people)
        for there in range(len(path)):
            if _detour(rest, there, people) < now:
                return here, there
    return None


def _detour(path: list[Outside], place: int, people: Outside) -> int:
    """How many departures more ``people`` at ``place`` would cost."""
    before = path[place - 1] if place else EVERYBODY_IN
    if place == len(path):
        return len(people - before)
    after = path[place]
    return len(people - before) + len(after - people) - len(after - before)

"""What stations add to the page of a need; the page never asks them by name.

A panel is a function ``panel(need, user) -> dict | None`` with a fixed number of queries,
registered with ``@panel("needs/….html", place=…)`` and imported by the app's ``ready()``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from needs.models import Need

    Build = Callable[[Need, Any], dict[str, Any] | None]

PLACES = ("top", "main", "aside")

_panels: list[tuple[int, str, str, Build]] = []


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: its template and what the template finds under ``panel``."""

    template: str
    context: dict[str, Any]


def panel(template: str, *, place: str, order: int = 50) -> Callable[[Build], Build]:
    """Register a panel at ``place`` (top: above the sheet, main: below it, aside).

    Lower ``order`` comes first. Raises ValueError for a place that the page does not have.
    """
    if place not in PLACES:
        raise ValueError(place)

    def register(build: Build) -> Build:
        _panels.append((order, place, template, build))
        _panels.sort(key=lambda each: each[0])
        return build

    return register


def panels_for(need: Need, user: Any) -> dict[str, list[Panel]]:
    """The panels of each place that have something for this reader."""
    found: dict[str, list[Panel]] = {place: [] for place in PLACES}
    for _order, place, template, build in _panels:
        context = build(need, user)
        if context is not None:
            found[place].append(Panel(template, context))
    return found

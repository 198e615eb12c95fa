"""Where else a need is spoken of: letter, award, publication, matches.

Later apps register a source in their ``links.py``; this app never asks them by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django_stubs_ext import StrOrPromise

    from needs.models import Need


class Link(NamedTuple):
    """Words and an address that this reader may open."""

    label: StrOrPromise
    url: str


_sources: list[Callable[[Need, Any], Iterable[Link]]] = []


def source(
    function: Callable[[Need, Any], Iterable[Link]],
) -> Callable[[Need, Any], Iterable[Link]]:
    """Register ``function(need, user)``, which yields links in a fixed number of queries."""
    _sources.append(function)
    return function


def links_for(need: Need, user: Any) -> list[Link]:
    """Everything registered about ``need`` that ``user`` may open."""
    return [link for each in _sources for link in each(need, user)]

"""What a person holds in a hospital that somebody has to go on with when she leaves.

Later apps register a source in their ``holdings.py``; this app never asks them by name. What they
name is moved by hand, on the page that the address leads to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django_stubs_ext import StrOrPromise

    from accounts.models import Organisation, User

    Source = Callable[[User, Organisation], Iterable["Holding"]]


class Holding(NamedTuple):
    """Words, and an address that the office of the hospital may open."""

    label: StrOrPromise
    url: str


_sources: list[Source] = []


def source(function: Source) -> Source:
    """Register ``function(person, hospital)``, which yields holdings in a fixed number of queries."""
    _sources.append(function)
    return function


def holdings_of(person: User, hospital: Organisation) -> list[Holding]:
    """Everything registered; the caller has asked whether the reader works in that office."""
    return [holding for each in _sources for holding in each(person, hospital)]

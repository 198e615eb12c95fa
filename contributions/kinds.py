"""The kinds of contributions; each app registers its own in ``<app>/contributions.py``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Kind:
    """``slug`` is stored; ``label`` says what she did; ``unit`` counts it (件, 回)."""

    slug: str
    label: StrOrPromise
    unit: StrOrPromise


_kinds: dict[str, Kind] = {}


def register(slug: str, label: StrOrPromise, unit: StrOrPromise) -> str:
    """Make a kind known and return its slug. Raises ValueError on a duplicate."""
    if slug in _kinds:
        msg = f"{slug!r} is already registered"
        raise ValueError(msg)
    _kinds[slug] = Kind(slug, label, unit)
    return slug


def kind_of(slug: str) -> Kind:
    """The kind ``slug``. Raises KeyError when no app registers it any more."""
    return _kinds[slug]


def every_kind() -> Iterator[Kind]:
    """In the order in which they were registered."""
    return iter(_kinds.values())


def choices() -> list[tuple[str, StrOrPromise]]:
    """For the model field: a callable, so that a new kind makes no migration."""
    return [(kind.slug, kind.label) for kind in every_kind()]

"""「あなたの対応が必要なこと」: apps say what waits for whom; the home page collects it.

A source is a function ``source(user) -> Iterable[Todo]`` with a fixed number of queries,
registered with ``@source`` in ``<app>/todo.py`` and imported by the app's ``ready()``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One thing to do: a verb with its object, where to do it, and until when."""

    label: StrOrPromise
    url: str
    due: date | None = None


_sources: list[Callable[[Any], Iterable[Todo]]] = []


def source(function: Callable[[Any], Iterable[Todo]]) -> Callable[[Any], Iterable[Todo]]:
    """Register a source; use as a decorator."""
    _sources.append(function)
    return function


def todos_for(user: Any) -> list[Todo]:
    """Everything that waits for ``user``: dated things first, the oldest date on top."""
    found = [todo for each in _sources for todo in each(user)]
    return sorted(found, key=lambda todo: (todo.due is None, todo.due or 0, str(todo.label)))

"""Queries that every page asks: their SQL is written once for the process, not for each page.

Django writes the SQL of a queryset anew each time, which for a small query costs several times
what the database needs to answer it. That is nothing on one page and much on every page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value goes."""

    name: str


class Prepared:
    """Run ``build(**places)``, a queryset of ``values_list``, with a value for each of ``names``.

    ``build`` may use a place wherever a condition takes an expression, and nothing else that
    changes between two calls, such as today's date. The rows are as the database gives them, so
    the columns should be texts and numbers.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *names: str) -> None:
        self._build = build
        self._names = names
        self._known: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """What it finds; one query."""
        return self._run("", [], values)

    def part(self, first: int, last: int, **values: Any) -> list[tuple[Any, ...]]:
        """The rows from ``first`` to before ``last``, counted from 0; one query."""
        return self._run(" LIMIT %s OFFSET %s", [last - first, first], values)

    def _run(self, more: str, numbers: list[int], values: dict[str, Any]) -> list[tuple[Any, ...]]:
        sql, params = self._written()
        filled = [values[each.name] if isinstance(each, Place) else each for each in params]
        with connection.cursor() as cursor:
            cursor.execute(sql + more, [*filled, *numbers])
            return list(cursor.fetchall())

    def _written(self) -> tuple[str, tuple[Any, ...]]:
        if connection.vendor not in self._known:
            places = {name: Value(Place(name)) for name in self._names}
            query = self._build(**places).query
            self._known[connection.vendor] = query.get_compiler(connection=connection).as_sql()
        return self._known[connection.vendor]

"""How each database finds the entries that have certain words; everything else is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection
from django.utils.module_loading import import_string

from search.models import Entry

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.db.models import QuerySet


class Wanted(NamedTuple):
    """Entries of one of ``scopes`` with one phrase of each of ``clauses``, none of ``without``.

    A phrase is a list of words that follow each other; one word is a phrase, too. A clause is a
    list of phrases that mean the same here. Of each of ``facets`` one must be there as well.
    """

    scopes: Collection[str]
    clauses: Sequence[Sequence[Sequence[str]]] = ()
    without: Sequence[Sequence[str]] = ()
    facets: Sequence[Collection[str]] = ()

    def having(self, phrase: Sequence[str]) -> Wanted:
        """The same, with ``phrase`` too."""
        return self._replace(clauses=[*self.clauses, [phrase]])

    @property
    def words(self) -> set[str]:
        """Every word of the clauses."""
        return {word for clause in self.clauses for phrase in clause for word in phrase}


class Backend:
    """The interface that another index (a search server for a whole country) would implement."""

    def condition(self, wanted: Wanted) -> tuple[str, list[object]]:
        """SQL about the columns of ``search_entry``, with its parameters."""
        raise NotImplementedError

    def entries(self, wanted: Wanted) -> QuerySet[Entry]:
        """All of them, for a subquery."""
        sql, params = self.condition(wanted)
        # The words of the condition are parameters; the condition itself is ours.
        return Entry.objects.extra(where=[sql], params=params)  # noqa: S610

    def newest(self, wanted: Wanted, limit: int) -> list[int]:
        """The objects of the newest ``limit`` entries, the newest first."""
        entries = self.entries(wanted).order_by("-pk")[:limit]
        return list(entries.values_list("object_id", flat=True))

    def ids(self, wanted: Wanted, rows: QuerySet[Any] | None, limit: int) -> list[int]:
        """At most ``limit`` entries; with ``rows`` only those of their objects."""
        return [pk for (pk,) in _fetched(*self.some(wanted, rows, limit))]

    def of_each(
        self,
        phrases: Sequence[Sequence[str]],
        wanted: Wanted,
        rows: QuerySet[Any] | None,
        limit: int,
    ) -> list[tuple[int, int]]:
        """(which of ``phrases``, an entry that has it too): those of the first before the next.

        At most ``limit`` in all, and one query: a phrase behind the limit is not looked for.
        """
        parts, params = [], []
        for at, phrase in enumerate(phrases):
            sql, values = self.some(wanted.having(phrase), rows, limit)
            parts.append(f"SELECT {at}, id FROM ({sql}) AS phrase_{at}")  # noqa: S608 -- ours
            params += values
        return _fetched(" UNION ALL ".join(parts) + " LIMIT %s", [*params, limit])

    def some(
        self, wanted: Wanted, rows: QuerySet[Any] | None, limit: int
    ) -> tuple[str, Sequence[object]]:
        """SQL for the ids of at most ``limit`` entries, with ``rows`` those of their objects."""
        entries = self.entries(wanted)
        if rows is not None:
            entries = entries.filter(object_id__in=rows.order_by().values("pk"))
        return entries.values("id")[:limit].query.sql_with_params()


def _fetched(sql: str, params: Sequence[object]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def backend() -> Backend:
    """The one of the default database."""
    found: Backend = import_string(f"search.backends.{connection.vendor}.Backend")()
    return found

"""FTS5 over the words of ``search_entry``; triggers keep it in step (migrations/0001_initial.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from search import backends
from search.models import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from search.backends import Wanted

FOUND = "SELECT rowid AS id FROM search_fts WHERE search_fts MATCH %s"
NEWEST = "ORDER BY rowid DESC LIMIT %s"


class Backend(backends.Backend):
    """SQLite."""

    def condition(self, wanted: Wanted) -> tuple[str, list[object]]:
        """A list of row ids."""
        return f"id IN ({FOUND})", [_match(wanted)]

    def some(
        self, wanted: Wanted, rows: QuerySet[Any] | None, limit: int
    ) -> tuple[str, Sequence[object]]:
        """The newest ones."""
        if rows is not None:
            return super().some(wanted, rows, limit)
        return f"{FOUND} {NEWEST}", [_match(wanted), limit]

    def newest(self, wanted: Wanted, limit: int) -> list[int]:
        """Without a look at the older ones."""
        newest = Entry.objects.filter(pk__in=self.ids(wanted, None, limit)).order_by("-pk")
        return list(newest.values_list("object_id", flat=True))


def _match(wanted: Wanted) -> str:
    circles = (sorted(each) for each in (wanted.scopes, *wanted.facets))
    clauses = [f"scopes : {_one_of([word] for word in each)}" for each in circles]
    clauses += [f"words : {_one_of(each)}" for each in wanted.clauses]
    match = " AND ".join(clauses)
    return f"({match}) NOT words : {_one_of(wanted.without)}" if wanted.without else match


def _one_of(phrases: Iterable[Iterable[str]]) -> str:
    return f"({' OR '.join(map(_phrase, phrases))})"


def _phrase(words: Iterable[str]) -> str:
    """Quoted: no word is read as an operator. Words are letters and digits (search.tokens)."""
    return f'"{" ".join(words)}"'

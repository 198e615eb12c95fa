"""FTS5 over the words of ``search_entry``; triggers keep it in step (migrations/0001_initial.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search import backends

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.backends import Wanted


class Backend(backends.Backend):
    """SQLite."""

    def condition(self, wanted: Wanted, limit: int | None = None) -> tuple[str, list[object]]:
        """A list of row ids; with ``limit`` the newest ones."""
        sql = "SELECT rowid FROM search_fts WHERE search_fts MATCH %s"
        params: list[object] = [_match(wanted)]
        if limit is not None:
            sql += " ORDER BY rowid DESC LIMIT %s"
            params.append(limit)
        return f"id IN ({sql})", params


def _match(wanted: Wanted) -> str:
    scopes = " OR ".join(_phrase([scope]) for scope in sorted(wanted.scopes))
    clauses = [f"scopes : ({scopes})", *(f"words : {_phrase(each)}" for each in wanted.phrases)]
    match = " AND ".join(clauses)
    if wanted.without:
        match = f"({match}) NOT words : ({' OR '.join(map(_phrase, wanted.without))})"
    return match


def _phrase(words: Iterable[str]) -> str:
    """Quoted: no word is read as an operator. Words are letters and digits (search.tokens)."""
    return f'"{" ".join(words)}"'

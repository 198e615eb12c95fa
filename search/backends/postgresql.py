"""A GIN index over scopes and words with their positions, as a tsvector of our own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search import backends

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.backends import Wanted


class Backend(backends.Backend):
    """PostgreSQL."""

    def condition(self, wanted: Wanted) -> tuple[str, list[object]]:
        """A match of the column ``vector``."""
        return "vector @@ %s::tsquery", [_query(wanted)]


def _query(wanted: Wanted) -> str:
    clauses = [_circles(each) for each in (wanted.scopes, *wanted.facets)]
    clauses += [f"({' | '.join(map(_phrase, each))})" for each in wanted.clauses]
    clauses += [f"!{_phrase(each)}" for each in wanted.without]
    return " & ".join(clauses)


def _circles(words: Iterable[str]) -> str:
    return "(" + " | ".join(f"'@{word}'" for word in sorted(words)) + ")"


def _phrase(words: Iterable[str]) -> str:
    """Quoted: no word is read as an operator. Words are letters and digits (search.tokens)."""
    return "(" + " <-> ".join(f"'{word}'" for word in words) + ")"

"""How each database finds the entries that have certain words; everything else is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import connection
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Wanted(NamedTuple):
    """Entries of one of ``scopes`` with every phrase of ``phrases`` and none of ``without``.

    A phrase is a list of words that follow each other; one word is a phrase, too.
    """

    scopes: Collection[str]
    phrases: Sequence[Sequence[str]] = ()
    without: Sequence[Sequence[str]] = ()

    def having(self, word: str) -> Wanted:
        """The same, with ``word`` too."""
        return self._replace(phrases=[*self.phrases, [word]])


class Backend:
    """The interface that another index (a search server for a whole country) would implement."""

    def condition(self, wanted: Wanted, limit: int | None = None) -> tuple[str, list[object]]:
        """SQL about the columns of ``search_entry``, with its parameters.

        With ``limit`` it may stop after as many entries as that; the caller cuts off, too.
        """
        raise NotImplementedError


def backend() -> Backend:
    """The one of the default database."""
    found: Backend = import_string(f"search.backends.{connection.vendor}.Backend")()
    return found

"""Ward words that mean the same, from the editable glossary."""

from __future__ import annotations

from django.core.cache import cache

from search import tokens
from search.models import Synonym

WEIGHT = 0.4  # measured: up to 0.5 helps respelled queries, 1 hurts (docs/decisions/0006-search.md)
KEY = "search.synonyms"
SECONDS = 300


def groups() -> list[list[tuple[str, ...]]]:
    """Every group as the words of its spellings; read again after five minutes or a change."""
    found: list[list[tuple[str, ...]]] | None = cache.get(KEY)
    if found is None:
        texts = Synonym.objects.order_by("pk").values_list("words", flat=True)
        found = [[tuple(tokens.words(line)) for line in text.splitlines()] for text in texts]
        cache.set(KEY, found, SECONDS)
    return found


def forget() -> None:
    """The glossary has changed."""
    cache.delete(KEY)


def others(words: list[str]) -> set[str]:
    """Words to add to a query that has ``words``: the other spellings of what occurs in it."""
    line = f" {' '.join(words)} "
    added: set[str] = set()
    for group in groups():
        if any(spelling and f" {' '.join(spelling)} " in line for spelling in group):
            added.update(word for spelling in group for word in spelling)
    return added - set(words)

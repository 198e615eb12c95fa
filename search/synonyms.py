"""Ward words that mean the same, from the glossary that the offices keep."""

from __future__ import annotations

from functools import lru_cache

from core.japanese import to_katakana
from search import tokens
from search.models import SEPARATOR, Synonym

WEIGHT = 0.4  # measured: up to 0.5 helps respelled queries, 1 hurts (docs/decisions/0006-search.md)


def groups() -> list[list[str]]:
    """Every group as its lines.

    One small query each time: a change of the glossary is heard at once, in every process.
    """
    texts = Synonym.objects.order_by("pk").values_list("words", flat=True)
    return [text.splitlines() for text in texts]


@lru_cache(maxsize=20_000)
def spelling(line: str) -> tuple[str, ...]:
    """The words of one line of the glossary; がーぜ would be read as が and stands for ガーゼ."""
    better = tokens.in_better_kana(line)
    return tuple(tokens.words(better if better == to_katakana(line) else line))


@lru_cache(maxsize=20_000)
def _typed(line: str) -> list[tuple[str, ...]]:
    """How ``line`` is typed: as it stands, or its ひらがな in カタカナ (テンテキ for てんてき)."""
    other = spelling(to_katakana(line))
    return [spelling(line), *([other] if len(other) == 1 and other != spelling(line) else [])]


def alternatives(words: list[str]) -> list[list[list[str]]]:
    """For each of ``words``: itself, and the other spellings of what it is a part of."""
    found = [[[word]] for word in words]
    present = set(words)
    for group in groups():
        forms = [typed for line in group for typed in _typed(line)]
        for typed in (each for each in forms if each and each[0] in present):
            others = [list(each) for each in map(spelling, group) if each and each != typed]
            for at in _places(words, typed):
                for options in found[at : at + len(typed)]:
                    options += [each for each in others if each not in options]
    return found


def others(words: list[str]) -> set[str]:
    """What to add to a query that has ``words``: the other spellings of what occurs in it.

    Each is a word, or several as ``Entry.words`` has them where they follow each other.
    """
    options = alternatives(words)
    added = {SEPARATOR.join(phrase) for each in options for phrase in each}
    return added - set(words)


def _places(words: list[str], typed: tuple[str, ...]) -> list[int]:
    """Where the words of ``typed`` follow each other in ``words``."""
    last = len(words) - len(typed) + 1
    return [at for at in range(last) if tuple(words[at : at + len(typed)]) == typed]

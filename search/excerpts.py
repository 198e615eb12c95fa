"""A piece of a text around what was looked for, with the found words marked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from search import tokens

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

AROUND = 60
MARGIN = 20  # a word that begins before the piece
LOOKED_AT = 600


class Piece(NamedTuple):
    """Some characters, and whether they are what was looked for."""

    text: str
    is_hit: bool


class Marker:
    """Marks ``words`` in the texts of one page of results.

    To read a text word by word is what costs. So it learns how the words are written on this
    page (いす for 椅子), reads where a text has such a spelling, and only without one from the
    beginning.
    """

    def __init__(self, words: Collection[str]) -> None:
        self.words = words
        self._spellings: set[str] = set()
        self._learn({word for word in words if word})

    def marked(self, text: str) -> list[Piece]:
        """The whole ``text`` in pieces."""
        return _pieces(text, self._hits(text, 0, len(text)), 0, len(text))

    def excerpt(self, parts: Iterable[str]) -> list[Piece]:
        """About ``2 × AROUND`` characters of the part with most of the words; [] without any."""
        text, hits = self._most_hits(list(dict.fromkeys(parts)))
        if not hits:
            return []
        middle = _densest([left for left, _right in hits])
        start, end = max(0, middle - AROUND), min(len(text), middle + AROUND)
        dots = Piece("…", is_hit=False)
        pieces = _pieces(text, hits, start, end)
        return [*([dots] if start else []), *pieces, *([dots] if end < len(text) else [])]

    def _most_hits(self, parts: list[str]) -> tuple[str, list[tuple[int, int]]]:
        likely = [(part, self._places(part)) for part in parts]
        text, places = max(likely, key=lambda each: len(each[1]), default=("", []))
        if places:
            middle = _densest(places)
            hits = self._hits(text, max(0, middle - AROUND - MARGIN), middle + AROUND + MARGIN)
            if hits:
                return text, hits
        room, read = LOOKED_AT, []
        for part in parts:
            read.append((part, self._hits(part, 0, room)))
            room = max(0, room - len(part))
        return max(read, key=lambda each: len(each[1]), default=("", []))

    def _places(self, text: str) -> list[int]:
        return [each.start() for each in self._pattern.finditer(text)] if self._spellings else []

    def _hits(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        hits = [
            (start + each.start, start + each.end)
            for each in tokens.tokens(text[start:end])
            if each.word in self.words
        ]
        self._learn({text[left:right] for left, right in hits})
        return hits

    def _learn(self, spellings: set[str]) -> None:
        if not spellings <= self._spellings:
            self._spellings |= spellings
            self._pattern = re.compile("|".join(map(re.escape, sorted(self._spellings))))


def _densest(places: list[int]) -> int:
    """The place with most others around it."""
    return max(places, key=lambda place: sum(abs(each - place) <= AROUND for each in places))


def _pieces(text: str, hits: list[tuple[int, int]], start: int, end: int) -> list[Piece]:
    pieces, at = [], start
    for left, right in hits:
        if right <= at or left >= end:
            continue
        if left > at:
            pieces.append(Piece(text[at:left], is_hit=False))
        at = min(right, end)
        pieces.append(Piece(text[max(left, start) : at], is_hit=True))
    if at < end:
        pieces.append(Piece(text[at:end], is_hit=False))
    return pieces

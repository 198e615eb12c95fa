"""A piece of a text around what was looked for, with the found words marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from search import tokens

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

AROUND = 60
LOOKED_AT = 2_000


class Piece(NamedTuple):
    """Some characters, and whether they are what was looked for."""

    text: str
    is_hit: bool


def marked(text: str, words: Collection[str]) -> list[Piece]:
    """The whole ``text`` in pieces."""
    return list(_pieces(text, _hits(text, words), 0, len(text)))


def excerpt(parts: Iterable[str], words: Collection[str]) -> list[Piece]:
    """About ``2 × AROUND`` characters of the part with most of ``words``; [] without any."""
    best: tuple[str, list[tuple[int, int]]] = ("", [])
    for part in dict.fromkeys(parts):
        hits = _hits(part[:LOOKED_AT], words)
        if len(hits) > len(best[1]):
            best = (part, hits)
    text, hits = best
    if not hits:
        return []
    middle = _densest(hits)
    start, end = max(0, middle - AROUND), min(len(text), middle + AROUND)
    pieces = list(_pieces(text, hits, start, end))
    if start:
        pieces.insert(0, Piece("…", is_hit=False))
    if end < len(text):
        pieces.append(Piece("…", is_hit=False))
    return pieces


def _hits(text: str, words: Collection[str]) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in tokens.tokens(text) if each.word in words]


def _densest(hits: list[tuple[int, int]]) -> int:
    """The place with most hits around it."""
    return max(
        (start for start, _end in hits),
        key=lambda place: sum(abs(start - place) <= AROUND for start, _end in hits),
    )


def _pieces(text: str, hits: list[tuple[int, int]], start: int, end: int) -> Iterable[Piece]:
    at = start
    for left, right in hits:
        if right <= at or left >= end:
            continue
        if left > at:
            yield Piece(text[at:left], is_hit=False)
        at = min(right, end)
        yield Piece(text[max(left, start) : at], is_hit=True)
    if at < end:
        yield Piece(text[at:end], is_hit=False)

"""What somebody typed, taken apart: words, "phrases", -exclusions, 状態:審査中.

「…」 is a phrase where it stands alone; inside a sentence (「梅雨」とは何か) it is ordinary writing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.japanese import HYPHENS
from search import tokens

if TYPE_CHECKING:
    from collections.abc import Collection

LONGEST = 2_000
MOST_WORDS = 40
# N-2026-0012: somebody who types it means that one, and not everything of the year.
NUMBER = re.compile(r"(?:[A-Za-z]+-)?\d{4}-\d{3,}")
ONE_HYPHEN = str.maketrans(dict.fromkeys(HYPHENS, "-"))
QUOTES = '"“＂「'
PART = re.compile(
    r"""
    (?P<minus>(?:(?<=\s)|^)[-−‐－])?
    (?:
      (?P<field>[^\s:：「」"“”]+)[:：](?:「(?P<v1>[^」]*)」|"(?P<v2>[^"]*)"|(?P<v3>\S+))
      | (?:(?<=\s)|^|(?<=[-−‐－]))「(?P<p1>[^」]+)」(?=\s|$) | "(?P<p2>[^"]+)" | “(?P<p3>[^”]+)” | ＂(?P<p4>[^＂]+)＂
      | (?P<plain>[^\s"“”＂]+)
    )
    """,
    re.VERBOSE,
)


class UnknownValueError(Exception):
    """A field filter has a value that the field does not know; the text says what it takes."""


@dataclass
class Query:
    """``words`` are looked for, ``phrases`` must stand there, ``without`` must not."""

    text: str
    words: list[str] = field(default_factory=list)
    phrases: list[list[str]] = field(default_factory=list)
    without: list[list[str]] = field(default_factory=list)
    filters: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Nothing to look for and nothing to narrow by."""
        return not (self.words or self.phrases or self.filters)

    @property
    def has_quotes(self) -> bool:
        """One of the phrases was put between quotation marks: a number is one, too."""
        return bool(self.phrases) and any(mark in self.text for mark in QUOTES)


def parse(text: str, fields: Collection[str] = ()) -> Query:
    """Take ``text`` apart; an unknown word before a colon is text like any other. Never raises."""
    query = Query(text=text[:LONGEST].strip())
    loose: list[str] = []
    for part in PART.finditer(query.text):
        _take(part, query, loose, fields)
    found = tokens.words(" ".join(loose))
    query.words = list(dict.fromkeys(found))[:MOST_WORDS]
    return query


def _take(part: re.Match[str], query: Query, loose: list[str], fields: Collection[str]) -> None:
    name, value = part["field"], part["v1"] or part["v2"] or part["v3"] or ""
    phrase = part["p1"] or part["p2"] or part["p3"] or part["p4"]
    if name and name in fields:
        query.filters.append((name, value))
    elif part["minus"]:
        if words := tokens.words(phrase or part["plain"] or f"{name} {value}"):
            query.without.append(words)
    elif phrase or _is_number(part["plain"]):
        if words := tokens.words(phrase or part["plain"]):
            query.phrases.append(words)
    else:
        loose.append(tokens.in_better_kana(part["plain"] or f"{name} {value}"))


def _is_number(text: str | None) -> bool:
    plain = unicodedata.normalize("NFKC", text or "").translate(ONE_HYPHEN)
    return NUMBER.fullmatch(plain) is not None

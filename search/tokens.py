"""Japanese text as words: Sudachi mode A, normalised form (いす → 椅子), content words only.

The choice is measured in docs/decisions/0006-search.md. Raise ``VERSION`` with any change that
makes another entry of the same object; ``manage.py rebuild_search`` then renews what is older.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sudachipy import Dictionary, SplitMode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sudachipy import Tokenizer

VERSION = 2
DROPPED = {"助詞", "助動詞", "補助記号", "記号", "空白"}
# Sudachi takes 49,149 bytes at once; a character has at most four, and its normalisation may grow.
PIECE = 8_000
LONGEST = 100

_local = threading.local()  # a Sudachi tokenizer belongs to one thread


class Token(NamedTuple):
    """One content word and where it stands in the text."""

    word: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The content words of ``text`` in their order, with offsets into ``text``."""
    tokenizer = _tokenizer()
    for offset in range(0, len(text), PIECE):
        for each in tokenizer.tokenize(text[offset : offset + PIECE].replace("\0", " ")):
            if each.part_of_speech()[0] in DROPPED:
                continue
            if word := _clean(each.normalized_form()):
                yield Token(word, offset + each.begin(), offset + each.end())


def words(text: str) -> list[str]:
    """The content words of ``text`` in their order."""
    return [token.word for token in tokens(text)]


def _tokenizer() -> Tokenizer:
    if not hasattr(_local, "tokenizer"):
        _local.tokenizer = Dictionary(dict="small").tokenizer(mode=SplitMode.A)
    found: Tokenizer = _local.tokenizer
    return found


@lru_cache(maxsize=50_000)  # a text says the same few thousand words over and over
def _clean(form: str) -> str:
    """One spelling, without anything that the indexes would read as two words."""
    plain = unicodedata.normalize("NFKC", form).lower()
    return "".join(character for character in plain if character.isalnum() or character == "ー")[
        :LONGEST
    ]

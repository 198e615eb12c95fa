"""Japanese text as words: Sudachi mode A, normalised form (いす → 椅子), content words only.

The choice is measured in docs/decisions/0006-search.md. Raise ``VERSION`` with any change that
makes another entry of the same object; ``manage.py rebuild_search`` then renews what is older.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sudachipy import Dictionary, SplitMode

from core.japanese import to_hiragana, to_katakana

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sudachipy import Tokenizer

VERSION = 2
DROPPED = {"助詞", "助動詞", "補助記号", "記号", "空白"}
# Sudachi takes 49,149 bytes at once; a character has at most four, and its normalisation may grow.
PIECE = 8_000
LONGEST = 100
KANA = re.compile(r"[ぁ-ゖァ-ヺー]{2,30}")

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


def in_better_kana(text: str) -> str:
    """``text``; where it is all kana, in the kana that the dictionary knows it in (がーぜ → ガーゼ).

    For what is typed to find something. A text is read as it was written.
    """
    wide = unicodedata.normalize("NFKC", text)
    if not KANA.fullmatch(wide):
        return text
    forms = {form: _pieces(form) for form in (wide, to_katakana(wide), to_hiragana(wide))}
    known = {form: pieces for form, pieces in forms.items() if pieces}
    if wide not in known and len(_tokenizer().tokenize(wide)) == 1:
        # A name of its own (クルリーナ), unless it is a word as it stands (コロブ).
        known = {form: pieces for form, pieces in known.items() if pieces == 1}
    return min(known, key=lambda form: known[form], default=text)


def _pieces(text: str) -> int:
    """Of how many words of the dictionary it is made; 0: of something else, too."""
    found = _tokenizer().tokenize(text)
    is_known = not any(each.is_oov() for each in found)
    return len(found) if is_known and words(text) else 0


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

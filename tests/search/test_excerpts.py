"""Which piece of a text is shown, and what is marked in it."""

import pytest

from search.excerpts import Marker

FILLER = "この文には、さがしているものがありません。" * 40


def drawn(pieces):
    return "".join(f"[{text}]" if is_hit else text for text, is_hit in pieces)


@pytest.mark.parametrize(
    ("words", "text", "marked"),
    [
        ({"椅子"}, "いすで転ぶ。", "[いす]で転ぶ。"),
        ({"点滴"}, "点滴台と点滴", "[点滴]台と[点滴]"),
        ({"icu"}, "ＩＣＵの音", "[ＩＣＵ]の音"),
        ({"ない語"}, "点滴台", "点滴台"),
        (set(), "点滴台", "点滴台"),
    ],
)
def test_words_are_marked_as_they_were_written(words, text, marked):
    assert drawn(Marker(words).marked(text)) == marked


@pytest.mark.parametrize(
    ("words", "parts", "expected"),
    [
        ({"椅子"}, ["夜にいすで転ぶ。"], "夜に[いす]で転ぶ。"),
        # The part with most of the words
        ({"点滴", "残量"}, ["点滴の音。", "点滴の残量。"], "[点滴]の[残量]。"),
        # 針 stands in 方針, which is another word
        ({"針"}, ["方針を決める。", "針が曲がる。"], "[針]が曲がる。"),
        ({"ない語"}, ["点滴の音。"], ""),
        (set(), ["点滴の音。"], ""),
        ({"点滴"}, [], ""),
    ],
)
def test_the_part_with_most_of_the_words_is_shown(words, parts, expected):
    assert drawn(Marker(words).excerpt(parts)) == expected


def test_a_word_far_behind_is_found_and_the_piece_stays_short():
    piece = drawn(Marker({"点滴"}).excerpt([f"{FILLER}夜の点滴が見えない。{FILLER}"]))

    assert "[点滴]が見えない" in piece
    assert (piece[0], piece[-1], len(piece) < 130) == ("…", "…", True)


def test_how_a_word_is_written_is_learnt_from_the_page():
    marker = Marker({"椅子"})
    marker.marked("いすが重い")

    assert "[いす]で転ぶ" in drawn(marker.excerpt([f"{FILLER}夜にいすで転ぶ。{FILLER}"]))

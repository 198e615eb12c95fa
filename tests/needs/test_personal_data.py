"""What the check notices, and what it leaves alone."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needs.personal_data import findings

NOTICED = {
    "山田太郎さんが転んだ": ("name", "山田太郎さん"),
    "田中様より聞いた": ("name", "田中様"),
    "スズキさんの車いす": ("name", "スズキさん"),
    "佐藤 花子 様の希望": ("name", "佐藤 花子 様"),
    "高橋ちゃんが泣く": ("name", "高橋ちゃん"),
    "A.K.さんの訴え": ("name", "A.K.さん"),
    "患者ID 00123456 の方": ("number", "患者ID 00123456"),
    "ＩＤ：１２３４５６７": ("number", "ＩＤ：１２３４５６７"),
    "カルテ番号は 1234-5678": ("number", "カルテ番号は 1234-5678"),
    "昭和25年3月4日生まれの方": ("birth", "昭和25年3月4日生まれ"),
    "S25.3.4生の方": ("birth", "S25.3.4生"),
    "生年月日：1950/3/4": ("birth", "生年月日：1950/3/4"),
    "03-1234-5678に電話": ("phone", "03-1234-5678"),
    "０９０－１２３４－５６７８": ("phone", "０９０－１２３４－５６７８"),
    "taro@example.jp に送る": ("mail", "taro@example.jp"),
    "東京都港区芝1-2-3に住む": ("address", "東京都港区芝1-2"),
    "〒105-0011": ("address", "〒105-0011"),
    "87歳の方が10月3日に5階東病棟で転倒した": ("rare", "87歳の方が10月3日に5階東病棟"),
}
LEFT_ALONE = [
    *(
        "患者さんが転ぶ",
        "看護師さんの手",
        "仕様が複雑で同様の事故",
        "様々な場面",
        "皆さん困っている",
    ),
    *(
        "業者さんに聞いた",
        "80歳以上の方",
        "1日3回、年に1200件",
        "血圧が120/80の時",
        "3.5mgを100mLに",
    ),
    *(
        "お母さんと赤ちゃん",
        "10月に導入した",
        "5階東病棟で転倒が多い",
        "ベッド柵が高さ120cm",
        "65歳代",
    ),
    *("2026年12月5日の会議", "体温が摂氏38度", "担当者様へ", "1,200,000円", "電話番号が分からない"),
    *(
        "午後3-4時頃",
        "N-2026-0123",
        "87歳の方が5階東病棟で転倒した",
        "10月3日に5階東病棟で転倒した",
    ),
]


@pytest.mark.parametrize("text", NOTICED)
def test_what_is_noticed(text):
    [found] = findings("problem", text)

    assert (found.kind, found.text) == NOTICED[text]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_left_alone(text):
    assert findings("problem", text) == []


ANYTHING = st.text(
    alphabet=st.sampled_from(
        "山田太郎さん様患者０１23456789-－/年月日歳生東京都港区5階病棟 　\n@.AZａ㈱が"
    ),
    max_size=60,
)


@given(ANYTHING)
def test_every_finding_is_a_part_of_the_text_and_none_overlaps(text):
    found = findings("problem", text)

    assert all(each.text == text[each.start : each.end] and each.text for each in found)
    assert all(left.end <= right.start for left, right in pairwise(found))


@given(ANYTHING, st.sampled_from(sorted(NOTICED)))
def test_what_is_noticed_is_noticed_in_any_company(text, planted):
    found = findings("problem", f"{text}\n。{planted}。\n{text}")

    begin = len(text) + 2
    assert any(each.start < begin + len(planted) and each.end > begin for each in found)


@given(ANYTHING)
def test_the_width_of_the_letters_makes_no_difference(text):
    wide = text.translate({n: n + 0xFEE0 for n in range(0x30, 0x3A)})

    assert [each.kind for each in findings("x", text)] == [
        each.kind for each in findings("x", wide)
    ]

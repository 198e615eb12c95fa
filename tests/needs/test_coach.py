"""What the coach says about a statement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needs.coach import PARTS, SOLUTION, parts_of, points

GOOD = (
    "夜勤の看護師が点滴の巡回のとき、残量が廊下から見えず何度も病室に入る。巡回を半分に減らしたい。"
)
SPOKEN_OF = {
    GOOD: {"who", "scene", "trouble", "outcome"},
    "点滴の残量が廊下から分からない。": {"scene", "trouble"},
    "看護師の負担を減らしたい。": {"who", "trouble", "outcome"},
    "新しい器具。": set(),
}


@pytest.mark.parametrize("text", SPOKEN_OF)
def test_the_four_parts(text):
    said = parts_of(text)

    assert {part for part, there in said.items() if there} == SPOKEN_OF[text]
    assert list(said) == list(PARTS)


REWORDED = {
    "残量が見える装置がほしい。": "残量が見えるようにしたいが、いまはできずに困っている。",
    "血液が漏れない絆創膏があればよい。": "血液が漏れないようにしたいが、いまはできずに困っている。",
    "薬を運ぶロボットを開発してほしい": "薬を運ぶことができずに困っている。",
    "夜は暗い。使いやすいカートを作れないか。薬も落ちる。": (
        "夜は暗い。使いやすいようにしたいが、いまはできずに困っている。薬も落ちる。"
    ),
}


@pytest.mark.parametrize("text", REWORDED)
def test_a_wish_for_a_thing_is_turned_into_the_trouble(text):
    [point] = [each for each in points({"problem": text}) if each.kind == "solution"]

    assert point.offer == REWORDED[text]


NO_WISH = [
    GOOD,
    "人手がほしい。",
    "もう少し時間がほしい。",
    "一緒に考える企業を希望。",
    "装置の音がうるさい。",
    "情報が必要。",
]


@pytest.mark.parametrize("text", NO_WISH)
def test_what_is_no_wish_for_a_thing(text):
    assert not [each for each in points({"problem": text}) if each.kind == "solution"]


@pytest.mark.parametrize(
    ("values", "asks"),
    [
        ({"problem": "点滴の残量が廊下から分からない。"}, True),
        ({"problem": "点滴の残量が廊下から分からない。", "users": "看護師"}, False),
        ({"problem": "患者さんの点滴の残量が分からない。"}, False),
        ({"problem": "点滴。"}, False),
        ({"ideal_state": "楽になる"}, False),
    ],
)
def test_a_missing_population(values, asks):
    assert any(each.kind == "population" for each in points(values)) == asks


MEASURED = {
    "巡回が楽になる": True,
    "もっと便利で安心": True,
    "1回の巡回が10分で楽に終わる": False,
    "転倒がなくなり安心": False,
    "夜間の訪室が半分になる": False,
    "": False,
}


@pytest.mark.parametrize("text", MEASURED)
def test_an_outcome_that_nobody_could_measure(text):
    found = [each for each in points({"ideal_state": text}) if each.kind == "outcome"]

    assert bool(found) == MEASURED[text]


@given(
    st.text(
        alphabet=st.sampled_from("見える装置がほしい。患者に、\n針を作って使ない便利10分"),
        max_size=50,
    )
)
def test_an_offer_changes_only_the_sentence_of_the_wish(text):
    for point in points({"problem": text}):
        if point.offer:
            match = SOLUTION.search(text)
            assert point.offer.startswith(text[: match.start()].lstrip())
            assert point.offer.endswith(text[match.end() :].rstrip())

"""What the coach says about a statement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needs.coach import PARTS, parts_of, points, wish_in
from tests.needs.real import READINGS, needs_of

GOOD = (
    "夜勤の看護師が点滴の巡回のとき、残量が廊下から見えず何度も病室に入る。巡回を半分に減らしたい。"
)
SPOKEN_OF = {
    GOOD: {"who", "scene", "trouble", "outcome"},
    "点滴の残量が廊下から分からない。": {"scene", "trouble"},
    "看護師の負担を減らしたい。": {"who", "trouble", "outcome"},
    "新しい器具。": set(),
    "線が絡まる。高齢者が転びました。": {"who", "trouble"},
    "手すりがあれば助かる。": {"outcome"},
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
    "夜勤で使う。使いやすいカートを作れないか。静かに運びたい。": (
        "夜勤で使う。カートを使いやすくしたいが、いまはできずに困っている。静かに運びたい。"
    ),
    "圧が分散するものがほしい。": "圧が分散するようにしたいが、いまはできずに困っている。",
    "軽いものがほしい。": "",
    # As people say it on the ward.
    "転倒防止装置がほしい。": "転倒を防ぎたいが、いまはできずに困っている。",
    "夜間の転倒防止マットがあると助かります。": "夜間の転倒を防ぎたいが、いまはできずに困っている。",
    "安い転倒防止装置がほしい。": "転倒防止装置を安くしたいが、いまはできずに困っている。",
    "もっと静かな吸引器がほしいです。": (
        "吸引器をもっと静かにしたいが、いまはできずに困っている。"
    ),
    "ペンのような体温計がほしい。": "",
    "残量がわかるアラームがあるといい。": "残量がわかるようにしたいが、いまはできずに困っている。",
    "動きを検知するセンサーを付けてほしいです。": "動きを検知することができずに困っている。",
    "採血が楽になる機械を作ってください。": "採血が楽になるようにしたいが、いまはできずに困っている。",
    "転倒を検知できるシステムがあったら便利": (
        "転倒を検知できるようにしたいが、いまはできずに困っている。"
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
    "説明があると助かる。",
    "全員に介助が必要です。",
    "スタッフの再教育が必要。",
    # Who tells the trouble may also wish.
    "点滴のルートが抜けることがある。簡単に着脱できる抜け防止具がほしい。",
    "転倒して危ないので、すぐに知らせるセンサーがほしい。",
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
        ({"problem": "紙の台帳で在庫を数えるので、無駄が多い。"}, True),
        ({"problem": "採血のあとの血液が漏れて困る。"}, False),
        ({"problem": "背上げのとき、枕元の物がずり落ちる。"}, False),
        ({"problem": "介助者の腰が痛くなる。台が低い。"}, False),
        ({"problem": "台が低い。記録に時間がかかる。", "patients": "高齢者 月10人"}, False),
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


WORDS_OF_WISHES = "見える装置がほしい。患者に、\n針を作って使ない便利10分落ちたれ"
STATEMENTS = st.text(alphabet=st.sampled_from(WORDS_OF_WISHES), max_size=50)
ANY_TEXT = st.text(max_size=80) | STATEMENTS


@given(STATEMENTS)
def test_an_offer_changes_only_the_sentence_of_the_wish(text):
    for point in points({"problem": text}):
        if point.offer:
            match = wish_in(text)
            assert point.offer.startswith(text[: match.start()].lstrip())
            assert point.offer.endswith(text[match.end() :].rstrip())


@given(STATEMENTS)
def test_taking_the_offer_ends_the_advice(text):
    for point in points({"problem": text}):
        if point.offer:
            assert not [p for p in points({"problem": point.offer}) if p.kind == "solution"]


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_is_read_and_every_word_named_stands_in_it(problem, ideal_state):
    values = {"problem": problem, "ideal_state": ideal_state}

    assert set(parts_of(problem)) == set(PARTS)
    assert all(point.words in values[point.field] for point in points(values))


@given(STATEMENTS, st.sampled_from(["夜勤の看護師", "患者さん", "家族", "介助者", "高齢者"]))
def test_naming_somebody_ends_the_advice_about_the_population(text, who):
    told = points({"problem": text, "users": who})

    assert not [point for point in told if point.kind == "population"]


@pytest.mark.parametrize("name", READINGS)
def test_on_published_needs_it_speaks_up_seldom(name):
    """Four of 36 lack a population, four hide the trouble behind a wish (docs/coach.md)."""
    kinds = [
        point.kind
        for title, problem, _users in needs_of(name)
        for point in points({"title": title, "problem": problem})
    ]

    assert kinds.count("population") <= 4
    assert kinds.count("solution") <= 4

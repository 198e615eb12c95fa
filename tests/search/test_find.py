"""What is found, by whom, and in which order. On every database that the suite runs on."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from disclosure.models import Publication
from disclosure.search import PublicationIndex
from needs import actions
from needs.enums import Frequency, NeedState, Place
from needs.models import Need
from needs.search import NeedIndex
from search import engine
from search.engine import find, matching
from search.models import Entry, Statistic
from search.query import UnknownValueError, parse
from taxonomy.models import Term
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db

TEXTS = {
    "chair": "いすの脚に足を引っかけて転ぶ",
    "drip": "点滴台の残量が廊下から見えない",
    "bed": "ベッドの柵が固くて下げにくい",
    "sore": "褥瘡の処置に時間がかかる",
    "swallow": "食事のときの誤嚥が心配",
    "night": "夜勤のときに点滴の音が聞こえない",
    "icu": "集中治療室のモニターの取付けがゆるい",
    "turn": "体位変換を1人でするのが重くて手袋が破れる",
    "oxygen": "ＳｐＯ２のセンサが24時間で外れる",
    "gauze": "ガーゼの枚数を栄養サポートチームが数える",
    "line": "中心静脈カテーテルの長さがまちまち",
    "clot": "深部静脈血栓症の靴下がきつい",
    "surgery": "手術の道具をクルリーナで洗うと滑ってしまう",
}
# Read in the same way by the search page and by the lists.
SPELLINGS = [
    # 全角・半角
    ("ﾍﾞｯﾄﾞ", "bed"),
    ("SpO2", "oxygen"),
    ("ｓｐｏ２", "oxygen"),
    ("２４時間", "oxygen"),
    ("ＩＣＵ", "icu"),
    # ひらがな・カタカナ・漢字
    ("椅子", "chair"),
    ("イス", "chair"),
    ("ｲｽ", "chair"),
    ("じょくそう", "sore"),
    ("ジョクソウ", "sore"),
    ("褥そう", "sore"),
    ("ごえん", "swallow"),
    ("てぶくろ", "turn"),
    # Typed without turning it into カタカナ, or in カタカナ only
    ("がーぜ", "gauze"),
    ("べっど", "bed"),
    ("もにたー", "icu"),
    ("かてーてる", "line"),
    ("スベル", "surgery"),
    ("クルリーナ", "surgery"),
    ("テンテキ 残量", "drip"),
    ("ﾃﾝﾃｷ 残量", "drip"),
    # 送り仮名
    ("ひっかけて", "chair"),
    ("取り付け", "icu"),
    ("取付", "icu"),
    # 長音
    ("モニタ", "icu"),
    ("センサー", "oxygen"),
    # 略語と病棟のことば
    ("褥瘡", "sore"),
    ("床ずれ", "sore"),
    ("ICU", "icu"),
    ("NST", "gauze"),
    ("ＣＶ", "line"),
    ("dvt", "clot"),
    ("オペ", "surgery"),
    ("体交", "turn"),
    ("体位交換", "turn"),
    ("酸素飽和度", "oxygen"),
    ("サチュレーション", "oxygen"),
    ("点滴スタンド 廊下", "drip"),
    ("輸液 廊下", "drip"),
    ("当直 音", "night"),
    ("誤飲 食事", "swallow"),
]


@pytest.fixture
def needs(hospital, nurse, department):
    details = {
        "hospital": hospital,
        "proposer": nurse,
        "department": department,
        "state": NeedState.SUBMITTED,
        "place": Place.WARD,
        "frequency": Frequency.DAILY,
        "category": Term.objects.filter(kind="need_category", ja__contains="看護").first(),
        "specialty": Term.objects.filter(kind="specialty", ja__contains="循環器").first(),
        "submitted_at": datetime(2020, 6, 1, tzinfo=UTC),
        "problem": "",
    }
    return {name: NeedFactory(title=text, **details) for name, text in TEXTS.items()}


def names(needs, ids):
    by_id = {need.pk: name for name, need in needs.items()}
    return [by_id[pk] for pk in ids]


@pytest.mark.parametrize(("text", "name"), SPELLINGS)
def test_words_are_found_however_they_are_written(needs, nurse, text, name):
    listed = matching(NeedIndex, nurse, text, Need.objects.visible_to(nurse))

    assert names(needs, find(NeedIndex, nurse, text).ids)[0] == name
    assert [need.pk for need in listed] == [needs[name].pk]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("引っ掛ける", "chair"),
        ("むせる 食事", "swallow"),
        ("てんてき 残量", "drip"),
        ("夜勤に点滴の音で困ることはありますか?", "night"),
        ("ベッドの柵がかたくて下げられません", "bed"),
    ],
)
def test_the_nearest_comes_first(needs, nurse, text, first):
    assert names(needs, find(NeedIndex, nurse, text).ids)[0] == first


def test_the_typed_word_counts_more_than_what_means_the_same(hospital, nurse):
    other, typed = (
        NeedFactory(hospital=hospital, proposer=nurse, title=f"{word}が痛い", problem="")
        for word in ("床ずれ", "褥瘡")
    )

    assert find(NeedIndex, nurse, "褥瘡").ids == [typed.pk, other.pk]
    assert find(NeedIndex, nurse, "床ずれ").ids == [other.pk, typed.pk]


def test_a_word_of_several_parts_adds_no_loose_parts(hospital, nurse):
    """体交 means 体位変換; a text about 体 and 変換 of something else is not meant."""
    NeedFactory(hospital=hospital, proposer=nurse, title="電圧の変換と体の冷え", problem="")
    meant = NeedFactory(hospital=hospital, proposer=nurse, title="体位変換が重い", problem="")

    assert find(NeedIndex, nurse, "体位交換").ids[0] == meant.pk
    assert list(matching(NeedIndex, nurse, "体位交換", Need.objects.all())) == [meant]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("点滴", {"drip", "night"}),
        # Exclusion, with every minus that a keyboard has
        ("点滴 -夜勤", {"drip"}),
        ("点滴 －夜勤", {"drip"}),
        ("点滴 −夜勤", {"drip"}),
        ('点滴 -"夜勤のとき"', {"drip"}),
        ("点滴　-夜勤", {"drip"}),
        # Phrases
        ('"点滴の残量"', set()),
        ('"点滴台の残量"', {"drip"}),
        ("“点滴台の残量”", {"drip"}),
        ("＂点滴台の残量＂", {"drip"}),
        ("「点滴台の残量」", {"drip"}),
        ('"残量の点滴台"', set()),
        # Conditions: half and full width, brackets, spaces of both widths
        ("点滴 状態:受付待ち", {"drip", "night"}),
        ("点滴　状態:受付待ち", {"drip", "night"}),
        ("点滴 状態:「受付待ち」", {"drip", "night"}),
        ('点滴 状態:"受付待ち"', {"drip", "night"}),
        ("点滴 状況:受付待ち", {"drip", "night"}),
        ("点滴 状態:受付", {"drip", "night"}),
        ("点滴 状態:submitted", {"drip", "night"}),
        ("点滴 状態:審査中", set()),
        ("状態:受付待ち", set(TEXTS)),
        ("状態:審査中", set()),
        ("点滴 提案者:自分", {"drip", "night"}),
        ("提案者:自分", set(TEXTS)),
        ("提案者:花子", set(TEXTS)),
        # A name as it is said: its reading, without the space, in another width or kana
        ("提案者:看護花子", set(TEXTS)),
        ("提案者:みほん", set(TEXTS)),
        ("提案者:ﾐﾎﾝﾊﾅｺ", set(TEXTS)),
        ("点滴 部署:５階東", {"drip", "night"}),
        ("点滴 部署:「5階 東病棟」", {"drip", "night"}),
        ("点滴 場所:ward", {"drip", "night"}),
        ("点滴 状態:Waiting", {"drip", "night"}),
        ("点滴 分野:かんご", set()),
        ("-点滴 提案者:自分", set(TEXTS) - {"drip", "night"}),
        ("点滴 提案者:だれでもない", set()),
        ("点滴 部署:東病棟", {"drip", "night"}),
        ("点滴 部署:手術部", set()),
        ("点滴 場所:病棟", {"drip", "night"}),
        ("点滴 場所:外来", set()),
        ("点滴 頻度:毎日", {"drip", "night"}),
        ("点滴 頻度:まれに", set()),
        ("点滴 年:2020", {"drip", "night"}),
        ("点滴 年:２０２０年", {"drip", "night"}),
        ("点滴 年:2019", set()),
        ("点滴 分野:看護", {"drip", "night"}),
        ("点滴 分野:画像", set()),
        ("点滴 診療科:循環器", {"drip", "night"}),
        ("点滴 診療科:眼科", set()),
        ("点滴 番号:N-2020", {"drip", "night"}),
        ("点滴 番号:Ｎ－2020", {"drip", "night"}),
        ("点滴 番号:N-1999", set()),
        ("点滴 番号:N−2020", {"drip", "night"}),
        ("点滴 部署:東病棟 状態:受付待ち 提案者:自分 -夜勤", {"drip"}),
    ],
)
def test_phrases_exclusions_and_conditions(needs, nurse, text, expected):
    listed = matching(NeedIndex, nurse, text, Need.objects.visible_to(nurse))

    assert set(names(needs, find(NeedIndex, nurse, text).ids)) == expected
    assert set(names(needs, [need.pk for need in listed])) == expected


def test_a_number_means_that_one_need(needs, nurse):
    number = needs["drip"].number
    in_full_width = "".join(chr(ord(character) + 0xFEE0) for character in number)
    for text in (number, number.lower(), number.replace("-", "−"), in_full_width, number[2:]):
        listed = matching(NeedIndex, nurse, text, Need.objects.visible_to(nurse))

        assert names(needs, find(NeedIndex, nurse, text).ids) == ["drip"], text
        assert list(listed) == [needs["drip"]], text


def test_a_condition_holds_as_soon_as_the_need_has_moved_on(needs, nurse, office):
    actions.flow.perform("take_in", needs["drip"], by=office)

    assert names(needs, find(NeedIndex, nurse, "点滴 状態:受付済み").ids) == ["drip"]
    assert names(needs, find(NeedIndex, nurse, "点滴 状態:受付待ち").ids) == ["night"]


@pytest.mark.parametrize("text", ["状態:ねむい", "年:きのう", "場所:宇宙"])
def test_a_condition_nobody_knows_says_what_is_possible(needs, nurse, text):
    with pytest.raises(UnknownValueError):
        find(NeedIndex, nurse, text)
    with pytest.raises(UnknownValueError):
        matching(NeedIndex, nurse, text, Need.objects.all())


def test_a_list_names_the_condition_that_it_does_not_have(nurse):
    with pytest.raises(UnknownValueError, match="「部署」の条件は使えません"):
        matching(PublicationIndex, nurse, "点滴 部署:手術部", Publication.objects.all())


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "。", "😀", '"', "「", "-", "- -", ":", "状態:", "'; DROP TABLE needs_need; --"),
        *("NEAR(a b)", "a* OR b", "scopes : needh1", "words:x", "\0\0", "\\", "& | !", "<->"),
        *("点滴" * 5_000, '"' + "点滴 " * 3_000 + '"', "あ" * 60_000),
    ],
)
def test_odd_input_is_only_text(needs, nurse, text):
    find(NeedIndex, nurse, text)
    list(matching(NeedIndex, nurse, text, Need.objects.all()))


def test_lists_narrow_to_every_word(needs, nurse):
    found = matching(NeedIndex, nurse, "点滴 夜勤", Need.objects.visible_to(nurse))

    assert list(found) == [needs["night"]]


@pytest.mark.parametrize(
    ("role", "found"),
    [
        *[("nurse", 2), ("office", 2), ("director", 2), ("other_nurse", 0), ("head", 2)],
        *[("other_office", 0), ("partner", 0), ("coordinator", 0)],
    ],
)
def test_everybody_finds_what_she_may_see(needs, request, role, found):
    assert len(find(NeedIndex, request.getfixturevalue(role), "点滴").ids) == found


def test_nothing_tells_of_what_one_may_not_see(client, needs, hospital, nurse):
    """Results, counts, order, suggestions: the whole page stays the same to the letter."""
    client.force_login(nurse)
    pages = ["?q=点滴", "?q=夜勤 残量", "?q=まさかの語", "suggest/?q=点滴"]

    def seen():
        # What stands outside <main> has a new one-time key each time.
        return [
            client.get(f"/search/{page}").content.decode().partition("<main")[2] for page in pages
        ]

    before = seen()

    for _ in range(30):
        NeedFactory(
            hospital=hospital,
            state=NeedState.SUBMITTED,
            title="夜勤のまさかの語",
            problem="点滴 " * 30,
        )

    assert seen() == before


def test_drafts_of_others_are_nobodys_business(hospital, nurse, office):
    NeedFactory(hospital=hospital, proposer=nurse, title="点滴の下書き")

    assert find(NeedIndex, office, "点滴").ids == []
    assert len(find(NeedIndex, nurse, "点滴").ids) == 1


def test_a_change_is_found_in_the_same_transaction_and_an_undone_one_never(needs, nurse):
    class UndoError(Exception):
        pass

    with pytest.raises(UndoError), transaction.atomic():  # noqa: PT012 -- all of it is undone
        needs["bed"].title = "まくらが硬い"
        needs["bed"].save()
        assert names(needs, find(NeedIndex, nurse, "枕").ids) == ["bed"]
        raise UndoError
    assert find(NeedIndex, nurse, "枕").ids == []


def test_saving_without_a_change_of_text_writes_nothing(needs):
    before = list(Statistic.objects.values_list("pk", flat=True))
    needs["bed"].save()

    assert list(Statistic.objects.values_list("pk", flat=True)) == before


def test_of_many_texts_those_with_every_word_come_first(hospital, nurse, monkeypatch):
    monkeypatch.setattr(engine, "BEST", 3)
    monkeypatch.setattr(engine, "CAP", 3)
    titles = ["酸素の残り", "廊下の残り", "酸素の廊下"] * 3 + ["酸素の残りと廊下"] * 3
    rows = [NeedFactory(hospital=hospital, proposer=nurse, title=each) for each in titles]

    found = find(NeedIndex, nurse, "酸素 残り 廊下")

    assert set(found.ids) == {need.pk for need in rows[-3:]}
    assert found.is_cut
    assert not find(NeedIndex, nurse, "まさかの語").ids


def test_what_only_means_the_same_takes_no_typed_words_place(hospital, nurse, monkeypatch):
    """Of a question, the candidates come from its own words first."""
    monkeypatch.setattr(engine, "CAP", 3)
    titles = ["褥瘡の記録"] * 3 + ["床ずれの夜の写真"] * 4 + ["床ずれと夜の薬と水"]
    rows = [
        NeedFactory(hospital=hospital, proposer=nurse, title=each, problem="") for each in titles
    ]

    found = find(NeedIndex, nurse, "床ずれ 夜 薬 水")

    assert found.ids[0] == rows[-1].pk
    assert not {need.pk for need in rows[:3]} & set(found.ids)


def test_what_is_deleted_is_forgotten(needs, nurse):
    needs["bed"].delete()

    assert find(NeedIndex, nurse, "ベッド").ids == []
    assert Entry.objects.count() == len(TEXTS) - 1


def test_the_parser_keeps_sentences_whole():
    assert parse("「点滴」が見えない").phrases == []
    assert parse("「点滴」 見えない").phrases == [["点滴"]]

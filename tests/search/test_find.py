"""What is found, by whom, and in which order. On every database that the suite runs on."""

import pytest
from django.db import transaction

from needs.enums import NeedState
from needs.search import NeedIndex
from search.engine import find, matching
from search.models import Entry, Statistic
from search.query import UnknownValueError, parse
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db

TEXTS = {
    "chair": "いすの脚に足を引っかけて転ぶ",
    "drip": "点滴台の残量が廊下から見えない",
    "bed": "ベッドの柵が固くて下げにくい",
    "sore": "褥瘡の処置に時間がかかる",
    "swallow": "食事のときの誤嚥が心配",
    "night": "夜勤のときに点滴の音が聞こえない",
}


@pytest.fixture
def needs(hospital, nurse):
    return {
        name: NeedFactory(
            hospital=hospital, proposer=nurse, state=NeedState.SUBMITTED, title=text, problem=""
        )
        for name, text in TEXTS.items()
    }


def names(needs, ids):
    by_id = {need.pk: name for name, need in needs.items()}
    return [by_id[pk] for pk in ids]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("椅子", "chair"),
        ("イス", "chair"),
        ("引っ掛ける", "chair"),
        ("ﾍﾞｯﾄﾞ", "bed"),
        ("褥瘡", "sore"),
        ("床ずれ", "sore"),
        ("誤嚥", "swallow"),
        ("てんてき 残量", "drip"),
        ("輸液 廊下", "drip"),
        ("夜勤に点滴の音で困ることはありますか?", "night"),
    ],
)
def test_words_are_found_however_they_are_written(needs, nurse, text, first):
    assert names(needs, find(NeedIndex, nurse, text).ids)[0] == first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("点滴", {"drip", "night"}),
        ("点滴 -夜勤", {"drip"}),
        ('"点滴の残量"', set()),
        ('"点滴台の残量"', {"drip"}),
        ("「点滴台の残量」", {"drip"}),
        ("点滴 状態:受付待ち", {"drip", "night"}),
        ("点滴 状態:審査中", set()),
        ("点滴 提案者:自分", {"drip", "night"}),
        ("提案者:自分", set(TEXTS)),
        ("-点滴 提案者:自分", set(TEXTS) - {"drip", "night"}),
        ("点滴 提案者:だれでもない", set()),
    ],
)
def test_phrases_exclusions_and_conditions(needs, nurse, text, expected):
    assert set(names(needs, find(NeedIndex, nurse, text).ids)) == expected


@pytest.mark.parametrize("text", ["状態:ねむい", "年:きのう", "場所:宇宙"])
def test_a_condition_nobody_knows_says_what_is_possible(needs, nurse, text):
    with pytest.raises(UnknownValueError):
        find(NeedIndex, nurse, text)


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
    list(matching(NeedIndex, nurse, text))


def test_lists_narrow_to_every_word(needs, nurse):
    assert {need.pk for need in matching(NeedIndex, nurse, "点滴 夜勤")} == {needs["night"].pk}


@pytest.mark.parametrize(
    ("role", "found"),
    [
        *[("nurse", 2), ("office", 2), ("director", 2), ("other_nurse", 0), ("head", 0)],
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


def test_what_is_deleted_is_forgotten(needs, nurse):
    needs["bed"].delete()

    assert find(NeedIndex, nurse, "ベッド").ids == []
    assert Entry.objects.count() == len(TEXTS) - 1


def test_the_parser_keeps_sentences_whole():
    assert parse("「点滴」が見えない").phrases == []
    assert parse("「点滴」 見えない").phrases == [["点滴"]]

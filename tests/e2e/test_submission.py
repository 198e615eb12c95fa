"""Handing in a need on a phone: quick, and without losing a word on the way."""

import re

import pytest

from tests.e2e.cast import ADDRESS
from tests.e2e.pages import PHONE, Person

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

MOST_REQUIRED_ANSWERS = 5
MOST_TAPS = 12
MOST_CHARACTERS = 120
TITLE = "ナースコールの線が絡まる"
PROBLEM = "夜勤で体位を変えるたびに、ナースコールの線が点滴の管と絡まって困っています。"
BACKGROUND = "病棟を改装して、ベッドの間が狭くなりました。"
SAVED = re.compile(r"\d\d:\d\d に保存しました")
NOT_SAVED = "保存できていません。通信を確認しています…"
OFFLINE = "ERR_INTERNET_DISCONNECTED"


def test_a_need_is_handed_in_within_the_budget(stage):
    nurse = stage.nurse
    nurse.press("ニーズを登録する")
    required = nurse.required_answers()
    nurse.write("ひとことで", TITLE)
    nurse.write("どんな場面で", PROBLEM)
    nurse.press("次へ")
    required += nurse.required_answers()
    nurse.tick("病棟")
    nurse.tick("毎日")
    nurse.press("次へ")
    required += nurse.required_answers()
    nurse.tick("患者さんを特定できる情報は書いていません")
    nurse.press("確認へ進む")
    nurse.press("提出する")

    assert re.search(r"N-\d{4}-\d{4}", nurse.text)
    assert required <= MOST_REQUIRED_ANSWERS
    assert nurse.taps <= MOST_TAPS
    assert len(TITLE + PROBLEM) <= MOST_CHARACTERS

    nurse.press("詳しい情報を追加する")
    assert nurse.text.count("未入力") == len(nurse.main.locator(".task-list li").all())
    nurse.follow("背景と現状の対処")
    nurse.write("背景", BACKGROUND)
    nurse.tick("この項目は書き終えました")
    nurse.press("保存して次の項目へ")
    assert "既存品とその問題" in nurse.main.get_by_role("heading", level=1).inner_text()
    nurse.press("保存して一覧へ")
    first, second = nurse.main.locator(".task-list li").all()[:2]
    assert "完了" in first.inner_text()
    assert "未入力" in second.inner_text()


def test_what_was_begun_on_one_device_goes_on_another(stage):
    nurse = stage.nurse
    nurse.press("ニーズを登録する")
    nurse.write("ひとことで", TITLE)
    hears(nurse, SAVED)
    assert re.fullmatch(r"/needs/\w{12}/edit/1/", nurse.here)

    elsewhere = at_another_device(stage, ADDRESS.nurse)
    elsewhere.open("/")
    elsewhere.follow("の続きを入力する")
    assert elsewhere.main.get_by_label("ひとことで").input_value() == TITLE
    elsewhere.write("どんな場面で", PROBLEM)
    elsewhere.press("次へ")
    elsewhere.tick("病棟")
    hears(elsewhere, SAVED)

    nurse.open("/")
    nurse.follow("の続きを入力する")
    assert "ステップ 2/3" in nurse.text
    assert nurse.main.get_by_role("radio", name="病棟").is_checked()
    nurse.open("/needs/")
    assert nurse.main.get_by_role("link", name=TITLE).count() == 1


def test_a_while_without_network_loses_nothing(stage):
    nurse = stage.nurse
    nurse.press("ニーズを登録する")
    nurse.context.set_offline(True)
    nurse.write("ひとことで", TITLE)
    nurse.write("どんな場面で", PROBLEM)
    hears(nurse, NOT_SAVED)

    nurse.main.get_by_role("button", name="次へ").click()
    assert warns_of_leaving(nurse)
    assert nurse.main.get_by_label("どんな場面で").input_value() == PROBLEM
    nurse.context.set_offline(False)
    hears(nurse, SAVED)
    forget(stage, OFFLINE)
    assert not warns_of_leaving(nurse)

    nurse.open("/needs/")
    nurse.press("続きを入力する")
    assert "ステップ 2/3" in nurse.text
    nurse.press("前に戻る")
    assert nurse.main.get_by_label("ひとことで").input_value() == TITLE
    assert nurse.main.get_by_label("どんな場面で").input_value() == PROBLEM


def test_two_tabs_see_each_others_text(stage):
    nurse = stage.nurse
    nurse.press("ニーズを登録する")
    nurse.write("ひとことで", TITLE)
    hears(nurse, SAVED)
    with nurse.page.expect_response(lambda answer: answer.request.method == "POST"):
        nurse.write("どんな場面で", PROBLEM)
    second = nurse.new_tab()
    second.goto(nurse.page.url)
    second.get_by_label("ひとことで").fill("二枚目の画面の題")
    second.locator("#autosave").get_by_text(SAVED).wait_for()

    nurse.page.bring_to_front()
    nurse.write("ひとことで", "一枚目の画面の題")
    hears(nurse, "ほかの画面で変更されました。")
    nurse.main.get_by_role("button", name="両方の内容を見る").click()
    nurse.main.get_by_role("heading", name="どちらを残しますか").wait_for()
    forget(stage, "409")

    nurse.inspector.look(nurse.page)
    assert "別のウィンドウか別の端末のあなた自身です。" in nurse.text
    assert "二枚目の画面の題" in nurse.text
    assert nurse.main.get_by_label("ひとことで").input_value() == "一枚目の画面の題"
    nurse.main.get_by_role("button", name="こちらを使う").click()
    nurse.press("次へ")
    nurse.press("前に戻る")
    assert nurse.main.get_by_label("ひとことで").input_value() == "二枚目の画面の題"


CORRECTED = [
    # what she writes, and where: the lines of the summary that are left
    ("どんな場面で", PROBLEM, ["「ひとことで」を入力してください"]),
    ("ひとことで", TITLE, []),
]


def test_an_error_goes_when_its_answer_changes(stage):
    nurse = stage.nurse
    nurse.press("ニーズを登録する")
    nurse.main.get_by_role("button", name="次へ").click()
    summary = nurse.main.locator("#error-summary")
    summary.wait_for()
    forget(stage, "422")
    assert summary.get_by_role("listitem").count() == len(CORRECTED)

    for label, words, left in CORRECTED:
        nurse.write(label, words)
        assert summary.get_by_role("listitem").all_inner_texts() == left
        assert nurse.main.locator(".error, [aria-invalid]").count() == 2 * len(left)
        assert summary.get_by_text(f"({len(left)}件)").count() == bool(left)


def hears(person, words):
    """Wait for the line under the title to say so."""
    person.main.locator("#autosave").get_by_text(words).wait_for()


def at_another_device(stage, address):
    """The same person at a browser that knows nothing of the first."""
    person = Person(
        stage.new_browser(viewport=PHONE),
        site=stage.stack.url,
        address=address,
        inspector=stage.inspector,
    )
    person.sign_in()
    return person


def warns_of_leaving(person):
    """Whether the browser asks before it leaves this page; she stays."""
    return person.page.evaluate(
        """() => {
          const leaving = new Event("beforeunload", { cancelable: true });
          return !window.dispatchEvent(leaving);
        }"""
    )


def forget(stage, words):
    """The browser's own complaint about what the test did to it."""
    errors = stage.inspector.errors
    errors[:] = [each for each in errors if words not in each]

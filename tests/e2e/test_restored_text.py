"""What was typed survives the end of a session, and one press makes one thing."""

import pytest

from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

TITLE = "ナースコールの線が絡まる"
PROBLEM = "夜勤で体位を変えるたびに、ナースコールの線が点滴の管と絡まって困っています。"


SIGNED_OUT = "ログインの時間が切れました。下のボタンを押すと、ログインしたあとに続けられます。"
ENDINGS = {
    # which cookies are gone: does the page say so before she presses?
    "session": ({"name": "sessionid"}, False),
    "every cookie, while she reads": ({}, True),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_text_typed_when_the_session_ended_is_back_after_sign_in(ending, stage):
    gone, waits = ENDINGS[ending]
    nurse = stage.nurse
    nurse.press("ニーズを登録する")
    nurse.context.clear_cookies(**gone)
    nurse.write("ひとことで", TITLE)
    nurse.write("どんな場面で", PROBLEM)

    if waits:
        nurse.main.locator("#autosave").get_by_text(SIGNED_OUT).wait_for()
    nurse.press("次へ")

    assert nurse.here == "/accounts/login/"
    nurse.write("メールアドレス", nurse.address)
    nurse.write("パスワード", PASSWORD)
    nurse.press("ログインする")
    assert TITLE in nurse.text
    assert PROBLEM in nurse.text

    nurse.press("この内容で続ける")

    assert "ステップ 2/3" in nurse.text
    nurse.press("前に戻る")
    assert nurse.main.get_by_label("ひとことで").input_value() == TITLE
    assert nurse.main.get_by_label("どんな場面で").input_value() == PROBLEM


def test_a_double_click_makes_one_need(stage):
    nurse = stage.nurse
    nurse.press("ニーズを登録する")
    nurse.write("ひとことで", TITLE)
    nurse.write("どんな場面で", PROBLEM)

    with nurse.page.expect_event("load"):
        nurse.main.get_by_role("button", name="次へ", exact=True).dblclick()

    nurse.open("/needs/")
    assert nurse.main.get_by_role("link", name=TITLE).count() == 1

"""Keys on the queue: off while somebody types or composes, and off for who wants none."""

import pytest

from tests.e2e.cast import HOSPITAL

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

QUEUE = "/needs/?view=mine"
PUT_NEEDS = f"""
from accounts.models import Organisation
from tests.factories.needs import NeedFactory
hospital = Organisation.objects.get(name={HOSPITAL!r})
for title in ("春の件", "夏の件", "秋の件"):
    NeedFactory(hospital=hospital, state="submitted", title=title)
answer = None
"""
COMPOSING = """() => document.body.dispatchEvent(
  new KeyboardEvent("keydown", {key: "?", bubbles: true, isComposing: true}))"""


def test_the_queue_by_keyboard(stage):
    stage.stack.ask(PUT_NEEDS)
    office = stage.office
    office.open(QUEUE)

    # Walk, tick, and open.
    type_keys(office, "j", "x", "j", "x", "j", "k")
    assert focused(office) == "夏の件"
    assert "2件を選択中" in office.text
    with office.page.expect_navigation():
        type_keys(office, "o")
    assert office.page.locator("h1").inner_text() == "夏の件"

    # Up to the queue again; what is ticked is dealt with, without walking through every row.
    with office.page.expect_navigation():
        type_keys(office, "u")
    assert office.page.url.endswith(QUEUE)
    type_keys(office, "j", "x", "a")
    assert focused(office) == "受け付ける"
    with office.page.expect_navigation():
        type_keys(office, "Enter")
    assert office.page.locator("h1").inner_text() == "受け付ける(1件)"
    with office.page.expect_navigation():
        type_keys(office, "g", "h")
    assert office.here == "/"

    # Help.
    help_ = office.page.get_by_role("dialog")
    type_keys(office, "?")
    assert help_.is_visible()
    type_keys(office, "Escape")
    assert not help_.is_visible()

    # Nothing while she types or composes.
    type_keys(office, "/", "j", "x", "?")
    box = office.page.locator("#search-box")
    assert box.input_value() == "jx?"
    box.blur()
    office.page.evaluate(COMPOSING)
    assert not help_.is_visible()

    # The desk follows a filter without a reload.
    office.open("/needs/")
    with office.page.expect_response("**/needs/?*"):
        office.main.get_by_label("担当", exact=True).first.select_option("me")
    office.page.get_by_text("この条件に合うニーズはありません。").wait_for()
    assert office.page.locator("h1").inner_text() == "ニーズ(0件)"
    assert office.page.title() == "ニーズ(0件) – 医工連携ポータル"

    # Off.
    office.open("/accounts/settings/")
    office.main.get_by_label("キーボードの近道を使う").uncheck()
    office.press("保存する")
    office.open(QUEUE)
    type_keys(office, "j", "x", "?")
    assert "を選択中" not in office.text
    assert help_.count() == 0


def focused(person):
    return person.page.evaluate("document.activeElement.textContent.trim()")


def type_keys(person, *keys):
    for key in keys:
        person.page.keyboard.press(key)

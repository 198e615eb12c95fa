"""Scoring with the keyboard at a desk and with a thumb on a phone."""

import re

import pytest

from tests.e2e.cast import ADDRESS
from tests.e2e.pages import DESK, PHONE, Person

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

MOST_PRESSES = 8
CRITERIA = ["必要性", "効果", "頻度", "新規性", "広がり", "薬事の見通し"]
SAVED = re.compile(r"\d\d:\d\d に保存しました")
PUT_ON_AGENDA = f"""
from accounts.models import User
from committee.enums import RoundState
from committee.models import Criterion
from tests.factories.committee import (
    CaseFactory, ConflictFactory, MemberFactory, RoundFactory, RubricFactory,
)
member = User.objects.get(email={ADDRESS.reviewer!r})
hospital = member.memberships.get().organisation
round_ = RoundFactory(
    committee__hospital=hospital, state=RoundState.REVIEWING, title="キーの審査会",
    rubric=RubricFactory(hospital=hospital, criteria=[(each, 1) for each in {CRITERIA!r}]),
)
Criterion.objects.filter(label="薬事の見通し").update(scale=10, counts=False)
MemberFactory(committee=round_.committee, user=member)
for case in CaseFactory.create_batch(3, round=round_):
    ConflictFactory(case=case, member=member)
answer = round_.public_id
"""
SCORES = """
from committee.models import Review
answer = [
    [each.completed_at is not None, each.note_to_committee,
     list(each.scores.order_by("criterion__order").values_list("value", flat=True))]
    for each in Review.objects.order_by("created_at")
]
"""


class Keyboard:
    """Presses keys and counts them; a chord such as Ctrl+Enter is one press."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.presses = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.presses += 1
            self.person.page.keyboard.press(key)


@pytest.fixture
def round_page(stage):
    """The page of a round with three open cases for the reviewer."""
    return f"/committee/rounds/{stage.stack.ask(PUT_ON_AGENDA)}/"


def test_one_case_takes_at_most_eight_presses(stage, round_page):
    reviewer = stage.reviewer
    reviewer.open(round_page)
    reviewer.press("次の案件を審査する")
    first = reviewer.here
    keys = Keyboard(reviewer)

    keys.press("Control+Enter", "4", "5", "3", "2", "1", "0")
    assert "あなたの合計(1〜5) 3.00" in " ".join(reviewer.text.split())
    with reviewer.page.expect_navigation(
        url=re.compile(r"/cases/(?!" + first.split("/")[-2] + ")")
    ):
        keys.press("Control+Enter")

    assert keys.presses <= MOST_PRESSES
    reviewer.inspector.look(reviewer.page)
    assert "1 / 3件・締切" in reviewer.text
    assert stage.stack.ask(SCORES) == [[True, "", [4, 5, 3, 2, 1, 10]]]


def test_keys_wait_while_she_types_or_stands_elsewhere(stage, round_page):
    reviewer = stage.reviewer
    reviewer.open(round_page)
    reviewer.press("次の案件を審査する")
    here, keys = reviewer.here, Keyboard(reviewer)

    keys.press("4", "j", "k")
    assert reviewer.main.locator("input:checked").count() == 0
    box = reviewer.main.get_by_role("textbox", name="事務局と委員だけが見ます")
    box.focus()
    reviewer.page.keyboard.type("j4k 0件")
    keys.press("Control+z")
    keys.press("Control+y")
    assert (box.input_value(), reviewer.here) == ("j4k 0件", here)
    assert reviewer.main.locator("input:checked").count() == 0

    reviewer.main.get_by_role("group", name="必要性").get_by_role("radio", name="3").focus()
    keys.press("9", "0")
    assert reviewer.main.locator("input:checked").count() == 0
    composing = "new KeyboardEvent('keydown', {key: '4', keyCode: 229, bubbles: true})"
    reviewer.page.evaluate(f"document.activeElement.dispatchEvent({composing})")
    assert reviewer.main.locator("input:checked").count() == 0
    with reviewer.page.expect_navigation():
        keys.press("j")
    assert reviewer.here != here
    reviewer.main.get_by_role("radio").first.focus()
    with reviewer.page.expect_navigation():
        keys.press("k")
    assert reviewer.here == here
    assert reviewer.main.get_by_role("textbox", name="事務局と委員だけが見ます").input_value() == (
        "j4k 0件"
    )


def test_what_she_taps_on_the_phone_goes_on_at_the_desk(stage, round_page):
    phone = at_a_device(stage, PHONE)
    phone.open(round_page)
    phone.press("次の案件を審査する")
    case = phone.here
    phone.main.get_by_role("link", name="採点へ").click()
    phone.tick("4", of="必要性")
    phone.write("事務局と委員だけが見ます", "病棟で見たことがあります。")
    phone.main.locator("#autosave").get_by_text(SAVED).wait_for()
    phone.inspector.look(phone.page)

    desk = at_a_device(stage, DESK)
    desk.open(case)
    assert desk.main.get_by_label("事務局と委員だけが見ます").input_value() == (
        "病棟で見たことがあります。"
    )
    need, form = (
        desk.main.locator(each).bounding_box() for each in (".review-need", ".review-form")
    )
    assert form["x"] >= need["x"] + need["width"]
    assert stage.stack.ask(SCORES) == [[False, "病棟で見たことがあります。", [4]]]

    desk.tick("2", of="必要性")
    desk.main.locator("#autosave").get_by_text(SAVED).wait_for()
    phone.tick("5", of="必要性")
    phone.main.locator("#autosave").get_by_text("ほかの画面で変更されました。").wait_for()
    phone.main.get_by_role("button", name="両方の内容を見る").click()
    phone.main.get_by_role("heading", name="どちらを残しますか").wait_for()
    stage.inspector.errors[:] = [each for each in stage.inspector.errors if "409" not in each]
    phone.main.get_by_role("button", name="こちらを使う").click()
    assert (
        phone.main.get_by_role("group", name="必要性").get_by_role("radio", name="2").is_checked()
    )


def test_giving_a_case_up_and_taking_it_back(stage, round_page):
    reviewer = stage.reviewer
    reviewer.open(round_page)
    reviewer.press("次の案件を審査する")
    case = reviewer.here
    reviewer.tick("4", of="必要性")
    reviewer.press("辞退する")
    reviewer.write("辞退の理由", "専門が違います。")
    reviewer.press("審査を辞退する")
    assert "0 / 2件・締切" in reviewer.text

    reviewer.open(case)
    reviewer.press("辞退を取り消す")
    assert "0 / 3件・締切" in reviewer.text
    assert (
        reviewer.main.get_by_role("group", name="必要性")
        .get_by_role("radio", name="4")
        .is_checked()
    )


def at_a_device(stage, viewport):
    """The reviewer at a browser of this size."""
    person = Person(
        stage.new_browser(viewport=viewport),
        site=stage.stack.url,
        address=ADDRESS.reviewer,
        inspector=stage.inspector,
    )
    person.sign_in()
    return person

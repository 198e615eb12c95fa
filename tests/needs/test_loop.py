"""A question to the proposer, from asking to a late answer, day by day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from audit.queries import entries_for
from needs import actions, loop
from needs.enums import NeedState, ParticipantKind
from needs.models import Need, Participant
from needs.screening_forms import SendBackForm
from notifications.models import Message
from tests.factories.needs import NeedFactory

TOKYO = ZoneInfo("Asia/Tokyo")


def on(month, day, year=2026):
    return time_machine.travel(datetime(year, month, day, 9, tzinfo=TOKYO), tick=False)


def kinds(person):
    found = Message.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True)
    return [kind.rpartition(".")[2] for kind in found]


@pytest.fixture
def asked(hospital, nurse, office, department):
    """Asked on 2026-12-01 about two sections; the answer is due on Tuesday 2026-12-15."""
    need = NeedFactory(
        hospital=hospital, proposer=nurse, state=NeedState.SUBMITTED, department=department
    )
    with on(12, 1):
        actions.send_back(
            need,
            by=office,
            question="1日に何回起きますか。",
            asked_sections=["background", "people"],
            reply_due=date(2026, 12, 15),
        )
    return need


DAYS = [
    # day        what has been said so far                                     state
    ((12, 9), [], NeedState.RETURNED),
    ((12, 10), ["reply_reminder"], NeedState.RETURNED),
    ((12, 15), ["reply_reminder"], NeedState.RETURNED),
    ((12, 16), ["reply_reminder", "reply_warning"], NeedState.RETURNED),
    # The warning says 「12月23日までに」: the whole of that day is hers.
    ((12, 23), ["reply_reminder", "reply_warning"], NeedState.RETURNED),
    ((12, 24), ["reply_reminder", "reply_warning", "need_closed"], NeedState.CLOSED),
    ((12, 25), ["reply_reminder", "reply_warning", "need_closed"], NeedState.CLOSED),
]


def test_a_reminder_a_warning_and_the_end(asked, nurse):
    for day, said, state in DAYS:
        with on(*day):
            for _twice in range(2):
                loop.follow_replies()
        asked.refresh_from_db()
        assert (kinds(nurse)[1:], asked.state) == (said, state), day
    assert "2026年12月23日" in Message.objects.get(kind="needs.reply_warning").body


TOLD = {
    # who:       what she hears until the end
    "writer": ["need_returned", "reply_reminder", "reply_warning", "need_closed"],
    "joiner": ["need_returned", "need_closed"],
}


def test_only_those_who_can_answer_are_asked_to(hospital, nurse, office, other_nurse, head):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.SUBMITTED)
    for person, kind in ((other_nurse, "co_submitter"), (head, "joined")):
        Participant.objects.create(need=need, user=person, kind=kind)
    with on(12, 1):
        actions.send_back(
            need, by=office, question="何回?", asked_sections=[], reply_due=date(2026, 12, 15)
        )
    for day in (10, 16, 24):
        with on(12, day):
            loop.follow_replies()

    assert kinds(nurse) == kinds(other_nurse) == TOLD["writer"]
    assert kinds(head) == TOLD["joiner"]
    bodies = {
        each.recipient: each.body for each in Message.objects.filter(kind="needs.need_returned")
    }
    assert "2026年12月15日(火)までに、次のページで質問を読んで回答してください" in bodies[nurse]
    assert "あなたが答える必要はありません" in bodies[head]


def test_nothing_is_closed_without_a_warning(asked, nurse):
    with on(2, 1, 2027):  # the scheduler stood still for weeks
        loop.follow_replies()
        asked.refresh_from_db()
        assert (asked.state, kinds(nurse)[1:]) == (NeedState.RETURNED, ["reply_warning"])
        assert "2027年2月8日" in Message.objects.get(kind="needs.reply_warning").body
    with on(2, 9, 2027):
        loop.follow_replies()

    asked.refresh_from_db()
    assert asked.state == NeedState.CLOSED


def test_an_answer_stops_the_reminders(asked, nurse):
    with on(12, 10):
        loop.follow_replies()
        actions.resubmit(asked, by=nurse, answer="12回です")
    with on(1, 20, 2027):
        loop.follow_replies()

    asked.refresh_from_db()
    assert (asked.state, kinds(nurse)[-1]) == (NeedState.SUBMITTED, "reply_reminder")


def test_a_closed_need_goes_on_when_it_is_answered(asked, nurse, office, client):
    with on(12, 16):
        loop.follow_replies()
    with on(12, 24):
        loop.follow_replies()
        client.force_login(nurse)
        section = reverse("needs:section", args=[asked.public_id, "background"])
        client.post(section, {"background": "病棟の改装のあと"})
        answer = reverse("needs:transition", args=[asked.public_id, "resubmit"])
        client.post(answer, {"answer": "12回です"})

    asked.refresh_from_db()
    assert (asked.state, asked.background) == (NeedState.SUBMITTED, "病棟の改装のあと")
    assert asked.promised_until == date(2027, 1, 14)
    assert kinds(office)[-1] == "need_answered"


ASKED_PAGES = {
    # page: the words that lead to the answer
    "needs:list": "質問に回答する",
    "needs:sections": "質問への回答に進む",
}


@pytest.mark.parametrize("page", ASKED_PAGES)
@pytest.mark.parametrize("state", [NeedState.RETURNED, NeedState.CLOSED])
def test_the_way_to_the_answer_is_there_also_after_the_end(state, page, asked, nurse, client):
    Need.objects.filter(pk=asked.pk).update(state=state)
    client.force_login(nurse)
    args = [asked.public_id] if page == "needs:sections" else []

    shown = client.get(reverse(page, args=args)).content.decode()

    assert ASKED_PAGES[page] in shown
    if page == "needs:sections":
        assert "1日に何回起きますか。" in shown


def test_only_the_proposer_is_led_to_the_answer(asked, nurse, other_nurse, client):
    Participant.objects.create(
        need=asked, user=other_nurse, kind=ParticipantKind.CO_SUBMITTER, may_edit=True
    )
    client.force_login(other_nurse)

    shown = client.get(reverse("needs:sections", args=[asked.public_id])).content.decode()

    assert "1日に何回起きますか。" in shown
    assert ASKED_PAGES["needs:sections"] not in shown
    assert ASKED_PAGES["needs:list"] not in client.get(reverse("needs:list")).content.decode()


def test_a_reminder_is_no_change_of_the_need(asked):
    version = asked.version
    with on(12, 10):
        loop.follow_replies()

    asked.refresh_from_db()
    assert asked.version == version
    assert next(iter(entries_for(asked).order_by("-sequence"))).actor is None


OPEN = {"background": True, "people": True, "idea": False, "ip": False}


@pytest.mark.parametrize("slug", OPEN)
def test_only_the_asked_sections_open_again(slug, asked, nurse, client):
    client.force_login(nurse)

    response = client.get(reverse("needs:section", args=[asked.public_id, slug]))

    assert (response.status_code == 200) == OPEN[slug]


def test_question_and_answer_stand_beside_the_section(asked, nurse, office, client):
    actions.resubmit(asked, by=nurse, answer="夜間に12回です")
    client.force_login(office)

    page = client.get(asked.get_absolute_url()).content.decode()

    background = page[page.index("<h3>背景と現状の対処</h3>") :]
    assert "1日に何回起きますか。" in background[: background.index("<h3>", 5)]
    assert "夜間に12回です" in background[: background.index("<h3>", 5)]


DUES = {
    "": "「回答の期限」を入力してください",
    "2026/12/1": "「回答の期限」は、あしたから90日以内の日付にしてください",
    "2027/3/2": "「回答の期限」は、あしたから90日以内の日付にしてください",
    "2027/3/1": None,
    "12月2日": None,
}


@pytest.mark.parametrize("text", DUES)
def test_the_day_of_the_answer(text, asked):
    with on(12, 1):
        form = SendBackForm({"question": "何回?", "reply_due": text}, obj=asked)
        errors = form.errors.get("reply_due", [None])

    assert errors[0] == DUES[text]

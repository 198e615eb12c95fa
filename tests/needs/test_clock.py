"""The promise of a first answer, on days that the tests choose (2026-11-23 is a holiday)."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Role
from accounts.models import ClosedDay
from audit.queries import entries_for
from core.workflow import WrongStateError
from needs import actions, clock
from needs.enums import NeedState
from needs.models import Need, Relation
from needs.promise import kept_by_year, promised_day, with_days_left
from notifications.models import Message
from tests.factories.accounts import MembershipFactory
from tests.factories.needs import NeedFactory

TOKYO = ZoneInfo("Asia/Tokyo")


def on(month, day, year=2026):
    return time_machine.travel(datetime(year, month, day, 9, tzinfo=TOKYO), tick=False)


def names(need):
    return [entry.action.rpartition(".")[2] for entry in entries_for(need)]


@pytest.fixture
def need(hospital, nurse, department):
    """Submitted on Friday 2026-11-13: the promise is 2026-11-30, behind two weekends and 11-23."""
    need = NeedFactory(hospital=hospital, proposer=nurse, department=department)
    with on(11, 13):
        actions.submit(need, by=nurse)
    return need


PROMISED = {
    # today          closed days            promised (10 working days)
    (2026, 11, 13): ([], date(2026, 11, 30)),
    (2026, 11, 14): ([], date(2026, 11, 30)),
    (2026, 12, 25): ([], date(2027, 1, 15)),
    (2026, 11, 16): ([date(2026, 11, 20), date(2026, 11, 24)], date(2026, 12, 3)),
}


@pytest.mark.parametrize("today", PROMISED)
def test_the_promised_day(today, hospital, other_hospital):
    closed, promised = PROMISED[today]
    for day in closed:
        ClosedDay.objects.create(hospital=hospital, day=day, name="創立記念日")
    ClosedDay.objects.create(hospital=other_hospital, day=promised, name="よその休業日")

    with on(today[1], today[2], today[0]):
        assert promised_day(hospital.pk) == promised


WORDS = {
    (11, 13): "一次回答まであと10営業日",
    (11, 24): "一次回答まであと4営業日",
    (11, 28): "一次回答まであと1営業日",
    (11, 30): "一次回答は今日までです",
    (12, 2): "期限を過ぎています",
}


@pytest.mark.parametrize("today", WORDS)
def test_the_proposer_reads_how_many_working_days_are_left(today, need, nurse, client):
    with on(*today):
        client.force_login(nurse)
        assert WORDS[today] in client.get(need.get_absolute_url()).content.decode()


SECOND = {
    # the second promise is 2026-12-10, ten working days behind the proposer's answer
    (11, 26): "回答まであと10営業日",
    (12, 10): "回答は今日までです",
    (12, 11): "回答が1営業日遅れています",
}


def ask(need, office):
    """The office asks the proposer something."""
    day = date(2026, 12, 1)
    question = "どの病棟ですか"
    actions.send_back(need, by=office, question=question, asked_sections=[], reply_due=day)


@pytest.mark.parametrize("today", SECOND)
def test_behind_an_answered_question_the_next_answer_is_not_the_first(
    today, need, nurse, office, client
):
    with on(11, 24):
        ask(need, office)
    with on(11, 26):
        actions.resubmit(need, by=nurse, answer="5階東病棟です")
    with on(*today):
        client.force_login(nurse)
        pages = [
            client.get(url).content.decode() for url in ("/", "/needs/", need.get_absolute_url())
        ]

    for page in pages[: 3 if today != (12, 11) else 2]:
        assert SECOND[today] in page
        assert "一次回答が" not in page
        assert "一次回答まで" not in page
        assert "一次回答は" not in page


@pytest.mark.parametrize(("asked_before", "words"), [(False, "一次回答の"), (True, " 回答の")])
def test_the_mails_of_a_stopped_clock_call_it_the_same(asked_before, words, need, nurse, office):
    with on(11, 24):
        if asked_before:
            ask(need, office)
            actions.resubmit(need, by=nurse, answer="5階東病棟です")
        clock.stop_clock(need, by=office, clock_reason="確かめています")
        clock.resume_clock(need, by=office)

    mails = Message.objects.filter(kind__in=["needs.clock_stopped", "needs.clock_resumed"])
    assert mails.count() == 2
    for mail in mails:
        assert f"{words}約束の日" in mail.subject
        assert ("一次回答" in mail.subject + mail.body) == (words == "一次回答の")


def test_the_days_left_of_a_page_take_one_query(hospital, django_assert_num_queries):
    NeedFactory.create_batch(3, hospital=hospital, state=NeedState.SUBMITTED)
    needs = Need.objects.all()[:3]
    list(needs)

    with django_assert_num_queries(1):
        with_days_left(needs)


def test_a_stopped_clock_keeps_what_was_left(need, nurse, office):
    with on(11, 24):  # four working days are left
        clock.stop_clock(need, by=office, clock_reason="安全管理室に確かめています")
    with on(12, 8):
        assert (need.promised_until, need.is_overdue) == (None, False)
        assert not Need.objects.overdue().exists()
        clock.resume_clock(need, by=office)

    assert need.answer_due == date(2026, 12, 14)
    assert names(need) == ["submit", "stop_clock", "resume_clock"]
    told = Message.objects.filter(recipient=nurse).order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["needs.need_received", "needs.clock_stopped", "needs.clock_resumed"]


def test_the_reason_is_required_and_the_proposer_reads_it(need, nurse, office, client):
    url = reverse("needs:transition", args=[need.public_id, "stop_clock"])
    with on(11, 24):
        client.force_login(office)
        refused = client.post(url, {"clock_reason": " "})
        client.post(url, {"clock_reason": "安全管理室に確かめています"})
        client.force_login(nurse)
        page = client.get(need.get_absolute_url()).content.decode()

    assert refused.status_code == 422
    assert "「止める理由」を入力してください" in refused.content.decode()
    assert "理由: 安全管理室に確かめています" in page
    assert "安全管理室" not in Message.objects.get(kind="needs.clock_stopped").body
    assert "約束の日を11月24日から止めています" in page


BUTTONS = {False: "stop_clock", True: "resume_clock"}


@pytest.mark.parametrize("stopped", BUTTONS)
def test_the_clock_is_stopped_once_and_resumed_once(stopped, need, office, nurse):
    if stopped:
        clock.stop_clock(need, by=office, clock_reason="確認中")

    shown = {row.name for row in actions.flow.open_to(office, need)} & set(BUTTONS.values())

    assert shown == {BUTTONS[stopped]}
    assert not {row.name for row in actions.flow.open_to(nurse, need)} & set(BUTTONS.values())


FIRST_ANSWERS = {
    # by                                            on            late
    "take_in": ({}, (11, 30), False),
    "decline": ({"decline_reason": "exists", "explanation": "製品があります"}, (12, 1), True),
    "send_back": (
        {"question": "夜勤?", "asked_sections": [], "reply_due": date(2026, 12, 14)},
        (11, 27),
        False,
    ),
}


@pytest.mark.parametrize("name", FIRST_ANSWERS)
def test_any_first_answer_ends_the_promise(name, need, office):
    details, today, late = FIRST_ANSWERS[name]

    with on(*today):
        actions.flow.perform(name, need, by=office, **details)

    assert (need.answered_on, need.answered_late) == (date(2026, *today), late)
    assert need.promised_until is None


def test_an_answer_while_the_clock_stands_is_not_late(need, office):
    with on(11, 24):
        clock.stop_clock(need, by=office, clock_reason="確認中")
    with on(12, 21):
        actions.take_in(need, by=office)

    assert (need.answered_late, need.clock_stopped_on) == (False, None)


def test_only_the_first_answer_counts(need, nurse, office):
    with on(11, 20):
        actions.send_back(
            need, by=office, question="夜勤?", asked_sections=[], reply_due=date(2026, 12, 4)
        )
    with on(12, 1):
        actions.resubmit(need, by=nurse, answer="夜勤です")
        assert need.answer_due == date(2026, 12, 15)
    with on(12, 28):
        actions.take_in(need, by=office)

    assert (need.answered_on, need.answered_late) == (date(2026, 11, 20), False)


def test_what_is_late_goes_to_office_and_director_once(need, office, director, other_office):
    with on(11, 30):
        clock.follow_promises()
        assert not Message.objects.filter(kind="needs.needs_late").exists()
    with on(12, 1):
        for _run in range(2):
            clock.follow_promises()
    with on(12, 2):
        clock.follow_promises()

    told = Message.objects.filter(kind="needs.needs_late")
    assert {message.recipient for message in told} == {office, director}
    assert told.count() == 2
    assert "提案者に返事をしてください" in told.get(recipient=office).body
    assert "返事をするのは事務局です" in told.get(recipient=director).body
    assert names(need)[-1] == "escalate"


def test_who_is_office_and_director_hears_it_once(need, hospital, office):
    MembershipFactory(user=office, organisation=hospital, role=Role.DIRECTOR)
    with on(12, 1):
        clock.follow_promises()

    assert Message.objects.filter(kind="needs.needs_late", recipient=office).count() == 1


def test_a_second_lateness_escalates_again(need, office, director):
    with on(11, 24):
        clock.stop_clock(need, by=office, clock_reason="確認中")
    Need.objects.filter(pk=need.pk).update(escalated_on=date(2026, 11, 20))
    need.refresh_from_db()
    with on(12, 8):
        clock.resume_clock(need, by=office)
    for day, told in {14: 0, 15: 2, 16: 2}.items():
        with on(12, day):
            clock.follow_promises()
        assert Message.objects.filter(kind="needs.needs_late").count() == told


def test_the_same_lateness_is_told_once_however_often_the_clock_stops(need, office, director):
    with on(12, 1):
        clock.follow_promises()
    with on(12, 2):
        clock.stop_clock(need, by=office, clock_reason="確認中")
    with on(12, 8):
        clock.resume_clock(need, by=office)
    with on(12, 9):
        clock.follow_promises()
        assert need.is_overdue

    assert Message.objects.filter(kind="needs.needs_late").count() == 2


def test_many_late_needs_make_one_mail_for_each_hospital(
    hospital, other_hospital, office, other_office
):
    NeedFactory.create_batch(
        3, hospital=hospital, state=NeedState.SUBMITTED, answer_due=date(2026, 11, 2)
    )
    NeedFactory(hospital=other_hospital, state=NeedState.SUBMITTED, answer_due=date(2026, 11, 2))

    with on(11, 4):
        clock.follow_promises()

    subjects = {message.recipient: message.subject for message in Message.objects.all()}
    assert "3件" in subjects[office]
    assert "1件" in subjects[other_office]


def test_the_yearly_figure(hospital, other_hospital, nurse, client):
    def need(year, **answer):
        NeedFactory(
            hospital=hospital,
            submitted_at=datetime(year, 5, 7, 9, tzinfo=TOKYO),
            answer_due=date(year, 5, 21),
            **answer,
        )

    for _each in range(2):
        need(2025, state=NeedState.SCREENING, answered_on=date(2025, 5, 9))
    need(2025, state=NeedState.DECLINED, answered_on=date(2025, 6, 1), answered_late=True)
    need(2026, state=NeedState.SUBMITTED)
    NeedFactory(hospital=other_hospital, state=NeedState.SUBMITTED)

    with on(6, 1):
        rows = {row.year: row for row in kept_by_year(hospital)}
        client.force_login(nurse)
        page = client.get(reverse("needs:promise")).content.decode()

    assert (rows[2025].submitted, rows[2025].answered, rows[2025].late) == (3, 3, 1)
    assert rows[2025].percent == 66
    assert (rows[2026].answered, rows[2026].waiting_late, rows[2026].percent) == (0, 1, 0)
    assert "<strong>66%</strong>" in page


LISTS = {"office": True, "director": True, "nurse": False, "head": False}


@pytest.mark.parametrize("who", LISTS)
def test_the_hospitals_page_leads_to_exactly_the_counted_needs(
    who, hospital, other_hospital, department, client, request
):
    def need(**answer):
        return NeedFactory(
            hospital=hospital,
            department=department,
            submitted_at=datetime(2025, 5, 7, 9, tzinfo=TOKYO),
            answer_due=date(2025, 5, 21),
            **answer,
        )

    need(state=NeedState.SCREENING, answered_on=date(2025, 5, 9))
    need(state=NeedState.DECLINED, answered_on=date(2025, 6, 1), answered_late=True)
    need(state=NeedState.SUBMITTED)
    origin = need(state=NeedState.SCREENING, answered_on=date(2025, 5, 9))
    part = need(state=NeedState.SCREENING, answered_on=date(2025, 5, 9))
    Relation.objects.create(need=origin, other=part, kind="split", by=origin.proposer)
    NeedFactory(hospital=hospital, state=NeedState.SUBMITTED)
    NeedFactory(hospital=other_hospital, state=NeedState.SUBMITTED)
    client.force_login(request.getfixturevalue(who))

    with on(6, 1):
        page = client.get(reverse("needs:promise")).content.decode()
        found = dict(re.findall(r'href="([^"]+promise=\w+)">(\d+)</a>', page))
        listed = {
            url: client.get(url.replace("&amp;", "&")).context["page_obj"].paginator.count
            for url in found
        }

    assert f"<h1>{hospital.name}</h1>" in page
    assert {url: int(number) for url, number in found.items()} == listed
    assert sorted(listed.values()) == ([1, 2, 3, 4] if LISTS[who] else [])


@pytest.mark.parametrize("who", ["nurse", "office", "director", "legal"])
def test_home_and_footer_lead_to_the_hospitals_page(who, client, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get("/").content.decode().count(reverse("needs:promise")) == 2


def test_outsiders_are_not_led_there(partner, client):
    client.force_login(partner)

    assert reverse("needs:promise") not in client.get("/").content.decode()


def test_the_office_keeps_the_closed_days(client, hospital, office, nurse):
    url = reverse("needs:closed_days", args=[hospital.public_id])
    with on(11, 24):
        client.force_login(office)
        client.post(url, {"day": "2026/12/1", "name": "創立記念日"})
        past = client.post(url, {"day": "2026/11/2", "name": "創立記念日"})
        assert promised_day(hospital.pk) == date(2026, 12, 9)
        [day] = ClosedDay.objects.filter(hospital=hospital)
        client.post(url, {"open": day.pk})
        assert promised_day(hospital.pk) == date(2026, 12, 8)
        client.force_login(nurse)
        assert client.get(url).status_code == 403

    assert past.status_code == 422
    assert "きょうからあとの日にしてください" in past.content.decode()


def test_a_clock_that_stands_is_not_stopped_again(need, office):
    clock.stop_clock(need, by=office, clock_reason="確認中")
    actions.take_in(need, by=office)

    with pytest.raises(WrongStateError):
        clock.stop_clock(need, by=office, clock_reason="確認中")

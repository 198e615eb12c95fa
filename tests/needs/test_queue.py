"""自分の番: what comes next for the office, and what she should know before she opens it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from accounts.enums import Role
from core.templatetags.ui import days_in_promise
from needs import clearance
from needs.columns import QUEUE
from needs.enums import NeedState, ParticipantKind, Source
from needs.models import Need, Participant
from needs.risks import with_risks
from tests.factories.accounts import MembershipFactory
from tests.factories.needs import NeedFactory

QUEUE_PAGE = "/needs/?view=mine"
# A Thursday; the promise is counted in working days.
TODAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2026, 11, 26, 3, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def as_office(client, office):
    client.force_login(office)
    return client


@pytest.fixture
def make(hospital, nurse, department):
    def need(title, state=NeedState.SUBMITTED, *, days=3, **more):
        return NeedFactory(
            hospital=hospital,
            department=department,
            state=state,
            title=title,
            submitted_at=datetime(2026, 11, 26, 0, tzinfo=UTC) - timedelta(days=days),
            **{"proposer": nurse, **more},
        )

    return need


def titles(answer):
    return [row["need"].title for row in answer.context["rows"]]


def row_of(answer, title):
    [row] = [row for row in answer.context["rows"] if row["need"].title == title]
    return {column.slug: value for column, _start, value in row["cells"]}


def test_the_most_late_comes_first_then_what_has_waited_longest(make, as_office):
    make("まだ5日", answer_due=date(2026, 12, 3))
    make("整理中・新しい", NeedState.SCREENING, days=10, answer_due=date(2020, 1, 1))
    make("少し遅れ", answer_due=date(2026, 11, 25))
    make("とても遅れ", answer_due=date(2026, 11, 2))
    make("止まっている", days=40, answer_due=date(2026, 11, 1), clock_stopped_on=date(2026, 10, 30))
    make("整理中・古い", NeedState.SCREENING, days=20)
    make("質問中", NeedState.RETURNED)

    assert titles(as_office.get(QUEUE_PAGE)) == [
        *("とても遅れ", "少し遅れ", "まだ5日"),
        *("止まっている", "整理中・古い", "整理中・新しい"),
    ]


def test_her_own_worry_is_a_colleagues_to_judge(make, office, other_hospital, as_office):
    make("ふつうの件")
    make("自分の困りごと", proposer=office)
    make("代わりに登録した件", proposer=office, source=Source.PHONE)
    with_her = make("連名の件")
    joined = make("賛同した件")
    for need, kind in ((with_her, ParticipantKind.CO_SUBMITTER), (joined, ParticipantKind.JOINED)):
        Participant.objects.create(need=need, user=office, kind=kind)
    # She directs another hospital: its office has its own queue.
    MembershipFactory(user=office, organisation=other_hospital, role=Role.DIRECTOR)
    NeedFactory(hospital=other_hospital, state=NeedState.SUBMITTED, title="よその病院の件")

    answer = as_office.get(QUEUE_PAGE)

    assert sorted(titles(answer)) == ["ふつうの件", "代わりに登録した件"]
    assert [view["count"] for view in answer.context["views"] if view["name"] == "mine"] == [2]


def test_the_queue_is_what_she_may_judge(make, office, nurse):
    for proposer in (nurse, office):
        for source in (Source.PORTAL, Source.PAPER):
            make("件", proposer=proposer, source=source)
            joined = make("賛同した件", proposer=proposer, source=source)
            Participant.objects.create(need=joined, user=office, kind=ParticipantKind.JOINED)

    may = {need for need in Need.objects.all() if office.has_perm("needs.screen_need", need)}

    assert set(Need.objects.queue_of(office)) == may
    assert len(may) == 3


CLOCKS = {
    # the promised day, the day it was stopped: what the column says
    (date(2026, 12, 1), None): "あと3営業日",
    (date(2026, 11, 26), None): "今日まで",
    (date(2026, 11, 24), None): "2営業日遅れ",
    (date(2026, 12, 1), date(2026, 11, 20)): "止まっています",
}


@pytest.mark.parametrize(("due", "stopped"), CLOCKS)
def test_the_promise_in_words(due, stopped, make, as_office):
    make("件", answer_due=due, clock_stopped_on=stopped)

    assert row_of(as_office.get(QUEUE_PAGE), "件")["clock"] == CLOCKS[due, stopped]


def test_no_promise_no_words():
    assert days_in_promise(None) == ""


def test_the_columns_of_the_queue(make, office, as_office):
    make("件", days=24, assignee=office)

    answer = as_office.get(QUEUE_PAGE)

    assert [column.slug for column in answer.context["columns"]] == QUEUE
    row = row_of(answer, "件")
    assert (row["age"], row["assignee"]) == (24, "支援 花子")
    assert "24日" in answer.content.decode()


RISKS = {
    # what the sheet says: the hints
    "nothing": ({}, []),
    "safety": ({"impacts": ["time", "safety"]}, ["患者さんの安全"]),
    "a talk in 30 days": ({"presentation_on": date(2026, 12, 26)}, ["学会発表が近い"]),
    "a talk in a year": ({"presentation_on": date(2027, 11, 26)}, []),
    "a talk in the past": ({"presentation_on": date(2026, 11, 25)}, []),
    "a name": ({"problem": "山田太郎さんが夜中に何度も転びそうになった。"}, ["個人情報の確認"]),
}


@pytest.mark.parametrize("case", RISKS)
def test_hints_at_a_glance(case, make):
    sheet, hints = RISKS[case]

    [need] = with_risks([make("件", **sheet)])

    assert [str(risk.label) for risk in need.risks] == hints


def test_a_name_that_somebody_answered_for_is_no_risk(make, nurse):
    need = make("件", problem="山田太郎さんが夜中に何度も転びそうになった。")
    for found in clearance.open_findings(need):
        clearance.clear(need, found, reason="仮の名前です", by=nurse)

    [need] = with_risks([need])

    assert need.risks == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_needs_a_fixed_number_of_queries(
    count, make, office, as_office, django_assert_num_queries
):
    for n in range(count):
        make(f"件{n}", problem="山田太郎さんが夜中に転びそうになった。", assignee=office)
    as_office.get(QUEUE_PAGE)

    # As the list (test_read.py), with her own views, without her own columns, and with the
    # closed days of the promise and the answered findings.
    with django_assert_num_queries(18):
        answer = as_office.get(QUEUE_PAGE)

    assert len(titles(answer)) == count

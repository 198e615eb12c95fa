from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from audit.queries import entries_for
from core.workflow import WrongStateError
from needs import actions
from needs.enums import NeedState, ParticipantKind, Source
from needs.models import Need
from notifications.models import Message
from tests.factories.needs import NeedFactory

TOKYO = ZoneInfo("Asia/Tokyo")

# For each state the buttons of (proposer, office, others).
BUTTONS = {
    NeedState.DRAFT: (["withdraw"], [], []),
    NeedState.SUBMITTED: (
        ["withdraw"],
        ["take_in", "send_back", "decline", "stop_clock", "merge"],
        [],
    ),
    NeedState.SCREENING: (["withdraw"], ["send_back", "decline", "merge"], []),
    NeedState.RETURNED: (["resubmit", "withdraw"], [], []),
    NeedState.DECLINED: ([], ["reopen"], []),
    NeedState.IN_REVIEW: ([], [], []),
    NeedState.ACCEPTED: ([], [], []),
    NeedState.CONDITIONALLY_ACCEPTED: ([], [], []),
    NeedState.ON_HOLD: ([], ["reopen"], []),
    NeedState.NOT_ACCEPTED: ([], ["reopen"], []),
    NeedState.WITHDRAWN: ([], [], []),
    NeedState.CLOSED: (["resubmit", "withdraw"], ["reopen"], []),
    NeedState.MERGED: ([], ["reopen"], []),
}


@pytest.fixture
def need(hospital, nurse, department):
    return NeedFactory(hospital=hospital, proposer=nurse, department=department)


def _buttons(user, need):
    return [row.name for row in actions.flow.open_to(user, need)]


@pytest.mark.parametrize("state", NeedState)
def test_who_sees_which_button(
    state, hospital, nurse, department, office, other_nurse, head, director, other_office, partner
):
    need = NeedFactory(hospital=hospital, proposer=nurse, department=department, state=state)

    proposer_sees, office_sees, others_see = BUTTONS[state]

    assert _buttons(nurse, need) == proposer_sees
    assert _buttons(office, need) == office_sees
    for person in (other_nurse, head, director, other_office, partner):
        assert _buttons(person, need) == others_see


def test_a_withdrawn_need_with_a_number_can_be_taken_up_again(hospital, nurse, office):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.SUBMITTED)
    actions.withdraw(need, by=nurse)

    assert _buttons(office, need) == ["reopen"]


def test_submitting_gives_a_number_and_a_promise(need, nurse):
    with time_machine.travel(datetime(2026, 12, 4, 9, tzinfo=TOKYO), tick=False):
        actions.submit(need, by=nurse)

    need.refresh_from_db()
    assert need.number == "N-2026-0001"
    assert need.answer_due == date(2026, 12, 18)
    assert need.submitted_at == datetime(2026, 12, 4, 9, tzinfo=TOKYO)
    assert [entry.action for entry in entries_for(need)] == ["needs.need.submit"]


def test_the_year_of_a_number_is_the_one_in_tokyo(need, nurse):
    with time_machine.travel(datetime(2027, 1, 1, 0, 30, tzinfo=TOKYO), tick=False):
        actions.submit(need, by=nurse)

    assert need.number == "N-2027-0001"


def test_each_hospital_counts_for_itself(hospital, other_hospital):
    ours = [NeedFactory(hospital=hospital) for _ in range(2)]
    theirs = NeedFactory(hospital=other_hospital)

    with time_machine.travel(datetime(2026, 12, 4, tzinfo=TOKYO), tick=False):
        for each in [*ours, theirs]:
            actions.submit(each, by=each.proposer)

    assert [each.number for each in ours] == ["N-2026-0001", "N-2026-0002"]
    assert theirs.number == "N-2026-0001"


@pytest.mark.django_db(transaction=True)
def test_needs_submitted_at_the_same_time_get_different_numbers(hospital):
    needs = [NeedFactory(hospital=hospital) for _ in range(4)]

    def submit(need):
        try:
            actions.submit(need, by=need.proposer)
        finally:
            connection.close()

    # Tests share one SQLite database in memory, which cannot be written by two threads.
    with ThreadPoolExecutor(4 if connection.features.has_select_for_update else 1) as pool:
        list(pool.map(submit, needs))

    numbers = sorted(Need.objects.values_list("number", flat=True))
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003", "0004"]


def test_an_incomplete_need_is_not_submitted(nurse, hospital):
    need = NeedFactory(hospital=hospital, proposer=nurse, frequency="")

    with pytest.raises(actions.IncompleteError):
        actions.submit(need, by=nurse)

    need.refresh_from_db()
    assert (need.state, need.number) == (NeedState.DRAFT, None)


def test_a_need_is_submitted_once(need, nurse):
    actions.submit(need, by=nurse)

    with pytest.raises(WrongStateError):
        actions.submit(need, by=nurse)


def test_nobody_screens_their_own_worry(hospital, office):
    need = NeedFactory(hospital=hospital, proposer=office, state=NeedState.SUBMITTED)

    with pytest.raises(PermissionDenied):
        actions.flow.perform("take_in", need, by=office)


def test_who_imported_a_need_for_others_may_screen_it(hospital, office):
    need = NeedFactory(
        hospital=hospital, proposer=office, state=NeedState.SUBMITTED, source=Source.IMPORT
    )

    actions.flow.perform("take_in", need, by=office)

    assert need.state == NeedState.SCREENING


ASKED = {"question": "夜勤のときですか", "asked_sections": [], "reply_due": date(2030, 1, 10)}
TOLD = {
    # action:    (from,                 details,                                   kind → who)
    "submit": (NeedState.DRAFT, {}, {"need_submitted": "office", "need_received": "nurse"}),
    "take_in": (NeedState.SUBMITTED, {}, {"need_taken_in": "nurse"}),
    "send_back": (NeedState.SUBMITTED, ASKED, {"need_returned": "nurse"}),
    "resubmit": (NeedState.RETURNED, {"answer": "夜勤です"}, {"need_answered": "office"}),
    "decline": (
        NeedState.SCREENING,
        {"decline_reason": "exists", "explanation": "製品があります"},
        {"need_declined": "nurse"},
    ),
    "reopen": (NeedState.ON_HOLD, {}, {"need_reopened": "nurse"}),
    "withdraw": (NeedState.SUBMITTED, {}, {"need_withdrawn": "office"}),
}


@pytest.mark.parametrize("name", TOLD)
def test_who_is_told(name, hospital, nurse, office, other_office):
    state, details, told = TOLD[name]
    need = NeedFactory(hospital=hospital, proposer=nurse, state=state)
    people = {"nurse": nurse, "office": office}

    actions.flow[name].run(need, by=office, **details)

    assert {message.kind: message.recipient for message in Message.objects.all()} == {
        f"needs.{kind}": people[who] for kind, who in told.items()
    }


WITHDRAWN = {
    # state:    who hears of it besides the proposer, who does it
    "draft": {"other_nurse"},
    "submitted": {"other_nurse", "head", "office"},
    "returned": {"other_nurse", "head", "office"},
}


@pytest.mark.parametrize("state", WITHDRAWN)
def test_nobody_behind_a_withdrawn_need_is_left_waiting(
    state, hospital, nurse, other_nurse, head, office
):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=state)
    people = {"other_nurse": other_nurse, "head": head, "office": office}
    need.participants.create(user=other_nurse, kind=ParticipantKind.CO_SUBMITTER)
    if state != "draft":
        need.participants.create(user=head, kind=ParticipantKind.JOINED)

    actions.flow.perform("withdraw", need, by=nurse)

    told = {message.recipient for message in Message.objects.all()}
    assert told == {people[who] for who in WITHDRAWN[state]}


def test_question_answer_and_back_again(need, nurse, office):
    actions.submit(need, by=nurse)
    number = need.number
    actions.flow.perform("send_back", need, by=office, **ASKED)
    actions.flow.perform("resubmit", need, by=nurse, answer="はい、夜勤です")
    actions.flow.perform("take_in", need, by=office)

    assert need.number == number
    assert [entry.action.split(".")[-1] for entry in entries_for(need)] == [
        "submit",
        "send_back",
        "resubmit",
        "take_in",
    ]


def test_the_committee_moves_a_need(hospital, office):
    need = NeedFactory(hospital=hospital, state=NeedState.SCREENING)

    actions.send_to_review(need, by=office)
    actions.back_to_screening(need, by=office)
    actions.send_to_review(need, by=office)
    actions.hold(need, by=office)

    assert need.state == NeedState.ON_HOLD


@pytest.mark.parametrize("name", ["accept", "accept_conditionally", "hold", "not_accept"])
def test_nobody_decides_with_a_button(name, hospital, office, director):
    need = NeedFactory(hospital=hospital, state=NeedState.IN_REVIEW)

    for person in (office, director):
        with pytest.raises(PermissionDenied):
            actions.flow.perform(name, need, by=person)


def test_a_draft_is_filled_in_with_what_is_known(hospital, department, nurse):
    nurse.memberships.update(department=department)

    need = actions.create_draft(hospital=hospital, by=nurse, title="点滴")

    assert (need.department, need.proposer, need.state) == (department, nurse, NeedState.DRAFT)


READS_BESIDE = {
    NeedState.SUBMITTED: ["take_in", "send_back", "decline", "stop_clock", "merge"],
    NeedState.ON_HOLD: ["reopen"],
}


@pytest.mark.parametrize("state", READS_BESIDE)
def test_the_office_reads_the_need_while_it_writes_about_it(state, hospital, office, client):
    need = NeedFactory(hospital=hospital, state=state, problem="印のある困りごとの本文です。")
    client.force_login(office)

    for name in READS_BESIDE[state]:
        page = client.get(reverse("needs:transition", args=[need.public_id, name]))
        assert need.problem in page.content.decode()

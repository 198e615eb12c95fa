"""What the server does for static/js/autosave.js; the browser's side is tests/e2e/test_submission.py."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from audit.queries import entries_for
from needs import advice
from needs.enums import NeedState
from needs.models import Need, Participant
from notifications.models import Message
from tests.factories.accounts import MembershipFactory
from tests.factories.needs import NeedFactory
from tests.forms import once_key

JSON = {"Accept": "application/json"}
TITLE = "点滴の残量が分からない"
PROBLEM = "夜勤のとき、点滴の残量を見に何度も病室へ入る。"


@pytest.fixture
def draft(hospital, nurse):
    return NeedFactory(hospital=hospital, proposer=nurse)


@pytest.fixture
def submitted(hospital, nurse):
    return NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.SUBMITTED)


@pytest.fixture
def as_nurse(client, nurse):
    client.force_login(nurse)
    return client


def step(need, number=1):
    return reverse("needs:edit", args=[need.public_id, number])


def section(need, slug="background"):
    return reverse("needs:section", args=[need.public_id, slug])


def send(client, url, **typed):
    """What the browser sends of itself."""
    return client.post(url, {"go": "auto", **typed}, headers=JSON)


def lines(need):
    """The answers named on the timeline, line by line."""
    return [entry.data["fields"] for entry in entries_for(need) if entry.action.endswith(".edit")]


@pytest.mark.parametrize(
    ("number", "typed", "kept"),
    [
        (1, {"title": "短", "problem": "と中"}, {"title": "短", "problem": "と中"}),
        (1, {"title": "", "problem": ""}, {"title": "", "problem": ""}),
        (2, {"place": "icu"}, {"place": "icu", "frequency": ""}),
        (2, {"impacts": ["time", "cost"]}, {"impacts": ["time", "cost"], "place": ""}),
        (3, {"audience": "nda"}, {"audience": "nda", "no_patient_data": False}),
    ],
)
def test_whatever_was_typed_is_kept(number, typed, kept, as_nurse, draft):
    answer = send(as_nurse, step(draft, number), version=draft.version, **typed)

    assert answer.status_code == 200
    draft.refresh_from_db()
    assert {name: getattr(draft, name) for name in kept} == kept
    assert answer.json()["version"] == draft.version


def test_the_line_says_when(client, draft):
    with time_machine.travel("2030-01-10T01:32:00Z", tick=False):
        client.force_login(draft.proposer)
        answer = send(client, step(draft), title=TITLE, problem=PROBLEM).json()

    assert (answer["saved_at"], answer["message"]) == ("10:32", "10:32 に保存しました")


def test_text_beyond_the_limit_is_refused_and_nothing_is_cut(as_nurse, draft):
    before = draft.title

    answer = send(as_nurse, step(draft), title="あ" * 52, problem=PROBLEM).json()

    assert "「ひとことで」は40字以内で入力してください(いま52字です)" in answer["message"]
    assert answer["errors"]
    draft.refresh_from_db()
    assert (draft.title, draft.problem) == (before, PROBLEM)


def test_two_pages_of_one_step_notice_each_other(as_nurse, draft):
    page = as_nurse.get(step(draft)).context["form"]
    drawn = {name: page[name].value() for name in ("version", "basis")}
    send(as_nurse, step(draft), **drawn, title="先の題", problem=PROBLEM)

    answer = send(as_nurse, step(draft), **drawn, title="後の題", problem=PROBLEM)

    assert answer.status_code == 409
    assert answer.json() == {"message": "ほかの画面で変更されました。", "compare": True}
    draft.refresh_from_db()
    assert draft.title == "先の題"
    compared = as_nurse.post(
        step(draft), {**drawn, "title": "後の題", "problem": PROBLEM, "go": "stay"}
    )
    assert compared.status_code == 409
    page = compared.content.decode()
    assert "先の題" in page
    assert "後の題" in page
    assert "data-autosave" not in page


def test_a_letter_that_arrives_twice_is_no_conflict(as_nurse, draft):
    typed = {"version": draft.version, "title": "同じ題", "problem": PROBLEM}

    answers = [send(as_nurse, step(draft), **typed) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["version"] == answers[1].json()["version"]


def test_another_step_changed_meanwhile_is_no_conflict(as_nurse, draft):
    page = as_nurse.get(step(draft)).context["form"]
    drawn = {name: page[name].value() for name in ("version", "basis")}
    send(as_nurse, step(draft, 2), place="home")

    answer = send(as_nurse, step(draft), **drawn, title="新しい題", problem=PROBLEM)

    draft.refresh_from_db()
    assert (answer.status_code, draft.title, draft.place) == (200, "新しい題", "home")


def test_a_page_goes_on_after_each_save(as_nurse, draft):
    drawn = {"version": draft.version}
    for text in ("一", "一二", "一二三"):
        answer = send(as_nurse, step(draft), **drawn, title=text, problem=PROBLEM)
        assert answer.status_code == 200
        drawn = {name: answer.json()[name] for name in ("version", "basis")}

    response = as_nurse.post(step(draft), {**drawn, "title": "一二三四", "problem": PROBLEM})

    assert response["Location"] == step(draft, 2)


def test_the_first_word_makes_one_draft(as_nurse, nurse):
    key = once_key(as_nurse.get(reverse("needs:new")))
    typed = {"title": "点", "problem": "", "_once": key}

    first = send(as_nurse, reverse("needs:new"), **typed)
    again = send(as_nurse, reverse("needs:new"), **{**typed, "title": "点滴"})

    draft = Need.objects.get()
    assert (first.status_code, first["Location"], first.json()["url"]) == (
        201,
        step(draft),
        step(draft),
    )
    assert (again.status_code, again["Location"]) == (302, step(draft))
    where = as_nurse.get(again["Location"], headers=JSON).json()
    assert where == {
        "version": draft.version,
        "basis": first.json()["basis"],
        "url": step(draft),
        "once": where["once"],
    }
    assert where["once"] not in {key, first.json()["once"]}


def test_after_the_first_autosave_the_page_is_sent_as_usual(as_nurse):
    key = once_key(as_nurse.get(reverse("needs:new")))
    page = send(as_nurse, reverse("needs:new"), title="点", problem="", _once=key).json()
    typed = {"title": TITLE, "problem": PROBLEM, "_once": page["once"]}

    response = as_nurse.post(
        page["url"], {**typed, "version": page["version"], "basis": page["basis"]}
    )

    draft = Need.objects.get()
    assert response["Location"] == step(draft, 2)
    assert draft.title == TITLE


@pytest.mark.parametrize(
    "typed", [{}, {"title": " ", "problem": "\n"}, {"title": "あ" * 52, "problem": ""}]
)
def test_without_a_word_to_keep_there_is_no_draft(typed, as_nurse):
    answer = send(as_nurse, reverse("needs:new"), **typed)

    assert answer.status_code == 200
    assert "url" not in answer.json()
    assert not Need.objects.exists()


def test_the_draft_waits_for_the_hospital(as_nurse, nurse, other_hospital):
    MembershipFactory(user=nurse, organisation=other_hospital, role=Role.STAFF)

    answer = send(as_nurse, reverse("needs:new"), title=TITLE).json()
    assert answer["message"] == "「病院」を選んでください。まだ保存していません。"
    send(as_nurse, reverse("needs:new"), title=TITLE, hospital=other_hospital.pk)

    assert Need.objects.get().hospital == other_hospital


def test_drafts_have_no_timeline_of_pauses_and_nobody_is_told(as_nurse, draft):
    send(as_nurse, step(draft), title=TITLE, problem=PROBLEM)
    send(as_nurse, section(draft), background="病棟の改装")

    assert lines(draft) == []
    assert not Message.objects.exists()


def test_after_submission_each_answer_gets_one_line_in_half_an_hour(as_nurse, submitted):
    now = timezone.now()
    told = {}
    for minute, typed in [
        (0, {"background": "改"}),
        (1, {"background": "改装"}),
        (2, {"background": "改装", "current_practice": "見回り"}),
        (20, {"background": "改装。", "current_practice": "見回り"}),
        (31, {"background": "改装後", "current_practice": "見回り"}),
    ]:
        with time_machine.travel(now + timedelta(minutes=minute), tick=False):
            as_nurse.force_login(submitted.proposer)
            send(as_nurse, section(submitted), **typed)
            told[minute] = len(lines(submitted))

    assert told == {0: 1, 1: 1, 2: 2, 20: 2, 31: 3}
    assert lines(submitted) == [["背景"], ["現状の対処"], ["背景"]]
    assert not Message.objects.exists()


def test_saving_without_a_change_leaves_everything_alone(as_nurse, submitted):
    version = submitted.version

    send(as_nurse, section(submitted), background="")

    submitted.refresh_from_db()
    assert submitted.version == version


@pytest.mark.parametrize(
    ("name", "status"),
    [("office", 403), ("head", 403), ("other_nurse", 404), ("other_office", 404), ("partner", 404)],
)
def test_only_who_may_write_autosaves(name, status, client, hospital, nurse, department, request):
    need = NeedFactory(
        hospital=hospital, proposer=nurse, department=department, state=NeedState.RETURNED
    )
    client.force_login(request.getfixturevalue(name))

    assert send(client, step(need), title="書きかえ").status_code == status
    assert send(client, section(need), background="書きかえ").status_code == status
    need.refresh_from_db()
    assert (need.background, need.title == "書きかえ") == ("", False)


@pytest.mark.parametrize(("may_edit", "status"), [(True, 200), (False, 403)])
def test_a_co_submitter_writes_if_she_may(may_edit, status, client, draft, other_nurse):
    Participant.objects.create(need=draft, user=other_nurse, kind="co_submitter", may_edit=may_edit)
    client.force_login(other_nurse)

    assert send(client, step(draft), title=TITLE, problem=PROBLEM).status_code == status
    assert send(client, section(draft), background="改装").status_code == status


@pytest.mark.parametrize(
    ("state", "number_of_saves"),
    [(NeedState.SUBMITTED, 1), (NeedState.IN_REVIEW, 0), (NeedState.ACCEPTED, 0)],
)
def test_a_page_that_is_too_late_says_so(state, number_of_saves, as_nurse, hospital, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=state)

    answers = [
        send(as_nurse, step(need), title=TITLE),
        send(as_nurse, section(need), background=""),
    ]

    assert [answer.status_code for answer in answers].count(200) == number_of_saves
    assert "すでに状況が変わっています" in answers[0].json()["message"]


def test_a_parked_autosave_comes_back_as_a_page(as_nurse, draft):
    response = as_nurse.post(step(draft), {"go": "auto", "title": TITLE, "problem": "と中"})

    draft.refresh_from_db()
    assert (response["Location"], draft.problem) == (step(draft), "と中")


def test_hints_come_with_the_answer_and_with_the_page(as_nurse, nurse, draft, monkeypatch):
    asked = []

    def adviser(need, values, user):
        asked.append((need, values, user))
        yield "needs/question.html", {"words": values["problem"]}

    monkeypatch.setattr(advice, "_advisers", [adviser])

    answer = send(as_nurse, step(draft), title=TITLE, problem=f" {PROBLEM}\n").json()
    page = as_nurse.get(step(draft)).content.decode()
    as_nurse.get(reverse("needs:check", args=[draft.public_id]))

    assert "事務局からの質問" in answer["advice"]
    assert "事務局からの質問" in page
    assert asked[:2] == [(draft, {"title": TITLE, "problem": PROBLEM}, nurse)] * 2
    assert asked[2] == asked[0]


def test_an_autosave_is_cheap(as_nurse, submitted, django_assert_max_num_queries):
    with django_assert_max_num_queries(31):
        send(as_nurse, section(submitted), background="改装", version=submitted.version)

    with django_assert_max_num_queries(27):
        send(as_nurse, section(submitted), background="改装後")


def test_the_answer_is_json_in_every_case(as_nurse, draft):
    answers = [
        send(as_nurse, step(draft), title=TITLE, problem=PROBLEM),
        send(as_nurse, step(draft), title="別", problem=PROBLEM, version=0),
        as_nurse.get(step(draft), headers=JSON),
    ]

    assert [answer["Content-Type"] for answer in answers] == ["application/json"] * 3
    assert all(json.loads(answer.content) for answer in answers)

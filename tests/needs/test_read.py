from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from core.todo import todos_for
from needs.enums import NeedState, RevivalCause, Source
from needs.models import Need, Revival
from needs.todo import needs_waiting_for
from tests.factories.needs import NeedFactory

LIST = "/needs/"


def shown(response):
    return [need.title for need in response.context["page_obj"]]


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_needs_a_fixed_number_of_queries(
    count, client, office, hospital, django_assert_num_queries
):
    needs = NeedFactory.create_batch(count, hospital=hospital, state=NeedState.SUBMITTED)
    client.force_login(office)

    # session, person, roles; departments and terms of the filter; her views and columns; count,
    # keys and rows; closed days; three view counts; colleagues; two of the frame
    with django_assert_num_queries(18):
        page = client.get(LIST).content.decode()

    assert all(need.title in page for need in needs)


@pytest.mark.parametrize("count", [1, 3])
def test_ones_own_list_needs_a_fixed_number_of_queries(
    count, client, nurse, hospital, django_assert_num_queries
):
    needs = [
        need
        for state in (NeedState.ACCEPTED, NeedState.SUBMITTED)
        for need in NeedFactory.create_batch(count, hospital=hospital, proposer=nurse, state=state)
    ]
    client.force_login(nurse)

    # session, person, roles; whether she heads a department; count, keys and rows;
    # 公開 and 連携 of the stage line; the closed days of the promise; the frame
    with django_assert_num_queries(11):
        page = client.get(LIST).content.decode()

    assert all(need.title in page for need in needs)


@pytest.mark.parametrize("count", [1, 3])
def test_todos_need_a_fixed_number_of_queries(count, office, hospital, django_assert_num_queries):
    for state in (NeedState.SUBMITTED, NeedState.SCREENING):
        NeedFactory.create_batch(count, hospital=hospital, state=state)
    assert office.offices

    with django_assert_num_queries(7):
        todos = list(needs_waiting_for(office))

    assert len(todos) == 2 * count


FILTERS = {
    "view=mine": ["受付待ち", "受付済み", "遅れ"],
    "view=overdue": ["遅れ"],
    "view=nonsense": ["遅れ", "採択", "受付済み", "受付待ち"],
    "state=accepted": ["採択"],
    "state=nonsense": ["遅れ", "採択", "受付済み", "受付待ち"],
    "frequency=rarely": ["採択"],
    "q=採択": ["採択"],
    "q=N-2026-0002": ["受付済み"],
    "q=褥瘡 シーツ": ["受付待ち"],
    "q=どこにもない": [],
}


@pytest.mark.parametrize("query", FILTERS)
def test_filters_live_in_the_address(query, client, office, hospital):
    NeedFactory(
        hospital=hospital,
        state=NeedState.SUBMITTED,
        title="受付待ち",
        problem="シーツで褥瘡ができてしまうことがある。",
    )
    NeedFactory(
        hospital=hospital, state=NeedState.SCREENING, title="受付済み", number="N-2026-0002"
    )
    NeedFactory(hospital=hospital, state=NeedState.ACCEPTED, title="採択", frequency="rarely")
    NeedFactory(
        hospital=hospital, state=NeedState.SUBMITTED, title="遅れ", answer_due=date(2020, 1, 7)
    )
    NeedFactory(hospital=hospital, title="下書き")
    client.force_login(office)

    response = client.get(f"{LIST}?{query}")

    assert sorted(shown(response)) == sorted(FILTERS[query])


def test_the_desk_shows_only_ones_own_hospital(client, office, other_hospital, hospital):
    NeedFactory(hospital=other_hospital, state=NeedState.SUBMITTED, title="よその病院")
    NeedFactory(hospital=hospital, state=NeedState.SUBMITTED, title="うちの病院")
    client.force_login(office)

    response = client.get(LIST)

    assert shown(response) == ["うちの病院"]
    assert "ニーズ(1件)" in response.content.decode()


def test_a_head_sees_her_department(client, head, department, hospital):
    NeedFactory(
        hospital=hospital, department=department, state=NeedState.ACCEPTED, title="うちの病棟"
    )
    NeedFactory(hospital=hospital, state=NeedState.ACCEPTED, title="よその病棟")
    client.force_login(head)

    assert shown(client.get(LIST)) == ["うちの病棟"]


def test_htmx_gets_only_the_rows(client, office, hospital):
    NeedFactory(hospital=hospital, state=NeedState.SUBMITTED, title="受付待ち")
    client.force_login(office)

    whole = client.get(LIST)
    part = client.get(LIST, headers={"HX-Request": "true"})

    assert "受付待ち" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "<html" in whole.content.decode()
    assert "HX-Request" in whole["Vary"]


def test_the_office_sees_a_broken_promise(client, office, hospital):
    need = NeedFactory(hospital=hospital, state=NeedState.SUBMITTED, answer_due=date(2026, 12, 1))
    client.force_login(office)

    with time_machine.travel(date(2026, 12, 2)):
        client.force_login(office)
        page = client.get(need.get_absolute_url()).content.decode()

    assert "期限を過ぎています" in page
    assert "事務局の番です" in page


def test_a_first_answer_ends_the_promise(hospital):
    need = NeedFactory(hospital=hospital, state=NeedState.SCREENING, answer_due=date(2020, 1, 1))

    assert not need.is_overdue
    assert not Need.objects.overdue().exists()


def test_the_proposer_reads_why_it_was_declined(client, nurse, hospital):
    need = NeedFactory(
        hospital=hospital,
        proposer=nurse,
        state=NeedState.DECLINED,
        decline_reason="exists",
        explanation="同じ働きの製品があります",
    )
    client.force_login(nurse)

    page = client.get(need.get_absolute_url()).content.decode()

    for words in ("すでに製品がある", "同じ働きの製品があります", "試用や購入を相談できます"):
        assert words in page


@pytest.mark.parametrize("state", NeedState)
@pytest.mark.parametrize("name", ["nurse", "office", "director", "head"])
def test_every_page_says_whose_turn_it_is(state, name, client, hospital, department, request):
    nurse = request.getfixturevalue("nurse")
    need = NeedFactory(hospital=hospital, department=department, proposer=nurse, state=state)
    person = request.getfixturevalue(name)
    client.force_login(person)

    response = client.get(need.get_absolute_url())

    if need.number is None and person != nurse:
        assert response.status_code == 404
    else:
        assert response.context["next_step"]


@pytest.mark.parametrize("name", ["other_nurse", "other_office", "partner", "stranger"])
@pytest.mark.parametrize("transition", [None, "take_in", "withdraw", "nonsense"])
def test_the_invisible_is_not_found(name, transition, client, hospital, nurse, request):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.SUBMITTED)
    client.force_login(request.getfixturevalue(name))
    url = need.get_absolute_url()
    if transition:
        url = reverse("needs:transition", args=[need.public_id, transition])

    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404


def test_the_visible_but_forbidden_is_refused(client, hospital, director):
    need = NeedFactory(hospital=hospital, state=NeedState.SUBMITTED)
    client.force_login(director)

    url = reverse("needs:transition", args=[need.public_id, "take_in"])

    assert client.post(url).status_code == 403


def test_the_office_declines_with_a_reason(client, hospital, office, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.SUBMITTED)
    url = reverse("needs:transition", args=[need.public_id, "decline"])
    client.force_login(office)

    refused = client.post(url, {"decline_reason": "exists", "explanation": ""})
    client.post(url, {"decline_reason": "exists", "explanation": "製品があります"})

    assert refused.status_code == 422
    assert "「提案者への説明」を入力してください" in refused.content.decode()
    need.refresh_from_db()
    assert (need.state, need.decline_reason) == (NeedState.DECLINED, "exists")


def test_what_waits_for_the_proposer(hospital, nurse):
    NeedFactory(hospital=hospital, proposer=nurse, title="書きかけ")
    NeedFactory(
        hospital=hospital,
        proposer=nurse,
        state=NeedState.RETURNED,
        title="質問あり",
        number="N-2026-0001",
    )
    NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.SUBMITTED)

    labels = [todo.label for todo in todos_for(nurse)]

    assert labels == ["N-2026-0001「質問あり」の質問に回答する", "「書きかけ」の続きを入力する"]


def test_the_oldest_promise_comes_first_and_five_at_most(hospital, office):
    for day in range(1, 8):
        NeedFactory(
            hospital=hospital, state=NeedState.SUBMITTED, answer_due=date(2030, 1, 10 - day)
        )
    NeedFactory(hospital=hospital, state=NeedState.SUBMITTED, proposer=office)

    dues = [todo.due for todo in todos_for(office)]

    assert dues == [date(2030, 1, day) for day in (3, 4, 5, 6, 7)]


WAY_BACK = {
    # state:               office  head   (the queue stands above the need)
    NeedState.SUBMITTED: (True, False),
    NeedState.DECLINED: (True, False),
    NeedState.ACCEPTED: (False, False),
}


@pytest.mark.parametrize("state", WAY_BACK)
def test_the_way_back_leads_to_the_queue(state, hospital, department, office, head, client):
    need = NeedFactory(hospital=hospital, department=department, state=state)
    for person, leads in zip((office, head), WAY_BACK[state], strict=True):
        client.force_login(person)
        page = client.get(need.get_absolute_url()).content.decode()
        assert (f'href="{LIST}?view=mine"' in page) == leads


TODAY, DAY = date(2026, 11, 25), timedelta(days=1)
WAITS = {
    # need: state, promised day, stopped on            office        director
    "in time": (("submitted", TODAY, None), (1, 0), (0, 0)),
    "late": (("submitted", TODAY - DAY, None), (1, 0), (0, 1)),
    "late and answered": (("screening", TODAY - DAY, None), (1, 0), (0, 0)),
    "stopped 13 days ago": (("submitted", TODAY, TODAY - 13 * DAY), (1, 0), (0, 0)),
    "stopped 14 days ago": (("submitted", TODAY, TODAY - 14 * DAY), (1, 1), (0, 0)),
    "stopped late": (("submitted", TODAY - DAY, TODAY), (1, 0), (0, 0)),
}


@pytest.mark.parametrize("name", WAITS)
@time_machine.travel("2026-11-25 09:00+09:00", tick=False)
def test_nothing_late_or_stopped_is_out_of_sight(name, hospital, office, director, client):
    (state, due, stopped), *counts = WAITS[name]
    NeedFactory(hospital=hospital, state=state, answer_due=due, clock_stopped_on=stopped)

    for person, (own, listed) in zip((office, director), counts, strict=True):
        todos = list(needs_waiting_for(person))
        lists = [todo for todo in todos if todo.url.startswith(f"{LIST}?")]
        assert (len(todos) - len(lists), len(lists)) == (own, listed)
        client.force_login(person)
        for todo in lists:
            assert client.get(todo.url).context["page_obj"].paginator.count == 1


@pytest.mark.parametrize(
    ("count", "words"), [(2, "2件"), (99, "99件"), (100, "100件以上"), (101, "100件以上")]
)
@time_machine.travel("2026-11-25 09:00+09:00", tick=False)
def test_a_count_that_was_cut_says_so(count, words, hospital, nurse, office, director):
    def make(state, **more):
        needs = NeedFactory.build_batch(
            count, hospital=hospital, proposer=nurse, updated_by=nurse, state=state, **more
        )
        return Need.objects.bulk_create(needs)

    make("submitted", answer_due=TODAY - DAY)
    make("submitted", answer_due=TODAY, clock_stopped_on=TODAY - 14 * DAY)
    Revival.objects.bulk_create(
        Revival(need=need, similar=need, cause=RevivalCause.SIMILAR_NEED)
        for need in make("declined")
    )

    lists = [
        todo.label
        for person in (office, director)
        for todo in todos_for(person)
        if todo.url.startswith(f"{LIST}?")
    ]
    assert lists == [
        f"約束の日を止めて14日以上たつニーズ{words}を、再開するか決める",
        f"見送ったニーズ{words}を、もう一度取り上げるか決める",
        f"回答の期限を過ぎたニーズ{words}について、事務局に様子を聞く",
    ]


def test_a_question_waits_with_the_day_of_its_answer(hospital, nurse):
    NeedFactory(
        hospital=hospital, proposer=nurse, state=NeedState.RETURNED, reply_due=date(2030, 1, 10)
    )

    assert [todo.due for todo in todos_for(nurse)] == [date(2030, 1, 10)]


def test_imported_needs_wait_for_whoever_imported_them(hospital, office):
    NeedFactory(hospital=hospital, state=NeedState.SUBMITTED, proposer=office, source=Source.IMPORT)

    assert len(todos_for(office)) == 1

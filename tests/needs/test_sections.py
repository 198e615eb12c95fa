import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from needs import sections
from needs.enums import NeedState, SectionState
from needs.models import Need
from needs.sections import SECTIONS, STEPS, Section
from needs.sheet import DETAIL_FIELDS
from taxonomy.models import Term
from tests.factories.needs import NeedFactory

SLUGS = [section.slug for section in SECTIONS]
ON_THE_SHEET_ELSEWHERE = {
    *("hospital", "proposer", "department", "title", "problem", "specialty", "place", "frequency"),
    *("impacts", "audience", "no_patient_data", "origin_note"),
}


@pytest.fixture
def need(hospital, nurse):
    return NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.SUBMITTED)


@pytest.fixture
def as_nurse(client, nurse):
    client.force_login(nurse)
    return client


def page(need, slug):
    return reverse("needs:section", args=[need.public_id, slug])


def task_list(need):
    return reverse("needs:sections", args=[need.public_id])


def words(client, need):
    """slug → state as the task list says it."""
    tasks = client.get(task_list(need)).context["tasks"]
    return {task["section"].slug: task["state"].label for task in tasks}


def test_every_answer_of_the_sheet_has_a_place():
    editable = {
        field.name
        for field in Need._meta.concrete_fields
        if field.editable and not field.auto_created and field.name not in ON_THE_SHEET_ELSEWHERE
    }

    assert set(DETAIL_FIELDS) == editable
    assert len(DETAIL_FIELDS) == len(set(DETAIL_FIELDS))


@pytest.mark.parametrize(
    ("slug", "given", "finished", "word"),
    [
        ("background", {}, False, "未入力"),
        ("background", {"background": "改装"}, False, "入力中"),
        ("background", {"background": "改装", "current_practice": "見回り"}, False, "完了"),
        ("background", {"background": "改装"}, True, "完了"),
        ("products", {}, True, "完了"),
        ("ip", {"ip_status": "nothing"}, False, "入力中"),
        (
            "ip",
            {"ip_status": "filed", "ip_note": "出願", "presentation_on": "2031-03-20"},
            False,
            "完了",
        ),
    ],
)
def test_how_far_a_section_is(slug, given, finished, word, as_nurse, need):
    typed = {**given, "finished": "on"} if finished else given

    as_nurse.post(page(need, slug), {**typed, "go": "list"})

    told = words(as_nurse, need)
    assert told.pop(slug) == word
    assert set(told.values()) == {"未入力"}


def test_unticking_takes_the_word_back(as_nurse, need):
    as_nurse.post(page(need, "idea"), {"finished": "on"})
    assert words(as_nurse, need)["idea"] == "完了"

    as_nurse.post(page(need, "idea"), {"idea": "光る吊り具"})

    assert words(as_nurse, need)["idea"] == "完了"  # its only answer is given
    as_nurse.post(page(need, "idea"), {})
    assert words(as_nurse, need)["idea"] == "未入力"


@pytest.mark.parametrize(
    ("slug", "typed", "stored"),
    [
        ("people", {"users": "看護師", "patients": "月に10人"}, {"users": "看護師"}),
        ("impact", {"impact_note": "転びかけた"}, {"impact_note": "転びかけた"}),
        ("safety", {"safety_review": "done", "safety_note": "対策中"}, {"safety_review": "done"}),
        ("ip", {"presentation_on": "令和13年3月20日"}, {"ip_status": ""}),
    ],
)
def test_the_answers_are_kept_and_read(slug, typed, stored, as_nurse, need):
    assert as_nurse.post(page(need, slug), typed).status_code == 302

    need.refresh_from_db()
    assert {name: getattr(need, name) for name in stored} == stored
    sheet = as_nurse.get(need.get_absolute_url()).content.decode()
    assert str(sections.find(need, slug).title) in sheet
    expected = {"done": "検討された", "令和13年3月20日": "2031年3月20日"}
    assert all(expected.get(value, value) in sheet for value in typed.values())


def test_the_category_is_a_section_too(as_nurse, need):
    category = Term.objects.of("need_category").first()

    as_nurse.post(page(need, "category"), {"category": category.pk})

    need.refresh_from_db()
    assert need.category == category


def test_a_wrong_date_keeps_the_rest_on_the_page(as_nurse, need):
    response = as_nurse.post(page(need, "ip"), {"ip_note": "相談した", "presentation_on": "来春"})

    assert response.status_code == 422
    text = response.content.decode()
    assert "「学会発表の予定日」は 2026/12/5 のように入力してください" in text
    assert "相談した" in text
    assert "来春" in text


def test_the_warning_stands_where_a_presentation_is_planned(as_nurse, need):
    assert "知財担当へ先に相談してください" in as_nurse.get(page(need, "ip")).content.decode()


def test_the_quick_answers_are_shown_beside_the_details(as_nurse, hospital, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, impacts=["safety"])

    assert "患者さんの安全" in as_nurse.get(page(need, "impact")).content.decode()


def test_one_section_leads_to_the_next_that_is_not_finished(as_nurse, need):
    need.sections_done = ["products"]
    need.save()

    onwards = as_nurse.post(page(need, "background"), {"go": "next"})
    back = as_nurse.post(page(need, "background"), {"go": "list"})
    last = as_nurse.post(page(need, SLUGS[-1]), {"go": "next"})

    assert onwards["Location"] == page(need, "ideal")
    assert back["Location"] == last["Location"] == task_list(need)


def test_a_draft_has_the_task_list_already(as_nurse, hospital, nurse):
    draft = NeedFactory(hospital=hospital, proposer=nurse)
    check = as_nurse.get(reverse("needs:check", args=[draft.public_id])).content.decode()

    assert task_list(draft) in check
    assert as_nurse.post(page(draft, "idea"), {"idea": "光る吊り具"}).status_code == 302


def test_nothing_here_stops_a_submission(as_nurse, hospital, nurse):
    draft = NeedFactory(hospital=hospital, proposer=nurse)

    as_nurse.post(reverse("needs:check", args=[draft.public_id]))

    draft.refresh_from_db()
    assert draft.state == NeedState.SUBMITTED
    assert set(words(as_nurse, draft).values()) == {"未入力"}


def test_the_old_address_leads_to_the_list(as_nurse, need):
    response = as_nurse.get(reverse("needs:details", args=[need.public_id]))

    assert response["Location"] == task_list(need)


def test_an_unknown_section_is_not_found(as_nurse, need):
    assert as_nurse.get(page(need, "no-such-section")).status_code == 404


@pytest.mark.parametrize(
    ("state", "asked", "slug", "is_open"),
    [
        (NeedState.SUBMITTED, ["idea"], "background", True),
        (NeedState.RETURNED, [], "background", True),
        (NeedState.RETURNED, [], STEPS, True),
        (NeedState.RETURNED, ["idea"], "idea", True),
        (NeedState.RETURNED, ["idea"], "background", False),
        (NeedState.RETURNED, ["idea"], STEPS, False),
        (NeedState.RETURNED, ["idea", STEPS], STEPS, True),
    ],
)
def test_a_question_opens_what_it_asks_about(
    state, asked, slug, is_open, as_nurse, hospital, nurse
):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=state, asked_sections=asked)
    assert sections.is_open(need, slug) == is_open
    if state == NeedState.SUBMITTED:
        return
    url = reverse("needs:edit", args=[need.public_id, 2]) if slug == STEPS else page(need, slug)

    response = as_nurse.post(url, {"place": "icu", "frequency": "rarely", "background": "改装"})

    need.refresh_from_db()
    changed = need.place == "icu" or need.background == "改装"
    assert changed == (is_open and slug != "idea")
    if not is_open:
        assert response["Location"] == task_list(need)
        answer = as_nurse.post(url, {"place": "icu"}, headers={"Accept": "application/json"})
        assert answer.status_code == 409
        assert answer.json()["message"] == "事務局が質問した項目だけを直せます。"


def test_steps_that_lack_an_answer_stay_open(hospital, nurse):
    need = NeedFactory(
        hospital=hospital,
        proposer=nurse,
        state=NeedState.RETURNED,
        asked_sections=["idea"],
        place="",
    )

    assert sections.is_open(need, STEPS)


def test_the_list_shows_what_the_office_asked(as_nurse, hospital, nurse):
    need = NeedFactory(
        hospital=hospital,
        proposer=nurse,
        state=NeedState.RETURNED,
        asked_sections=["idea", STEPS],
        question="重さはどのくらいですか",
    )

    text = as_nurse.get(task_list(need)).content.decode()

    assert text.count("事務局が質問しています</span>") == 2
    assert "重さはどのくらいですか" in text
    assert page(need, "idea") in text
    assert page(need, "background") not in text
    detail = as_nurse.get(need.get_absolute_url()).content.decode()
    assert reverse("needs:edit", args=[need.public_id, 1]) in detail


def test_the_list_says_when_it_is_too_late(as_nurse, hospital, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.IN_REVIEW)

    text = as_nurse.get(task_list(need)).content.decode()

    assert "審査が始まったため、いまは直せません。" in text
    assert page(need, "idea") not in text
    assert as_nurse.post(page(need, "idea"), {"idea": "光る吊り具"})["Location"] == (
        need.get_absolute_url()
    )


@pytest.mark.parametrize(
    ("name", "status"),
    [("office", 403), ("head", 403), ("other_nurse", 404), ("other_office", 404), ("partner", 404)],
)
def test_only_the_proposer_writes(name, status, need, department, client, request):
    need.department = department
    need.save()
    client.force_login(request.getfixturevalue(name))

    assert client.get(task_list(need)).status_code == status
    for slug in SLUGS:
        assert client.get(page(need, slug)).status_code == status
        assert client.post(page(need, slug), {}).status_code == status


def test_another_station_adds_a_section(as_nurse, need, monkeypatch):
    def questions(asked):
        yield Section(slug="more", title="病院からの質問", fields=("origin_note",))

    monkeypatch.setattr(sections, "_extra", [questions])

    assert words(as_nurse, need)["more"] == SectionState.EMPTY.label
    as_nurse.post(page(need, "more"), {"origin_note": "巡回で聞いた"})
    need.refresh_from_db()
    assert need.origin_note == "巡回で聞いた"
    assert ("more", "病院からの質問") in sections.askable(need)
    assert sections.askable(need)[0][0] == STEPS


def test_the_list_costs_the_same_however_much_is_answered(as_nurse, need):
    as_nurse.get(task_list(need))
    with CaptureQueriesContext(connection) as empty:
        as_nurse.get(task_list(need))
    Need.objects.filter(pk=need.pk).update(
        **dict.fromkeys(["background", "idea", "users", "ip_note"], "あ"), sections_done=SLUGS
    )

    with CaptureQueriesContext(connection) as full:
        as_nurse.get(task_list(need))

    assert len(full) == len(empty)

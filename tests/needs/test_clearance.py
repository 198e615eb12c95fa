"""Text that looks like personal information, where more people begin to read it."""

import json

import pytest
from django.urls import reverse

from audit.queries import entries_for
from needs.clearance import open_findings
from needs.enums import NeedState
from needs.models import Clearance
from tests.factories.needs import NeedFactory

MARKED = "山田太郎さんの点滴の残量が、廊下から分からない。夜勤で困る。"
REASON = "架空の名前です"


@pytest.fixture
def as_nurse(client, nurse):
    client.force_login(nurse)
    return client


@pytest.fixture
def draft(hospital, nurse):
    return NeedFactory(hospital=hospital, proposer=nurse, problem=MARKED)


@pytest.fixture
def submitted(hospital, nurse, department):
    return NeedFactory(
        hospital=hospital, proposer=nurse, department=department, state=NeedState.SUBMITTED
    )


def key_of(need, **values):
    [found] = open_findings(need, values or None)
    return found.key


def check(need):
    return reverse("needs:check", args=[need.public_id])


def section(need, slug="background"):
    return reverse("needs:section", args=[need.public_id, slug])


def test_a_draft_may_say_anything_and_is_warned(as_nurse, draft):
    step = reverse("needs:edit", args=[draft.public_id, 1])

    saved = as_nurse.post(step, {"title": "点滴", "problem": MARKED})

    assert saved.status_code == 302
    page = as_nurse.get(step).content.decode()
    assert "「山田太郎さん」" in page
    assert "人の名前のようです。" in page


def test_it_is_not_handed_in_without_a_reason(as_nurse, draft):
    refused = as_nurse.post(check(draft))

    draft.refresh_from_db()
    assert (refused.status_code, draft.state) == (422, NeedState.DRAFT)
    assert "書き換えるか、理由を入力してください" in refused.content.decode()


def test_it_is_handed_in_once_it_is_corrected(as_nurse, draft):
    draft.problem = MARKED.replace("山田太郎さん", "患者さん")
    draft.save()

    as_nurse.post(check(draft))

    draft.refresh_from_db()
    assert draft.state == NeedState.SUBMITTED


def test_a_reason_is_recorded_without_the_words(as_nurse, draft, nurse):
    as_nurse.post(check(draft), {key_of(draft): REASON})

    draft.refresh_from_db()
    clearance = Clearance.objects.get()
    entry = entries_for(draft).get(action="needs.need.clear_finding")
    assert draft.state == NeedState.SUBMITTED
    assert (clearance.by, clearance.reason, clearance.kind) == (nurse, REASON, "name")
    assert "山田" not in json.dumps(entry.data, ensure_ascii=False)
    assert "山田" not in clearance.finding


def test_the_reason_counts_for_these_words_only(as_nurse, draft):
    as_nurse.post(check(draft), {key_of(draft): REASON})

    assert open_findings(draft) == []
    [other] = open_findings(draft, {"problem": "鈴木さんの点滴"})
    assert other.finding.text == "鈴木さん"
    [elsewhere] = open_findings(draft, {"idea": "山田太郎さんの案"})
    assert elsewhere.finding.field == "idea"


def test_after_submission_a_section_is_held_back(as_nurse, submitted):
    refused = as_nurse.post(section(submitted), {"background": MARKED, "current_practice": "紙"})

    submitted.refresh_from_db()
    page = refused.content.decode()
    assert (refused.status_code, submitted.background) == (422, "")
    assert "「山田太郎さん」は、個人情報かもしれません。書き換えるか" in page
    assert MARKED in page

    as_nurse.post(
        section(submitted),
        {"background": MARKED, key_of(submitted, background=MARKED): REASON},
    )

    submitted.refresh_from_db()
    assert submitted.background == MARKED


def test_an_autosave_keeps_the_rest_and_no_half_typed_reason(as_nurse, submitted):
    answer = as_nurse.post(
        section(submitted),
        {
            "background": MARKED,
            "current_practice": "紙に書いている",
            "go": "auto",
            key_of(submitted, background=MARKED): "か",
        },
        headers={"accept": "application/json"},
    )

    submitted.refresh_from_db()
    assert (submitted.background, submitted.current_practice) == ("", "紙に書いている")
    assert "まだ保存していません" in answer.json()["message"]
    assert not Clearance.objects.exists()


def test_an_answer_to_the_office_waits_for_it_too(as_nurse, hospital, nurse):
    need = NeedFactory(
        hospital=hospital, proposer=nurse, state=NeedState.RETURNED, problem=MARKED, question="何回"
    )
    answer = reverse("needs:transition", args=[need.public_id, "resubmit"])

    refused = as_nurse.post(answer, {"answer": "12回"})
    led_on = as_nurse.post(check(need), {key_of(need): REASON})
    as_nurse.post(answer, {"answer": "12回"})

    need.refresh_from_db()
    assert refused.status_code == 422
    assert led_on.url == answer
    assert need.state == NeedState.SUBMITTED


@pytest.mark.parametrize(("who", "sees"), [("office", True), ("nurse", False), ("director", False)])
def test_who_reads_the_reasons(who, sees, submitted, nurse, request, client):
    assert open_findings(submitted, {"problem": MARKED})
    Clearance.objects.create(
        need=submitted, field="problem", kind="name", finding="x", reason=REASON, by=nurse
    )
    client.force_login(request.getfixturevalue(who))

    page = client.get(submitted.get_absolute_url()).content.decode()

    assert (REASON in page) == sees


def test_the_check_of_a_whole_need_takes_one_query(draft, django_assert_num_queries):
    with django_assert_num_queries(1):
        open_findings(draft)

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.enums import Role
from accounts.models import User
from documents.queries import documents_of
from needs.enums import Audience, NeedState
from needs.models import Need
from taxonomy.models import Term
from tests.factories.accounts import DepartmentFactory, MembershipFactory
from tests.factories.needs import NeedFactory

PROBLEM = "夜勤のとき、点滴の残量を見に何度も病室へ入る。"
STEP_1 = {"title": "点滴の残量が分からない", "problem": PROBLEM}
STEP_2 = {"place": "ward", "frequency": "daily", "impacts": ["safety", "time"]}
STEP_3 = {"audience": "hospital", "no_patient_data": "on"}


@pytest.fixture
def draft(hospital, nurse):
    return NeedFactory(hospital=hospital, proposer=nurse)


@pytest.fixture
def as_nurse(client, nurse):
    client.force_login(nurse)
    return client


def _step(need, number):
    return reverse("needs:edit", args=[need.public_id, number])


def photo(name="photo.jpg"):
    content = BytesIO()
    Image.new("RGB", (30, 20), "navy").save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def test_three_steps_and_a_check_make_a_submitted_need(as_nurse, nurse, department):
    nurse.memberships.update(department=department)

    response = as_nurse.post(reverse("needs:new"), STEP_1)
    need = Need.objects.get()
    assert response["Location"] == _step(need, 2)
    assert as_nurse.post(_step(need, 2), STEP_2)["Location"] == _step(need, 3)
    check = reverse("needs:check", args=[need.public_id])
    assert as_nurse.post(_step(need, 3), STEP_3)["Location"] == check
    receipt = reverse("needs:receipt", args=[need.public_id])
    assert as_nurse.post(check)["Location"] == receipt

    need.refresh_from_db()
    assert need.state == NeedState.SUBMITTED
    assert need.impacts == ["safety", "time"]
    assert need.number in as_nurse.get(receipt).content.decode()


def test_the_safest_audience_is_chosen_beforehand(as_nurse, draft):
    page = as_nurse.get(_step(draft, 3)).context["form"]

    assert page["audience"].value() == Audience.HOSPITAL


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({**STEP_1, "title": ""}, "「ひとことで」を入力してください"),
        (
            {**STEP_1, "title": "あ" * 52},
            "「ひとことで」は40字以内で入力してください(いま52字です)",
        ),
        (
            {**STEP_1, "problem": "短い"},
            "「どんな場面で、何に困っていますか」は20字以上で入力してください(いま2字です)",
        ),
    ],
)
def test_a_wrong_first_step_keeps_what_was_typed(typed, sentence, as_nurse):
    response = as_nurse.post(reverse("needs:new"), typed)

    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in page
    assert all(text in page for text in typed.values())
    assert not Need.objects.exists()


def test_what_is_missing_in_step_2_is_named(as_nurse, draft):
    response = as_nurse.post(_step(draft, 2), {"impacts": ["time"]})

    assert response.status_code == 422
    page = response.content.decode()
    assert "「場所」を選んでください" in page
    assert "「どのくらい起きますか」を選んでください" in page
    assert response.context["form"]["impacts"].value() == ["time"]


@pytest.mark.parametrize(("go", "number"), [("back", 1), ("later", None)])
def test_going_back_or_on_later_keeps_half_an_answer(go, number, as_nurse, hospital, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, place="", frequency="")

    response = as_nurse.post(_step(need, 2), {"place": "icu", "go": go})

    need.refresh_from_db()
    assert need.place == "icu"
    expected = _step(need, number) if number else reverse("needs:list")
    assert response["Location"] == expected


def test_going_back_after_handing_in_shows_the_number_again(as_nurse, draft):
    check = reverse("needs:check", args=[draft.public_id])
    as_nurse.post(check)

    assert as_nurse.get(check)["Location"] == reverse("needs:receipt", args=[draft.public_id])


def test_what_is_required_is_called_so_also_when_a_photo_was_refused(as_nurse, draft):
    refused = SimpleUploadedFile("1.heic", b"not a photo")

    shown = as_nurse.post(_step(draft, 3), {**STEP_3, "go": "stay", "photos": [refused]})

    assert shown.status_code == 422
    assert shown.content.decode().count("※必須") == as_nurse.get(
        _step(draft, 3)
    ).content.decode().count("※必須")


def test_a_row_of_the_check_page_leads_back_to_it(as_nurse, draft):
    check = reverse("needs:check", args=[draft.public_id])
    page = as_nurse.get(check).content.decode()
    assert f"{_step(draft, 1)}?next=check#field_id_title" in page

    response = as_nurse.post(f"{_step(draft, 1)}?next=check", {**STEP_1, "title": "新しい題"})

    assert response["Location"] == check
    assert "新しい題" in as_nurse.get(check).content.decode()


def test_an_incomplete_need_stays_on_the_check_page(as_nurse, hospital, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, place="", no_patient_data=False)

    response = as_nurse.post(reverse("needs:check", args=[need.public_id]))

    assert response.status_code == 422
    assert [row.name for row in response.context["missing"]] == ["place", "no_patient_data"]


def test_submitting_twice_shows_the_same_number(as_nurse, draft):
    check = reverse("needs:check", args=[draft.public_id])

    first = as_nurse.post(check)
    number = Need.objects.get().number
    second = as_nurse.post(check)

    assert first["Location"] == second["Location"]
    assert Need.objects.get().number == number


def test_pressing_next_twice_makes_one_draft(as_nurse):
    page = as_nurse.get(reverse("needs:new")).content.decode()
    key = page.split('name="_once" value="')[1].split('"')[0]

    answers = [as_nurse.post(reverse("needs:new"), {**STEP_1, "_once": key}) for _ in range(2)]

    assert Need.objects.count() == 1
    assert answers[0]["Location"] == answers[1]["Location"]


def test_photos_are_kept_even_when_another_answer_is_wrong(as_nurse, draft):
    typed = {"audience": "members", "photos": [photo()]}

    response = as_nurse.post(_step(draft, 3), typed)

    assert response.status_code == 422
    assert [each.title for each in documents_of(draft, slot="photo")] == ["写真1.jpg"]
    assert "写真1.jpg" in response.content.decode()
    assert response.context["form"]["audience"].value() == "members"


def test_a_wrong_photo_loses_nothing(as_nurse, draft):
    bad = SimpleUploadedFile("図1.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")

    response = as_nurse.post(_step(draft, 3), {"audience": "members", "photos": [bad]})

    assert response.status_code == 422
    assert "図1.svg" in response.content.decode()
    assert response.context["form"]["audience"].value() == "members"


def test_a_photo_is_taken_off_again(as_nurse, draft):
    as_nurse.post(_step(draft, 3), {"go": "stay", "photos": [photo()]})
    kept = documents_of(draft, slot="photo").get()

    response = as_nurse.post(_step(draft, 3), {"remove": kept.public_id})

    assert response["Location"] == _step(draft, 3)
    assert not documents_of(draft, slot="photo").exists()


def test_no_more_than_five_photos(as_nurse, draft):
    as_nurse.post(_step(draft, 3), {"go": "stay", "photos": [photo() for _ in range(4)]})

    response = as_nurse.post(_step(draft, 3), {"go": "stay", "photos": [photo(), photo()]})

    assert response.status_code == 422
    assert documents_of(draft, slot="photo").count() == 4


def test_a_stale_page_shows_both_texts(as_nurse, draft):
    url = reverse("needs:section", args=[draft.public_id, "background"])
    version = as_nurse.get(url).context["form"]["version"].value()
    as_nurse.post(url, {"background": "先に書いた文", "version": version})

    response = as_nurse.post(url, {"background": "あとから書いた文", "version": version})

    assert response.status_code == 409
    page = response.content.decode()
    assert "先に書いた文" in page
    assert "あとから書いた文" in page
    draft.refresh_from_db()
    assert draft.background == "先に書いた文"


LAST = {
    # who saved last: what the page says about it
    "herself": "最後に保存したのは、別のウィンドウか別の端末のあなた自身です。",
    "a co-submitter": "最後に保存したのは、連名 月子さんです。",
    "the system": "",
}


@pytest.mark.parametrize("who", LAST)
def test_a_stale_page_says_who_saved_last(who, as_nurse, draft, nurse, other_nurse):
    User.objects.filter(pk=other_nurse.pk).update(name="連名 月子")
    url = reverse("needs:section", args=[draft.public_id, "background"])
    version = as_nurse.get(url).context["form"]["version"].value()
    as_nurse.post(url, {"background": "先に書いた文", "version": version})
    last = {"herself": nurse, "a co-submitter": other_nurse, "the system": None}[who]
    Need.objects.filter(pk=draft.pk).update(updated_by=last)

    page = as_nurse.post(url, {"background": "あとの文", "version": version}).content.decode()

    assert "同じところが変更されました" in page
    said = re.findall("最後に保存したのは、.*?。", page)
    assert said == [LAST[who]] * bool(LAST[who])
    assert f"{nurse.name}さん" not in page.partition("どちらを残しますか")[2]


def test_a_stale_step_is_noticed_too(as_nurse, draft):
    version = as_nurse.get(_step(draft, 1)).context["form"]["version"].value()
    as_nurse.post(_step(draft, 1), {**STEP_1, "title": "先の題", "version": version})

    response = as_nurse.post(_step(draft, 1), {**STEP_1, "title": "後の題", "version": version})

    assert response.status_code == 409
    page = response.content.decode()
    assert "先の題" in page
    assert "後の題" in page


def test_details_can_be_added_after_submitting_and_are_on_the_timeline(as_nurse, hospital, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.SUBMITTED)

    url = reverse("needs:section", args=[need.public_id, "background"])
    as_nurse.post(url, {"background": "病棟の改装"})

    page = as_nurse.get(need.get_absolute_url()).content.decode()
    assert "病棟の改装" in page
    assert "内容を書き直した" in page


def test_a_returned_need_is_repaired_and_answered(as_nurse, hospital, nurse):
    need = NeedFactory(
        hospital=hospital, proposer=nurse, state=NeedState.RETURNED, question="いつですか"
    )
    assert "いつですか" in as_nurse.get(_step(need, 1)).content.decode()

    as_nurse.post(f"{_step(need, 1)}?next=check", STEP_1)
    answer = reverse("needs:transition", args=[need.public_id, "resubmit"])
    assert "いつですか" in as_nurse.get(answer).content.decode()
    as_nurse.post(answer, {"answer": "夜勤です"})

    need.refresh_from_db()
    assert (need.state, need.problem) == (NeedState.SUBMITTED, PROBLEM)
    assert "夜勤です" in as_nurse.get(need.get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", [NeedState.SUBMITTED, NeedState.IN_REVIEW])
def test_a_page_opened_before_submitting_says_that_it_is_too_late(state, as_nurse, hospital, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=state)

    response = as_nurse.post(_step(need, 1), STEP_1, follow=True)

    assert "すでに状況が変わっています" in response.content.decode()
    need.refresh_from_db()
    assert need.problem != PROBLEM


def test_what_is_truly_known_is_not_asked_again(as_nurse, hospital, nurse, department):
    ward, heart = DepartmentFactory(hospital=hospital), Term.objects.of("specialty").first()
    NeedFactory(hospital=hospital, proposer=nurse, department=ward, specialty=heart)

    as_nurse.post(reverse("needs:new"), STEP_1)

    need = Need.objects.latest("pk")
    # Her own ward comes before that of her last need; where it happens is for her to say.
    assert (need.department, need.specialty, need.place) == (department, heart, "")


def test_without_a_ward_of_her_own_the_last_need_tells_it(as_nurse, hospital, nurse):
    ward = DepartmentFactory(hospital=hospital)
    nurse.memberships.update(department=None)
    NeedFactory(hospital=hospital, proposer=nurse, department=ward)

    as_nurse.post(reverse("needs:new"), STEP_1)

    assert Need.objects.latest("pk").department == ward


def test_the_hospital_of_the_last_need_is_chosen_beforehand(as_nurse, nurse, other_hospital):
    MembershipFactory(user=nurse, organisation=other_hospital, role=Role.STAFF)
    NeedFactory(hospital=other_hospital, proposer=nurse)

    form = as_nurse.get(reverse("needs:new")).context["form"]

    assert form["hospital"].value() == other_hospital.pk


@pytest.mark.parametrize(
    ("given", "page"),
    [
        ({"title": "", "problem": ""}, 1),
        ({"problem": "短い"}, 1),
        ({"place": ""}, 2),
        ({"no_patient_data": False}, 3),
        ({}, None),
    ],
)
def test_going_on_leads_to_where_she_stopped(given, page, as_nurse, hospital, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, **given)
    resume = reverse("needs:resume", args=[need.public_id])
    assert resume in as_nurse.get(reverse("needs:list")).content.decode()
    assert resume in as_nurse.get(reverse("home:home")).content.decode()

    response = as_nurse.get(resume)

    check = reverse("needs:check", args=[need.public_id])
    assert response["Location"] == (_step(need, page) if page else check)


def test_half_a_sentence_is_not_handed_in(as_nurse, hospital, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, problem="短い")

    response = as_nurse.post(reverse("needs:check", args=[need.public_id]))

    assert response.status_code == 422
    assert [row.name for row in response.context["missing"]] == ["problem"]


def test_somebody_with_two_hospitals_chooses(as_nurse, nurse, other_hospital):
    MembershipFactory(user=nurse, organisation=other_hospital, role=Role.STAFF)

    refused = as_nurse.post(reverse("needs:new"), STEP_1)
    as_nurse.post(reverse("needs:new"), {**STEP_1, "hospital": other_hospital.pk})

    assert refused.status_code == 422
    assert "「病院」を選んでください" in refused.content.decode()
    assert Need.objects.get().hospital == other_hospital


def test_nobody_proposes_for_a_strangers_hospital(as_nurse, nurse, other_hospital, hospital):
    as_nurse.post(reverse("needs:new"), {**STEP_1, "hospital": other_hospital.pk})

    assert Need.objects.get().hospital == hospital


PAGES = ["edit-1", "edit-2", "edit-3", "check", "receipt", "details", "resume", "sections"]


def _page(need, name):
    if name.startswith("edit"):
        return _step(need, int(name[-1]))
    return reverse(f"needs:{name}", args=[need.public_id])


@pytest.mark.parametrize("which", PAGES)
@pytest.mark.parametrize(
    ("name", "status"),
    [("office", 403), ("head", 403), ("other_nurse", 404), ("other_office", 404), ("partner", 404)],
)
def test_only_the_proposer_writes(
    which, name, status, hospital, nurse, department, client, request
):
    need = NeedFactory(
        hospital=hospital, proposer=nurse, department=department, state=NeedState.RETURNED
    )
    client.force_login(request.getfixturevalue(name))

    assert client.get(_page(need, which)).status_code == status
    assert client.post(_page(need, which), {}).status_code == status


def test_outsiders_cannot_begin(client, partner):
    client.force_login(partner)

    assert client.get(reverse("needs:new")).status_code == 403
    assert client.post(reverse("needs:new"), STEP_1).status_code == 403

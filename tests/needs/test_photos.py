"""Photos of a need: names that say nothing, hiding parts, taking off for good."""

from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

from audit.queries import entries_for
from core.workflow import lock
from documents.queries import documents_of
from needs.enums import NeedState, ParticipantKind
from needs.models import Participant
from needs.photos import add_photo
from tests.documents.files import picture, upload
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.usefixtures("disk")
NAVY = (0, 0, 128)
FACE = {"left": "25", "top": "50", "width": "25", "height": "25"}
REMINDER = "患者さんの顔、名札、ネームバンド、カルテの画面が写っていないか確認してください。"


@pytest.fixture
def draft(hospital, nurse):
    return NeedFactory(hospital=hospital, proposer=nurse)


@pytest.fixture
def as_nurse(client, nurse):
    client.force_login(nurse)
    return client


def with_photo(need):
    """The photo that ``need`` gets: 320 × 160 pixels, all navy."""
    content = upload("IMG_0001.jpg", picture(size=(320, 160)))
    return add_photo(need, content, by=need.proposer).document


def page(need, photo):
    return reverse("needs:cover_photo", args=[need.public_id, photo.public_id])


def step(need):
    return reverse("needs:edit", args=[need.public_id, 3])


def sent(*rows, **more):
    """What the form sends: ten rows, of which these are filled in."""
    numbers = {"boxes-TOTAL_FORMS": "10", "boxes-INITIAL_FORMS": "0"}
    filled = {
        f"boxes-{at}-{side}": text for at, row in enumerate(rows) for side, text in row.items()
    }
    return numbers | filled | more


def colour(content, *pixel):
    """What a pixel roughly is; a JPEG is never exact."""
    return [round(each / 64) for each in Image.open(BytesIO(content)).getpixel(pixel)]


def test_a_face_is_hidden_and_the_photo_that_showed_it_is_gone(
    as_nurse, draft, disk, django_capture_on_commit_callbacks
):
    photo = with_photo(draft)
    before = photo.versions.get().get_absolute_url()

    with django_capture_on_commit_callbacks(execute=True):
        response = as_nurse.post(page(draft, photo), sent(FACE))

    assert response["Location"] == page(draft, photo)
    shown = as_nurse.get(response["Location"]).content.decode()
    [kept] = disk()
    assert [colour(kept, 100, 100), colour(kept, 20, 20)] == [[0, 0, 0], [0, 0, 2]]
    assert as_nurse.get(before).status_code == 404
    after = photo.versions.get().get_absolute_url()
    assert b"".join(as_nurse.get(after).streaming_content) == kept
    assert "「写真1.jpg」の1か所を塗りつぶしました。" in shown
    assert f"{after}?inline=1" in shown
    assert "写真の一部を塗りつぶした" in as_nurse.get(draft.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({}, "隠すところを1つ以上選んでください。写真の上をなぞるか、数字を入力します。"),
        (FACE | {"left": "-1"}, "「隠すところ1の左からの位置」は0以上の数字で入力してください"),
        (FACE | {"top": "101"}, "「隠すところ1の上からの位置」は100以下の数字で入力してください"),
        (FACE | {"width": "1e300"}, "「隠すところ1の幅」は100以下の数字で入力してください"),
        (FACE | {"width": "1e999"}, "「隠すところ1の幅」は数字で入力してください"),
        (FACE | {"height": "NaN"}, "「隠すところ1の高さ」は数字で入力してください"),
        (FACE | {"height": "半分"}, "「隠すところ1の高さ」は数字で入力してください"),
        (FACE | {"width": "0"}, "「隠すところ1の幅」は1以上の数字で入力してください"),
        (FACE | {"width": ""}, "「隠すところ1の幅」を入力してください"),
        (
            FACE | {"left": "80.1"},
            "「隠すところ1の左からの位置」と「幅」を足して100以下にしてください",
        ),
        (
            FACE | {"height": "50.5"},
            "「隠すところ1の上からの位置」と「高さ」を足して100以下にしてください",
        ),
    ],
)
def test_a_box_that_is_none_is_refused_and_kept_as_typed(row, sentence, as_nurse, draft, disk):
    photo = with_photo(draft)
    before = disk()

    response = as_nurse.post(page(draft, photo), sent(row))

    assert response.status_code == 422
    shown = response.content.decode()
    assert sentence in shown
    assert all(f'value="{text}"' in shown for text in row.values() if text)
    assert disk() == before


@pytest.mark.parametrize("typed", ["２５", "25%", " 25 ", "25.0", "２５％"])
def test_a_number_may_be_typed_in_many_ways(typed, as_nurse, draft):
    response = as_nurse.post(page(draft, with_photo(draft)), sent(FACE | {"left": typed}))

    assert response.status_code == 302


def test_a_sum_of_decimals_may_reach_the_very_edge(as_nurse, draft):
    row = {"left": "66.7", "width": "33.3", "top": "0.1", "height": "99.9"}

    assert as_nurse.post(page(draft, with_photo(draft)), sent(row)).status_code == 302


def test_an_eleventh_box_is_refused(as_nurse, draft):
    data = sent(*[FACE] * 11) | {"boxes-TOTAL_FORMS": "11"}

    response = as_nurse.post(page(draft, with_photo(draft)), data)

    assert response.status_code == 422
    assert "隠すところは10か所までにしてください" in response.content.decode()


def test_a_page_that_arrives_in_pieces_is_refused(as_nurse, draft):
    response = as_nurse.post(page(draft, with_photo(draft)), {"boxes-0-left": "5"})

    assert response.status_code == 422
    assert "入力した内容を読み取れませんでした。" in response.content.decode()


def test_without_a_script_one_looks_before_it_is_painted(as_nurse, draft, disk):
    photo = with_photo(draft)
    before = disk()

    response = as_nurse.post(page(draft, photo), sent(FACE, {}, {}, go="look"))

    assert response.status_code == 200
    shown = response.content.decode()
    assert 'data-box="1" x="25.0" y="50.0" width="25.0" height="25.0"/>' in shown
    assert 'data-box="2"/>' in shown
    assert disk() == before


BEFORE_REVIEW = {
    NeedState.DRAFT,
    NeedState.SUBMITTED,
    NeedState.SCREENING,
    NeedState.RETURNED,
    NeedState.CLOSED,
}
WITH_OFFICE = {NeedState.SUBMITTED, NeedState.SCREENING}


@pytest.mark.parametrize("state", NeedState)
@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("nurse", BEFORE_REVIEW),
        ("co_editor", BEFORE_REVIEW),
        ("reader", set()),
        ("joined", set()),
        ("office", WITH_OFFICE),
        ("other_office", set()),
        ("head", set()),
        ("director", set()),
        ("other_nurse", set()),
        ("partner", set()),
        ("superuser", set()),
    ],
)
def test_who_hides_parts_of_a_photo_and_when(
    name, states, state, hospital, department, nurse, other_nurse, request
):
    need = NeedFactory(hospital=hospital, department=department, proposer=nurse, state=state)
    kinds = {
        "co_editor": {"kind": ParticipantKind.CO_SUBMITTER, "may_edit": True},
        "reader": {"kind": ParticipantKind.CO_SUBMITTER},
        "joined": {"kind": ParticipantKind.JOINED},
    }
    if name in kinds:
        Participant.objects.create(need=need, user=other_nurse, **kinds[name])
    person = other_nurse if name in kinds else request.getfixturevalue(name)

    assert person.has_perm("needs.cover_photos_need", need) is (state in states)


@pytest.mark.parametrize(
    ("name", "state", "status"),
    [
        ("nurse", NeedState.SUBMITTED, 200),
        ("nurse", NeedState.IN_REVIEW, 302),
        ("nurse", NeedState.ACCEPTED, 302),
        ("office", NeedState.SCREENING, 200),
        ("office", NeedState.RETURNED, 302),
        ("office", NeedState.IN_REVIEW, 302),
        ("office", NeedState.DRAFT, 404),
        ("head", NeedState.SCREENING, 403),
        ("director", NeedState.SCREENING, 403),
        ("other_nurse", NeedState.SCREENING, 404),
        ("other_office", NeedState.SCREENING, 404),
        ("partner", NeedState.ACCEPTED, 404),
    ],
)
def test_the_answers_of_the_page(name, state, status, hospital, department, nurse, client, request):
    need = NeedFactory(hospital=hospital, department=department, proposer=nurse, state=state)
    photo = with_photo(need)
    client.force_login(request.getfixturevalue(name))

    assert client.get(page(need, photo)).status_code == status
    posted = client.post(page(need, photo), sent(FACE))

    assert posted.status_code == (302 if status == 200 else status)
    painted = posted["Location"] == page(need, photo) if posted.status_code == 302 else False
    assert painted is (status == 200)
    assert (photo.versions.get().number > 1) is painted


def test_a_photo_of_another_need_is_not_found(as_nurse, draft, hospital, nurse):
    other = NeedFactory(hospital=hospital, proposer=nurse)

    assert as_nurse.get(page(draft, with_photo(other))).status_code == 404


@pytest.mark.parametrize("where", ["step", "check", "receipt", "detail"])
def test_every_page_with_the_photo_offers_to_hide_and_reminds(where, as_nurse, hospital, nurse):
    state = NeedState.SUBMITTED if where in {"receipt", "detail"} else NeedState.DRAFT
    need = NeedFactory(hospital=hospital, proposer=nurse, state=state)
    url = step(need) if where == "step" else reverse(f"needs:{where}", args=[need.public_id])
    photo = with_photo(need)

    shown = as_nurse.get(url).content.decode()

    assert page(need, photo) in shown
    assert (REMINDER in shown) is (where != "detail")


def test_who_only_reads_is_offered_nothing(client, draft, hospital, nurse, director):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.SCREENING)
    photo = with_photo(need)
    client.force_login(director)

    shown = client.get(need.get_absolute_url()).content.decode()

    assert photo.versions.get().get_absolute_url() in shown
    assert page(need, photo) not in shown


def test_the_reminder_stands_where_photos_are_chosen_and_where_they_are_covered(as_nurse, draft):
    assert REMINDER in as_nurse.get(step(draft)).content.decode()
    assert REMINDER in as_nurse.get(page(draft, with_photo(draft))).content.decode()


@pytest.mark.parametrize(
    ("state", "query", "name"),
    [
        (NeedState.DRAFT, "", "edit"),
        (NeedState.DRAFT, "?next=check", "check"),
        (NeedState.SUBMITTED, "", "detail"),
        (NeedState.SUBMITTED, "?next=//evil.example", "detail"),
    ],
)
def test_one_goes_back_to_where_one_came_from(state, query, name, as_nurse, hospital, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=state)
    back = step(need) if name == "edit" else reverse(f"needs:{name}", args=[need.public_id])

    assert as_nurse.get(page(need, with_photo(need)) + query).context["back"] == back


def test_the_uploaders_names_are_kept_nowhere(as_nurse, draft):
    files = [upload(name, picture()) for name in ("山田太郎さん.jpg", "山田太郎さん.jpg")]
    as_nurse.post(step(draft), {"go": "stay", "photos": files})

    assert [each.title for each in documents_of(draft, slot="photo")] == ["写真1.jpg", "写真2.jpg"]
    assert "山田" not in as_nurse.get(step(draft)).content.decode()
    assert "山田" not in str([each.data for each in entries_for(draft)])


def test_a_good_photo_stays_when_the_one_beside_it_is_refused(as_nurse, draft):
    files = [upload("1.jpg", picture()), upload("2.heic", b"not a photo")]

    answer = as_nurse.post(step(draft), {"go": "stay", "photos": files})

    assert answer.status_code == 422
    assert "「2.heic」は写真ではありません" in answer.content.decode()
    assert [each.title for each in documents_of(draft, slot="photo")] == ["写真1.jpg"]


def test_a_free_number_is_used_again_and_no_name_twice(draft, nurse):
    lock(draft)
    photos = [with_photo(draft) for _time in range(3)]
    photos[0].removed_at = draft.created_at
    photos[0].save()

    with_photo(draft)

    titles = sorted(each.title for each in documents_of(draft, slot="photo"))
    assert titles == ["写真1.jpg", "写真2.jpg", "写真3.jpg"]


@pytest.mark.parametrize("way", ["step", "documents"])
@pytest.mark.parametrize("state", [NeedState.DRAFT, NeedState.RETURNED])
def test_a_photo_that_is_taken_off_is_destroyed(
    way, state, as_nurse, hospital, nurse, disk, django_capture_on_commit_callbacks
):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=state)
    photo = with_photo(need)

    with django_capture_on_commit_callbacks(execute=True):
        if way == "step":
            as_nurse.post(step(need), {"remove": photo.public_id})
        else:
            as_nurse.post(reverse("documents:remove", args=[photo.public_id]))

    assert disk() == []
    assert "ファイルを外した" in [each.label for each in entries_for(need)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_whatever_the_number_of_photos(
    count, as_nurse, draft, django_assert_max_num_queries
):
    photos = [with_photo(draft) for _time in range(count)]

    with django_assert_max_num_queries(12):
        as_nurse.get(page(draft, photos[0]))

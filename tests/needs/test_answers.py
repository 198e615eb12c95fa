"""The hospital's questions on the proposer's pages: five kinds of answers, and who reads them."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from audit.queries import entries_for
from needs import sections
from needs.answers import files_of, is_answered, rows
from needs.clearance import open_findings, uncleared
from needs.enums import NeedState
from needs.models import Answer, Need
from needs.search import NeedIndex
from needs.sheet_pdf import sheet_pdf
from search.engine import find
from tests.documents.files import PDF, picture
from tests.factories.committee import CaseFactory, ConflictFactory, MemberFactory, RoundFactory
from tests.factories.needs import NeedFactory
from tests.factories.questions import ASKED, version_in_use

pytestmark = pytest.mark.usefixtures("disk")
JSON = {"Accept": "application/json"}
KINDS = list(ASKED)


@pytest.fixture
def version(hospital, office):
    return version_in_use(hospital, *KINDS, by=office)


@pytest.fixture
def need(hospital, nurse, department, version):
    return NeedFactory(
        hospital=hospital,
        proposer=nurse,
        department=department,
        state=NeedState.SUBMITTED,
        question_set=version,
    )


@pytest.fixture
def as_nurse(client, nurse):
    client.force_login(nurse)
    return client


def page(need):
    return reverse("needs:section", args=[need.public_id, "questions"])


def slug(need, kind):
    return need.question_set.questions.get(kind=kind).slug


def answer(client, need, **typed):
    """Send the page with these answers, by kind."""
    return client.post(page(need), {slug(need, kind): value for kind, value in typed.items()})


def upload(name="手順書.pdf", content=PDF):
    return SimpleUploadedFile(name, content, "application/octet-stream")


def read(need):
    """What the sheet says, by kind."""
    said = rows(need)
    return {kind: row.value for kind, row in zip(KINDS, said, strict=True) if row.value}


@pytest.mark.parametrize(
    ("kind", "typed", "stored", "words"),
    [
        ("text", " 朝の\r\n申し送り ", "朝の\n申し送り", "朝の\n申し送り"),
        ("choice", "物品管理", "物品管理", "物品管理"),
        ("number", "１,２００", "1200", "1,200"),
        ("number", "3.50", "3.5", "3.5"),
        ("number", "1.2万", "12000", "12,000"),
        ("number", "0", "0", "0"),
        ("number", "−5", "-5", "-5"),
        ("date", "令和8年12月5日", "2026-12-05", "2026年12月5日(土)"),
    ],
)
def test_an_answer_is_kept_and_read(kind, typed, stored, words, as_nurse, need):
    assert answer(as_nurse, need, **{kind: typed}).status_code == 302

    assert need.extra_answers.get().value == stored
    assert read(need) == {kind: words}
    assert words.splitlines()[0] in as_nurse.get(need.get_absolute_url()).content.decode()
    again = as_nurse.get(page(need)).context["form"]
    assert again[slug(need, kind)].value() is not None


@pytest.mark.parametrize(
    ("kind", "typed", "error"),
    [
        (
            "text",
            "あ" * 2001,
            "「部署で話し合ったこと」は2000字以内で入力してください(いま2001字です)",
        ),
        ("choice", "病院長", "「道具を選んだ人」を選びなおしてください"),
        (
            "number",
            "10人くらい",
            "「1回にかかる分数」は 12 や 3.5 のように数字だけで入力してください",
        ),
        ("number", "9" * 30, "「1回にかかる分数」は 12 や 3.5 のように数字だけで入力してください"),
        ("date", "来春", "「困り始めた日」は 2026/12/5 のように入力してください"),
    ],
)
def test_what_does_not_fit_stays_on_the_page(kind, typed, error, as_nurse, need):
    response = answer(as_nurse, need, **{kind: typed})

    assert response.status_code == 422
    text = response.content.decode()
    assert error in text
    if kind != "choice":
        assert typed in text
    assert not need.extra_answers.exists()


def test_a_wrong_file_is_refused(as_nurse, need):
    response = answer(as_nurse, need, file=upload("図.svg", b"<svg/>"))

    assert response.status_code == 422
    assert "「図.svg」は使えない形式です" in response.content.decode()
    assert not files_of(need).exists()


def test_a_file_is_kept_though_another_answer_is_wrong(as_nurse, need):
    response = answer(as_nurse, need, file=upload(), date="来春")

    assert response.status_code == 422
    assert "手順書.pdf" in response.content.decode()
    assert read(need) == {"file": "手順書.pdf"}


def test_a_second_file_takes_the_place_of_the_first(as_nurse, need):
    answer(as_nurse, need, file=upload())
    answer(as_nurse, need, file=upload("写真.jpg", picture()))

    [document] = files_of(need)
    assert [version.name for version in document.history] == ["写真.jpg"]
    assert document.slot == slug(need, "file")
    assert read(need) == {"file": "写真.jpg"}


FILE_NAMES = {
    # the uploader's name: what the sheet says
    "手順書 第2版.pdf": "手順書 第2版.pdf",
    "2026年度の手順書.pdf": "2026年度の手順書.pdf",
    "山田太郎さん.pdf": "添付.pdf",
    "カルテ番号1234567.pdf": "添付.pdf",
}


@pytest.mark.parametrize("name", FILE_NAMES)
def test_the_name_of_a_file_tells_of_no_patient(name, as_nurse, need):
    answer(as_nurse, need, file=upload(name))

    assert read(need) == {"file": FILE_NAMES[name]}
    assert name == FILE_NAMES[name] or name not in as_nurse.get(page(need)).content.decode()


def test_a_file_is_taken_off(as_nurse, need):
    answer(as_nurse, need, file=upload())
    [document] = files_of(need)

    response = as_nurse.post(page(need), {"remove": document.public_id})

    assert response["Location"] == page(need)
    assert not is_answered(need)
    assert "手順書.pdf" not in as_nurse.get(page(need)).content.decode()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *(("nurse", 200), ("office", 200), ("head", 200), ("director", 200)),
        *(("other_nurse", 404), ("other_office", 404), ("partner", 404)),
    ],
)
def test_who_reads_the_need_reads_its_file(name, status, as_nurse, client, need, request):
    answer(as_nurse, need, file=upload())
    [row] = [row for row in rows(need) if row.file]
    client.force_login(request.getfixturevalue(name))

    response = client.get(row.file)

    assert response.status_code == status
    assert b"".join(response).startswith(b"%PDF") == (status == 200)
    response.close()


def test_an_emptied_answer_goes(as_nurse, need):
    answer(as_nurse, need, text="朝の申し送り", number="3")
    answer(as_nurse, need, number="3")

    assert read(need) == {"number": "3"}


@pytest.mark.parametrize(
    ("given", "finished", "word"),
    [
        ({}, False, "未入力"),
        ({"number": "0"}, False, "入力中"),
        ({"file": True}, False, "入力中"),
        ({}, True, "完了"),
        (
            {"text": "あ", "choice": "物品管理", "number": "1", "date": "2026/12/5", "file": True},
            False,
            "完了",
        ),
    ],
)
def test_how_far_the_section_is(given, finished, word, as_nurse, need):
    typed = {kind: upload() if value is True else value for kind, value in given.items()}
    done = {"finished": "on"} if finished else {}

    as_nurse.post(page(need), {slug(need, kind): each for kind, each in typed.items()} | done)

    tasks = as_nurse.get(reverse("needs:sections", args=[need.public_id])).context["tasks"]
    assert str(tasks[-1]["section"].title) == "病院からの質問"
    assert tasks[-1]["state"].label == word


def test_without_questions_there_is_no_section(as_nurse, hospital, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.SUBMITTED)

    assert sections.find(need, "questions") is None
    assert as_nurse.get(page(need)).status_code == 404


def test_nothing_here_stops_a_submission(as_nurse, hospital, nurse, version):
    draft = NeedFactory(hospital=hospital, proposer=nurse)

    as_nurse.post(reverse("needs:check", args=[draft.public_id]))

    draft.refresh_from_db()
    assert (draft.state, draft.question_set) == (NeedState.SUBMITTED, version)


def test_answers_are_saved_while_somebody_types(as_nurse, need):
    typed = {slug(need, "text"): "朝の", slug(need, "date"): "来"}

    told = as_nurse.post(page(need), {"go": "auto", **typed}, headers=JSON).json()

    assert read(need) == {"text": "朝の"}
    assert "「困り始めた日」は 2026/12/5 のように入力してください" in told["message"]
    lines = [entry.data["fields"] for entry in entries_for(need) if entry.action.endswith("edit")]
    assert lines == [["部署で話し合ったこと"]]


def test_the_page_goes_on_after_each_save(as_nurse, need):
    form = as_nurse.get(page(need)).context["form"]
    drawn = {name: form[name].value() for name in ("version", "basis")}
    for text in ("朝", "朝の", "朝の申し送り"):
        typed = {slug(need, "text"): text, **drawn}
        told = as_nurse.post(page(need), {"go": "auto", **typed}, headers=JSON)
        assert told.status_code == 200
        drawn = {name: told.json()[name] for name in ("version", "basis")}

    assert answer(as_nurse, need, text="朝の申し送りで").status_code == 302
    assert read(need) == {"text": "朝の申し送りで"}


def test_an_autosave_leaves_what_it_refuses_as_it_was(as_nurse, need):
    answer(as_nurse, need, date="2026/12/5")

    as_nurse.post(page(need), {"go": "auto", slug(need, "date"): "来春"}, headers=JSON)

    assert need.extra_answers.get().value == "2026-12-05"


def test_two_pages_notice_each_other(as_nurse, need):
    form = as_nurse.get(page(need)).context["form"]
    drawn = {name: form[name].value() for name in ("version", "basis")}
    as_nurse.post(page(need), {**drawn, slug(need, "text"): "先の文", "go": "auto"})

    response = as_nurse.post(page(need), {**drawn, slug(need, "text"): "後の文"})

    assert response.status_code == 409
    assert "先の文" in response.content.decode()
    assert "後の文" in response.content.decode()


def test_what_was_typed_under_an_older_version_is_not_lost(as_nurse, hospital, nurse, office):
    older = version_in_use(hospital, "text", by=office)
    draft = NeedFactory(hospital=hospital, proposer=nurse, question_set=older)
    typed = {older.questions.get().slug: "朝の申し送り"}
    version_in_use(hospital, "number", by=office)

    kept = as_nurse.post(page(draft), typed)  # the page that was open before
    assert kept.status_code == 302
    assert draft.extra_answers.get().value == "朝の申し送り"

    Answer.objects.all().delete()
    as_nurse.get(page(draft))  # opened anew: the newest version
    response = as_nurse.post(page(draft), typed)
    assert response.status_code == 422
    assert "質問が新しくなりました" in response.content.decode()
    assert "朝の申し送り" in response.content.decode()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *(("nurse", 302), ("office", 403), ("head", 403), ("director", 403)),
        *(("other_nurse", 404), ("other_office", 404), ("partner", 404)),
    ],
)
def test_whoever_writes_the_need_answers(name, status, client, need, request):
    client.force_login(request.getfixturevalue(name))

    assert answer(client, need, text="朝の申し送り").status_code == status
    assert bool(read(need)) == (status == 302)


@pytest.mark.parametrize(
    ("state", "asked", "is_kept"),
    [
        (NeedState.SCREENING, [], True),
        (NeedState.RETURNED, ["questions"], True),
        (NeedState.RETURNED, ["idea"], False),
        (NeedState.IN_REVIEW, [], False),
    ],
)
def test_when_it_may_be_answered(state, asked, is_kept, as_nurse, need):
    Need.objects.filter(pk=need.pk).update(state=state, asked_sections=asked)

    answer(as_nurse, need, text="朝の申し送り")

    assert bool(read(need)) == is_kept


def test_the_office_can_ask_about_the_answers(need):
    assert "questions" in dict(sections.askable(need))


def test_the_answers_are_on_paper(as_nurse, nurse, need):
    answer(as_nurse, need, text="朝の申し送りで話す", number="1200")

    pages = PdfReader(io.BytesIO(sheet_pdf(need, by=nurse))).pages
    said = "".join(page.extract_text() for page in pages)
    assert all(words in said for words in ("病院からの質問", "朝の申し送りで話す", "1,200"))


@pytest.mark.parametrize("count", [1, 3])
def test_a_name_in_an_answer_keeps_the_review_shut(
    count, hospital, version, django_assert_num_queries
):
    needs = NeedFactory.create_batch(
        count, hospital=hospital, state=NeedState.SCREENING, question_set=version
    )
    for need in needs:
        question = version.questions.get(kind="text")
        need.extra_answers.create(question=question, value="山田太郎さんの点滴です")

    with django_assert_num_queries(3):
        assert uncleared(Need.objects.order_by("pk")) == needs


def test_the_need_is_found_by_what_was_answered(as_nurse, need, office, other_office):
    answer(as_nurse, need, text="吊り具の取り合い", choice="物品管理")

    found = {
        (word, person.name): list(find(NeedIndex, person, word).ids)
        for word in ("吊り具", "物品管理")
        for person in (office, other_office)
    }

    assert found == {
        (word, person.name): [need.pk] if person == office else []
        for word in ("吊り具", "物品管理")
        for person in (office, other_office)
    }


def test_names_in_an_answer_are_noticed_before_it_is_handed_in(as_nurse, hospital, nurse, version):
    draft = NeedFactory(hospital=hospital, proposer=nurse, question_set=version)
    answer(as_nurse, draft, text="山田太郎さんの点滴です")

    [found] = open_findings(draft)
    refused = as_nurse.post(reverse("needs:check", args=[draft.public_id]))

    assert (found.label, found.finding.text) == ("部署で話し合ったこと", "山田太郎さん")
    assert refused.status_code == 422
    as_nurse.post(reverse("needs:check", args=[draft.public_id]), {found.key: "架空の名前です"})
    draft.refresh_from_db()
    assert draft.state == NeedState.SUBMITTED


def test_names_in_an_answer_wait_for_a_reason_afterwards(as_nurse, need):
    response = answer(as_nurse, need, text="山田太郎さんの点滴です")

    assert response.status_code == 422
    assert "「山田太郎さん」は、個人情報かもしれません。" in response.content.decode()
    assert read(need) == {}


def test_the_committee_reads_the_answers(client, nurse, need, hospital, office, head):
    client.force_login(nurse)
    answer(client, need, text="朝の申し送り", file=upload())
    Need.objects.filter(pk=need.pk).update(state=NeedState.IN_REVIEW)
    round_ = RoundFactory(committee__hospital=hospital, state="reviewing")
    case = CaseFactory(round=round_, need=need)
    MemberFactory(committee=round_.committee, user=head)
    ConflictFactory(case=case, member=head, answer="none")
    client.force_login(head)

    text = client.get(case.get_absolute_url()).content.decode()

    assert "朝の申し送り" in text
    assert "手順書.pdf" in text


@pytest.mark.parametrize("name", ["sections", "section", "detail"])
def test_the_pages_cost_the_same_however_much_is_answered(name, as_nurse, need):
    slugs = [need.public_id, "questions"] if name == "section" else [need.public_id]
    url = reverse(f"needs:{name}", args=slugs)
    answer(as_nurse, need, text="あ", file=upload())
    as_nurse.get(url)
    with CaptureQueriesContext(connection) as one:
        as_nurse.get(url)
    answer(as_nurse, need, text="あ", choice="物品管理", number="1", date="2026/12/5")

    with CaptureQueriesContext(connection) as all_of_them:
        as_nurse.get(url)

    assert len(one) == len(all_of_them)

"""A hospital's own questions: how the office writes them, and which version a need keeps."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.queries import entries_for
from core.workflow import WrongStateError
from needs import actions, questions
from needs.enums import NeedState, QuestionChange
from needs.merging import split
from needs.models import Question, QuestionSet
from needs.people import enter_on_behalf
from needs.questions_forms import MOST_CHOICES, MOST_QUESTIONS, QuestionForm
from notifications.models import Message
from tests.factories.needs import NeedFactory
from tests.factories.questions import add_question, version_in_use

ADDED, CHANGED, REMOVED, MOVED = QuestionChange


@pytest.fixture
def as_office(client, office):
    client.force_login(office)
    return client


@pytest.fixture
def draft(hospital, office):
    """Three questions, not in use."""
    draft = questions.start_draft(hospital, by=office)
    for label in ("一", "二", "三"):
        add_question(draft, label=label, by=office)
    return draft


def page(name, question_set):
    return reverse(f"needs:questions_{name}", args=[question_set.public_id])


def labels(question_set):
    return [each.label for each in question_set.questions.all()]


def by_label(question_set, label):
    return question_set.questions.get(label=label)


def told(found):
    return [(change.kind, change.label, change.parts) for change in found]


# Versions


def test_the_next_version_begins_as_a_copy(draft, office, hospital):
    questions.publish(draft, by=office)

    following = questions.start_draft(hospital, by=office)

    assert (draft.number, following.number, following.is_draft) == (1, 2, True)
    assert labels(following) == labels(draft)
    assert not set(following.questions.values_list("public_id", flat=True)) & set(
        draft.questions.values_list("public_id", flat=True)
    )
    assert questions.current(hospital.pk) == draft


def test_there_is_one_draft_at_a_time(draft, office, hospital):
    assert questions.start_draft(hospital, by=office) == draft
    assert QuestionSet.objects.count() == 1


def test_the_newest_version_is_the_one_in_use(draft, office, hospital, other_hospital):
    assert questions.current(hospital.pk) is None
    questions.publish(draft, by=office)
    newer = version_in_use(hospital, "number", by=office)

    assert questions.current(hospital.pk) == newer
    assert questions.current(other_hospital.pk) is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda copy, office: None, []),
        (lambda copy, office: add_question(copy, "date", "四", by=office), [(ADDED, "四", ())]),
        (
            lambda copy, office: questions.remove_question(by_label(copy, "二"), by=office),
            [(REMOVED, "二", ())],
        ),
        (
            lambda copy, office: questions.move_question(by_label(copy, "三"), up=True, by=office),
            [(MOVED, "", ())],
        ),
        (
            lambda copy, office: copy.questions.filter(label="一").update(
                label="壱", help_text="例"
            ),
            [(CHANGED, "壱", ("質問", "補足"))],
        ),
    ],
    ids=["nothing", "added", "removed", "moved", "changed"],
)
def test_what_changed_is_told_by_question(change, expected, draft, office, hospital):
    questions.publish(draft, by=office)
    copy = questions.start_draft(hospital, by=office)

    change(copy, office)

    assert told(questions.changes_of(copy)) == expected


@pytest.mark.parametrize(
    ("label", "up", "order"),
    [
        ("一", True, "一二三"),
        ("一", False, "二一三"),
        ("三", True, "一三二"),
        ("三", False, "一二三"),
        ("二", True, "二一三"),
    ],
)
def test_a_question_moves_one_place(label, up, order, draft, office):
    questions.move_question(by_label(draft, label), up=up, by=office)

    assert "".join(labels(draft)) == order


def test_a_version_in_use_never_changes(draft, office):
    questions.publish(draft, by=office)
    question = by_label(draft, "一")
    typed = {"label": "壱", "kind": "text"}
    change = QuestionForm(typed, instance=by_label(draft, "一"))
    add = QuestionForm(typed, instance=Question(question_set=draft))
    assert change.is_valid()
    assert add.is_valid()

    for attempt in (
        lambda: questions.save_question(change, by=office),
        lambda: questions.save_question(add, by=office),
        lambda: questions.remove_question(question, by=office),
        lambda: questions.move_question(question, up=False, by=office),
        lambda: questions.publish(draft, by=office),
    ):
        with pytest.raises(WrongStateError):
            attempt()

    assert labels(draft) == ["一", "二", "三"]


def test_a_version_without_a_change_is_not_used(draft, office, hospital):
    questions.publish(draft, by=office)
    copy = questions.start_draft(hospital, by=office)

    with pytest.raises(questions.UnchangedError):
        questions.publish(copy, by=office)

    assert questions.current(hospital.pk) == draft


def test_each_step_is_recorded_and_nobody_is_told(draft, office):
    questions.move_question(by_label(draft, "三"), up=True, by=office)
    questions.remove_question(by_label(draft, "二"), by=office)
    questions.publish(draft, by=office)

    done = [entry.action.rpartition(".")[2] for entry in entries_for(draft)]
    assert done == [
        *("start", "add_question", "add_question", "add_question"),
        *("move_question", "remove_question", "publish"),
    ]
    assert {entry.actor for entry in entries_for(draft)} == {office}
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"label": ""}, "「質問」を入力してください"),
        ({"kind": ""}, "「答え方」を選んでください"),
        ({"label": "あ" * 121}, "「質問」は120字以内で入力してください(いま121字です)"),
        (
            {"kind": "choice", "lines": "ひとつ\n\nひとつ "},
            "「選択肢」を2つ以上、1行に1つずつ入力してください",
        ),
        (
            {"kind": "choice", "lines": "\n".join(map(str, range(MOST_CHOICES + 1)))},
            "「選択肢」は20個までにしてください(いま21個です)",
        ),
        (
            {"kind": "choice", "lines": f"短い\n{'長' * 61}"},
            f"選択肢「{'長' * 61}」は60字以内にしてください(いま61字です)",
        ),
    ],
)
def test_a_question_that_nobody_could_answer_is_refused(typed, error, as_office, draft):
    sent = {"label": "四", "kind": "text", "lines": "", **typed}

    response = as_office.post(page("edit", draft), sent)

    assert response.status_code == 422
    assert error in response.content.decode()
    assert labels(draft) == ["一", "二", "三"]


def test_a_version_has_an_end(as_office, draft, office):
    for number in range(MOST_QUESTIONS - 3):
        add_question(draft, label=f"問{number}", by=office)

    response = as_office.post(page("edit", draft), {"label": "もう1つ", "kind": "text"})

    assert response.status_code == 422
    assert draft.questions.count() == MOST_QUESTIONS


# Which version a need keeps


def test_a_need_gets_the_version_in_use(draft, office, nurse, hospital):
    before = actions.create_draft(hospital=hospital, by=nurse)
    questions.publish(draft, by=office)
    told_by_phone = enter_on_behalf(
        hospital=hospital, by=office, source="phone", name="", email="", title="題"
    )
    after = actions.create_draft(hospital=hospital, by=nurse)

    assert [need.question_set for need in (before, told_by_phone, after)] == [None, draft, draft]


def test_what_is_split_off_keeps_the_same_form(draft, office, hospital, nurse):
    questions.publish(draft, by=office)
    need = NeedFactory(
        hospital=hospital, proposer=nurse, state=NeedState.SCREENING, question_set=draft
    )

    assert split(need, title="もう1つ", problem="別の困りごと", by=office).question_set == draft


def opens(client, need):
    client.get(reverse("needs:sections", args=[need.public_id]))


def opens_section(client, need):
    client.get(reverse("needs:section", args=[need.public_id, "questions"]))


def submits(client, need):
    client.post(reverse("needs:check", args=[need.public_id]))


@pytest.mark.parametrize(
    ("state", "answers", "does", "keeps"),
    [
        # state, has she answered, what she does, the version afterwards
        (NeedState.DRAFT, False, opens, 2),
        (NeedState.DRAFT, False, opens_section, 2),
        (NeedState.DRAFT, False, submits, 2),
        (NeedState.DRAFT, True, opens, 1),
        (NeedState.DRAFT, True, opens_section, 1),
        (NeedState.DRAFT, True, submits, 1),
        (NeedState.SUBMITTED, False, opens, 1),
        (NeedState.SUBMITTED, True, opens, 1),
        (NeedState.RETURNED, False, opens_section, 1),
    ],
)
def test_a_need_keeps_the_form_it_was_answered_with(
    state, answers, does, keeps, client, hospital, nurse, office
):
    first = version_in_use(hospital, "text", by=office)
    need = NeedFactory(hospital=hospital, proposer=nurse, state=state, question_set=first)
    if answers:
        need.extra_answers.create(question=first.questions.get(), value="朝の申し送り")
    version_in_use(hospital, "number", by=office)
    client.force_login(nurse)

    does(client, need)

    need.refresh_from_db()
    assert need.question_set.number == keeps
    page = client.get(need.get_absolute_url()).content.decode()
    assert ("朝の申し送り" in page) == answers


def test_opening_counts_as_no_change_of_the_need(client, hospital, nurse, office):
    need = NeedFactory(hospital=hospital, proposer=nurse)
    version_in_use(hospital, "text", by=office)
    client.force_login(nurse)

    opens(client, need)

    before = (need.version, need.updated_at)
    need.refresh_from_db()
    assert (need.version, need.updated_at) == before
    assert need.question_set.number == 1


# The pages of the office


def test_the_office_writes_a_version_on_one_page(as_office, hospital):
    start = reverse("needs:questions_start", args=[hospital.public_id])
    address = as_office.post(start)["Location"]
    draft = QuestionSet.objects.get()
    assert address == page("edit", draft)

    for label in ("かかる分数", "困り始めた日"):
        as_office.post(address, {"label": label, "kind": "number"})
    first = by_label(draft, "かかる分数")
    as_office.post(address, {"down": first.public_id})
    as_office.post(
        f"{address}?question={first.public_id}",
        {"label": "だれが選んだか", "kind": "choice", "lines": "部署\n 病院 \n部署"},
    )

    assert labels(draft) == ["困り始めた日", "だれが選んだか"]
    assert by_label(draft, "だれが選んだか").choices == ["部署", "病院"]
    as_office.post(address, {"remove": by_label(draft, "困り始めた日").public_id})
    assert labels(draft) == ["だれが選んだか"]
    seen = as_office.get(page("preview", draft)).content.decode()
    assert "だれが選んだか" in seen
    assert "inert" in seen
    assert as_office.post(page("publish", draft))["Location"] == reverse("needs:questions")
    assert questions.current(hospital.pk) == draft
    assert "第1版" in as_office.get(reverse("needs:questions")).content.decode()


def test_the_page_of_use_says_what_happens(as_office, draft):
    text = as_office.get(page("publish", draft)).content.decode()

    assert "加えた</span> 一" in text
    assert "提出されたニーズと、答え始めた下書きは、前の版のままです。" in text
    assert "だれにも連絡しません。" in text


def test_a_refused_question_stays_on_the_page(as_office, draft):
    response = as_office.post(
        page("edit", draft), {"label": "だれが選んだか", "kind": "choice", "lines": "部署だけ"}
    )

    assert response.status_code == 422
    assert "だれが選んだか" in response.content.decode()
    assert "部署だけ" in response.content.decode()


@pytest.mark.parametrize("name", ["edit", "publish"])
def test_in_use_there_is_nothing_left_to_write(name, as_office, draft, office):
    questions.publish(draft, by=office)

    for response in (as_office.get(page(name, draft)), as_office.post(page(name, draft))):
        assert response["Location"] == page("preview", draft)
    seen = as_office.get(page("preview", draft)).content.decode()
    assert "変更できません" in seen


def test_the_desk_leads_here_for_offices_only(client, office, director, hospital):
    address = reverse("needs:questions")
    seen = {}
    for person in (office, director):
        client.force_login(person)
        seen[person] = f'href="{address}"' in client.get(reverse("needs:list")).content.decode()

    assert seen == {office: True, director: False}


@pytest.mark.parametrize(
    ("name", "listed", "started", "one"),
    [
        # list of versions, begin one for hospital A, a version of hospital A
        ("office", 200, 302, 200),
        ("other_office", 200, 404, 404),
        ("director", 403, 403, 404),
        ("nurse", 403, 403, 404),
        ("head", 403, 403, 404),
        ("partner", 403, 404, 404),
    ],
)
def test_the_office_of_the_hospital_keeps_its_questions(
    name, listed, started, one, client, draft, hospital, request
):
    client.force_login(request.getfixturevalue(name))

    assert client.get(reverse("needs:questions")).status_code == listed
    start = reverse("needs:questions_start", args=[hospital.public_id])
    assert client.post(start).status_code == started
    for each in ("edit", "preview", "publish"):
        assert client.get(page(each, draft)).status_code == one


def test_a_question_of_another_version_is_not_found(as_office, draft, other_hospital, other_office):
    elsewhere = questions.start_draft(other_hospital, by=other_office)
    question = add_question(elsewhere, by=other_office)

    assert as_office.post(page("edit", draft), {"remove": question.public_id}).status_code == 404
    assert as_office.get(f"{page('edit', draft)}?question={question.public_id}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_versions_needs_a_fixed_number_of_queries(
    count, as_office, hospital, office, django_assert_num_queries
):
    for _time in range(count):
        version_in_use(hospital, "text", "number", by=office)

    with django_assert_num_queries(7):
        text = as_office.get(reverse("needs:questions")).content.decode()

    assert all(f"第{number}版" in text for number in range(1, count + 1))


def test_the_draft_costs_the_same_however_many_questions(as_office, draft, office):
    as_office.get(page("edit", draft))
    with CaptureQueriesContext(connection) as three:
        as_office.get(page("edit", draft))
    add_question(draft, "choice", by=office)

    with CaptureQueriesContext(connection) as four:
        as_office.get(page("edit", draft))

    assert len(three) == len(four)

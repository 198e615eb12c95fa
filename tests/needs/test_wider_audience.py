"""Every door through which a text reaches more people asks about personal information."""

import re
from dataclasses import dataclass, field

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse, reverse_lazy

from audit.queries import entries_for
from committee.enums import RoundState
from committee.readiness import not_ready_to_open
from core.workflow import WrongStateError
from needs import actions, importing_actions, merging
from needs.clearance import UnclearedError, clear, open_findings, uncleared
from needs.enums import DeclineReason, NeedState
from needs.models import Clearance, Comment, ImportRun, Need
from needs.promise import working_day_after
from needs.similar import for_colleague
from tests.factories.committee import RoundFactory
from tests.factories.needs import NeedFactory
from tests.needs.tables import ROWS, as_csv

NAMED = "鈴木健一さんの点滴の残量が、夜勤のときに廊下から見えない。"
CLEAN = "患者さんの点滴の残量が、夜勤のときに廊下から見えない。"
REASON = "架空の名前です"
BOX = re.compile(r'name="(reason-\w+)"')


@dataclass
class Door:
    """Who writes which text where, in which state of the need."""

    who: str
    name: str
    text: str
    state: str = NeedState.SCREENING
    args: tuple = ()
    more: dict = field(default_factory=dict)
    of_a_need: bool = True

    def url(self, need):
        args = [need.public_id, *self.args] if self.of_a_need else []
        return reverse(f"needs:{self.name}", args=args)


TOLD = {"source": "phone", "name": "聞いた 花子", "title": "点滴", "not_own": "on"}
DOORS = {
    "an answer to the office": Door(
        "nurse", "transition", "answer", NeedState.RETURNED, ("resubmit",)
    ),
    "a question to the proposer": Door("office", "transition", "question", args=("send_back",)),
    "why it does not go on": Door(
        "office",
        "transition",
        "explanation",
        args=("decline",),
        more={"decline_reason": DeclineReason.UNCLEAR},
    ),
    "why the promise waits": Door(
        "office", "transition", "clock_reason", NeedState.SUBMITTED, ("stop_clock",)
    ),
    "the second worry of a split": Door("office", "split", "problem", more={"title": "二つ目"}),
    "why two are related": Door("office", "relate", "note"),
    "a comment": Door("office", "comment", "text", more={"audience": "internal"}),
    "a finding of the office": Door(
        "office", "enrich", "text", more={"kind": "disease", "source": "患者調査"}
    ),
    "the source of a finding": Door(
        "office", "enrich", "source", more={"kind": "disease", "text": "120万人"}
    ),
    "the evidence of a colleague": Door(
        "other_nurse", "join", "note", more={"place": "icu", "frequency": "weekly"}
    ),
    "a section after submission": Door("nurse", "section", "background", args=("background",)),
    "what the office was told": Door("office", "on_behalf", "problem", more=TOLD, of_a_need=False),
}


@pytest.fixture
def as_person(client, request):
    def sign_in(who):
        client.force_login(request.getfixturevalue(who))
        return client

    return sign_in


@pytest.fixture
def need(hospital, nurse, department):
    return NeedFactory(
        hospital=hospital, proposer=nurse, department=department, state=NeedState.SCREENING
    )


@pytest.fixture
def imported(hospital, office):
    """A need from a table, with a name that nobody has answered for."""
    row = ["K009", "点滴が見えない", NAMED, "", "", "", ""]
    importing_actions.import_table(as_csv([row]), hospital=hospital, by=office)
    return Need.objects.get()


def fill(door, need, text):
    """What a person would send through this door."""
    more = dict(door.more)
    if door.name == "relate":
        more["number"] = NeedFactory(hospital=need.hospital, state=NeedState.SCREENING).number
    if door.args == ("send_back",):
        more["reply_due"] = working_day_after(need.hospital_id, 10).isoformat()
    return {**more, door.text: text}


@pytest.mark.parametrize("which", DOORS)
def test_it_is_held_back_kept_and_let_through_with_a_reason(which, need, as_person):
    door = DOORS[which]
    Need.objects.filter(pk=need.pk).update(state=door.state)
    client, data = as_person(door.who), fill(door, need, NAMED)

    refused = client.post(door.url(need), data)
    page = refused.content.decode()
    [key] = BOX.findall(page)

    assert refused.status_code == 422
    assert "「鈴木健一さん」は、個人情報かもしれません。" in page
    assert "人の名前のようです。" in page
    assert NAMED in page
    assert not Clearance.objects.exists()

    accepted = client.post(door.url(need), {**data, key: REASON})

    cleared = Clearance.objects.get()
    assert accepted.status_code == 302
    assert (cleared.reason, cleared.kind) == (REASON, "name")


@pytest.mark.parametrize("which", DOORS)
def test_a_corrected_text_asks_nothing(which, need, as_person):
    door = DOORS[which]
    Need.objects.filter(pk=need.pk).update(state=door.state)

    answer = as_person(door.who).post(door.url(need), fill(door, need, CLEAN))

    assert answer.status_code == 302
    assert not Clearance.objects.exists()


def test_a_typed_reason_survives_another_mistake(need, as_person):
    data = {"title": "", "problem": NAMED}
    client, url = as_person("office"), reverse("needs:split", args=[need.public_id])
    [key] = BOX.findall(client.post(url, data).content.decode())

    page = client.post(url, {**data, key: REASON}).content.decode()

    assert f'value="{REASON}"' in page
    assert not Clearance.objects.exists()


def test_what_was_answered_for_is_not_asked_again_after_a_split(need, office):
    need.problem = need.patients = NAMED
    need.save()
    for found in open_findings(need):
        clear(need, found, reason=REASON, by=office)

    new = merging.split(need, title="二つ目", problem=NAMED, by=office)

    assert open_findings(new) == []


def test_the_timeline_does_not_tell_the_proposer_of_a_comment_in_the_office(need, as_person):
    client, url = as_person("office"), reverse("needs:comment", args=[need.public_id])
    data = {"text": NAMED, "audience": "office"}
    [key] = BOX.findall(client.post(url, data).content.decode())

    client.post(url, {**data, key: REASON})

    assert [entry.action for entry in entries_for(Comment.objects.get())] == [
        "needs.comment.clear_finding"
    ]
    assert not entries_for(need).exists()


# Tables --------------------------------------------------------------------------------------


FLAGGED = [*ROWS, ["K009", "点滴が見えない", NAMED, "", "", "", ""]]
CHOICES = {"leave_out": 3, "bring_in": 4}


@pytest.fixture
def as_office(as_person):
    return as_person("office")


@pytest.fixture
def checked(as_office, django_capture_on_commit_callbacks):
    """A table that a worker has checked."""
    with django_capture_on_commit_callbacks(execute=True):
        file = SimpleUploadedFile("needs.csv", as_csv(FLAGGED))
        as_office.post(reverse("needs:import"), {"file": file})
    return ImportRun.objects.get()


def test_a_table_is_asked_about_before_it_comes_in(checked, as_office):
    page = as_office.get(checked.get_absolute_url()).content.decode()
    refused = as_office.post(reverse("needs:import_confirm", args=[checked.public_id]))

    assert "「鈴木健一さん」" in page
    assert "人の名前のようです。" in page
    assert refused.status_code == 422
    assert "「個人情報かもしれないことばのある行をどうしますか」" in refused.content.decode()
    assert not Need.objects.exists()


@pytest.mark.parametrize("choice", CHOICES)
def test_the_office_decides_about_those_rows(
    choice, checked, as_office, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        confirm = reverse("needs:import_confirm", args=[checked.public_id])
        as_office.post(confirm, {"flagged": choice})

    page = as_office.get(checked.get_absolute_url()).content.decode()
    assert Need.objects.count() == CHOICES[choice]
    assert ("取り込みませんでした" in page) == (choice == "leave_out")


def test_a_table_without_any_asks_nothing(hospital, office):
    result = importing_actions.import_table(as_csv(), hospital=hospital, by=office, dry_run=True)

    assert result.noticed == []


def test_what_is_here_already_is_not_asked_about_again(imported, hospital, office):
    row = ["K009", "点滴が見えない", NAMED, "", "", "", ""]
    result = importing_actions.import_table(
        as_csv([row]), hospital=hospital, by=office, leave_out=True
    )

    assert (result.noticed, result.problems, result.known) == ([], [], 1)


# The office's page, and the committee --------------------------------------------------------


def settle(need):
    return reverse("needs:findings", args=[need.public_id])


def test_the_page_of_the_need_names_what_waits(imported, as_person):
    page = as_person("office").get(imported.get_absolute_url()).content.decode()

    assert "「鈴木健一さん」" in page
    assert settle(imported) in page


ANSWERS = {
    "corrected": ({"problem": CLEAN}, CLEAN),
    "confirmed": ({"problem": NAMED, "reason": REASON}, NAMED),
}


@pytest.mark.parametrize("how", ANSWERS)
def test_the_office_corrects_or_confirms(how, imported, as_person):
    data, problem = ANSWERS[how]
    client = as_person("office")
    shown = client.get(settle(imported)).content.decode()
    [key] = BOX.findall(shown)
    data = {key if name == "reason" else name: value for name, value in data.items()}
    hidden = dict(re.findall(r'name="(version|basis)" value="([^"]*)"', shown))

    client.post(settle(imported), {**hidden, **data})

    imported.refresh_from_db()
    assert imported.problem == problem
    assert open_findings(Need.objects.get()) == []
    assert settle(imported) not in client.get(imported.get_absolute_url()).content.decode()


def test_an_unanswered_finding_stays_with_everything_that_was_typed(imported, as_person):
    answer = as_person("office").post(settle(imported), {"problem": NAMED + "田中様も困る。"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert len(BOX.findall(page)) == 2
    assert "田中様も困る。" in page


@pytest.mark.parametrize("who", ["nurse", "director", "head"])
def test_only_the_office_answers(who, need, as_person):
    assert as_person(who).get(settle(need)).status_code == 403


def test_nothing_left_to_answer_leads_back(need, as_person):
    assert as_person("office").get(settle(need)).url == need.get_absolute_url()


def test_taking_it_in_asks_too(imported, as_person):
    client = as_person("office")
    url = reverse("needs:transition", args=[imported.public_id, "take_in"])

    page = client.get(url).content.decode()
    refused = client.post(url, {"category": ""})
    [key] = BOX.findall(page)
    client.post(url, {"category": "", key: REASON})

    imported.refresh_from_db()
    assert settle(imported) in page
    assert refused.status_code == 422
    assert imported.state == NeedState.SCREENING
    assert open_findings(imported) == []


BULK = reverse_lazy("needs:bulk")


def test_many_at_once_leave_it_aside(imported, need, as_office):
    Need.objects.filter(pk=need.pk).update(state=NeedState.SUBMITTED)
    both = {"do": "take_in", "need": [imported.public_id, need.public_id]}

    page = as_office.get(BULK, both).content.decode()
    as_office.post(BULK, both)

    assert "ニーズのページで先に確かめてください" in page
    assert {each.pk: each.state for each in Need.objects.all()} == {
        imported.pk: NeedState.SUBMITTED,
        need.pk: NeedState.SCREENING,
    }


def test_one_answer_to_many_keeps_its_reason_with_each(need, hospital, as_office):
    other = NeedFactory(hospital=hospital, state=NeedState.SCREENING)
    data = {
        "do": "decline",
        "need": [need.public_id, other.public_id],
        "decline_reason": DeclineReason.UNCLEAR,
        "explanation": NAMED,
    }

    refused = as_office.post(BULK, data)
    [key] = BOX.findall(refused.content.decode())
    as_office.post(BULK, {**data, key: REASON})

    assert refused.status_code == 422
    assert {row.need_id for row in Clearance.objects.all()} == {need.pk, other.pk}
    assert set(Need.objects.values_list("state", flat=True)) == {NeedState.DECLINED}


@pytest.fixture
def waiting(imported, office):
    """Taken in by way of the bulk list, and nobody answered for the name."""
    actions.take_in(imported, by=office)
    return imported


def test_it_does_not_come_onto_an_agenda(waiting, need, as_person, hospital):
    round_ = RoundFactory(committee__hospital=hospital, state=RoundState.PLANNED)
    url = reverse("committee:agenda", args=[round_.public_id])

    page = as_person("office").post(url, {"need": [waiting.public_id, need.public_id]}, follow=True)

    assert [case.need for case in round_.cases.all()] == [need]
    assert f"理由を書いてください: {waiting.number}" in page.content.decode()


def test_a_round_does_not_begin_with_it(need, office, hospital):
    round_ = RoundFactory(committee__hospital=hospital, state=RoundState.PLANNED)
    round_.cases.create(need=need)
    Need.objects.filter(pk=need.pk).update(idea=NAMED)

    assert any(need.number in reason for reason in not_ready_to_open(round_))


def test_the_committee_does_not_get_it_by_any_way(waiting, office):
    with pytest.raises(UnclearedError):
        actions.send_to_review(waiting, by=office)

    waiting.refresh_from_db()
    assert waiting.state == NeedState.SCREENING
    assert issubclass(UnclearedError, WrongStateError)


def test_colleagues_are_not_shown_a_title_that_waits(need, hospital, other_nurse):
    NeedFactory.create_batch(3, hospital=hospital, state=NeedState.DECLINED, problem="車いす")
    Need.objects.filter(pk=need.pk).update(title="鈴木健一さんの点滴", problem=CLEAN)
    Need.objects.get(pk=need.pk).save()
    draft = NeedFactory(hospital=hospital, proposer=other_nurse, problem=CLEAN)

    assert for_colleague(CLEAN, draft, other_nurse) == []


def test_three_queries_answer_for_any_number(imported, need, django_assert_num_queries):
    with django_assert_num_queries(3):
        assert uncleared(Need.objects.order_by("pk")) == [imported]

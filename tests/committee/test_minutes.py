"""The minutes: what they say, who reads which version, and how they are approved."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.utils import timezone
from pypdf import PdfReader

from committee import meetings, minutes
from committee.enums import MeetingState, Outcome
from committee.meeting_forms import MeetingDecisionForm
from committee.models import Ballot, Case, Meeting, Member, Vote
from committee.room import Room
from committee.todo import minutes_to_approve
from core.workflow import WrongStateError
from needs.models import Need
from tests.committee.around_the_table import address, conflicted, leave
from tests.committee.conftest import SECRET_TITLE
from tests.factories.committee import CaseFactory, ConflictFactory, MeetingItemFactory
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db

MARKERS = ["秘密の理由", "秘密の担当", "秘密のメモ", "秘密の採決", SECRET_TITLE]


def close(meeting):
    Meeting.objects.filter(pk=meeting.pk).update(
        state=MeetingState.CLOSED, closed_at=timezone.now(), current=None
    )


@pytest.fixture
def closed(item, chair, deputy, reviewer):
    """A meeting with a decision, a vote and notes, that is over; 委員 花子 was out."""
    conflicted(item.case, reviewer)
    vote = Vote.objects.create(item=item, question="秘密の採決", closed_at=timezone.now())
    for user, choice in [(chair, "yes"), (deputy, "no")]:
        Ballot.objects.create(vote=vote, user=user, choice=choice)
    form = MeetingDecisionForm(
        {
            "outcome": Outcome.CONDITIONAL,
            "reason": "秘密の理由",
            "next_person": "秘密の担当",
            "next_date": "2035/12/5",
            "recusals_confirmed": "on",
        },
        case=item.case,
        current=None,
        item=item,
        standing=Room(item.meeting).standing(Case.objects.for_pages().get()),
    )
    assert form.is_valid(), form.errors
    meetings.decide(form, item=item, by=chair)
    item.notes = "秘密のメモ"
    item.save(update_fields=["notes"])
    other = CaseFactory(round=item.case.round, need=NeedFactory(title="別の件名"))
    for member in (chair, deputy, reviewer):
        ConflictFactory(case=other, member=member)
    MeetingItemFactory(meeting=item.meeting, case=other, order=2)
    close(item.meeting)
    return Meeting.objects.get()


def words(client, user, meeting, kind):
    """Every word of a file and of its properties, without blanks."""
    client.force_login(user)
    response = client.get(address("minutes_file", meeting, kind))
    if kind == "pdf":
        pdf = PdfReader(BytesIO(response.content))
        said = "".join(page.extract_text() for page in pdf.pages) + str(pdf.metadata)
    else:
        parts = ZipFile(BytesIO(response.content))
        said = "".join(
            parts.read(name).decode() for name in parts.namelist() if name.endswith(("xml", "rels"))
        )
    return "".join((said + response["Content-Disposition"]).split())


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_the_minutes_say_who_was_there_what_was_decided_and_who_was_out(
    client, closed, chair, kind
):
    said = words(client, chair, closed, kind)

    for each in (
        "議事録(案)",
        "みなと総合病院",
        "ニーズ抽出委員会",
        "第1回審査会",
        "令和",
        "第1会議室",
        "委員長花子",
        "N-2026-0001",
        "条件付き採択",
        "令和17年12月5日",
        "委員花子",
        "出席3名・必要2名(利益相反のない委員3名・委員の過半数)",
        "賛成1・反対1・棄権0",
        "この会議では扱わなかった",
        *("".join(marker.split()) for marker in MARKERS),
    ):
        assert each in said


@pytest.mark.parametrize("kind", ["pdf", "docx"])
@pytest.mark.parametrize("state", [MeetingState.CLOSED, MeetingState.APPROVED])
def test_nothing_of_a_closed_case_is_in_a_conflicted_members_file(
    client, closed, reviewer, kind, state
):
    if state == MeetingState.APPROVED:
        closed.minutes = minutes.compose(closed)
        closed.state = state
        closed.save()

    said = words(client, reviewer, closed, kind)

    assert [marker for marker in MARKERS if marker in said] == []
    for each in ("N-2026-0001", "退席", "別の件名"):
        assert each in said


@pytest.mark.parametrize("page", ["minutes", "meeting", "meeting_live"])
def test_nothing_of_a_closed_case_is_on_a_conflicted_members_pages(client, closed, reviewer, page):
    client.force_login(reviewer)

    said = client.get(address(page, closed)).content.decode()

    assert [marker for marker in MARKERS if marker in said] == []


def test_who_has_not_answered_reads_a_number_only(client, closed, secretary, item):
    item.case.conflicts.filter(member=secretary).delete()
    client.force_login(secretary)

    said = client.get(address("minutes", closed)).content.decode()

    assert "利益相反の確認前のため、載せていません" in said
    assert [marker for marker in MARKERS if marker in said] == []


def test_a_file_is_named_after_the_day_only(client, closed, chair):
    Meeting.objects.update(opened_at=timezone.make_aware(timezone.datetime(2030, 12, 5, 14)))
    client.force_login(chair)

    names = [
        client.get(address("minutes_file", closed, kind))["Content-Disposition"]
        for kind in ("pdf", "docx")
    ]

    assert names == [
        'attachment; filename="minutes-20301205.pdf"',
        'attachment; filename="minutes-20301205.docx"',
    ]


def test_words_of_people_are_never_run_as_code(client, closed, chair, item):
    item.notes = '#read("/etc/passwd") *強い* $x$'
    item.save(update_fields=["notes"])

    said = words(client, chair, closed, "pdf")

    assert '#read("/etc/passwd")*強い*$x$' in said


def test_a_ballot_of_somebody_who_turned_out_to_be_in_conflict_does_not_count(closed, reviewer):
    Ballot.objects.create(vote=Vote.objects.get(), user=reviewer, choice="yes")

    assert minutes.compose(closed)["items"][0]["votes"] == [
        {"question": "秘密の採決", "yes": 1, "no": 1, "abstain": 0}
    ]


READERS = {
    # Who reads the minutes (GET) and who may press 「承認する」 (POST without having read: 302).
    "office": (200, 403),
    "chair": (200, 302),
    "reviewer": (200, 302),
    "secretary": (200, 403),
    "nurse": (404, 404),
    "director": (404, 404),
    "other_office": (404, 404),
}


@pytest.mark.parametrize(("who", "answers"), READERS.items())
def test_who_reads_and_who_approves(client, request, closed, who, answers):
    client.force_login(request.getfixturevalue(who))

    read = client.get(address("minutes", closed)).status_code
    approved = client.post(address("minutes_agree", closed)).status_code

    assert (read, approved) == answers


def test_before_the_end_there_are_no_minutes(client, meeting, chair):
    client.force_login(chair)

    assert client.get(address("minutes", meeting)).status_code == 403
    assert client.get(address("minutes_file", meeting, "pdf")).status_code == 403


# Approval ---------------------------------------------------------------------------------------

# Present: chair, deputy, 委員 花子, 委員 月子. More than half of those present, and the chair.
APPROVALS = [
    # away, approvals in this order, approved in the end
    ([], ["chair"], False),
    ([], ["chair", "deputy"], False),
    ([], ["chair", "deputy", "reviewer"], True),
    ([], ["deputy", "reviewer", "other_reviewer"], False),
    ([], ["deputy", "reviewer", "other_reviewer", "chair"], True),
    (["chair"], ["reviewer", "other_reviewer"], False),
    (["chair"], ["reviewer", "deputy"], True),
    (["chair", "deputy"], ["reviewer"], False),
    (["chair", "deputy"], ["reviewer", "other_reviewer"], True),
]


def agree(client, user, meeting):
    """Read and approve, as a person does."""
    client.force_login(user)
    page = client.get(address("minutes", meeting))
    return client.post(
        address("minutes_agree", meeting), {"seen": page.context["seen"]}, follow=True
    )


@pytest.mark.parametrize(("away", "people", "approved"), APPROVALS)
def test_whose_approvals_freeze_the_minutes(client, request, closed, away, people, approved):
    leave(closed, *(request.getfixturevalue(name) for name in away))

    for name in people:
        agree(client, request.getfixturevalue(name), closed)

    closed.refresh_from_db()
    assert (closed.state == MeetingState.APPROVED) is approved
    assert closed.approvals.count() == len(people)


def test_a_change_takes_the_approvals_away(client, closed, item, chair, deputy, secretary):
    agree(client, chair, closed)
    agree(client, deputy, closed)
    client.force_login(secretary)
    item.refresh_from_db()

    client.post(address("item_notes", item), {"notes": "直したメモ", "version": item.version})

    assert not closed.approvals.exists()


def test_who_read_an_older_text_reads_again(client, closed, item, chair):
    client.force_login(chair)
    page = client.get(address("minutes", closed))
    item.notes = "あとから直したメモ"
    item.save(update_fields=["notes"])

    again = client.post(
        address("minutes_agree", closed), {"seen": page.context["seen"]}, follow=True
    )

    assert "読んでいるあいだに議事録が変わりました" in again.content.decode()
    assert not closed.approvals.exists()


def test_reopening_takes_the_approvals_away_and_asks_why(client, closed, chair, secretary):
    agree(client, chair, closed)
    client.force_login(secretary)

    without = client.post(address("meeting_step", closed, "reopen"))
    client.post(address("meeting_step", closed, "reopen"), {"reason": "決定を訂正する"})

    closed.refresh_from_db()
    assert without.status_code == 422
    assert (closed.state, closed.approvals.count()) == (MeetingState.OPEN, 0)


@pytest.fixture
def approved(client, closed, chair, deputy, other_reviewer):
    for user in (chair, deputy, other_reviewer):
        agree(client, user, closed)
    return Meeting.objects.get()


def test_approved_minutes_stay_word_for_word(client, approved, item, chair, secretary, reviewer):
    Need.objects.filter(pk=item.case.need_id).update(title="変えた件名")
    chair.name = "改姓 花子"
    chair.save()
    Member.objects.filter(user=reviewer).delete()
    client.force_login(secretary)
    refused = client.post(address("item_notes", item), {"notes": "x", "version": 1}, follow=True)

    said = words(client, chair, approved, "pdf")

    assert "議事録は承認されました" in refused.content.decode()
    assert (SECRET_TITLE in said, "変えた件名" in said) == (True, False)
    assert "委員長委員長花子" in said
    assert "委員花子" in said


def test_approved_minutes_are_not_reopened(client, approved, secretary, chair):
    client.force_login(secretary)
    client.post(address("meeting_step", approved, "reopen"), {"reason": "もう一度"})

    approved.refresh_from_db()
    assert approved.state == MeetingState.APPROVED
    with pytest.raises(WrongStateError):
        meetings.agree(approved, by=chair, seen="")


def test_who_left_the_committee_stays_in_the_attendance(closed, reviewer):
    Member.objects.filter(user=reviewer).delete()

    assert {"name": "委員 花子", "seat": "退任", "presence": "出席"} in minutes.compose(closed)[
        "attendance"
    ]


def test_those_present_are_asked_to_approve_until_they_have(
    client, closed, chair, reviewer, secretary, office
):
    leave(closed, reviewer)

    def asked():
        return [len(minutes_to_approve(user)) for user in (chair, reviewer, secretary, office)]

    before = asked()
    agree(client, chair, closed)

    assert before == [1, 0, 0, 0]
    assert asked() == [0, 0, 0, 0]

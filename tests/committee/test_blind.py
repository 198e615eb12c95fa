"""Blind review: who proposed a need, and what the office painted over, is read nowhere."""

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from committee import blind, conflicts, readiness
from committee.enums import ConflictAnswer, MeetingState, Outcome, RoundState
from committee.models import Case, Conflict, Meeting, Redaction, Round
from documents import actions as documents
from documents.models import Document
from documents.pictures import Box
from needs.models import Need
from needs.photos import add_photo
from notifications.models import Message
from tests.committee.reading import said
from tests.documents.files import picture, upload
from tests.factories.committee import (
    CaseFactory,
    ConflictFactory,
    DecisionFactory,
    LetterFactory,
    ReviewFactory,
)
from tests.forms import once_key

pytestmark = pytest.mark.django_db

NAME, WARD, TOLD = "匿名 名無子", "地下八階病棟", "ひみつの装置"
SECRETS = [NAME, "名無子", "ナナコ", WARD, TOLD, "秘密の兼業", "秘密の申し送り", "元の写真.jpg"]
SHOWN = {
    "title": "点滴台の件",
    "problem": "夜勤のたびに■■を見に行く。",
    "background": "",
}
HIDDEN_IN = [RoundState.REVIEWING, RoundState.DISCUSSING, RoundState.DECIDED]


@pytest.fixture
def blinded(case, nurse, department):
    """``case`` in a blind round, checked: what gives its proposer away is in every text."""
    nurse.name, nurse.kana = NAME, "トクメイ ナナコ"
    nurse.save()
    department.name = WARD
    department.save()
    Need.objects.filter(pk=case.need_id).update(
        department=department,
        title=f"{TOLD}の件",
        problem=f"夜勤のたびに{TOLD}を見に行く。{NAME}",
        background=f"{WARD}の{NAME}が書いた。",
    )
    Round.objects.filter(pk=case.round_id).update(is_blind=True, shows_others=True)
    case = Case.objects.for_pages().get()
    Redaction.objects.create(
        case=case, texts=SHOWN, basis=blind.basis_of(case.need), checked_at=timezone.now()
    )
    return Case.objects.for_pages().get()


def pages_about(case, meeting, item):
    round_ = case.round
    for name in [
        *("round", "next", "results", "letters", "conflicts", "looking_back", "what_if"),
        *("assignments", "award_plan", "blind"),
    ]:
        yield reverse(f"committee:{name}", args=[round_.public_id])
    for kind in ("csv", "xlsx"):
        yield reverse("committee:results_file", args=[round_.public_id, kind])
    for name in ["case", "conflict", "decision", "abstain", "nominate", "redact", "assign"]:
        yield reverse(f"committee:{name}", args=[case.public_id])
    for name in ["meeting", "meeting_live", "minutes"]:
        yield reverse(f"committee:{name}", args=[meeting.public_id])
    for kind in ("pdf", "docx"):
        yield reverse("committee:minutes_file", args=[meeting.public_id, kind])
    for name in ["meeting_item", "item_notes"]:
        yield reverse(f"committee:{name}", args=[item.public_id])
    yield reverse("committee:list")
    yield reverse("committee:committee", args=[round_.committee.public_id])
    yield reverse("committee:letter", args=[case.letter.public_id])
    yield case.need.get_absolute_url()
    yield reverse("committee:year")
    yield reverse("committee:winners")
    # Half of each secret: the whole would be on the page as the question.
    for words in ("ひみつ", "名無", "地下八階"):
        yield reverse("needs:list") + f"?q={words}"
        yield reverse("search:results") + f"?q={words}"
        yield reverse("search:suggest") + f"?q={words}"
    yield reverse("home:home")
    yield reverse("notifications:inbox")


@pytest.fixture
def round_in_full(blinded, item, office, other_reviewer, reviewer, chair):
    """Scores, a decision, a letter, a meeting that is over, a conflict with a reason."""
    ReviewFactory(case=blinded, reviewer=other_reviewer, values=[3, 4])
    DecisionFactory(case=blinded, outcome=Outcome.ON_HOLD, reason="様子を見ます")
    LetterFactory(case=blinded, subject=f"{NAME}さまへ", body=f"{NAME}さま {TOLD}")
    beside = CaseFactory(round=blinded.round)
    for member in (reviewer, chair):
        ConflictFactory(
            case=beside, member=member, note="秘密の兼業", confirm_note="秘密の申し送り"
        )
    add_photo(blinded.need, upload("元の写真.jpg", picture()), by=blinded.need.proposer)
    return item


@pytest.mark.slow
@pytest.mark.parametrize("state", HIDDEN_IN)
@pytest.mark.parametrize("who", ["reviewer", "chair", "deputy", "secretary"])
def test_no_page_file_or_mail_says_whose_need_it_is(client, request, round_in_full, who, state):
    member, item = request.getfixturevalue(who), round_in_full
    Round.objects.update(state=state, is_blind=True, shows_others=True)
    over = state == RoundState.DECIDED
    Meeting.objects.update(
        state=MeetingState.CLOSED if over else MeetingState.OPEN,
        closed_at=timezone.now() if over else None,
    )
    case, meeting = Case.objects.for_pages().first(), Meeting.objects.get()
    client.force_login(member)

    for url in pages_about(case, meeting, item):
        found = said(client.get(url, follow=True))
        for secret in SECRETS:
            assert secret not in found, (url, secret)

    assert not Message.objects.filter(recipient=member, body__contains=TOLD).exists()
    assert client.get(case.get_absolute_url()).content.decode().count(SHOWN["title"])


def test_after_the_release_everything_can_be_read(client, blinded, reviewer):
    ConflictFactory(case=blinded, member=reviewer)
    Round.objects.update(state=RoundState.RELEASED)
    client.force_login(reviewer)

    page = client.get(blinded.get_absolute_url()).content.decode()

    assert NAME in page
    assert TOLD in page


def test_an_emptied_passage_stays_empty(client, blinded, reviewer):
    Redaction.objects.update(texts={"title": "", "problem": "", "background": ""})
    ConflictFactory(case=blinded, member=reviewer)
    client.force_login(reviewer)

    page = client.get(blinded.get_absolute_url()).content.decode()

    assert "(件名は非表示)" in page
    assert "伏せています" in page
    assert TOLD not in page


def test_a_text_that_came_later_is_not_shown(client, blinded, reviewer):
    Need.objects.update(ideal_state=f"{NAME}が後から書いた")
    ConflictFactory(case=blinded, member=reviewer)
    client.force_login(reviewer)

    assert "後から書いた" not in client.get(blinded.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("匿名 名無子が困っている", "■■が困っている"),
        ("匿名名無子と名無子は同じ", "■■と■■は同じ"),
        ("地下八階病棟では", "■■では"),
        ("担当の高橋先生に相談", "担当の■■に相談"),
        ("電話 090-1234-5678", "電話 ■■"),
        ("点滴台が倒れる", "点滴台が倒れる"),
    ],
)
def test_what_is_painted_over_to_begin_with(blinded, text, proposed):
    assert blind.proposed(text, blind.names_in(blinded.need)) == proposed


# Preparing a round


@pytest.fixture
def planned(blinded):
    """The round before it begins, nothing checked yet."""
    Redaction.objects.all().delete()
    Round.objects.update(state=RoundState.PLANNED)
    Need.objects.update(state="screening")
    return Case.objects.for_pages().get()


def redact(client, case, **typed):
    page = client.get(reverse("committee:redact", args=[case.public_id]))
    form = page.context["form"]
    data = {field.html_name: field.value() for _label, _pieces, field in form.pairs}
    data |= {"version": form.instance.version, "_once": once_key(page), **typed}
    return client.post(reverse("committee:redact", args=[case.public_id]), data)


def test_nobody_scores_before_every_case_was_checked(client, planned, office):
    client.force_login(office)
    before = readiness.not_ready_to_open(planned.round)

    redact(client, planned)
    checked = readiness.not_ready_to_open(planned.round)
    Need.objects.update(problem="あとから直した本文です。夜勤のたびに見に行く。")
    changed = readiness.not_ready_to_open(planned.round)

    assert "確かめてください: N-2026-0001" in " ".join(before)
    assert checked == []
    assert "確かめてください: N-2026-0001" in " ".join(changed)


def test_the_office_looks_at_the_proposal_and_keeps_its_own_words(client, planned, office):
    client.force_login(office)
    page = client.get(reverse("committee:redact", args=[planned.public_id])).content.decode()

    answer = redact(client, planned, title="院内の件", background="")

    kept = Redaction.objects.get()
    assert f"<mark>{WARD}</mark>" in page
    assert (kept.texts["title"], kept.texts["background"]) == ("院内の件", "")
    assert kept.texts["problem"] == f"夜勤のたびに{TOLD}を見に行く。■■"
    assert kept.checked_by == office
    assert answer.url == reverse("committee:blind", args=[planned.round.public_id])


def test_a_page_that_did_not_arrive_whole_changes_nothing(client, planned, office):
    client.force_login(office)
    url = reverse("committee:redact", args=[planned.public_id])

    answer = client.post(url, {"_once": once_key(client.get(url)), "title": "届いた件名"})

    assert answer.status_code == 422
    assert "届いた件名" in answer.content.decode()
    assert not Redaction.objects.exists()


def test_two_of_the_office_at_once(client, planned, office):
    client.force_login(office)
    redact(client, planned, title="先の人のことば")

    answer = redact(client, planned, title="後の人のことば", version=0)

    assert answer.status_code == 409
    assert Redaction.objects.get().texts["title"] == "先の人のことば"
    assert "後の人のことば" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "is_blind", "state", "status"),
    [
        ("office", True, RoundState.PLANNED, 200),
        ("office", True, RoundState.REVIEWING, 200),
        ("office", True, RoundState.RELEASED, 403),
        ("office", False, RoundState.PLANNED, 403),
        ("chair", True, RoundState.REVIEWING, 403),
        ("reviewer", True, RoundState.REVIEWING, 403),
        ("reviewer", True, RoundState.PLANNED, 404),
        ("nurse", True, RoundState.REVIEWING, 404),
        ("other_office", True, RoundState.REVIEWING, 404),
    ],
)
def test_who_prepares_what_the_members_read(client, request, planned, who, is_blind, state, status):
    Round.objects.update(state=state, is_blind=is_blind)
    client.force_login(request.getfixturevalue(who))

    page = client.get(reverse("committee:redact", args=[planned.public_id]))

    assert page.status_code == status


def test_the_office_never_prepares_its_own_need(client, planned, office):
    Need.objects.update(proposer=office)
    client.force_login(office)

    listed = client.get(reverse("committee:blind", args=[planned.round.public_id]))
    page = client.get(reverse("committee:redact", args=[planned.public_id]))

    assert page.status_code == 403
    assert TOLD not in listed.content.decode()
    assert "ほかの担当者が確かめます" in listed.content.decode()


# Photos


@pytest.fixture
def photo(blinded):
    return add_photo(
        blinded.need, upload("p.png", picture("PNG", (64, 64))), by=blinded.need.proposer
    ).document


def status(client, version):
    answer = client.get(version.get_absolute_url())
    if answer.streaming:
        answer.getvalue()  # reads to the end, which closes the file
    return answer.status_code


def photos_on(client, case):
    return [each.public_id for each in client.get(case.get_absolute_url()).context["photos"]]


def test_members_see_the_copy_and_never_the_photo(client, blinded, photo, reviewer, office):
    ConflictFactory(case=blinded, member=reviewer)
    client.force_login(reviewer)
    before = photos_on(client, blinded)

    copy = blind.show_photo(blinded, photo, [Box(0, 0, 0.5, 1)], by=office)

    with copy.file.open("rb") as file, Image.open(file) as shown:
        left, right = shown.convert("RGB").getpixel((3, 3)), shown.convert("RGB").getpixel((60, 3))
    assert before == []
    assert photos_on(client, blinded) == [copy.document.public_id]
    assert status(client, copy) == 200
    assert status(client, photo.versions.get()) == 404
    assert left == (0, 0, 0)
    assert right != (0, 0, 0)


@pytest.mark.parametrize("change", ["cover", "remove"])
def test_what_is_hidden_on_the_photo_is_gone_from_the_copy(
    client, blinded, photo, reviewer, office, change
):
    ConflictFactory(case=blinded, member=reviewer)
    copy = blind.show_photo(blinded, photo, [], by=office)
    client.force_login(reviewer)

    if change == "cover":
        documents.cover(photo, [Box(0, 0, 1, 1)], by=office)
    else:
        documents.remove(photo, by=office)

    assert photos_on(client, blinded) == []
    assert status(client, copy) == 404
    assert Redaction.objects.get().photos == {}


def test_showing_a_photo_again_leaves_one_copy(client, blinded, photo, office):
    client.force_login(office)
    url = reverse("committee:blind_photo", args=[blinded.public_id, photo.public_id])
    page = reverse("committee:redact", args=[blinded.public_id])

    for do in ("show", "show", "hide", "show"):
        client.post(url, {"do": do, "_once": once_key(client.get(page))})

    assert Document.objects.filter(slot=blind.SLOT, removed_at=None).count() == 1
    assert len(Redaction.objects.get().photos) == 1


# Conflicts


def test_why_somebody_may_be_in_conflict_is_the_offices_alone(
    blinded, chair, office, other_reviewer, department
):
    other_reviewer.memberships.update(department=department)
    for member, answer in ((chair, ConflictAnswer.NONE), (other_reviewer, ConflictAnswer.UNSURE)):
        Conflict.objects.create(case=blinded, member=member, answer=answer)

    def read_by(user):
        cases = list(Case.objects.for_pages())
        lines = conflicts.lines(cases[0].round, user, cases)
        return [line.reasons for line in lines if line.member == other_reviewer]

    assert read_by(office) == [["提案した人と同じ部署"]]
    assert read_by(chair) == [[str(conflicts.HIDDEN_REASON)]]


@pytest.mark.parametrize(
    ("is_blind", "readers"), [(True, "事務局が読みます"), (False, "事務局と委員長が読みます")]
)
def test_the_conflict_question_says_who_reads_the_reason(client, case, reviewer, is_blind, readers):
    Round.objects.update(is_blind=is_blind)
    client.force_login(reviewer)

    assert readers in client.get(case.get_absolute_url()).content.decode()


@pytest.mark.parametrize("is_blind", [True, False])
@pytest.mark.parametrize("state", RoundState)
def test_the_rows_and_the_round_agree_on_what_is_hidden(case, state, is_blind):
    Round.objects.update(state=state, is_blind=is_blind)

    shown = Case.objects.exclude_blind().filter(pk=case.pk).exists()

    assert shown == (not Round.objects.get().hides_people)

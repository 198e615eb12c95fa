"""Conflict of interest before content: a planted title and text must not show anywhere."""

import pytest
from django.urls import reverse

from committee.enums import ConflictAnswer, Outcome, RoundState
from committee.models import Conflict, Review, Round
from notifications.models import Message
from tests.committee.conftest import SECRET_TEXT, SECRET_TITLE
from tests.factories.committee import (
    CaseFactory,
    ConflictFactory,
    DecisionFactory,
    LetterFactory,
    ReviewFactory,
)

pytestmark = pytest.mark.django_db

ROUND_PAGES = ["round", "next", "results", "letters", "agenda", "round_edit"]
CASE_PAGES = ["case", "conflict", "decision", "award_new"]


def pages_about(case):
    for name in ROUND_PAGES:
        yield reverse(f"committee:{name}", args=[case.round.public_id])
    for name in CASE_PAGES:
        yield reverse(f"committee:{name}", args=[case.public_id])
    yield reverse("committee:list")
    yield reverse("committee:committee", args=[case.round.committee.public_id])
    yield reverse("committee:letter", args=[case.letter.public_id])
    yield case.need.get_absolute_url()
    yield reverse("home:home")
    yield reverse("notifications:inbox")


@pytest.mark.parametrize("state", [RoundState.REVIEWING, RoundState.DISCUSSING, RoundState.DECIDED])
@pytest.mark.parametrize("who", ["reviewer", "chair", "secretary"])
@pytest.mark.parametrize("answer", [None, ConflictAnswer.CONFLICT, ConflictAnswer.UNSURE])
def test_nothing_leaks_past_the_gate(client, request, case, who, answer, state, other_reviewer):
    member = request.getfixturevalue(who)
    if answer:
        ConflictFactory(case=case, member=member, answer=answer, note="関わりがあります")
    ConflictFactory(case=case, member=other_reviewer)
    ReviewFactory(
        case=case, reviewer=other_reviewer, values=[3, 3], note_to_committee="秘密のひとこと"
    )
    DecisionFactory(case=case, outcome=Outcome.ON_HOLD, reason="秘密の理由")
    LetterFactory(case=case, subject=SECRET_TITLE)
    Round.objects.update(state=state, shows_others=True)
    client.force_login(member)

    for url in pages_about(case):
        said = client.get(url, follow=True).content.decode()
        for secret in (SECRET_TITLE, SECRET_TEXT, "秘密のひとこと", "秘密の理由"):
            assert secret not in said, url

    assert not Message.objects.filter(body__contains=SECRET_TITLE).exists()


@pytest.mark.parametrize("state", [RoundState.REVIEWING, RoundState.DISCUSSING])
def test_ones_own_need_is_never_ones_case(client, case, reviewer, other_reviewer, state):
    case.need.proposer = reviewer
    case.need.save()
    ConflictFactory(case=case, member=reviewer, answer=ConflictAnswer.NONE)
    ConflictFactory(case=case, member=other_reviewer)
    ReviewFactory(case=case, reviewer=other_reviewer, note_to_committee="秘密のひとこと")
    Round.objects.update(state=state, shows_others=True)
    client.force_login(reviewer)

    page = client.get(case.get_absolute_url())
    answer = client.post(reverse("committee:conflict", args=[case.public_id]), {"answer": "none"})
    decision = client.get(reverse("committee:decision", args=[case.public_id]))

    assert "あなたが提案したニーズなので" in page.content.decode()
    assert "秘密のひとこと" not in page.content.decode()
    assert answer.status_code == 403
    assert decision.status_code == 403


def test_the_gate_shows_number_and_field_only(client, case, reviewer):
    client.force_login(reviewer)

    said = client.get(case.get_absolute_url()).content.decode()

    assert "この案件との利益相反はありますか" in said
    assert "N-2026-0001" in said
    assert "看護 花子" not in said
    assert "5階東病棟" not in said


def test_no_opens_the_case(client, case, reviewer):
    client.force_login(reviewer)

    page = client.post(
        reverse("committee:conflict", args=[case.public_id]),
        {"answer": "none", "note": ""},
        follow=True,
    )

    assert page.redirect_chain == [(case.get_absolute_url(), 302)]
    assert SECRET_TEXT in page.content.decode()


def test_yes_needs_a_reason_and_keeps_the_choice(client, case, reviewer):
    client.force_login(reviewer)

    page = client.post(
        reverse("committee:conflict", args=[case.public_id]), {"answer": "conflict", "note": ""}
    )

    assert page.status_code == 422
    assert "「理由」を入力してください" in page.content.decode()
    assert SECRET_TITLE not in page.content.decode()
    assert not Conflict.objects.exists()


@pytest.mark.parametrize("answer", ["conflict", "unsure"])
def test_a_conflict_takes_an_earlier_score_out_of_n(client, case, reviewer, office, answer):
    ConflictFactory(case=case, member=reviewer)
    ReviewFactory(case=case, reviewer=reviewer, values=[5, 5])
    client.force_login(office)
    results = reverse("committee:results", args=[case.round.public_id])
    assert client.get(results).context["lines"][0].figures.n == 1

    client.force_login(reviewer)
    client.post(
        reverse("committee:conflict", args=[case.public_id]), {"answer": answer, "note": "家族"}
    )

    client.force_login(office)
    assert client.get(results).context["lines"][0].figures.n == 0
    assert Review.objects.count() == 1


def test_a_conflicted_member_cannot_post_scores(client, case, reviewer, criteria):
    ConflictFactory(case=case, member=reviewer, answer=ConflictAnswer.CONFLICT)
    client.force_login(reviewer)

    page = client.post(case.get_absolute_url(), {f"score_{criteria[0].pk}": "5", "go": "stay"})

    assert not Review.objects.exists()
    assert SECRET_TITLE not in page.content.decode()


def test_next_skips_what_is_closed(client, case, reviewer):
    other = CaseFactory(round=case.round)
    ConflictFactory(case=case, member=reviewer, answer=ConflictAnswer.UNSURE)
    client.force_login(reviewer)

    page = client.get(reverse("committee:next", args=[case.round.public_id]))

    assert page["Location"] == other.get_absolute_url()

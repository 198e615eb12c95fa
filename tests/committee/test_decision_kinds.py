"""A hospital's own words for decisions."""

import pytest
from django.urls import reverse

from committee import actions, decision_kinds
from committee.decision_forms import DecisionForm
from committee.enums import Outcome, RoundState
from committee.models import Case, DecisionKind, Round
from tests.factories.committee import ConflictFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def later(hospital, office):
    return decision_kinds.add_kind(hospital, label="継続審査", outcome=Outcome.ON_HOLD, by=office)


def decide(case, by, answer):
    form = DecisionForm(
        {"outcome": answer, "reason": "次の回で確かめます。"}, case=case, current=None
    )
    assert form.is_valid(), form.errors
    return actions.record_decision(form, case=case, by=by)


def test_it_is_called_by_its_word_and_treated_as_one_of_the_four(case, later, chair):
    Round.objects.update(state=RoundState.DISCUSSING)
    ConflictFactory(case=case, member=chair)

    decision = decide(Case.objects.get(), chair, later.public_id)

    assert (decision.label, decision.outcome) == ("継続審査", Outcome.ON_HOLD)
    assert "継続審査" in case.letter.body
    assert "保留の理由" in case.letter.body


def test_one_of_the_four_has_no_word_of_its_own(case, later, chair):
    decision = decide(case, chair, "on_hold")

    assert (decision.label, decision.kind) == ("保留", None)


@pytest.mark.parametrize("answer", ["", "none", "abcdefghjkmn"])
def test_an_unknown_answer_is_refused(case, later, answer):
    form = DecisionForm({"outcome": answer, "reason": "理由"}, case=case, current=None)

    assert not form.is_valid()
    assert "outcome" in form.errors


def test_what_is_no_longer_used_is_not_offered_and_stays_on_its_decisions(
    case, later, chair, office
):
    decision = decide(case, chair, later.public_id)
    decision_kinds.switch_kind(later, by=office)

    form = DecisionForm(case=case, current=None)

    assert later.public_id not in dict(form.fields["outcome"].choices)
    assert decision.label == "継続審査"


@pytest.mark.parametrize("label", ["継続審査", "採択", ""])
def test_a_word_is_there_once(client, later, hospital, office, label):
    client.force_login(office)

    page = client.post(
        reverse("committee:decision_kinds", args=[hospital.public_id]),
        {"label": label, "outcome": "on_hold"},
    )

    assert page.status_code == 422
    assert DecisionKind.objects.count() == 1


WHO = {"office": 200, "chair": 403, "nurse": 403, "other_office": 404, "partner": 404}


@pytest.mark.parametrize(("who", "status"), WHO.items())
def test_only_the_office_keeps_them(client, request, hospital, who, status):
    client.force_login(request.getfixturevalue(who))

    answer = client.get(reverse("committee:decision_kinds", args=[hospital.public_id]))

    assert answer.status_code == status

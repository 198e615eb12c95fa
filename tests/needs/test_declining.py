"""What the proposer of a declined need can do next."""

import pytest
from django.urls import reverse

from needs import actions, joining
from needs.declining import ADVICE, advice_for
from needs.enums import DeclineReason, NeedState
from needs.models import Need
from tests.factories.needs import NeedFactory

EXPLANATION = "先に届いたニーズと同じ場面です。"


@pytest.fixture
def need(hospital, nurse, department):
    return NeedFactory(
        hospital=hospital,
        proposer=nurse,
        department=department,
        state=NeedState.SUBMITTED,
        background="病棟の改装のあと",
    )


@pytest.fixture
def earlier(hospital):
    return NeedFactory(hospital=hospital, state=NeedState.SCREENING)


def declined(need, reason, office, earlier=None):
    actions.decline(
        need, by=office, decline_reason=reason, explanation=EXPLANATION, earlier=earlier
    )
    return need


def test_every_reason_has_its_row():
    assert set(ADVICE) == set(DeclineReason)


def test_the_office_reads_beside_each_reason_what_the_proposer_will_read(need, office, client):
    client.force_login(office)

    page = client.get(reverse("needs:transition", args=[need.public_id, "decline"]))

    for reason in DeclineReason:
        assert str(ADVICE[reason].text) in page.content.decode()


@pytest.mark.parametrize("reason", DeclineReason)
def test_the_proposer_finds_a_next_step_behind_every_reason(
    reason, need, earlier, office, nurse, client
):
    declined(need, reason, office, earlier)
    leads_to = {
        DeclineReason.EXISTS: "#comments",
        DeclineReason.DUPLICATE: reverse("needs:join", args=[earlier.public_id]),
        DeclineReason.NOT_A_PRODUCT: "#comments",
        DeclineReason.UNCLEAR: f"{reverse('needs:new')}?from={need.public_id}",
        DeclineReason.OUT_OF_SCOPE: "#comments",
    }
    client.force_login(nurse)

    page = client.get(need.get_absolute_url()).content.decode()

    assert f'href="{leads_to[reason]}">{ADVICE[reason].step}</a>' in page
    target = leads_to[reason]
    assert (
        'id="comments"' in page if target == "#comments" else client.get(target).status_code == 200
    )


def test_others_read_the_advice_without_the_step(need, office, client):
    declined(need, DeclineReason.EXISTS, office)
    client.force_login(office)

    page = client.get(need.get_absolute_url()).content.decode()

    assert str(ADVICE[DeclineReason.EXISTS].text) in page
    assert str(ADVICE[DeclineReason.EXISTS].step) not in page


NUMBERS = {
    "none": ("", "「先に届いたニーズの受付番号」を入力してください"),
    "unknown": ("N-1999-0001", "「N-1999-0001」は見つかりません"),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_duplicate_names_the_need_that_came_first(name, need, earlier, office, client):
    typed, message = NUMBERS[name]
    url = reverse("needs:transition", args=[need.public_id, "decline"])
    answers = {"decline_reason": "duplicate", "explanation": EXPLANATION}
    client.force_login(office)

    refused = client.post(url, answers | {"earlier": typed})
    client.post(url, answers | {"earlier": earlier.number.lower()})

    assert refused.status_code == 422
    assert message in refused.content.decode()
    need.refresh_from_db()
    assert (need.state, need.declined_for) == (NeedState.DECLINED, earlier)
    actions.reopen(need, by=office)
    assert need.declined_for is None


def test_another_reason_keeps_no_number(need, earlier, office, client):
    url = reverse("needs:transition", args=[need.public_id, "decline"])
    client.force_login(office)
    client.post(
        url,
        {"decline_reason": "exists", "explanation": EXPLANATION, "earlier": earlier.number},
    )

    assert Need.objects.get(pk=need.pk).declined_for is None


def test_the_step_is_offered_only_while_it_leads_somewhere(need, earlier, office, nurse):
    declined(need, DeclineReason.DUPLICATE, office, earlier)
    joining.join(earlier, by=nurse, evidence={"place": "ward", "frequency": "daily", "note": ""})
    assert advice_for(need, nurse)["url"]

    joining.leave(earlier, by=nurse)
    Need.objects.filter(pk=earlier.pk).update(state=NeedState.NOT_ACCEPTED)

    assert not advice_for(Need.objects.get(pk=need.pk), nurse)["url"]


def test_writing_it_again_begins_with_what_was_written(need, office, nurse, other_nurse, client):
    declined(need, DeclineReason.UNCLEAR, office)
    url = f"{reverse('needs:new')}?from={need.public_id}"
    client.force_login(nurse)
    shown = client.get(url).content.decode()
    client.post(url, {"title": need.title, "problem": f"{need.problem}夜勤で3回。"})

    again = Need.objects.get(state=NeedState.DRAFT)
    assert need.problem in shown
    assert (again.background, again.place, again.number) == ("病棟の改装のあと", need.place, None)
    client.force_login(other_nurse)
    assert need.problem not in client.get(url).content.decode()

"""The way from the page of a need onto the agenda of a round."""

import pytest
from django.urls import reverse

from committee.enums import RoundState
from committee.models import Case
from needs.enums import NeedState
from tests.factories.committee import CaseFactory, RoundFactory
from tests.factories.needs import NeedFactory

NAMED = "鈴木健一さんの点滴の残量が、夜勤のときに廊下から見えない。"


@pytest.fixture
def need(hospital, nurse, department):
    return NeedFactory(
        hospital=hospital, proposer=nurse, department=department, state=NeedState.SCREENING
    )


@pytest.fixture
def planned(committee):
    return RoundFactory(committee=committee, title="第3回", state=RoundState.PLANNED)


def put_on(round_, need):
    return reverse("committee:agenda_add", args=[round_.public_id, need.public_id])


def offered(client, need):
    """The rounds whose button the page shows, or where the need stands, or what else it says."""
    page = client.get(need.get_absolute_url())
    panels = {each.template: each.context for each in page.context["panels"]["top"]}
    panel = panels.get("committee/need_agenda.html")
    if panel is None:
        return "nothing"
    if panel["on"]:
        return f"on {panel['on'].title}"
    if not panel["planned"]:
        assert reverse("committee:round_new") in page.content.decode()
        return "make a round"
    return [each.title for each in panel["planned"]]


def test_only_planned_rounds_of_the_hospital_are_offered(client, office, need, committee):
    client.force_login(office)
    assert offered(client, need) == "make a round"

    for title, state in (("準備中", "planned"), ("採点中", "reviewing"), ("終了", "released")):
        RoundFactory(committee=committee, title=title, state=state)
    RoundFactory(title="よその病院", state=RoundState.PLANNED)

    assert offered(client, need) == ["準備中"]


@pytest.mark.parametrize(
    ("who", "state", "shown"),
    [
        ("office", "screening", ["第3回"]),
        ("office", "submitted", "nothing"),
        ("office", "returned", "nothing"),
        ("office", "declined", "nothing"),
        ("nurse", "screening", "nothing"),
    ],
)
def test_the_office_sees_it_once_the_need_is_taken_in(
    client, request, need, planned, who, state, shown
):
    need.state = state
    need.save()
    client.force_login(request.getfixturevalue(who))

    assert offered(client, need) == shown


def test_one_press_puts_it_on_and_a_second_one_changes_nothing(client, office, need, planned):
    client.force_login(office)

    first = client.post(put_on(planned, need), follow=True)
    second = client.post(put_on(planned, need), follow=True)

    assert planned.cases.get().need == need
    assert f"{need.number}を「第3回」の議題に加えました。" in first.content.decode()
    assert "すでに状況が変わっています" in second.content.decode()
    assert offered(client, need) == "on 第3回"


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("another agenda has it", "すでに状況が変わっています"),
        ("it was declined", "すでに状況が変わっています"),
        ("scoring has begun", "すでに状況が変わっています"),
        ("a name stands in it", "個人情報かもしれないことば"),
    ],
)
def test_what_is_refused_says_why(client, office, need, planned, what, words):
    client.force_login(office)
    if what == "another agenda has it":
        CaseFactory(round=RoundFactory(committee=planned.committee), need=need)
    elif what == "it was declined":
        need.state = NeedState.DECLINED
    elif what == "scoring has begun":
        planned.state = RoundState.REVIEWING
        planned.save()
    else:
        need.problem = NAMED
    need.save()

    page = client.post(put_on(planned, need), follow=True)

    assert page.redirect_chain[-1][0] == need.get_absolute_url()
    assert words in page.content.decode()
    assert not Case.objects.filter(round=planned).exists()


@pytest.mark.parametrize(
    ("who", "status"), [("office", 302), ("reviewer", 404), ("nurse", 404), ("other_office", 404)]
)
def test_who_may_is_who_opens_the_agenda(client, request, need, planned, who, status):
    client.force_login(request.getfixturevalue(who))

    agenda = client.get(reverse("committee:agenda", args=[planned.public_id])).status_code

    assert client.post(put_on(planned, need)).status_code == status
    assert agenda == (200 if status == 302 else status)


@pytest.mark.parametrize("count", [1, 5])
def test_any_number_of_rounds_costs_one_query(
    client, office, need, committee, count, django_assert_num_queries
):
    RoundFactory.create_batch(count, committee=committee, state=RoundState.PLANNED)
    client.force_login(office)
    client.get(need.get_absolute_url())

    with django_assert_num_queries(31):
        client.get(need.get_absolute_url())

"""担当: who of the office looks after a need."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.enums import Role
from audit.queries import entries_for
from needs.assigning import assign
from needs.enums import NeedState
from needs.models import Need
from needs.search import NeedIndex
from needs.sorting import sort
from notifications.models import Message
from search.engine import find
from taxonomy.models import Term
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.needs import NeedFactory


@pytest.fixture
def colleague(hospital):
    return MembershipFactory(
        user=UserFactory(name="支援 星子"), organisation=hospital, role=Role.OFFICE
    ).user


@pytest.fixture
def need(hospital, nurse, department):
    return NeedFactory(
        hospital=hospital, proposer=nurse, department=department, state=NeedState.SUBMITTED
    )


def post(client, person, need, to):
    client.force_login(person)
    return client.post(
        reverse("needs:assign", args=[need.public_id]), {"to": to.pk if to else ""}, follow=True
    )


def told():
    return [(m.recipient.name, m.subject) for m in Message.objects.order_by("pk")]


def test_she_takes_it_herself_and_nobody_is_told(client, office, need):
    page = post(client, office, need, office).content.decode()

    need.refresh_from_db()
    assert need.assignee == office
    assert told() == []
    assert entries_for(need).last().action == "needs.need.assign"
    assert "担当を変えました" in page
    assert "自分が担当になる" not in page


def test_a_colleague_is_told(client, office, colleague, need):
    post(client, office, need, colleague)

    assert told() == [("支援 星子", f"{need.number}: あなたが担当になりました")]


def test_nobody_is_a_choice_too(client, office, need):
    assign([need], to=office, by=office)

    post(client, office, need, None)

    need.refresh_from_db()
    assert need.assignee is None
    assert entries_for(need).last().action == "needs.need.unassign"


def test_a_change_of_hands_is_not_a_change_of_the_need(office, need):
    before = Need.objects.get(pk=need.pk)

    assign([need], to=office, by=office)

    after = Need.objects.get(pk=need.pk)
    assert (after.version, after.updated_at) == (before.version, before.updated_at)


def test_a_second_press_changes_nothing(office, need):
    assign([need], to=office, by=office)

    assert assign([need], to=office, by=office) == []
    assert entries_for(need).count() == 1


def test_nobody_looks_after_her_own_worry(client, hospital, office, colleague):
    need = NeedFactory(hospital=hospital, proposer=colleague, state=NeedState.SUBMITTED)

    page = post(client, office, need, colleague).content.decode()

    assert "この人自身のニーズなので、担当にできません" in page
    with pytest.raises(PermissionDenied):
        assign([need], to=colleague, by=office)
    assert Need.objects.get(pk=need.pk).assignee is None


WHO = {"office": 200, "director": 403, "head": 403, "nurse": 403, "other_office": 404}


@pytest.mark.parametrize("who", WHO)
def test_who_hands_out(who, client, office, need, request):
    assert post(client, request.getfixturevalue(who), need, office).status_code == WHO[who]


def test_only_people_of_the_office_are_a_choice(client, office, other_office, nurse, need):
    for stranger in (other_office, nurse):
        assert "担当を選び直してください" in post(client, office, need, stranger).content.decode()

    assert Need.objects.get(pk=need.pk).assignee is None


FILTERS = {"assignee=me": {"自分の件"}, "assignee=none": {"だれもいない件", "去った人の件"}}


@pytest.mark.parametrize("query", FILTERS)
def test_filter_by_who_is_in_charge(query, client, hospital, office, colleague):
    gone = UserFactory(name="去った 花子")
    for title, assignee in (
        ("自分の件", office),
        ("同僚の件", colleague),
        ("だれもいない件", None),
        ("去った人の件", gone),
    ):
        NeedFactory(hospital=hospital, state=NeedState.SUBMITTED, title=title, assignee=assignee)
    client.force_login(office)

    rows = client.get(f"/needs/?{query}").context["rows"]

    assert {row["need"].title for row in rows} == FILTERS[query]


def test_readers_see_who_is_in_charge(client, nurse, office, need):
    assign([need], to=office, by=office)
    client.force_login(nurse)

    page = client.get(need.get_absolute_url()).content.decode()

    assert "支援 花子" in page
    assert "ほかの人を担当にする" not in page


SORTED = {
    # where the need is: whether its field may be changed
    NeedState.SUBMITTED: True,
    NeedState.SCREENING: True,
    NeedState.RETURNED: False,
    NeedState.IN_REVIEW: False,
    NeedState.ACCEPTED: False,
}


@pytest.mark.parametrize("state", SORTED)
def test_the_office_sets_the_field_until_a_committee_has_the_need(client, office, need, state):
    field = Term.objects.of("need_category").first()
    Need.objects.update(state=state)
    client.force_login(office)
    page = client.get(need.get_absolute_url()).content.decode()
    url = reverse("needs:set_category", args=[need.public_id])

    answer = client.post(url, {"category": field.pk})

    need.refresh_from_db()
    assert ("分野を決める" in page) == SORTED[state]
    assert (answer.status_code, need.category) == ((302, field) if SORTED[state] else (403, None))
    assert find(NeedIndex, office, f"分野:{field.ja}").ids == ([need.pk] if SORTED[state] else [])


def test_the_field_can_be_taken_off_again_and_stays_where_the_choice_is_wrong(client, office, need):
    field = Term.objects.of("need_category").first()
    sort(need, category=field, by=office)
    client.force_login(office)
    url = reverse("needs:set_category", args=[need.public_id])

    page = client.post(url, {"category": "99999"}, follow=True).content.decode()
    need.refresh_from_db()
    assert ("分野を選び直してください" in page, need.category) == (True, field)

    client.post(url, {"category": ""})
    need.refresh_from_db()
    assert need.category is None
    assert [each.data["category"] for each in entries_for(need)] == [field.ja, ""]

"""Who looks after whom: the page of people, roles, closing accounts."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from accounts import actions
from accounts.enums import Role
from accounts.models import Organisation, User
from tests.factories.accounts import InvitationFactory, MembershipFactory

PEOPLE = reverse("accounts:people")
ROLES = ["nurse", "head", "office", "director", "legal", "ip_officer"]
ROLES += ["partner", "coordinator", "advisor", "stranger", "superuser"]


@pytest.mark.parametrize("role", ROLES)
def test_only_an_office_and_the_administrator_open_the_page(client, request, role):
    client.force_login(request.getfixturevalue(role))

    expected = 200 if role in {"office", "superuser"} else 403
    assert client.get(PEOPLE).status_code == expected


@pytest.mark.parametrize("role", ROLES)
def test_the_rows_are_those_that_the_permission_allows(
    request, role, nurse, other_office, partner, coordinator, stranger
):
    user = request.getfixturevalue(role)

    people = {p for p in User.objects.all() if user.has_perm("accounts.view_person", p)}
    organisations = {
        each
        for each in Organisation.objects.all()
        if user.has_perm("accounts.invite_to_organisation", each)
    }

    assert set(User.objects.visible_to(user)) == people
    assert set(Organisation.objects.invitable_by(user)) == organisations


def test_nobody_signed_in_may_nothing(nurse, hospital):
    nobody = AnonymousUser()

    assert not nobody.has_perm("accounts.invite_to_organisation", hospital)
    assert not nobody.has_perm("accounts.view_person", nurse)
    assert not nobody.has_perm("accounts.deactivate_person", nurse)


def test_a_role_elsewhere_stays_hidden(client, office, nurse, other_hospital):
    MembershipFactory(user=nurse, organisation=other_hospital, role=Role.DIRECTOR)
    client.force_login(office)

    pages = [client.get(PEOPLE), client.get(reverse("accounts:person", args=[nurse.pk]))]

    assert [other_hospital.name in page.content.decode() for page in pages] == [False, False]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=花子", {"看護 花子", "支援 花子", "部署長 花子"}),
        ("q=月子", {"看護 月子"}),
        ("q=みほん 月", {"看護 月子"}),
        ("state=inactive", {"部署長 花子"}),
        ("state=active&q=部署長", set()),
    ],
)
def test_search(client, office, nurse, other_nurse, head, query, found):
    User.objects.filter(pk=head.pk).update(is_active=False)
    client.force_login(office)

    answer = client.get(f"{PEOPLE}?{query}")

    assert {person.name for person in answer.context["object_list"]} == found


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_needs_a_fixed_number_of_queries(
    client, office, hospital, count, django_assert_max_num_queries
):
    people = [MembershipFactory(organisation=hospital).user for _each in range(count)]
    for number in range(count):
        InvitationFactory(organisation=hospital, secret=f"secret-{number}")
    client.force_login(office)

    with django_assert_max_num_queries(12):
        page = client.get(PEOPLE).content.decode()

    assert all(person.name in page for person in people)


def test_a_role_is_given_and_taken(client, office, hospital, nurse):
    client.force_login(office)
    url = reverse("accounts:person", args=[nurse.pk])

    client.post(url, {"organisation": hospital.pk, "roles": ["legal"]})
    seat = nurse.memberships.get(role=Role.LEGAL)
    client.post(reverse("accounts:take_role", args=[nurse.pk, seat.pk]))

    assert [seat.role for seat in nurse.memberships.all()] == [Role.STAFF]


def test_the_last_of_the_office_stays(client, office):
    client.force_login(office)
    seat = office.memberships.get()

    client.post(reverse("accounts:take_role", args=[office.pk, seat.pk]))

    assert list(office.memberships.all()) == [seat]


def test_with_a_second_colleague_she_may_leave(client, office, hospital):
    MembershipFactory(organisation=hospital, role=Role.OFFICE)
    client.force_login(office)

    client.post(reverse("accounts:take_role", args=[office.pk, office.memberships.get().pk]))

    assert not office.memberships.exists()


def test_a_role_in_another_hospital_cannot_be_taken(client, office, nurse, other_hospital):
    seat = MembershipFactory(user=nurse, organisation=other_hospital)
    client.force_login(office)

    answer = client.post(reverse("accounts:take_role", args=[nurse.pk, seat.pk]))

    assert answer.status_code == 403


def test_closing_an_account_ends_its_sessions_at_once(client, office, nurse):
    client.force_login(nurse)
    before = client.get(reverse("accounts:settings")).status_code

    actions.deactivate(nurse, by=office)

    after = client.get(reverse("accounts:settings"))
    assert (before, after.status_code) == (200, 302)
    assert after.url.startswith(reverse("account_login"))


def test_the_office_closes_and_opens_again(client, office, nurse):
    client.force_login(office)

    states = []
    for name in ("deactivate", "activate"):
        client.post(reverse(f"accounts:{name}", args=[nurse.pk]))
        nurse.refresh_from_db()
        states.append(nurse.is_active)

    assert states == [False, True]


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("nurse", 200),
        ("partner", 200),
        ("office", 403),  # oneself
        ("other_office", 404),
        ("stranger", 404),
    ],
)
def test_whose_account_an_office_may_close(client, request, office, person, status):
    somebody = request.getfixturevalue(person)
    client.force_login(office)

    answer = client.get(reverse("accounts:deactivate", args=[somebody.pk]))

    assert answer.status_code == status


def test_nobody_closes_the_account_of_somebody_with_a_seat_in_another_hospital(
    client, office, nurse, other_hospital
):
    MembershipFactory(user=nurse, organisation=other_hospital)
    client.force_login(office)

    answer = client.post(reverse("accounts:deactivate", args=[nurse.pk]))

    assert answer.status_code == 403


def test_the_account_of_an_administrator_is_not_the_offices_business(
    client, office, superuser, hospital
):
    MembershipFactory(user=superuser, organisation=hospital)
    client.force_login(office)

    answer = client.post(reverse("accounts:deactivate", args=[superuser.pk]))

    assert answer.status_code == 403

"""From the office's form to a seat in an organisation."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.enums import Role
from accounts.models import Invitation, Membership, User
from audit.queries import entries_for
from notifications.models import Message
from tests.factories.accounts import InvitationFactory, MembershipFactory, UserFactory

LINK = reverse("accounts:accept", args=["a-secret-of-tests"])
NEW_PERSON = {
    "name": "髙橋 はなこ",
    "kana": "たかはし はなこ",
    "password": "長い文章のパスワードです",
    "password_again": "長い文章のパスワードです",
}


def test_the_office_invites_and_the_new_person_comes_in(client, office, hospital, department):
    client.force_login(office)
    form = {
        "email": "New＠example.jp",
        "name": "髙橋 はなこ",
        "organisation": hospital.pk,
        "department": department.pk,
        "roles": ["staff", "legal"],
    }
    client.post(reverse("accounts:invite"), form)
    link = Message.objects.get(kind="accounts.invited").url
    client.logout()

    answer = client.post(link, NEW_PERSON)

    person = User.objects.get(email="new@example.jp")
    assert (answer.status_code, answer.url) == (302, reverse("home:home"))
    assert client.session["_auth_user_id"] == str(person.pk)
    assert (person.kana, person.check_password(NEW_PERSON["password"])) == (
        "タカハシ　ハナコ",
        True,
    )
    seats = person.memberships.order_by("role").values_list("role", "department", "organisation")
    assert list(seats) == [(role, department.pk, hospital.pk) for role in ("legal", "staff")]


def test_a_company_has_one_role_and_nobody_is_asked_for_it(client, office, company):
    client.force_login(office)

    client.post(reverse("accounts:invite"), {"email": "a@example.jp", "organisation": company.pk})

    assert Invitation.objects.get().roles == [Role.PARTNER]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"roles": []}, "roles"),
        ({"roles": ["partner"]}, "roles"),
        ({"email": "no address"}, "email"),
        ({"organisation": ""}, "organisation"),
    ],
)
def test_bad_input_is_said_at_the_field(client, office, hospital, change, field):
    client.force_login(office)
    form = {"email": "new@example.jp", "organisation": hospital.pk, "roles": ["staff"]} | change

    answer = client.post(reverse("accounts:invite"), form)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_her_own_hospital_is_chosen_already_unless_she_has_two(
    client, office, hospital, other_hospital
):
    client.force_login(office)
    url = reverse("accounts:invite")

    assert client.get(url).context["form"]["organisation"].initial == hospital.pk

    MembershipFactory(user=office, organisation=other_hospital, role=Role.OFFICE)
    assert client.get(url).context["form"]["organisation"].initial is None


def test_nobody_invites_to_a_hospital_that_is_not_hers(client, office, other_hospital):
    client.force_login(office)
    form = {"email": "a@example.jp", "organisation": other_hospital.pk, "roles": ["staff"]}

    answer = client.post(reverse("accounts:invite"), form)

    assert list(answer.context["form"].errors) == ["organisation"]


def test_a_company_gets_no_hospital_role(client, office, company):
    client.force_login(office)
    form = {"email": "a@example.jp", "organisation": company.pk, "roles": ["office"]}

    answer = client.post(reverse("accounts:invite"), form)

    assert list(answer.context["form"].errors) == ["roles"]


def test_a_second_invitation_replaces_the_first(office, hospital):
    seat = {"email": "a@example.jp", "organisation": hospital, "roles": ["staff"], "by": office}

    first, second = actions.invite(**seat), actions.invite(**seat)

    first.refresh_from_db()
    assert (first.is_open, second.is_open) == (False, True)


def test_the_page_shows_to_what_one_is_invited(client, hospital):
    InvitationFactory(organisation=hospital, roles=["legal"])

    page = client.get(LINK).content.decode()

    assert hospital.name in page
    assert "法務担当" in page


def test_a_weak_password_is_refused_with_everything_kept(client, db):
    InvitationFactory()

    answer = client.post(LINK, NEW_PERSON | {"password": "short", "password_again": "short"})

    assert answer.status_code == 422
    assert "髙橋 はなこ" in answer.content.decode()


def test_a_link_ends_with_its_last_day(client, db):
    InvitationFactory(expires_at=timezone.now() + timedelta(days=14))

    with time_machine.travel(timezone.now() + timedelta(days=14, seconds=1), tick=False):
        answers = [client.get(LINK), client.post(LINK, NEW_PERSON)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert "このリンクは期限が切れているか、すでに使われています。" in answers[0].content.decode()


def test_an_unknown_link_looks_like_an_old_one(client, db):
    assert client.get(reverse("accounts:accept", args=["guessed"])).status_code == 410


def test_a_link_works_once(client, db):
    InvitationFactory()
    client.post(LINK, NEW_PERSON)
    client.logout()

    answer = client.post(LINK, NEW_PERSON)

    assert answer.status_code == 410
    assert Membership.objects.count() == 1


def test_who_opens_the_used_link_again_is_simply_home(client, db):
    InvitationFactory()
    client.post(LINK, NEW_PERSON)

    assert client.get(LINK).url == reverse("home:home")


def test_a_cancelled_link_is_closed(client, office, hospital):
    invitation = InvitationFactory(organisation=hospital)
    client.force_login(office)

    client.post(reverse("accounts:cancel", args=[invitation.public_id]))

    assert client.get(LINK).status_code == 410
    assert [entry.label for entry in entries_for(invitation)] == ["招待を取り消した"]


def test_another_office_cannot_cancel_it(client, other_office, hospital):
    invitation = InvitationFactory(organisation=hospital)
    client.force_login(other_office)

    answer = client.post(reverse("accounts:cancel", args=[invitation.public_id]))

    assert answer.status_code == 404


def test_who_has_an_account_signs_in_first(client, nurse, company):
    InvitationFactory(email=nurse.email, organisation=company, roles=["partner"])
    before = client.post(LINK, NEW_PERSON).content.decode()
    client.force_login(nurse)

    client.post(LINK)

    assert f"{reverse('account_login')}?next={LINK}" in before
    assert nurse.memberships.filter(organisation=company, role=Role.PARTNER).exists()
    assert User.objects.filter(email=nurse.email).count() == 1


def test_an_invitation_for_somebody_else_gives_nothing(client, nurse, company):
    InvitationFactory(email="other@example.jp", organisation=company, roles=["partner"])
    client.force_login(nurse)

    answers = [client.get(LINK), client.post(LINK)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert not nurse.memberships.filter(organisation=company).exists()


def test_the_action_itself_refuses_the_wrong_person(db):
    invitation = InvitationFactory(email="other@example.jp")

    with pytest.raises(actions.WrongPersonError):
        actions.accept(invitation, by=UserFactory())


def test_the_link_is_kept_only_as_a_hash(db):
    invitation = InvitationFactory()

    assert "a-secret-of-tests" not in str(Invitation.objects.values().get(pk=invitation.pk))

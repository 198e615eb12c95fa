"""What the browser is told to keep to itself, and what ends with a right."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from committee.models import Member
from contracts import actions as contracts
from contracts.enums import ContractState
from documents.models import Version
from notifications.models import Message, MessageState
from tests.factories.accounts import PASSWORD
from tests.factories.committee import CaseFactory, ConflictFactory, MemberFactory, RoundFactory
from tests.factories.contracts import ContractFactory, file_in
from tests.factories.disclosure import PublicationFactory, PublishedFieldFactory
from tests.factories.matching import MatchFactory

LOGIN = reverse("account_login")


@pytest.fixture
def private_files(settings, tmp_path):
    storage = settings.STORAGES["default"] | {"OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"default": storage}


@pytest.fixture
def nda(hospital, company):
    """In force, about a publication with a field that only an NDA opens."""
    publication = PublicationFactory(hospital=hospital, need__hospital=hospital)
    PublishedFieldFactory(publication=publication, text="契約した企業だけが読む文")
    match = MatchFactory(publication=publication, partner=company)
    return ContractFactory(match=match, state=ContractState.ACTIVE)


# What every answer says


@pytest.mark.parametrize("name", ["home:home", "needs:list", "admin:index", "accounts:settings"])
def test_pages_of_a_person_stay_in_no_cache(client, superuser, office, name):
    client.force_login(superuser if name == "admin:index" else office)

    answer = client.get(reverse(name))

    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))


@pytest.mark.parametrize("name", ["home:home", "admin:index", "account_login", "partners:apply"])
def test_every_page_carries_the_same_policy(client, superuser, name):
    if name in {"home:home", "admin:index"}:
        client.force_login(superuser)

    answer = client.get(reverse(name))

    policy = dict(
        part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";")
    )
    assert (policy["script-src"], policy["style-src"]) == ("'self'", "'self'")
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    body = answer.content.decode()
    assert ' style="' not in body
    assert "<script>" not in body


def test_the_session_cookie_is_for_the_server_only(client, office):
    client.post(LOGIN, {"login": office.email, "password": PASSWORD})

    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_sign_in_leads_nowhere_else(client, office, there):
    answer = client.post(
        f"{LOGIN}?next={there}", {"login": office.email, "password": PASSWORD, "next": there}
    )

    assert answer.url == reverse("home:home")


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example/", "needs:list", "x y"])
def test_the_language_switch_leads_nowhere_else(client, there):
    answer = client.post(reverse("accounts:language"), {"language": "en", "next": there})

    assert answer.url == reverse("home:home")


# What ends with a right


def test_a_contract_that_ended_closes_its_field_the_next_day(client, nda, partner, time_machine):
    client.force_login(partner)
    url = nda.match.publication.get_absolute_url()
    during = "契約した企業だけが読む文" in client.get(url).content.decode()

    time_machine.move_to(timezone.now() + timedelta(days=366))
    client.force_login(partner)
    after = "契約した企業だけが読む文" in client.get(url).content.decode()

    assert (during, after) == (True, False)


@pytest.mark.parametrize("what", ["role", "organisation", "account"])
def test_what_ends_a_right_ends_pages_and_files(client, nda, office, partner, private_files, what):
    version = file_in(nda, "signed_agreement", by=office)
    urls = [nda.get_absolute_url(), version.get_absolute_url()]
    client.force_login(partner)
    before = [_status(client.get(url)) for url in urls]

    if what == "role":
        partner.memberships.all().delete()
    elif what == "organisation":
        Organisation.objects.filter(pk=nda.partner_id).update(is_active=False)
    else:
        type(partner).objects.filter(pk=partner.pk).update(is_active=False)

    gone = 302 if what == "account" else 404
    assert before == [200, 200]
    assert [_status(client.get(url)) for url in urls] == [gone, gone]
    assert Version.objects.count() == 1


def test_a_terminated_contract_opens_nothing(nda, office, partner, client):
    contracts.terminate(nda, by=office, reason="事業の見直し")
    client.force_login(partner)

    page = client.get(nda.match.publication.get_absolute_url()).content.decode()

    assert "契約した企業だけが読む文" not in page


def test_a_seat_that_ran_out_during_the_round_closes_its_cases(client, hospital):
    round_ = RoundFactory(committee__hospital=hospital, state="reviewing")
    member = MemberFactory(committee=round_.committee)
    case = CaseFactory(round=round_)
    ConflictFactory(case=case, member=member.user)
    client.force_login(member.user)
    url = case.get_absolute_url()
    before = client.get(url).status_code

    yesterday = timezone.localdate() - timedelta(days=1)
    Member.objects.filter(pk=member.pk).update(since=yesterday, until=yesterday)

    # A page that only says that her term is over, and gives her back what she had typed.
    after = [client.get(url), client.post(url, {"go": "next"})]
    assert (before, [answer.status_code for answer in after]) == (200, [403, 403])
    assert not any(case.need.title in answer.content.decode() for answer in after)


def test_a_mail_that_was_held_back_is_not_in_the_inbox_either(client, office):
    for state in (MessageState.SENT, MessageState.DROPPED):
        Message.objects.create(
            recipient=office,
            email=office.email,
            kind="x",
            subject=f"件名 {state}",
            url="/",
            message_id=state,
            state=state,
        )
    held = Message.objects.get(state=MessageState.DROPPED)
    client.force_login(office)

    inbox = client.get(reverse("notifications:inbox"))

    assert [each.subject for each in inbox.context["page_obj"]] == ["件名 sent"]
    assert inbox.context["unread"] == 1
    assert client.get(reverse("notifications:open", args=[held.pk])).status_code == 404


def _status(answer):
    if answer.streaming:
        answer.getvalue()  # reads to the end, which closes the file
    return answer.status_code

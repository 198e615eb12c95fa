"""Text typed before the session ended comes back to the same person, and to nobody else."""

import pytest
from django.urls import reverse

from tests.factories.accounts import PASSWORD
from tests.forms import once_key

SETTINGS = reverse("accounts:settings")
RESUME = reverse("accounts:resume")


@pytest.fixture
def parked(client, nurse):
    """``nurse`` sent a form after her session had ended; the redirect to the sign-in page."""
    client.force_login(nurse)
    key = once_key(client.get(SETTINGS))
    client.cookies.clear()
    return client.post(SETTINGS, {"_once": key, "name": "看護 はなこ", "language": "ja"})


def sign_in(client, person, target):
    return client.post(
        reverse("account_login"), {"login": person.email, "password": PASSWORD, "next": target}
    )


def test_sign_in_leads_back_to_the_text(client, nurse, parked):
    answer = sign_in(client, nurse, RESUME)

    page = client.get(answer.url).content.decode()
    assert parked.url == f"{reverse('account_login')}?next={RESUME}"
    assert answer.url == RESUME
    assert '<input type="hidden" name="name" value="看護 はなこ">' in page


def test_continuing_sends_it_to_the_form_it_came_from(client, nurse, parked):
    sign_in(client, nurse, RESUME)
    page = client.get(RESUME)

    client.post(SETTINGS, page.context["data"] | {"_once": once_key(page)})

    nurse.refresh_from_db()
    assert nurse.name == "看護 はなこ"


def test_somebody_else_at_the_same_pc_sees_nothing_of_it(client, nurse, other_nurse, parked):
    sign_in(client, other_nurse, RESUME)

    answer = client.get(RESUME)

    assert (answer.status_code, answer.url) == (302, reverse("home:home"))
    assert "parked_form" not in client.session


def test_it_can_be_thrown_away(client, nurse, parked):
    sign_in(client, nurse, RESUME)

    client.post(RESUME)

    assert "parked_form" not in client.session


def test_a_form_without_a_key_is_not_kept(client, db):
    client.post(SETTINGS, {"name": "だれか"})

    assert "parked_form" not in client.session

"""Text typed before the session ended comes back to the same person, and to nobody else."""

import pytest
from django.test import Client
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


HERE = "http://testserver"
CSRF_FAILS = {
    # cookies, and where the form says it comes from: is it parked?
    "all cookies gone": ({}, HERE, True),
    "signed out, and a new cookie since": ({"csrftoken": "n" * 32}, HERE, True),
    "another site's page": ({}, "https://elsewhere.example", False),
    "another site that hides its name": ({}, "null", False),
    "a browser that does not say": ({}, None, False),
}


@pytest.mark.parametrize("case", CSRF_FAILS)
def test_without_cookies_a_form_of_our_own_page_waits_for_the_sign_in(case, nurse):
    cookies, origin, is_parked = CSRF_FAILS[case]
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(nurse)
    key = once_key(browser.get(SETTINGS))
    browser.cookies.clear()
    browser.cookies.load(cookies)
    before = nurse.name

    sent = {"_once": key, "name": "看護 はなこ", "language": "ja"}
    answer = browser.post(SETTINGS, sent, headers={"origin": origin} if origin else {})

    nurse.refresh_from_db()
    assert nurse.name == before, "nothing is done without a token"
    assert answer.status_code == (302 if is_parked else 403)
    assert ("sessionid" in browser.cookies) is is_parked
    if is_parked:
        assert answer.url == f"{reverse('account_login')}?next={RESUME}"
        browser.force_login(nurse)
        assert 'name="name" value="看護 はなこ"' in browser.get(RESUME).content.decode()


def test_without_cookies_a_page_that_saves_itself_hears_that_it_is_signed_out(nurse):
    browser = Client(enforce_csrf_checks=True)
    heads = {"origin": HERE, "accept": "application/json"}

    answer = browser.post(SETTINGS, {"name": "看護 はなこ", "go": "auto"}, headers=heads)

    assert (answer.status_code, "sessionid" in browser.cookies) == (302, False)
    assert answer.url.startswith(reverse("account_login"))


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

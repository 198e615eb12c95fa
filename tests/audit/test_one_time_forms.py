"""A form is handled once, whatever a browser, a nervous finger or a bad line does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation
from audit.models import Submission
from audit.tasks import forget_submissions
from tests.forms import once_key

URL = reverse("accounts:invite")


@pytest.fixture
def filled_in(client, office, hospital):
    """The form of an invitation, filled in, with the key of a page that ``office`` opened."""
    client.force_login(office)
    return {
        "email": "new@example.jp",
        "organisation": hospital.pk,
        "roles": ["staff"],
        "_once": once_key(client.get(URL)),
    }


def test_a_second_press_creates_nothing_and_shows_the_same_result(client, filled_in):
    first = client.post(URL, filled_in)
    second = client.post(URL, filled_in)

    assert (second.status_code, second.url) == (302, first.url)
    assert Invitation.objects.count() == 1


def test_invalid_input_leaves_the_form_open_for_the_next_try(client, filled_in):
    refused = client.post(URL, filled_in | {"email": "no address"})
    accepted = client.post(URL, filled_in)

    assert (refused.status_code, accepted.status_code) == (422, 302)
    assert Invitation.objects.count() == 1


def test_a_refused_form_leaves_no_key_behind(client, filled_in):
    client.post(URL, filled_in | {"email": ""})

    assert not Submission.objects.exists()


def test_the_key_of_somebody_else_opens_nothing_of_hers(client, filled_in, other_office, company):
    client.post(URL, filled_in)
    client.force_login(other_office)

    client.post(URL, {**filled_in, "organisation": company.pk, "roles": []})

    assert Invitation.objects.filter(invited_by=other_office).count() == 1


def test_a_forged_key_is_no_key(client, filled_in):
    for _press in range(2):
        client.post(URL, filled_in | {"_once": "forged"})

    assert Invitation.objects.count() == 2


def test_keys_are_forgotten_when_no_page_can_carry_them(client, filled_in, time_machine):
    client.post(URL, filled_in)

    forget_submissions()
    kept = Submission.objects.count()
    time_machine.move_to(timezone.now() + timedelta(days=31))
    forget_submissions()

    assert (kept, Submission.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_create_one_object(client, filled_in, office):
    clients = [Client() for _browser in range(2)]
    for each in clients:
        each.force_login(office)

    def press(browser):
        try:
            return browser.post(URL, filled_in).url
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        results = list(pool.map(press, clients))

    assert results == [reverse("accounts:people")] * 2
    assert Invitation.objects.count() == 1

"""Every address × every demo role × GET and POST, against the table of docs/permissions.md."""

import os
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.access import COLUMNS, documented, every_name, write

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
UPDATE = bool(os.environ.get("UPDATE_ACCESS"))


def answer(client, method, url, data):
    """The status of one request, whose effects are undone."""
    with transaction.atomic():
        response = getattr(client, method)(url, data)
        if response.streaming:
            response.getvalue()  # reads to the end, which closes the file
        transaction.set_rollback(True)
    return response.status_code


def answers(specimens, column):
    """``{name: "GET/POST"}`` for one role, signed in once."""
    client = Client()
    if email := COLUMNS[column]:
        client.force_login(User.objects.get(email=email))
    cookies = client.cookies.output(header="", sep=";")
    found = {}
    for name in every_name():
        url = specimens.url(name)
        statuses = []
        for method, data in [("get", {}), ("post", {"nothing": "said"})]:
            client.cookies = SimpleCookie(cookies)
            statuses.append(str(answer(client, method, url, data)))
        found[name] = "/".join(statuses)
    return found


if UPDATE:  # UPDATE_ACCESS=1 rewrites the table instead of asking it

    def test_rewrite_the_table(specimens):
        columns = {column: answers(specimens, column) for column in COLUMNS}

        write({name: {c: columns[c][name] for c in COLUMNS} for name in every_name()})

else:

    @pytest.mark.parametrize("column", COLUMNS)
    def test_every_address_answers_as_documented(specimens, column):
        expected = {name: row[column] for name, row in documented().items()}

        assert answers(specimens, column) == expected


@pytest.mark.parametrize("column", COLUMNS)
def test_django_admin_is_for_administrators(specimens, column):
    client = Client()
    person = User.objects.filter(email=COLUMNS[column]).first()
    if person:
        client.force_login(person)

    status = client.get(reverse("admin:index")).status_code

    assert status == (200 if column == "admin" else 302)

"""Every address, asked with rubbish: a sentence for people, never a stack trace."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.access import COLUMNS, every_name
from tests.forms import once_key

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PEOPLE = ["office A", "nurse A", "reviewer A", "company A"]
RUBBISH = {
    "NUL": "a\x00b",
    "emoji": "👩🏽‍⚕️𠮷😀",
    "long": "あ" * 100_000,
    "number": "-99999999999999999999",
}
# Names that some page reads from the address, with or without a form.
ASKED = [
    *("q", "page", "state", "view", "again", "after", "sort", "show", "next", "kind", "eyes"),
    *("organisation", "department", "category", "specialty", "hospital", "technologies", "begin"),
    *("preset", "to", "inline", "novelty", "turn", "partner", "prefecture", "licence", "place"),
    *("assignee", "into", "do", "back"),
    "question",
]
# Names that some page reads from what is sent, besides the fields of its form.
SENT = [
    *("_once", "next", "need", "remove", "go", "do", "version", "answer", "language", "seen"),
    *("do", "back", "to", "number"),
    *("licences-TOTAL_FORMS", "criteria-TOTAL_FORMS", "roles", "technologies", "text", "pressed"),
    *("boxes-TOTAL_FORMS", "boxes-INITIAL_FORMS", "boxes-0-left", "boxes-0-width"),
    *("up", "down"),
]


def signed_in(column):
    client = Client()
    if email := COLUMNS[column]:
        client.force_login(User.objects.get(email=email))
    return client


def ask(method, url, data):
    """The status of one request, whose effects are undone."""
    with transaction.atomic():
        response = method(url, data)
        if response.streaming:
            response.getvalue()
        transaction.set_rollback(True)
    return response.status_code


def form_of(page):
    """The form that a page shows, or None."""
    if page.streaming:
        page.getvalue()  # reads to the end, which closes the file
    return page.context.get("form") if getattr(page, "context", None) else None


@pytest.mark.parametrize("column", PEOPLE)
@pytest.mark.parametrize("rubbish", ["NUL", "emoji", "number"])
def test_rubbish_in_the_address(specimens, column, rubbish):
    client = signed_in(column)
    query = dict.fromkeys(ASKED, RUBBISH[rubbish])

    for name in every_name():
        if name != "account_logout":
            assert ask(client.get, specimens.url(name), query) < 500, name


@pytest.mark.parametrize("column", PEOPLE)
@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_in_every_field_of_every_form(specimens, column, rubbish):
    client = signed_in(column)

    for name in every_name():
        if name == "account_logout":
            continue
        url = specimens.url(name)
        form = form_of(client.get(url))
        fields = [form.add_prefix(each) for each in form.fields] if form else []
        data = dict.fromkeys([*fields, *SENT], RUBBISH[rubbish])

        assert ask(client.post, url, data) < 500, name


def test_numbers_beyond_any_row(specimens):
    client = signed_in("office A")
    huge = 10**30

    statuses = {
        client.get(reverse("accounts:person", args=[huge])).status_code,
        client.get(reverse("notifications:open", args=[huge])).status_code,
        client.post(reverse("accounts:take_role", args=[huge, huge])).status_code,
        client.get(reverse("needs:edit", args=[specimens.draft.public_id, huge])).status_code,
        client.get(reverse("needs:detail", args=["a" * 5000])).status_code,
    }

    assert statuses == {404}


def test_a_body_that_is_no_form(specimens):
    client = signed_in("nurse A")
    boundary = "multipart/form-data; boundary=x"

    broken = client.post(reverse("needs:new"), b"\x00\xff--x", content_type=boundary)
    nonsense = client.post(reverse("needs:new"), b"{", content_type="application/json")

    assert (broken.status_code, nonsense.status_code) == (422, 422)


def test_more_than_a_request_may_hold_is_refused_in_japanese(specimens):
    client = signed_in("nurse A")

    answer = client.post(reverse("needs:new"), {f"f{n}": "x" for n in range(6000)})

    assert answer.status_code == 400
    assert "この操作は受け付けられませんでした" in answer.content.decode()


def test_a_strange_host_is_refused_in_japanese(specimens):
    answer = signed_in("nurse A").get(reverse("home:home"), headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert "この操作は受け付けられませんでした" in answer.content.decode()


def test_a_form_from_another_site_is_refused_in_japanese(specimens):
    person = User.objects.get(email=COLUMNS["nurse A"])
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)

    answer = client.post(reverse("accounts:settings"), {"name": "乗っ取り"})

    assert answer.status_code == 403
    assert "この操作は受け付けられませんでした" in answer.content.decode()


def test_a_page_older_than_the_sign_in_gives_its_text_back(specimens):
    """A sign-in in another tab changes the secret of all forms; the text must not be lost."""
    person = User.objects.get(email=COLUMNS["nurse A"])
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    key = once_key(client.get(reverse("needs:new")))
    typed = "古いタブに書いた困りごとの本文です。"

    answer = client.post(reverse("needs:new"), {"problem": typed, "_once": key}, follow=True)

    assert answer.redirect_chain[-1][0] == reverse("accounts:resume")
    assert typed in answer.content.decode()

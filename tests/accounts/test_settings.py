"""One's own name, language and password."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

from notifications.models import Message
from tests.factories.accounts import PASSWORD

NEW = "新しい長いパスワード2026"


@pytest.fixture(autouse=True)
def _no_attempts_yet():
    cache.clear()


def test_settings_are_saved_and_the_next_page_speaks_english(client, nurse):
    client.force_login(nurse)
    form = {"name": " 看護 﨑子 ", "kana": "かんご ﾊﾅｺ", "language": "en"}

    client.post(reverse("accounts:settings"), form)

    nurse.refresh_from_db()
    assert (nurse.name, nurse.kana) == ("看護 﨑子", "カンゴ　ハナコ")
    assert client.get(reverse("accounts:settings"))["Content-Language"] == "en"


@pytest.mark.parametrize("wanted", [True, False])
def test_keys_come_only_to_those_who_want_them(client, nurse, wanted):
    client.force_login(nurse)
    form = {"name": "看護 花子", "language": "ja", **({"shortcuts": "on"} if wanted else {})}

    client.post(reverse("accounts:settings"), form)

    page = client.get(reverse("home:home")).content.decode()
    assert ("js/keys" in page) is wanted
    assert ('id="keys"' in page) is wanted


@pytest.mark.parametrize("code", ["ja", "en"])
def test_the_language_switch_works_before_sign_in(client, db, code):
    login = reverse("account_login")

    answer = client.post(reverse("accounts:language"), {"language": code, "next": login})

    assert answer.url == login
    assert client.get(login)["Content-Language"] == code


def test_the_language_switch_leads_nowhere_else(client, db):
    form = {"language": "en", "next": "https://evil.example/"}

    assert client.post(reverse("accounts:language"), form).url == reverse("home:home")


def test_a_forgotten_password(client, nurse, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("account_reset_password"), {"email": nurse.email})
    link = next(line for line in mail.outbox[0].body.splitlines() if "/key/" in line)
    form_url = client.get(link, follow=True).request["PATH_INFO"]

    with django_capture_on_commit_callbacks(execute=True):
        client.post(form_url, {"password1": NEW, "password2": NEW})

    nurse.refresh_from_db()
    assert nurse.check_password(NEW)
    assert [m.subject for m in mail.outbox] == [
        "【医工連携ポータル】パスワードの再設定",
        "【医工連携ポータル】パスワードが変わりました",
    ]


def test_the_reset_link_is_wiped_once_sent(client, nurse, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("account_reset_password"), {"email": nurse.email})

    message = Message.objects.get()
    assert (message.state, message.url, message.body) == ("sent", "/", "")


def test_an_unknown_address_gets_the_same_page_and_no_mail(client, nurse):
    known, unknown = (
        client.post(reverse("account_reset_password"), {"email": email})
        for email in (nurse.email, "nobody@example.jp")
    )

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [message.recipient for message in Message.objects.all()] == [nurse]


def test_a_closed_account_gets_no_link(client, nurse):
    type(nurse).objects.filter(pk=nurse.pk).update(is_active=False)

    client.post(reverse("account_reset_password"), {"email": nurse.email})

    assert not Message.objects.exists()


def test_the_owner_hears_of_a_changed_password(client, nurse):
    client.force_login(nurse)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}

    answer = client.post(reverse("account_change_password"), form)

    assert answer.url == reverse("accounts:settings")
    assert [message.kind for message in nurse.messages.all()] == ["accounts.security_notice"]


def test_guessing_is_stopped_after_five_tries(client, nurse):
    form = {"login": nurse.email, "password": "wrong-password"}
    for _guess in range(5):
        client.post(reverse("account_login"), form)

    page = client.post(reverse("account_login"), form | {"password": PASSWORD}).content.decode()

    assert "続けて間違えたため" in page
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_confirm_email"])
def test_pages_of_allauth_that_we_do_not_have(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)

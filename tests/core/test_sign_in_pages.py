"""The pages around signing in: Japanese, drawn with the real addresses."""

import pytest
from django.urls import reverse

PAGES = {
    "account_login": "ログイン",
    "account_reset_password": "パスワードを忘れたとき",
    "account_reset_password_done": "メールを確認してください",
    "account_reset_password_from_key_done": "パスワードを変えました",
    "account_inactive": "このアカウントは使えません",
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_pages_for_everybody(client, name):
    page = client.get(reverse(name)).content.decode()

    assert f"<h1>{PAGES[name]}</h1>" in page
    assert f"<title>{PAGES[name]} – 医工連携ポータル</title>" in page


@pytest.mark.django_db
def test_a_used_link_offers_a_new_one(client):
    address = reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "used"})

    page = client.get(address).content.decode()

    assert "<h1>このリンクは期限が切れています</h1>" in page
    assert f'href="{reverse("account_reset_password")}"' in page


def test_a_wrong_password_is_said_in_one_sentence(client, nurse):
    answer = client.post(reverse("account_login"), {"login": nurse.email, "password": "wrong"})

    page = answer.content.decode()
    assert "<title>エラー: ログイン – 医工連携ポータル</title>" in page
    assert "メールアドレスかパスワードが違います" in page

"""Who is new is told what will wait for her, and led to where she can begin."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from home.awaited import AWAITED, awaited

pytestmark = pytest.mark.django_db

WAITS = {
    # who: (what will wait for her, where she can begin)
    "office": ("届いた提案", "/accounts/invite/"),
    "director": ("契約の決裁", "/contracts/"),
    "legal": ("契約書案の院内確認", "/contracts/"),
    "ip_officer": ("公開の前の知財の確認", "/publications/"),
    "nurse": ("事務局からの質問", ""),
    "partner": ("紹介されたニーズへの返事", "/publications/catalogue/"),
    "coordinator": ("紹介されたニーズへの返事", "/publications/catalogue/"),
    "advisor": ("紹介されたニーズへの返事", "/publications/catalogue/"),
}


@pytest.mark.parametrize("who", WAITS)
def test_each_role_is_told_what_will_come_and_can_begin(client, request, who):
    begins_with, page = WAITS[who]
    person = request.getfixturevalue(who)
    client.force_login(person)

    line = awaited(person)

    assert str(line.sentence).startswith(begins_with)
    assert (reverse(line.url_name) if line.url_name else "") == page
    assert not page or client.get(page).status_code == 200


@pytest.mark.parametrize("who", ["legal", "director", "nurse"])
def test_an_empty_home_page_says_it(client, request, who):
    client.force_login(request.getfixturevalue(who))

    html = client.get("/").content.decode()

    assert "いま、あなたを待っているものはありません。" in html
    assert str(awaited(request.getfixturevalue(who)).sentence) in html


def test_every_role_has_its_sentence():
    assert set(AWAITED) == set(Role)

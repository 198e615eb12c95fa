import datetime as dt

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from core.todo import todos_for
from partners import queries
from partners.models import Application, Profile
from taxonomy.models import Term
from tests.factories.accounts import CompanyFactory, MembershipFactory
from tests.factories.partners import (
    ApplicationFactory,
    LicenceFactory,
    ProfileFactory,
    term,
)

pytestmark = pytest.mark.django_db

APPLICATION = {
    "company": "株式会社𠮷岡ﾒﾃﾞｨｶﾙ",
    "name": "髙橋 花子",
    "email": " ＳＡＬＥＳ@Example.JP。",
    "message": "センサの小型化が得意です。\r\nご相談ください。",
}


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_a_fixed_number_of_queries(client, office, count, django_assert_num_queries):
    profiles = [ProfileFactory(technologies=[term("technology", "T26")]) for _ in range(count)]
    for profile in profiles:
        LicenceFactory(profile=profile)
    client.force_login(office)

    with django_assert_num_queries(14):
        page = client.get(reverse("partners:list")).content.decode()

    assert f"企業・支援機関({count}件)" in page
    assert all(profile.organisation.name in page for profile in profiles)


FACETS = [
    ({"technology": ("technology", "T26")}, [0]),
    ({"licence": ("licence", "L2")}, [1]),
    ({"company_type": ("company_type", "C1")}, [2]),
    ({"prefecture": ("prefecture", "13")}, [3]),
    ({"technology": ("technology", "T26"), "licence": ("licence", "L2")}, []),
]


@pytest.mark.parametrize(("facets", "found"), FACETS)
def test_facets_live_in_the_address(client, nurse, facets, found):
    profiles = [
        ProfileFactory(technologies=[term("technology", "T26")]),
        LicenceFactory().profile,
        ProfileFactory(company_type=term("company_type", "C1")),
        ProfileFactory(organisation=CompanyFactory(prefecture=term("prefecture", "13"))),
    ]
    LicenceFactory(profile=profiles[1], number="second")
    client.force_login(nurse)

    query = {name: term(*key).pk for name, key in facets.items()}
    response = client.get(reverse("partners:list"), query)

    assert list(response.context["page_obj"]) == [profiles[place] for place in found]


@pytest.mark.parametrize("q", ["センサ", "ｾﾝｻ", "センサ　小型"])
def test_free_words_find_half_width_kana_too(client, nurse, q):
    profile = ProfileFactory(strengths="センサの小型化")
    ProfileFactory()
    client.force_login(nurse)

    assert list(client.get(reverse("partners:list"), {"q": q}).context["page_obj"]) == [profile]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("nurse", 200),
        ("office", 200),
        ("partner", 403),
        ("competitor", 403),
        ("coordinator", 403),
        ("stranger", 403),
    ],
)
def test_catalogue_is_closed_to_outsiders(client, who, status, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("partners:list")).status_code == status


@pytest.mark.parametrize(
    ("who", "detail", "edit"),
    [
        ("nurse", 200, 403),
        ("office", 200, 200),
        ("partner", 200, 200),
        ("competitor", 404, 404),
        ("stranger", 404, 404),
    ],
)
def test_who_opens_a_profile(client, who, detail, edit, request, company):
    profile = ProfileFactory(organisation=company)
    client.force_login(request.getfixturevalue(who))

    assert client.get(profile.get_absolute_url()).status_code == detail
    assert client.get(reverse("partners:edit", args=[profile.public_id])).status_code == edit


def test_contacts_are_for_offices(client, nurse, office, partner, company):
    profile = ProfileFactory(organisation=company)

    pages = []
    for user in (nurse, office):
        client.force_login(user)
        pages.append(partner.email in client.get(profile.get_absolute_url()).content.decode())

    assert pages == [False, True]


def test_own_page_appears_at_the_first_visit(client, partner, company):
    client.force_login(partner)

    page = client.get(reverse("partners:own")).content.decode()

    assert company.profile
    assert "あと5項目です" in page
    assert "他の人からの見え方" in page


@pytest.mark.parametrize("who", ["nurse", "office", "stranger"])
def test_own_page_is_for_partners(client, who, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("partners:own")).status_code == 403


def own_answers(profile, **changes):
    """What the page of ``profile`` sends back."""
    return {
        "version": profile.version,
        "tagline": profile.tagline,
        "strengths": profile.strengths,
        "experience": "",
        "is_listed": "on",
        "licences-TOTAL_FORMS": "1",
        "licences-INITIAL_FORMS": "0",
        **changes,
    }


def test_profile_is_kept_as_typed(client, partner, company):
    profile = ProfileFactory(organisation=company)
    technologies = [term("technology", "T26").pk, term("technology", "T28").pk]
    client.force_login(partner)

    answers = own_answers(
        profile,
        company_type=term("company_type", "C1").pk,
        tagline="センサを小さくします",
        technologies=technologies,
        interests=[term("need_category", "N07").pk],
        employees="約1,200名",
        website="example.jp/sensor",
        **{
            "licences-0-kind": term("licence", "L2").pk,
            "licences-0-number": "13B2X00001",
            "licences-0-valid_until": "令和10年3月31日",
        },
    )
    response = client.post(reverse("partners:own"), answers)

    profile.refresh_from_db()
    licence = profile.licences.get()
    assert response.status_code == 302
    assert set(profile.technologies.values_list("pk", flat=True)) == set(technologies)
    assert (profile.employees, profile.website) == (1200, "https://example.jp/sensor")
    assert (licence.kind.code, licence.valid_until) == ("L2", dt.date(2028, 3, 31))
    assert (profile.updated_by, queries.missing(profile)) == (partner, [])


def test_a_licence_is_taken_away_with_its_box(client, partner, company):
    profile = ProfileFactory(organisation=company)
    LicenceFactory(profile=profile, kind=term("licence", "L1"))
    LicenceFactory(profile=profile)
    client.force_login(partner)

    client.post(
        reverse("partners:own"),
        own_answers(
            profile,
            **{
                "licences-TOTAL_FORMS": "3",
                "licences-INITIAL_FORMS": "2",
                "licences-0-kind": term("licence", "L1").pk,
                "licences-0-DELETE": "on",
                "licences-1-kind": term("licence", "L2").pk,
            },
        ),
    )

    assert [licence.kind.code for licence in profile.licences.all()] == ["L2"]


BAD = [
    ({"tagline": "あ" * 61}, "60字以内で入力してください(いま61字です)"),
    ({"employees": "たくさん"}, "「従業員数」は 120 のように数字で入力してください"),
    ({"licences-0-number": "13B2X"}, "「許可・認証の種類」を選んでください"),
    ({"licences-0-valid_until": "いつか"}, "「有効期限」は 2026/12/5 のように入力してください"),
]


@pytest.mark.parametrize(("change", "words"), BAD)
def test_a_mistake_keeps_what_was_typed(client, partner, company, change, words):
    profile = ProfileFactory(organisation=company)
    client.force_login(partner)

    response = client.post(
        reverse("partners:own"), own_answers(profile, strengths="長い説明の文", **change)
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "入力内容を確認してください(1件)" in page
    assert words in page
    assert "長い説明の文" in page


def test_the_same_licence_twice_is_refused(client, partner, company):
    profile = ProfileFactory(organisation=company)
    kind = term("licence", "L2").pk
    client.force_login(partner)

    twice = {"licences-TOTAL_FORMS": "2", "licences-0-kind": kind, "licences-1-kind": kind}
    response = client.post(reverse("partners:own"), own_answers(profile, **twice))

    assert response.status_code == 422
    assert not profile.licences.exists()


def test_a_stale_page_shows_both_texts_and_changes_nothing(client, partner, company):
    profile = ProfileFactory(organisation=company, tagline="古い文")
    answers = own_answers(profile, tagline="私の文", interests=[term("need_category", "N07").pk])
    profile.tagline = "同僚の文"
    profile.interests.set([term("need_category", "N04")])
    profile.save()
    client.force_login(partner)

    response = client.post(reverse("partners:own"), answers)

    page = response.content.decode()
    assert response.status_code == 409
    assert all(words in page for words in ("私の文", "同僚の文", "看護ケア"))
    assert Profile.objects.get(pk=profile.pk).tagline == "同僚の文"


def test_application_over_http(client, office):
    response = client.post(reverse("partners:apply"), APPLICATION)

    application = Application.objects.get()
    assert response.url == reverse("partners:applied")
    assert (application.company, application.name) == ("株式会社𠮷岡ﾒﾃﾞｨｶﾙ", "髙橋 花子")
    assert (application.email, application.message) == (
        "SALES@example.jp",
        "センサの小型化が得意です。\nご相談ください。",
    )
    assert "10営業日以内" in client.get(response.url).content.decode()


def test_pressing_twice_applies_once(client):
    page = client.get(reverse("partners:apply")).content.decode()
    key = page.split('name="_once" value="')[1].split('"')[0]

    for _press in range(2):
        response = client.post(reverse("partners:apply"), {**APPLICATION, "_once": key})

    assert response.url == reverse("partners:applied")
    assert Application.objects.count() == 1


def test_machines_are_thanked_and_forgotten(client, db):
    response = client.post(reverse("partners:apply"), {**APPLICATION, "homepage": "x"})

    assert response.url == reverse("partners:applied")
    assert not Application.objects.exists()


def test_one_address_applies_ten_times_an_hour(client, db):
    statuses = [client.post(reverse("partners:apply"), APPLICATION).status_code for _ in range(11)]

    assert statuses == [302] * 10 + [429]


def test_an_incomplete_application_says_what_is_missing(client, db):
    response = client.post(reverse("partners:apply"), {**APPLICATION, "email": "sales"})

    assert response.status_code == 422
    assert "メールアドレスに「@」を入れてください" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_applications_need_a_fixed_number_of_queries(
    client, office, count, django_assert_num_queries
):
    applications = ApplicationFactory.create_batch(count)
    client.force_login(office)

    with django_assert_num_queries(6):
        page = client.get(reverse("partners:applications")).content.decode()

    assert all(application.company in page for application in applications)


@pytest.mark.parametrize(
    ("who", "listing", "opened"),
    [("office", 200, 200), ("other_office", 200, 200), ("nurse", 403, 404), ("partner", 403, 404)],
)
def test_who_opens_applications(client, who, listing, opened, request):
    application = ApplicationFactory()
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("partners:applications")).status_code == listing
    assert client.get(application.get_absolute_url()).status_code == opened


def test_a_known_company_needs_a_second_look(client, office):
    application = ApplicationFactory(company="株式会社なみおと")
    CompanyFactory(name="株式会社なみおと")
    url = reverse("partners:transition", args=[application.public_id, "invite"])
    client.force_login(office)

    first = client.post(url)
    second = client.post(url, {"same_company": "on"})

    assert (first.status_code, second.status_code) == (422, 302)
    assert Organisation.objects.filter(name="株式会社なみおと").count() == 1


def test_a_closed_company_is_not_opened_by_an_invitation(client, office):
    application = ApplicationFactory(company="株式会社なみおと")
    CompanyFactory(name="株式会社なみおと", is_active=False)
    url = reverse("partners:transition", args=[application.public_id, "invite"])
    client.force_login(office)

    assert client.post(url, {"same_company": "on"}).status_code == 422


def test_what_waits_for_offices_and_partners(office, nurse, partner, company):
    ApplicationFactory(company="株式会社なみおと")
    ProfileFactory(organisation=company, interests=[term("need_category", "N07")])

    assert [str(todo.label) for todo in todos_for(office)] == [
        "株式会社なみおとの参加の申込に返事をする"
    ]
    assert [str(todo.label) for todo in todos_for(partner)] == ["自社の情報を書く(あと2項目)"]
    assert list(todos_for(nurse)) == []


def test_a_person_with_two_seats_looks_through_the_first(partner, company):
    MembershipFactory(user=partner, organisation=CompanyFactory(), role="partner")

    assert queries.own_organisation(partner) == company


def test_every_admin_page_opens(client, superuser):
    profile, application = ProfileFactory(), ApplicationFactory(created_at=timezone.now())
    client.force_login(superuser)

    pages = [
        reverse("admin:partners_profile_changelist"),
        reverse("admin:partners_profile_change", args=[profile.pk]),
        reverse("admin:partners_application_changelist"),
        reverse("admin:partners_application_change", args=[application.pk]),
    ]

    assert [client.get(page).status_code for page in pages] == [200] * 4
    assert Term.objects.exists()


def test_an_expired_licence_is_marked(client, nurse):
    profile = LicenceFactory(valid_until=dt.date(2020, 1, 1)).profile
    client.force_login(nurse)

    listed = client.get(reverse("partners:list")).content.decode()

    assert "期限切れ" in client.get(profile.get_absolute_url()).content.decode()
    assert "第二種医療機器製造販売業許可</span>" not in listed

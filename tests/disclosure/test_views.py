"""The pages around a publication."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.todo import todos_for
from disclosure import actions
from disclosure.enums import NoveltyAnswer, PublicationState, Tier
from disclosure.models import Publication
from needs.enums import Audience, NeedState
from needs.links import links_for
from taxonomy.models import Term
from tests.factories.disclosure import (
    PublicationFactory,
    PublishedFieldFactory,
    ReadingFactory,
)
from tests.factories.needs import NeedFactory


@pytest.fixture
def need(hospital, nurse):
    return NeedFactory(
        hospital=hospital,
        proposer=nurse,
        state=NeedState.ACCEPTED,
        background="夜勤は二人です。",
        audience=Audience.NDA,
    )


@pytest.fixture
def publication(need, office):
    return actions.start(need, by=office)


def url(name, publication, *more):
    return reverse(f"disclosure:{name}", args=[publication.public_id, *more])


def sheet(publication, **changes):
    """The edit page as it is sent, with ``changes``."""
    data = {"version": publication.version, "title": publication.title}
    data |= {"summary": publication.summary, "novelty": publication.novelty}
    for field in publication.fields.all():
        data |= {f"text_{field.code}": field.text, f"tier_{field.code}": field.tier}
    return data | changes


def test_the_office_starts_from_the_need(client, office, need):
    client.force_login(office)
    start = reverse("disclosure:start", args=[need.public_id])

    page = client.get(start)
    begun = client.post(start)
    again = client.get(start)

    publication = Publication.objects.get()
    assert str(Audience.NDA.label) in page.content.decode()
    assert begun.url == url("edit", publication)
    assert again.url == publication.get_absolute_url()


def test_only_the_office_starts(client, nurse, need):
    client.force_login(nurse)

    assert client.post(reverse("disclosure:start", args=[need.public_id])).status_code == 403


def test_the_page_saves_what_the_action_saves(client, office, publication):
    term = Term.objects.of("technology").first()
    client.force_login(office)

    response = client.post(
        url("edit", publication),
        sheet(
            publication,
            summary="見回りのとき、\r\n残りが分かりません。",
            technologies=[term.pk],
            tier_background=Tier.MEMBERS,
            open_until="2099/3/31",
        ),
    )

    publication.refresh_from_db()
    assert response.status_code == 302
    assert publication.summary == "見回りのとき、\n残りが分かりません。"
    assert list(publication.technologies.all()) == [term]
    assert publication.fields.get(code="background").tier == Tier.MEMBERS
    assert str(publication.open_until) == "2099-03-31"
    assert publication.text_version == 2


def test_saving_without_a_change_keeps_the_version(client, office, publication):
    client.force_login(office)

    client.post(url("edit", publication), sheet(publication))

    publication.refresh_from_db()
    assert publication.text_version == 1


def test_a_stale_page_shows_both_texts(client, office, publication):
    old = sheet(publication, text_background="私の背景")
    actions.edit(publication, by=office, fields={"background": {"text": "先に書かれた背景"}})
    client.force_login(office)

    response = client.post(url("edit", publication), old)

    text = response.content.decode()
    assert response.status_code == 409
    assert "私の背景" in text
    assert "先に書かれた背景" in text
    assert publication.fields.get(code="background").text == "先に書かれた背景"


def test_wrong_input_keeps_what_was_typed(client, office, publication):
    client.force_login(office)

    response = client.post(
        url("edit", publication), sheet(publication, title="", text_background="消えない文")
    )

    assert response.status_code == 422
    assert "「公開する件名」を入力してください" in response.content.decode()
    assert "消えない文" in response.content.decode()


def test_a_published_text_is_not_edited(client, office, need):
    publication = PublicationFactory(need=need)
    client.force_login(office)

    assert client.get(url("edit", publication)).url == publication.get_absolute_url()


def test_the_proposer_reads_exactly_what_goes_out(client, nurse, need):
    publication = PublicationFactory(need=need, state=PublicationState.CONSENT_ASKED)
    PublishedFieldFactory(publication=publication, tier=Tier.MEMBERS)
    client.force_login(nurse)

    text = client.get(url("consent", publication)).content.decode()

    assert publication.summary in text
    assert "より広い範囲に公開します" in text
    assert 'value="agree"' in text


ANSWERS = [
    ({"answer": "agree"}, 302, PublicationState.CONSENT_ASKED, True),
    ({"answer": "refuse", "comment": "直してください"}, 302, PublicationState.DRAFTING, False),
    ({"answer": "refuse"}, 422, PublicationState.CONSENT_ASKED, False),
    ({}, 422, PublicationState.CONSENT_ASKED, False),
    ({"answer": "agree", "text_version": 7}, 409, PublicationState.CONSENT_ASKED, False),
]


@pytest.mark.parametrize(("answer", "status", "state", "agreed"), ANSWERS)
def test_the_answer(client, nurse, need, answer, status, state, agreed):
    publication = PublicationFactory(need=need, state=PublicationState.CONSENT_ASKED)
    client.force_login(nurse)

    response = client.post(url("consent", publication), {"text_version": 1, **answer})

    publication.refresh_from_db()
    assert response.status_code == status
    assert (publication.state, publication.has_consent) == (state, agreed)


@pytest.mark.parametrize("person", ["office", "director", "ip_officer"])
def test_nobody_answers_for_the_proposer(client, request, need, person):
    publication = PublicationFactory(need=need, state=PublicationState.CONSENT_ASKED)
    client.force_login(request.getfixturevalue(person))

    response = client.post(url("consent", publication), {"text_version": 1, "answer": "agree"})

    assert response.status_code == 403


@pytest.mark.parametrize(
    ("person", "status"), [("office", 302), ("ip_officer", 302), ("nurse", 403), ("director", 403)]
)
def test_who_records_the_ip_confirmation(client, request, publication, person, status):
    client.force_login(request.getfixturevalue(person))

    response = client.post(
        url("confirm_ip", publication), {"text_version": 1, "comment": "知財担当が調べた"}
    )

    publication.refresh_from_db()
    assert response.status_code == status
    assert (publication.ip_confirmed_at is not None) == (status == 302)


@pytest.mark.parametrize("person", ["office", "nurse", "director"])
def test_who_reads_the_ledger(client, request, need, person):
    publication = PublicationFactory(need=need)
    client.force_login(request.getfixturevalue(person))

    assert client.get(url("ledger", publication)).status_code == 200


def test_the_ip_officer_does_not(client, ip_officer, need):
    client.force_login(ip_officer)

    assert client.get(url("ledger", PublicationFactory(need=need))).status_code == 403


def test_asking_names_the_proposer(client, office, publication):
    client.force_login(office)

    page = client.get(url("transition", publication, "ask_consent"))

    assert f"{publication.need.proposer.name}さんに" in page.content.decode()


def test_the_counts_are_links_to_these_rows(client, office, need, hospital):
    PublicationFactory(need=need)
    paused = PublicationFactory(
        need=NeedFactory(hospital=hospital, state=NeedState.ACCEPTED),
        state=PublicationState.PAUSED,
    )
    client.force_login(office)

    page = client.get(reverse("disclosure:list"))
    narrowed = client.get(reverse("disclosure:list"), {"state": "paused"})

    assert page.context["states"][3] == (PublicationState.PAUSED, "公開停止中", 1)
    assert list(narrowed.context["page_obj"]) == [paused]


def test_the_catalogue_is_narrowed(client, partner):
    prefecture, other = Term.objects.of("prefecture")[:2]
    category = Term.objects.of("need_category").first()
    technology = Term.objects.of("technology").first()
    device_class = Term.objects.of("device_class").first()
    found = PublicationFactory(
        title="褥瘡を早く見つけたい", category=category, device_class=device_class
    )
    found.technologies.add(technology)
    found.hospital.prefecture = prefecture
    found.hospital.save()
    rest = PublicationFactory(title="器材の数を数えたい")
    rest.hospital.prefecture = other
    rest.hospital.save()
    client.force_login(partner)

    for query in [
        {"q": "褥瘡 見つけ"},
        {"category": category.pk},
        {"technologies": technology.pk},
        {"device_class": device_class.pk},
        {"prefecture": prefecture.pk},
    ]:
        page = client.get(reverse("disclosure:catalogue"), query)
        assert list(page.context["page_obj"]) == [found]


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_a_fixed_number_of_queries(
    client, office, hospital, count, django_assert_num_queries
):
    needs = NeedFactory.create_batch(count, hospital=hospital, state=NeedState.ACCEPTED)
    shown = [PublicationFactory(need=need) for need in needs]
    client.force_login(office)

    with django_assert_num_queries(9):
        page = client.get(reverse("disclosure:list")).content.decode()

    assert all(each.title in page for each in shown)


@pytest.mark.parametrize("count", [1, 3])
def test_catalogue_needs_a_fixed_number_of_queries(
    client, partner, count, django_assert_num_queries
):
    shown = PublicationFactory.create_batch(count)
    client.force_login(partner)

    with django_assert_num_queries(13):
        page = client.get(reverse("disclosure:catalogue")).content.decode()

    assert all(each.title in page for each in shown)


@pytest.mark.parametrize("count", [1, 3])
def test_ledger_needs_a_fixed_number_of_queries(
    client, office, need, count, django_assert_num_queries
):
    publication = PublicationFactory(need=need)
    readings = ReadingFactory.create_batch(count, publication=publication)
    client.force_login(office)

    with django_assert_num_queries(7):
        page = client.get(url("ledger", publication)).content.decode()

    assert all(each.organisation.name in page for each in readings)


def test_what_waits_for_whom(office, nurse, ip_officer, need, hospital):
    def fresh(**details):
        return NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.ACCEPTED, **details)

    fresh(audience=Audience.HOSPITAL)
    asked = PublicationFactory(need=fresh(), state=PublicationState.CONSENT_ASKED)
    agreed = PublicationFactory(
        need=fresh(),
        state=PublicationState.CONSENT_ASKED,
        consent_version=1,
        consented_at=timezone.now(),
        novelty=NoveltyAnswer.CLEARED,
    )

    waiting = {
        person.name: {each.url for each in todos_for(person) if "publications" in each.url}
        for person in (office, nurse, ip_officer)
    }

    assert waiting == {
        office.name: {
            reverse("disclosure:start", args=[need.public_id]),
            agreed.get_absolute_url(),
        },
        nurse.name: {url("consent", asked)},
        ip_officer.name: {agreed.get_absolute_url()},
    }


@pytest.mark.parametrize(
    ("person", "before", "after"),
    [
        ("office", ["公開の準備を始める"], ["公開のページを見る"]),
        ("nurse", [], ["公開のページを見る"]),
        ("head", [], []),
    ],
)
def test_the_links_on_the_page_of_a_need(request, need, person, before, after):
    user = request.getfixturevalue(person)

    first = [link.label for link in links_for(need, user)]
    PublicationFactory(need=need)

    assert first == before
    assert [link.label for link in links_for(need, user)] == after

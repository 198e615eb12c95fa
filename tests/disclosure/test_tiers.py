"""Who reads what: planted words that must be there, and must not be anywhere else."""

from datetime import date

import pytest
from django.core import mail
from django.urls import reverse

from disclosure import actions
from disclosure.access import AccessBasis, registry
from disclosure.enums import PublicationState, Tier
from disclosure.models import Publication, Reading
from notifications.models import Message
from tests.factories.disclosure import PublicationFactory, PublishedFieldFactory
from tests.factories.needs import NeedFactory

SUMMARY, MEMBERS, NDA, INTERNAL, SHEET = (
    "SUMMARY-MARK",
    "MEMBERS-MARK",
    "NDA-MARK",
    "INTERNAL-MARK",
    "SHEET-MARK",
)
BASIS = "試験の秘密保持契約"
INSIDERS = ["office", "nurse", "director", "ip_officer"]
OUTSIDERS = ["partner", "competitor", "coordinator", "advisor"]
STRANGERS = ["stranger", "other_office", "other_nurse", "legal", "superuser"]

READS = {
    **{reader: {SUMMARY, MEMBERS, NDA, INTERNAL} for reader in INSIDERS},
    **{reader: {SUMMARY, MEMBERS} for reader in OUTSIDERS},
    "partner with agreement": {SUMMARY, MEMBERS, NDA},
}


@pytest.fixture
def publication(hospital, nurse):
    need = NeedFactory(
        hospital=hospital, proposer=nurse, state="accepted", problem=SHEET, idea=SHEET
    )
    publication = PublicationFactory(need=need, summary=SUMMARY)
    for code, text, tier in [
        ("problem", MEMBERS, Tier.MEMBERS),
        ("background", NDA, Tier.NDA),
        ("idea", INTERNAL, Tier.INTERNAL),
    ]:
        PublishedFieldFactory(publication=publication, code=code, text=text, tier=tier)
    return publication


@pytest.fixture
def agreement(company):
    """An agreement with ``company``, as the contracts app registers one."""

    class TestAgreement(AccessBasis):
        slug = "test-agreement"
        label = BASIS

        @classmethod
        def opened_by(cls, organisations, publications):
            return {each.pk: BASIS for each in publications if company.pk in organisations}

    registry.register(TestAgreement)
    yield
    del registry._items["test-agreement"]


def marks(text):
    return {mark for mark in (SUMMARY, MEMBERS, NDA, INTERNAL, SHEET) if mark in text}


def page(client, user, name, *args, **query):
    client.force_login(user)
    return client.get(reverse(f"disclosure:{name}", args=args), query)


@pytest.mark.parametrize("reader", [*INSIDERS, *OUTSIDERS])
def test_the_page_shows_the_reader_her_tiers(client, request, publication, reader):
    response = page(client, request.getfixturevalue(reader), "detail", publication.public_id)

    assert response.status_code == 200
    assert marks(response.content.decode()) == READS[reader]


def test_an_agreement_opens_the_details_to_that_company_alone(
    client, publication, agreement, partner, competitor
):
    own = page(client, partner, "detail", publication.public_id).content.decode()
    other = page(client, competitor, "detail", publication.public_id).content.decode()

    assert marks(own) == READS["partner with agreement"]
    assert BASIS in own
    assert "秘密保持契約を結ぶと" not in own
    assert marks(other) == READS["competitor"]
    assert "秘密保持契約を結ぶと、詳しい内容を読めます" in other
    assert "背景" not in other
    assert "アイデア" not in other


def test_the_ledger_says_who_read_what_and_why(
    client, office, publication, agreement, partner, competitor, company, competing_company
):
    for reader in (partner, competitor):
        page(client, reader, "detail", publication.public_id)

    lines = Reading.objects.order_by("pk").values_list("organisation", "tier", "basis")
    assert list(lines) == [
        (company.pk, Tier.NDA, BASIS),
        (competing_company.pk, Tier.MEMBERS, "登録企業・支援機関として"),
    ]
    text = page(client, office, "ledger", publication.public_id).content.decode()
    assert "開示の記録(2件)" in text
    assert all(word in text for word in (str(company), str(competing_company), BASIS))


@pytest.mark.parametrize("reader", STRANGERS)
def test_nobody_else_learns_that_it_exists(client, request, publication, reader):
    user = request.getfixturevalue(reader)

    for name in ("detail", "edit", "preview", "ledger", "consent", "confirm_ip"):
        assert page(client, user, name, publication.public_id).status_code == 404


@pytest.mark.parametrize("reader", OUTSIDERS)
def test_outsiders_find_only_cards(client, request, publication, reader):
    user = request.getfixturevalue(reader)

    catalogue = page(client, user, "catalogue")

    assert marks(catalogue.content.decode()) == {SUMMARY}
    assert "公開ニーズ(1件)" in catalogue.content.decode()
    assert page(client, user, "list").status_code == 403
    for name in ("edit", "preview", "ledger", "consent", "confirm_ip"):
        assert page(client, user, name, publication.public_id).status_code == 403


@pytest.mark.parametrize("mark", [MEMBERS, NDA, INTERNAL, SHEET])
def test_a_search_does_not_reach_locked_texts(client, publication, partner, mark):
    response = page(client, partner, "catalogue", q=mark)

    assert "公開ニーズ(0件)" in response.content.decode()


@pytest.mark.parametrize("state", [each for each in PublicationState if each != "published"])
def test_what_is_not_published_is_not_there(client, publication, partner, state):
    Publication.objects.update(state=state)

    assert page(client, partner, "detail", publication.public_id).status_code == 404
    assert "公開ニーズ(0件)" in page(client, partner, "catalogue").content.decode()


@pytest.mark.parametrize(
    ("eyes", "expected"),
    [
        ("", READS["partner"]),
        ("member", READS["partner"]),
        ("nda", READS["partner with agreement"]),
        ("company", READS["partner with agreement"]),
        ("competing_company", READS["partner"]),
    ],
)
def test_the_preview_is_what_the_partner_reads(
    client, request, office, publication, agreement, company, competing_company, eyes, expected
):
    known = {"company": company, "competing_company": competing_company}
    chosen = known[eyes].public_id if eyes in known else eyes

    text = page(client, office, "preview", publication.public_id, eyes=chosen).content.decode()

    assert marks(text) == expected
    assert "相手からの見え方を確認しています" in text
    assert not Reading.objects.exists()


def test_the_office_list_shows_titles_only(client, office, publication):
    text = page(client, office, "list").content.decode()

    assert publication.title in text
    assert marks(text) == set()


def test_mails_carry_no_text(office, nurse, publication, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        actions.pause(publication, by=office, reason="直す")
        actions.edit(publication, by=office, wanted="試作")
        actions.ask_consent(publication, by=office, comment=INTERNAL)
        actions.give_consent(publication, by=nurse, text_version=2)
        actions.publish(publication, by=office)

    written = [f"{each.subject}{each.body}" for each in [*mail.outbox, *Message.objects.all()]]
    assert len(written) == 6
    assert marks("".join(written)) == set()


READERS = [*INSIDERS, *OUTSIDERS, *STRANGERS]


@pytest.mark.parametrize("reader", READERS)
def test_the_rows_agree_with_the_permission(request, hospital, nurse, reader):
    need = {"hospital": hospital, "state": "accepted"}
    for state in PublicationState:
        for proposer in (nurse, request.getfixturevalue("office")):
            PublicationFactory(need=NeedFactory(proposer=proposer, **need), state=state)
    PublicationFactory(open_until=date(2020, 1, 1))
    user = request.getfixturevalue(reader)

    for rows, permission in [
        (Publication.objects.visible_to(user), "view"),
        (Publication.objects.inside_of(user), "view_inside_of"),
    ]:
        assert set(rows) == {
            each
            for each in Publication.objects.all()
            if user.has_perm(f"disclosure.{permission}_publication", each)
        }

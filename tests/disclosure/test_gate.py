"""The gate: each missing point refuses, with its own sentence."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.workflow import WrongStateError
from disclosure import actions, queries
from disclosure.enums import NoveltyAnswer, PublicationState, Tier
from disclosure.models import Publication
from tests.factories.disclosure import PublicationFactory, PublishedFieldFactory
from tests.factories.needs import NeedFactory

READY = {"state": PublicationState.CONSENT_ASKED, "consent_version": 1}
CLEARED = {"novelty": NoveltyAnswer.CLEARED, "ip_confirmed_at": timezone.now()}
IDEA_OUT = {"code": "idea", "text": "重さを測るセンサを付ける", "tier": Tier.NDA}

GATE = [
    # (what the publication is like, its field, what is said)
    ({}, {}, ""),
    ({"consent_version": None}, {}, "提案者の同意がまだです。"),
    ({"text_version": 2}, {}, "同意のあとで文が変わりました。"),
    ({"novelty": NoveltyAnswer.UNANSWERED}, {}, "「アイデアの扱い」が未回答です。"),
    ({"novelty": NoveltyAnswer.NOT_CLEARED}, {}, "知財の確認が済んでいないアイデアがあります。"),
    (
        {"novelty": NoveltyAnswer.CLEARED},
        {},
        "知財の確認の記録が必要です。「知財の確認を記録する」",
    ),
    ({}, IDEA_OUT, "「アイデア」を院外に出すには、知財の確認の記録が必要です。"),
    ({}, {**IDEA_OUT, "tier": Tier.INTERNAL}, ""),
    ({}, {**IDEA_OUT, "text": ""}, ""),
    (CLEARED, IDEA_OUT, ""),
    ({"open_until": timezone.localdate() - timedelta(days=1)}, {}, "公開の期限が過ぎています。"),
    ({"open_until": timezone.localdate()}, {}, ""),
]


@pytest.fixture
def ready(hospital, nurse):
    """Makes a publication of ``nurse`` that lacks nothing but what is said."""

    def make(field=None, **details):
        need = NeedFactory(hospital=hospital, proposer=nurse, state="accepted")
        publication = PublicationFactory(
            need=need, consented_at=timezone.now(), **{**READY, **details}
        )
        if field:
            PublishedFieldFactory(publication=publication, **field)
        return publication

    return make


@pytest.mark.parametrize(("details", "field", "said"), GATE)
def test_the_gate_names_what_is_missing(ready, details, field, said):
    missing = queries.missing(ready(field, **details))

    assert bool(missing) == bool(said)
    assert said in "".join(missing)


@pytest.mark.parametrize(("details", "field", "said"), GATE)
def test_publishing_through_the_page_says_the_same(client, office, ready, details, field, said):
    publication = ready(field, **details)
    client.force_login(office)

    response = client.post(
        reverse("disclosure:transition", args=[publication.public_id, "publish"])
    )

    publication.refresh_from_db()
    assert response.status_code == (422 if said else 302)
    assert said in response.content.decode()
    assert publication.state == (
        PublicationState.CONSENT_ASKED if said else PublicationState.PUBLISHED
    )


@pytest.mark.parametrize(("details", "field", "said"), [row for row in GATE if row[2]])
def test_the_action_refuses_too(office, ready, details, field, said):
    publication = ready(field, **details)

    with pytest.raises(actions.NotReadyError):
        actions.publish(publication, by=office)


def test_resuming_passes_the_same_gate(office, ready):
    publication = ready(state=PublicationState.PAUSED, novelty=NoveltyAnswer.UNANSWERED)

    with pytest.raises(actions.NotReadyError):
        actions.resume(publication, by=office)


def test_a_conference_asks_for_a_look(client, office, ready):
    publication = ready(presentation_date=timezone.localdate() + timedelta(days=20))
    url = reverse("disclosure:transition", args=[publication.public_id, "publish"])
    client.force_login(office)

    unread = client.post(url)
    read = client.post(url, {"presentation_checked": "on"})

    assert unread.status_code == 422
    assert "発表の2か月前までに知財担当へ相談が必要です。" in unread.content.decode()
    assert read.status_code == 302


def test_the_database_refuses_to_publish_without_consent(db):
    for consent_version in (None, 2):
        with pytest.raises(IntegrityError), transaction.atomic():
            PublicationFactory(consent_version=consent_version)


def test_consent_is_for_one_text(office, nurse, ready):
    publication = ready(consent_version=None)
    actions.give_consent(publication, by=nurse, text_version=1)

    actions.edit(publication, by=office, summary="もっと広く読まれたい文です。")

    publication.refresh_from_db()
    assert publication.state == PublicationState.DRAFTING
    assert not publication.has_consent
    actions.ask_consent(publication, by=office)
    with pytest.raises(actions.NotReadyError):
        actions.publish(publication, by=office)


# What an edit does to (consent, IP confirmation): True = still counts.
EDITS = [
    ({}, {}, (True, True)),
    ({"title": "別の件名"}, {}, (False, False)),
    ({"summary": "別の概要"}, {}, (False, False)),
    ({"wanted": "試作"}, {}, (False, False)),
    ({}, {"background": {"text": "別の背景"}}, (False, False)),
    ({}, {"background": {"tier": Tier.MEMBERS}}, (False, True)),
    ({}, {"background": {"tier": Tier.INTERNAL}}, (False, True)),
    ({}, {"idea": {"text": "別の案"}}, (True, False)),
    ({}, {"idea": {"tier": Tier.NDA}}, (False, True)),
    ({"novelty": NoveltyAnswer.NO_IDEA}, {}, (True, True)),
    ({"open_until": timezone.localdate()}, {}, (True, True)),
]


@pytest.mark.parametrize(("details", "fields", "counts"), EDITS)
def test_what_an_edit_makes_void(office, ready, details, fields, counts):
    publication = ready(
        {"code": "background", "text": "背景", "tier": Tier.NDA}, ip_confirmed_at=timezone.now()
    )
    PublishedFieldFactory(publication=publication, code="idea", text="案", tier=Tier.INTERNAL)

    actions.edit(publication, by=office, fields=fields, **details)

    publication.refresh_from_db()
    assert (publication.has_consent, publication.ip_confirmed_at is not None) == counts
    assert publication.state == (
        PublicationState.CONSENT_ASKED if counts[0] else PublicationState.DRAFTING
    )


def test_nothing_is_edited_while_it_is_read(office, ready):
    publication = ready(state=PublicationState.PUBLISHED)

    with pytest.raises(WrongStateError):
        actions.edit(publication, by=office, title="こっそり直す")


def test_an_answer_about_an_older_text_does_not_count(nurse, ready):
    publication = ready(consent_version=None, text_version=2)

    with pytest.raises(actions.TextChangedError):
        actions.give_consent(publication, by=nurse, text_version=1)


def test_nobody_else_consents(office, ready):
    publication = ready(consent_version=None)

    with pytest.raises(PermissionDenied):
        actions.flow.perform("give_consent", publication, by=office, text_version=1)


def test_confirming_ip_settles_the_open_question(ip_officer, ready):
    publication = ready(novelty=NoveltyAnswer.NOT_CLEARED)

    actions.confirm_ip(publication, by=ip_officer, comment="調べた", text_version=1)

    publication.refresh_from_db()
    assert publication.novelty == NoveltyAnswer.CLEARED
    assert publication.ip_confirmed_by == ip_officer
    assert queries.missing(publication) == []


@pytest.mark.parametrize(("days", "is_open"), [(-1, False), (0, True), (1, True), (None, True)])
def test_the_last_day_counts_and_both_ways_of_asking_agree(days, is_open, db):
    last_day = None if days is None else timezone.localdate() + timedelta(days=days)

    publication = PublicationFactory(open_until=last_day)

    assert publication.is_open == is_open
    assert Publication.objects.published().exists() == is_open

"""From a chosen need to the catalogue and back."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from core.workflow import WrongStateError
from disclosure import actions
from disclosure.enums import NoveltyAnswer, PublicationState, Tier
from disclosure.models import Publication, Reading
from disclosure.queries import is_wider_than_wished, view_for
from needs.enums import Audience, NeedState
from notifications.models import Message
from tests.factories.disclosure import PublicationFactory, PublishedFieldFactory
from tests.factories.needs import NeedFactory

BUTTONS = {
    # state: (office, proposer, director, IP officer, company)
    PublicationState.DRAFTING: (["ask_consent", "close"], [], [], [], []),
    PublicationState.CONSENT_ASKED: (["publish", "close"], [], [], [], []),
    PublicationState.PUBLISHED: (["pause", "close"], [], [], [], []),
    PublicationState.PAUSED: (["resume", "close"], [], [], [], []),
    PublicationState.CLOSED: (["reopen"], [], [], [], []),
}

# What the proposer wished when handing in → the tiers proposed for the sheet and for the idea.
WISHES = [
    (Audience.HOSPITAL, Tier.INTERNAL),
    (Audience.MEMBERS, Tier.INTERNAL),
    (Audience.NDA, Tier.NDA),
]


@pytest.fixture
def need(hospital, nurse):
    return NeedFactory(
        hospital=hospital,
        proposer=nurse,
        state=NeedState.ACCEPTED,
        background="夜勤は二人です。",
        idea="重さを測ります。",
        audience=Audience.NDA,
    )


@pytest.mark.parametrize("state", PublicationState)
def test_who_sees_which_button(state, need, office, nurse, director, ip_officer, partner):
    publication = PublicationFactory(need=need, state=state)
    people = [office, nurse, director, ip_officer, partner]

    shown = tuple(
        [row.name for row in actions.flow.open_to(person, publication)] for person in people
    )

    assert shown == BUTTONS[state]


@pytest.mark.parametrize(("wish", "tier"), WISHES)
def test_a_start_is_never_wider_than_wished(need, office, wish, tier):
    need.audience = wish
    need.save()

    publication = actions.start(need, by=office)

    fields = {field.code: field for field in publication.fields.all()}
    assert [fields["background"].tier, fields["idea"].tier] == [tier, Tier.INTERNAL]
    assert [fields["background"].text, fields["idea"].text] == [need.background, need.idea]
    assert list(fields) == list(actions.SHEET)
    assert (publication.title, publication.summary) == (need.title, need.problem)
    assert is_wider_than_wished(publication, fields.values()) == (wish == Audience.HOSPITAL)


def test_the_text_is_a_copy(need, office):
    publication = actions.start(need, by=office)

    need.background = "あとから書いたこと"
    need.save()

    assert publication.fields.get(code="background").text == "夜勤は二人です。"


def test_starting_twice_finds_the_first(need, office):
    assert actions.start(need, by=office) == actions.start(need, by=office)


@pytest.mark.parametrize("state", [NeedState.SCREENING, NeedState.ON_HOLD, NeedState.NOT_ACCEPTED])
def test_only_a_chosen_need_is_published(need, office, state):
    need = NeedFactory(hospital=need.hospital, state=state)

    with pytest.raises(WrongStateError):
        actions.start(need, by=office)


def test_the_whole_way(need, office, nurse, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        publication = actions.start(need, by=office)
        actions.edit(publication, by=office, novelty=NoveltyAnswer.NO_IDEA)
        actions.ask_consent(publication, by=office, comment="お願いします。")
        actions.give_consent(publication, by=nurse, text_version=1)
        actions.publish(publication, by=office)

    assert Publication.objects.published().get() == publication
    assert [(each.kind, each.recipient) for each in Message.objects.order_by("pk")] == [
        ("disclosure.consent_asked", nurse),
        ("disclosure.consent_given", office),
        ("disclosure.publication_opened", nurse),
    ]
    assert len(mail.outbox) == 3


def test_a_refusal_goes_back_to_the_office(need, office, nurse):
    publication = PublicationFactory(
        need=need, state=PublicationState.CONSENT_ASKED, consent_version=1
    )

    actions.refuse_consent(publication, by=nurse, comment="病棟の名前を消してください")

    assert publication.state == PublicationState.DRAFTING
    assert not publication.has_consent
    assert Message.objects.get().recipient == office


def test_consent_is_asked_again_after_closing(need, office):
    publication = PublicationFactory(need=need)

    actions.close(publication, by=office, reason="製品になった")
    actions.reopen(publication, by=office)

    assert publication.state == PublicationState.DRAFTING
    assert not publication.has_consent


def test_every_opening_is_in_the_ledger_but_no_reload(need, partner, company):
    publication = PublicationFactory(need=need)

    for _time in range(2):
        actions.record_reading(view_for(partner, publication), by=partner)

    line = Reading.objects.get()
    assert (line.user, line.organisation, line.text_version) == (partner, company, 1)
    assert (line.tier, line.basis) == (Tier.MEMBERS, "登録企業・支援機関として")


def test_an_hour_later_it_is_another_reading(need, partner):
    publication = PublicationFactory(need=need)
    actions.record_reading(view_for(partner, publication), by=partner)
    Reading.objects.update(at=timezone.now() - timedelta(hours=1))

    actions.record_reading(view_for(partner, publication), by=partner)

    assert Reading.objects.count() == 2


def test_insiders_are_not_in_the_ledger(need, office, nurse):
    publication = PublicationFactory(need=need)
    PublishedFieldFactory(publication=publication)

    for insider in (office, nurse):
        actions.record_reading(view_for(insider, publication), by=insider)

    assert not Reading.objects.exists()

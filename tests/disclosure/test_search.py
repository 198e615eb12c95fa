"""Who finds a publication follows the need, although the need knows nothing of it."""

from datetime import date

import pytest
import time_machine

from disclosure.search import PublicationIndex, close_ended
from needs import handover
from needs.enums import NeedState
from search.engine import find
from search.models import Entry
from search.suggestions import meant
from tests.factories.disclosure import PublicationFactory
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def publication(hospital, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.ACCEPTED)
    return PublicationFactory(need=need, title="点滴の残量を知りたい")


def found_by(*users):
    return [find(PublicationIndex, user, "点滴").ids for user in users]


def test_who_takes_a_need_over_finds_its_publication(publication, nurse, other_nurse):
    pk = publication.pk
    assert found_by(nurse, other_nurse) == [[pk], []]

    offered = handover.offer_transfer(publication.need, to=other_nurse, by=nurse)
    handover.settle_transfer(offered, accepted=True, by=other_nurse)

    assert found_by(nurse, other_nurse) == [[], [pk]]


def test_what_a_leaving_person_hands_over_is_found_too(
    publication, hospital, nurse, other_nurse, office
):
    held = handover.held_by(nurse, hospital, most=10)
    handover.hand_over(held, to=other_nurse, reason="異動", by=office)

    assert found_by(nurse, other_nurse) == [[], [publication.pk]]


def test_a_change_of_the_need_that_it_does_not_show_writes_nothing(publication):
    before = Entry.objects.get(kind="publication").digest
    publication.need.problem += "とても困る。"
    publication.need.save()

    assert Entry.objects.get(kind="publication").digest == before


def test_what_ended_at_midnight_tells_nobody_outside_of_its_words(publication, nurse, partner):
    def offered():
        return meant(partner, "点的"), find(PublicationIndex, partner, "点滴").ids

    with time_machine.travel("2026-11-20 12:00+09:00", tick=False):
        publication.open_until = date(2026, 11, 20)
        publication.save()
        close_ended()
        assert offered() == (["点滴"], [publication.pk])

    with time_machine.travel("2026-11-21 00:02+09:00", tick=False):
        assert offered()[1] == []
        close_ended()
        assert offered() == ([], [])
        assert found_by(nurse) == [[publication.pk]]

        publication.refresh_from_db()
        publication.open_until = date(2026, 11, 30)
        publication.save()
        assert offered() == (["点滴"], [publication.pk])

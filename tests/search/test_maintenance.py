"""The index mends itself, goes on after a crash, and stays small."""

import pytest
from django.core.management import call_command
from django.db.models import Sum

from disclosure.search import PublicationIndex
from needs.enums import NeedState, ParticipantKind
from needs.models import Need, Participant
from needs.search import NeedIndex
from search import maintenance
from search.engine import find
from search.index import outdated
from search.models import Entry, Statistic
from tests.factories.disclosure import PublicationFactory
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def needs(hospital):
    return NeedFactory.create_batch(5, hospital=hospital, state=NeedState.SUBMITTED)


def sums():
    rows = Statistic.objects.values("scope", "word").annotate(n=Sum("documents"), m=Sum("length"))
    return {(row["scope"], row["word"]): (row["n"], row["m"]) for row in rows if row["n"]}


def test_what_is_missing_or_old_is_made_again_and_nothing_else(needs, office):
    whole = sums()
    Entry.objects.filter(object_id=needs[0].pk).update(digest="0:old")
    assert list(outdated(NeedIndex)) == [needs[0]]

    assert maintenance.rebuild(NeedIndex) == 1
    assert sums() == whole
    assert maintenance.rebuild(NeedIndex) == 0


def test_a_rebuild_that_died_goes_on_where_it_was(needs, office, monkeypatch):
    monkeypatch.setattr(maintenance, "BATCH", 2)
    Entry.objects.update(digest="")
    told = []

    def crash(done, total):
        told.append((done, total))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        maintenance.rebuild(NeedIndex, crash)

    assert told == [(2, 5)]
    assert maintenance.rebuild(NeedIndex) == 3
    assert len(find(NeedIndex, office, "点滴").ids) == 5


def test_the_command_says_how_far_it_is(needs, capsys, monkeypatch):
    monkeypatch.setattr(maintenance, "BATCH", 2)

    call_command("rebuild_search", all=True, kind="need")

    assert capsys.readouterr().out.splitlines() == [
        "need: 2 / 5",
        "need: 4 / 5",
        "need: 5 / 5",
        "need: 5件を作り直しました。",
    ]


def test_the_command_does_only_what_is_left(needs, capsys):
    Entry.objects.filter(object_id=needs[0].pk).delete()

    call_command("rebuild_search", kind="need")

    assert "need: 1件を作り直しました。" in capsys.readouterr().out


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_is_read_in_a_fixed_number_of_queries(
    hospital, office, count, django_assert_max_num_queries
):
    for need in NeedFactory.create_batch(count, hospital=hospital, state=NeedState.ACCEPTED):
        together = ParticipantKind.CO_SUBMITTER
        Participant.objects.create(need=need, user=office, kind=together)
        PublicationFactory(need=need)
    Entry.objects.update(digest="")

    for index in (NeedIndex, PublicationIndex):
        with django_assert_max_num_queries(16):
            maintenance.rebuild(index)


def test_folding_changes_no_sum(needs, office):
    for need in Need.objects.all():
        need.problem += "車いすの音"
        need.save()
    before, rows = sums(), Statistic.objects.count()

    maintenance.fold()

    assert sums() == before
    assert Statistic.objects.count() < rows
    assert maintenance.fold() == 0


def test_no_circle_waits_behind_the_first_one(needs, hospital, other_hospital, monkeypatch):
    """However little fits into one round, all of it is folded while there is time."""
    monkeypatch.setattr(maintenance, "WORDS", 3)
    late = NeedFactory(hospital=other_hospital, state=NeedState.SUBMITTED)
    late.problem += "車いすの音"
    late.save()

    maintenance.fold()

    assert Statistic.objects.count() == len(sums())


def test_when_time_is_short_the_circle_with_most_rows_comes_first(needs, monkeypatch):
    monkeypatch.setattr(maintenance, "WORDS", 1)
    Statistic.objects.bulk_create(
        Statistic(scope="needh999", word="音", documents=1) for _ in range(300)
    )

    assert maintenance.fold(seconds=0) == 299
    assert Statistic.objects.filter(scope="needh999").count() == 1

"""The index mends itself, goes on after a crash, and stays small."""

import pytest
from django.core.management import call_command
from django.db.models import Sum

from needs.enums import NeedState
from needs.models import Need
from needs.search import NeedIndex
from search import maintenance
from search.engine import find
from search.index import outdated
from search.models import Entry, Statistic
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


def test_the_command_says_how_far_it_is(needs, capsys):
    call_command("rebuild_search", all=True)

    assert "need: 5件を作り直しました。" in capsys.readouterr().out


def test_folding_changes_no_sum(needs, office):
    for need in Need.objects.all():
        need.problem += "車いすの音"
        need.save()
    before, rows = sums(), Statistic.objects.count()

    maintenance.fold()

    assert sums() == before
    assert Statistic.objects.count() < rows
    assert maintenance.fold() == 0

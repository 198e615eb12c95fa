"""What keeps the index small and whole without anybody waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Count, Q, Sum

from search.index import BATCH, outdated, update_many
from search.models import Statistic

GROUPS = 2_000

if TYPE_CHECKING:
    from collections.abc import Callable

    from search.index import SearchIndex


def rebuild(
    index: type[SearchIndex], say: Callable[[int, int], None] = lambda _done, _total: None
) -> int:
    """Index what is missing or older than the tokeniser, batch by batch; returns how many.

    Each batch is a transaction of its own: after a crash only what is left is done.
    """
    total, done = outdated(index).count(), 0
    last = 0
    while True:
        batch = list(outdated(index).filter(pk__gt=last).order_by("pk")[:BATCH])
        if not batch:
            return done
        update_many(index, batch)
        done += len(batch)
        last = batch[-1].pk
        say(done, total)


@transaction.atomic
def fold() -> int:
    """Make one row of the statistics out of many; returns how many rows went."""
    many = list(
        Statistic.objects.values("scope", "word")
        .annotate(rows=Count("pk"), documents_sum=Sum("documents"), length_sum=Sum("length"))
        .filter(Q(rows__gt=1) | Q(documents_sum=0, length_sum=0))
        .order_by("scope", "word")
        .values_list("scope", "word")[:GROUPS]
    )
    return sum(_fold_one(scope, word) for scope, word in many)


def _fold_one(scope: str, word: str) -> int:
    """Only rows that nobody else folds now; new ones may come meanwhile and stay."""
    skip = connection.features.has_select_for_update_skip_locked
    rows = list(
        Statistic.objects.select_for_update(skip_locked=skip)
        .filter(scope=scope, word=word)
        .order_by("pk")
    )
    documents, length = sum(row.documents for row in rows), sum(row.length for row in rows)
    if not rows or (len(rows) == 1 and documents):
        return 0
    Statistic.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if documents or length:
        Statistic.objects.create(scope=scope, word=word, documents=documents, length=length)
    return len(rows)

"""What keeps the index small and whole without anybody waiting."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Count

from search.index import BATCH, outdated, update_many
from search.models import Statistic

WORDS = 500
AT_ONCE = 5_000
PATIENCE = 300  # seconds of an hourly task

if TYPE_CHECKING:
    from collections.abc import Callable

    from search.index import SearchIndex


def rebuild(
    index: type[SearchIndex], say: Callable[[int, int], None] = lambda _done, _total: None
) -> int:
    """Index what is missing or older than the tokeniser, batch by batch; returns how many.

    Each batch is a transaction of its own: after a crash only what is left is done.
    """
    total, done, last = outdated(index).count(), 0, 0
    while batch := _renew(index, last):
        done += len(batch)
        last = batch[-1]
        say(done, total)
    return done


@transaction.atomic
def _renew(index: type[SearchIndex], after: int) -> list[int]:
    """Index the next batch behind ``after``; returns its ids."""
    ids = outdated(index).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]
    batch = list(ids)
    # Read under a lock: who saves at this moment either waits or has been waited for.
    rows = index.model()._base_manager.select_for_update(no_key=True).filter(pk__in=batch)
    update_many(index, rows.order_by("pk").prefetch_related(*index.related))
    return batch


def fold(seconds: float = PATIENCE) -> int:
    """Make one row of the statistics out of many; returns how many rows went.

    The circles with most rows too many come first, so that none waits for ever behind another.
    """
    gone, until = 0, time.monotonic() + seconds
    for scope in _with_rows_too_many():
        while folded := _fold(scope):
            gone += folded
            if time.monotonic() > until:
                return gone
    return gone


def _with_rows_too_many() -> list[str]:
    counted = Statistic.objects.values("scope").annotate(
        too_many=Count("pk") - Count("word", distinct=True)
    )
    found = counted.filter(too_many__gt=0).order_by("-too_many", "scope")
    return list(found.values_list("scope", flat=True))


@transaction.atomic
def _fold(scope: str) -> int:
    """The words of ``scope`` with most rows. Rows that somebody else folds now are left out."""
    counted = Statistic.objects.filter(scope=scope).values("word").annotate(rows=Count("pk"))
    words = counted.filter(rows__gt=1).order_by("-rows").values_list("word", flat=True)[:WORDS]
    skip = connection.features.has_select_for_update_skip_locked
    # Each row is a difference: the sum of any of them may stand for them.
    rows = list(
        Statistic.objects.select_for_update(skip_locked=skip)
        .filter(scope=scope, word__in=list(words))
        .values_list("pk", "word", "documents", "length")
    )
    documents: Counter[str] = Counter()
    lengths: Counter[str] = Counter()
    for _pk, word, number, length in rows:
        documents[word] += number
        lengths[word] += length
    for at in range(0, len(rows), AT_ONCE):
        Statistic.objects.filter(pk__in=[row[0] for row in rows[at : at + AT_ONCE]]).delete()
    left = [
        Statistic(scope=scope, word=word, documents=number, length=lengths[word])
        for word, number in documents.items()
        if number or lengths[word]
    ]
    Statistic.objects.bulk_create(left, batch_size=AT_ONCE)
    return len(rows) - len(left)

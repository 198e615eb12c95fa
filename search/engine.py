"""From words to ranked objects: the one path for the page, for lists and for measuring."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from search import bm25, synonyms
from search.backends import Wanted, backend
from search.index import registry
from search.models import Entry, Statistic
from search.query import Query, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from search.index import SearchIndex

# How many candidates are collected, rarest words first, and how many of them are scored exactly.
CAP = 5_000
BEST = 400
# Of a whole text that is compared with others, this many of its rarest words are asked.
TELLING = 16


@dataclass
class Found:
    """Ids in their order. ``is_cut``: there were more than could be scored."""

    ids: list[int] = field(default_factory=list)
    query: Query = field(default_factory=lambda: Query(""))
    is_cut: bool = False
    words: set[str] = field(default_factory=set)


def find(index: type[SearchIndex], user: Any, text: str) -> Found:
    """What ``user`` may see and ``text`` asks for, best first; at most ``BEST`` ids.

    Raises ``search.query.UnknownValueError`` for a field filter with a value nobody knows.
    """
    query, wanted, rows = _asked(index, user, text)
    if query.is_empty or not wanted.scopes or _asks_another(index, query):
        return Found(query=query)
    narrowed = rows if query.filters else None
    ranked = _ranked(query.words, wanted, narrowed)
    # The index may be wider than the rights; these are asked last, for all that is shown.
    seen = set(rows.filter(pk__in=[pk for pk, _score in ranked]).values_list("pk", flat=True))
    ids = [pk for pk, _score in ranked if pk in seen]
    return Found(ids, query, len(ranked) == BEST, _shown_words(query))


def matching(index: type[SearchIndex], user: Any, text: str) -> QuerySet[Any]:
    """The rows that ``user`` may see with *every* word of ``text``, in no order: for lists.

    Raises ``search.query.UnknownValueError``.
    """
    query, wanted, rows = _asked(index, user, text)
    if _asks_another(index, query):
        return rows.none()
    phrases = [*wanted.phrases, *([word] for word in query.words)]
    if not (phrases or wanted.without):
        return rows if query.filters or not query.text else rows.none()
    if not wanted.scopes:
        return rows.none()
    entries = _entries(wanted._replace(phrases=phrases)).filter(kind=index.slug)
    return rows.filter(pk__in=entries.values("object_id"))


def rank(kind: str, scopes: Collection[str], text: str, limit: int) -> list[tuple[int, float]]:
    """The (object id, score) of the best entries of ``kind`` in ``scopes``, best first.

    ``scopes`` as ``SearchIndex.scopes`` names them. The caller answers for the rights.
    """
    if not scopes:
        return []
    return _ranked(parse(text).words, Wanted({kind + scope for scope in scopes}))[:limit]


def alike(kind: str, scopes: Collection[str], text: str, limit: int) -> list[tuple[int, float]]:
    """As ``rank`` for a whole text: (object id, likeness), 1 for a text that says the same.

    Only its rarest words are asked, so that a long text costs no more than a short one. The
    likeness is the BM25 of the other text divided by that of ``text`` itself.
    """
    wanted = Wanted({kind + scope for scope in scopes})
    everything = parse(text).words
    if not scopes or not everything:
        return []
    documents, average, frequencies = _statistics(wanted.scopes, set(everything))
    known = sorted(frequencies.keys() - {""}, key=lambda word: (frequencies[word], word))
    words = known[:TELLING]
    # A word that no other text has speaks against them: it counts here, too.
    weights = {word: bm25.idf(documents, frequencies.get(word, 0)) for word in everything}
    itself = bm25.score(Counter(everything), len(everything), weights, average)
    if not words or not itself:
        return []
    return [(pk, score / itself) for pk, score in _ranked(words, wanted)[:limit]]


def _asked(index: type[SearchIndex], user: Any, text: str) -> tuple[Query, Wanted, QuerySet[Any]]:
    query = parse(text, {name for each in registry for name in each.fields})
    rows = index.rows(user)
    for name, value in query.filters:
        if name in index.fields:
            rows = index.fields[name](rows, value, user)
    scopes = {index.slug + scope for scope in index.scopes_of(user)}
    return query, Wanted(scopes, query.phrases, query.without), rows


def _asks_another(index: type[SearchIndex], query: Query) -> bool:
    """A field filter that this kind of thing does not have: nothing of it is meant."""
    return any(name not in index.fields for name, _value in query.filters)


def _shown_words(query: Query) -> set[str]:
    words = {*query.words, *(word for phrase in query.phrases for word in phrase)}
    return words | synonyms.others(query.words)


def _entries(wanted: Wanted, limit: int | None = None) -> QuerySet[Entry]:
    sql, params = backend().condition(wanted, limit)
    # The words of the condition are parameters; the condition itself is ours.
    return Entry.objects.extra(where=[sql], params=params)  # noqa: S610


def _ids(wanted: Wanted, rows: QuerySet[Any] | None, limit: int) -> list[int]:
    """At most ``limit`` entries, out of ``rows`` if given."""
    if rows is None:
        entries = _entries(wanted, limit)
    else:
        entries = _entries(wanted).filter(object_id__in=rows.order_by().values("pk"))
    return list(entries.values_list("pk", flat=True)[:limit])


def _ranked(
    words: list[str], wanted: Wanted, rows: QuerySet[Any] | None = None
) -> list[tuple[int, float]]:
    """Collect, then score."""
    looked_for = [*words, *(word for phrase in wanted.phrases for word in phrase)]
    if not looked_for:
        return [(pk, 0.0) for pk in _newest(wanted, rows)]
    added = synonyms.others(looked_for)
    documents, average, frequencies = _statistics(wanted.scopes, {*looked_for, *added})
    weights = {
        word: bm25.idf(documents, frequencies[word])
        * (1 if word in looked_for else synonyms.WEIGHT)
        for word in {*looked_for, *added}
        if frequencies.get(word)
    }
    candidates = _candidates(weights, frequencies, wanted, rows)
    best = sorted(candidates, key=lambda pk: (-candidates[pk], -pk))[:BEST]
    scored = [
        (entry.object_id, bm25.score(_counts(entry, weights), entry.length, weights, average))
        for entry in Entry.objects.filter(pk__in=best)
    ]
    return sorted(scored, key=lambda each: (-each[1], -each[0]))


def _statistics(
    scopes: Collection[str], words: Collection[str]
) -> tuple[int, float, dict[str, int]]:
    """Number of texts, their mean length in words, and in how many each word stands."""
    rows = (
        Statistic.objects.filter(scope__in=scopes, word__in=["", *words])
        .values("word")
        .annotate(total=Sum("documents"), words=Sum("length"))
        .order_by()
    )
    found = {row["word"]: row for row in rows}
    whole = found.pop("", {"total": 0, "words": 0})
    documents = max(whole["total"], 0)
    frequencies = {word: row["total"] for word, row in found.items() if row["total"] > 0}
    return documents, whole["words"] / documents if documents else 0, frequencies


def _candidates(
    weights: dict[str, float],
    frequencies: dict[str, int],
    wanted: Wanted,
    rows: QuerySet[Any] | None,
) -> dict[int, float]:
    """Entries with the rarest words, up to ``CAP`` of them: id → sum of weights."""
    found: dict[int, float] = {}
    room = CAP
    for word in sorted(weights, key=lambda each: (frequencies[each], each)):
        ids = _ids(wanted.having(word), rows, room)
        for pk in ids:
            found[pk] = found.get(pk, 0) + weights[word]
        room -= len(ids)
        if room <= 0:
            break
    return found


def _newest(wanted: Wanted, rows: QuerySet[Any] | None) -> list[int]:
    """Only filters or exclusions were given: the newest objects."""
    entries = _entries(wanted)
    if rows is not None:
        entries = entries.filter(object_id__in=rows.order_by().values("pk"))
    return list(entries.order_by("-object_id").values_list("object_id", flat=True)[:BEST])


def _counts(entry: Entry, words: Iterable[str]) -> dict[str, int]:
    line = f" {entry.words} "
    return {word: line.count(f" {word} ") for word in words}

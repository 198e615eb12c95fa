"""From words to ranked objects: the one path for the page, for lists and for measuring."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from search import bm25, synonyms
from search.backends import Wanted, backend
from search.index import registry
from search.models import Entry, Statistic
from search.query import Query, UnknownValueError, parse

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from search.index import SearchIndex

# How many candidates are collected, weightiest words first, and how many of them are scored exactly.
CAP = 1_500
BEST = 200
# Candidates come from so many words, the weightiest; all words are counted when they are scored.
ASKED = 8
# So many words are looked for together first.
FEW = 3
# Of the entries with a phrase, so many are scored exactly.
PHRASED = 400
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
    query, wanted, rows = _asked(index, user, text, index.rows(user))
    if query.is_empty or not wanted.scopes or _asks_another(index, query):
        return Found(query=query)
    added = synonyms.others([*query.words, *wanted.words])
    # Without facets for every filter the rows themselves narrow the candidates.
    narrowed = rows if len(wanted.facets) < len(query.filters) else None
    if query.words or wanted.clauses:
        ranked = _ranked(query.words, added, wanted, narrowed)
    else:
        ranked = [(pk, 0.0) for pk in _newest(index, wanted, narrowed)]
    # The index may be wider than the rights; these are asked last, for all that is shown.
    seen = set(rows.filter(pk__in=[pk for pk, _score in ranked]).values_list("pk", flat=True))
    ids = [pk for pk, _score in ranked if pk in seen]
    shown = {*query.words, *wanted.words, *(word for each in added for word in each.split())}
    return Found(ids, query, len(ranked) == BEST, shown)


def matching(index: type[SearchIndex], user: Any, text: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of ``rows`` that have *every* word of ``text`` or what means the same: for lists.

    The caller answers for the rights to ``rows``. Raises ``search.query.UnknownValueError``.
    """
    query, wanted, rows = _asked(index, user, text, rows)
    for name, _value in query.filters:
        if name not in index.fields:
            raise UnknownValueError(
                _("この一覧では「%(name)s」の条件は使えません。") % {"name": name}
            )
    wanted = wanted._replace(clauses=[*wanted.clauses, *synonyms.alternatives(query.words)])
    if not (wanted.clauses or wanted.without):
        return rows if query.filters or not query.text else rows.none()
    return rows.filter(pk__in=_objects(index, wanted)) if wanted.scopes else rows.none()


def alike(kind: str, scopes: Collection[str], text: str, limit: int) -> list[tuple[int, float]]:
    """The entries of ``kind`` in ``scopes`` that are most like ``text``: (object id, likeness).

    ``scopes`` as ``SearchIndex.scopes`` names them; the caller answers for the rights. Only its
    rarest words are asked, so that a long text costs no more than a short one. The likeness is
    the BM25 of the other text divided by that of ``text`` itself: 1 says the same.
    """
    wanted = Wanted({kind + scope for scope in scopes})
    everything = parse(text).words
    if not scopes or not everything:
        return []
    documents, average, frequencies = _statistics(wanted.scopes, set(everything))
    known = sorted(frequencies, key=lambda word: (frequencies[word], word))
    words = known[:TELLING]
    # A word that no other text has speaks against them: it counts here, too.
    weights = {word: bm25.idf(documents, frequencies.get(word, 0)) for word in everything}
    itself = bm25.score(Counter(everything), len(everything), weights, average)
    if not words or not itself:
        return []
    ranked = _ranked(words, synonyms.others(words), wanted)
    return [(pk, score / itself) for pk, score in ranked[:limit]]


def _asked(
    index: type[SearchIndex], user: Any, text: str, rows: QuerySet[Any]
) -> tuple[Query, Wanted, QuerySet[Any]]:
    query = parse(text, {name for each in registry for name in each.fields})
    facets = []
    for name, value in query.filters:
        if name in index.fields:
            rows, narrowed = index.fields[name](rows, value, user)
            facets += [narrowed] if narrowed is not None else []
    scopes = {index.slug + scope for scope in index.scopes_of(user)}
    clauses = [[phrase] for phrase in query.phrases]
    return query, Wanted(scopes, clauses, query.without, facets), rows


def _asks_another(index: type[SearchIndex], query: Query) -> bool:
    """A field filter that this kind of thing does not have: nothing of it is meant."""
    return any(name not in index.fields for name, _value in query.filters)


def _objects(index: type[SearchIndex], wanted: Wanted) -> QuerySet[Any]:
    """The ids of the objects whose entries are wanted, for a subquery."""
    return backend().entries(wanted).filter(kind=index.slug).values("object_id")


def _ranked(
    words: list[str], added: set[str], wanted: Wanted, rows: QuerySet[Any] | None = None
) -> list[tuple[int, float]]:
    """Collect, then score by ``words``, those of ``wanted`` and, for less, those ``added``."""
    looked_for = [*words, *wanted.words]
    documents, average, frequencies = _statistics(wanted.scopes, {*looked_for, *added})
    weights = {
        word: bm25.idf(documents, frequency) * (1 if word in looked_for else synonyms.WEIGHT)
        for word, frequency in frequencies.items()
    }
    best = set(_with_every_word(weights.keys() & looked_for, wanted, rows))
    if len(best) < BEST and wanted.clauses:
        best.update(backend().ids(wanted, rows, PHRASED))
    elif len(best) < BEST:
        best = _candidates(weights, wanted, rows)
    entries = Entry.objects.filter(pk__in=best).values_list("object_id", "words", "length")
    places = [(word, f" {word} ") for word in weights]
    scored = [
        (pk, bm25.score(_counts(line, places), length, weights, average))
        for pk, line, length in entries
    ]
    return sorted(scored, key=lambda each: (-each[1], -each[0]))[:BEST]


def _statistics(
    scopes: Collection[str], words: Collection[str]
) -> tuple[int, float, dict[str, int]]:
    """Number of texts, their mean length in words, and in how many each word stands.

    Of several words that follow each other only the rarest is known; what nothing has is left out.
    """
    single = {part for word in words for part in word.split()}
    rows = (
        Statistic.objects.filter(scope__in=scopes, word__in=["", *single])
        .values("word")
        .annotate(total=Sum("documents"), words=Sum("length"))
        .order_by()
    )
    found = {row["word"]: row for row in rows}
    whole = found.pop("", {"total": 0, "words": 0})
    documents = max(whole["total"], 0)
    totals = {word: row["total"] for word, row in found.items()}
    frequencies = {word: min(totals.get(part, 0) for part in word.split()) for word in words}
    known = {word: frequency for word, frequency in frequencies.items() if frequency > 0}
    return documents, whole["words"] / documents if documents else 0, known


def _with_every_word(words: set[str], wanted: Wanted, rows: QuerySet[Any] | None) -> list[int]:
    """Entries with all of ``words``: if there are ``BEST`` of them, no others come before.

    Few texts have all words of a question, and it would be dear to look for them.
    """
    loose = words - wanted.words
    if not words or len(loose) > FEW:
        return []
    for word in loose:
        wanted = wanted.having([word])
    return backend().ids(wanted, rows, BEST)


def _candidates(weights: dict[str, float], wanted: Wanted, rows: QuerySet[Any] | None) -> set[int]:
    """The best ``BEST`` by the sum of weights, out of ``CAP`` entries with the weightiest words.

    Of typed words the rarest; what only means the same takes no typed word's place.
    """
    telling = sorted(weights, key=lambda each: (-weights[each], each))[:ASKED]
    if not telling:
        return set()
    found: dict[int, float] = {}
    phrases = [word.split() for word in telling]
    for at, pk in backend().of_each(phrases, wanted, rows, CAP):
        found[pk] = found.get(pk, 0) + weights[telling[at]]
    return set(sorted(found, key=lambda pk: (-found[pk], -pk))[:BEST])


def _newest(index: type[SearchIndex], wanted: Wanted, rows: QuerySet[Any] | None) -> list[int]:
    """Only filters or exclusions were given: the newest."""
    if rows is None:
        return backend().newest(wanted, BEST)
    if wanted.without:
        rows = rows.filter(pk__in=_objects(index, wanted))
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:BEST])


def _counts(words: str, places: list[tuple[str, str]]) -> dict[str, int]:
    line = f" {words} "
    return {word: count for word, place in places if (count := line.count(place))}

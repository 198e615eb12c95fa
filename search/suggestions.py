"""「もしかして」: other words that occur in what the reader may see."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum

from search.index import registry
from search.models import Statistic
from search.query import parse
from search.tokens import words

if TYPE_CHECKING:
    from search.index import SearchIndex

COMPARED = 3_000
SIMILAR = 0.5
MOST = 3
# What was typed without a space is compared as a whole, too: the dictionary cuts a slip (輪液) in two.
RUN = re.compile(r"[^\s\"“”＂「」:：]{2,10}")
# The rest of a word that was cut up (てき) is near to half of all words.
TOO_LITTLE = re.compile(r"[ぁ-ゖー]{1,2}|.")


def meant(user: Any, text: str) -> list[str]:
    """At most ``MOST`` texts to look for instead, with words that occur; two queries a kind."""
    found: list[str] = []
    for index in registry:
        scopes = {index.slug + scope for scope in index.scopes_of(user)}
        unknown = _unknown(index, scopes, text)
        known = _alike(scopes, unknown)
        for word in unknown:
            found += [_instead(text, word, other) for other in _nearest(word, known)]
    return list(dict.fromkeys(found))[:MOST]


def _instead(text: str, word: str, other: str) -> str:
    return text.replace(word, other) if word in text else other


def _unknown(index: type[SearchIndex], scopes: set[str], text: str) -> list[str]:
    """The words that nothing has, and the runs with such a word in them."""
    query = parse(text, index.fields)
    typed = [*query.words, *(word for phrase in query.phrases for word in phrase)]
    rows = Statistic.objects.filter(scope__in=scopes, word__in=typed)
    known = set(rows.values_list("word", flat=True))
    runs = [
        run for run in RUN.findall(query.text) if len(parts := words(run)) > 1 and {*parts} - known
    ]
    unknown = [word for word in typed if word not in known and not TOO_LITTLE.fullmatch(word)]
    return list(dict.fromkeys([*runs, *unknown]))


def _alike(scopes: set[str], unknown: list[str]) -> list[str]:
    """Words of these circles that begin or end like one of ``unknown``, the most used first."""
    alike = Q(pk__in=[])
    for word in unknown:
        alike |= Q(word__startswith=word[0]) | Q(word__endswith=word[-1])
    rows = Statistic.objects.filter(alike, scope__in=scopes).exclude(word="").values("word")
    counted = rows.annotate(total=Sum("documents")).filter(total__gt=0).order_by("-total", "word")
    return [row["word"] for row in counted[:COMPARED]]


def _nearest(word: str, known: list[str]) -> list[str]:
    """At most ``MOST`` of ``known``, the nearest first."""
    matcher = SequenceMatcher(b=word)
    near = []
    for other in known:
        matcher.set_seq1(other)
        if matcher.quick_ratio() >= SIMILAR and (share := matcher.ratio()) >= SIMILAR:
            near.append((share, other))
    return [other for _share, other in sorted(near, key=lambda each: -each[0])[:MOST]]

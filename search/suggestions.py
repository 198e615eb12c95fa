"""「もしかして」: other words that occur in what the reader may see."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum

from search.index import registry
from search.models import Statistic
from search.query import parse

if TYPE_CHECKING:
    from search.index import SearchIndex

COMPARED = 3_000
SIMILAR = 0.5
MOST = 3


def meant(user: Any, text: str) -> list[str]:
    """At most ``MOST`` words near to those of ``text`` that nothing has; two queries a kind."""
    found: list[str] = []
    for index in registry:
        scopes = {index.slug + scope for scope in index.scopes_of(user)}
        unknown = _unknown(index, scopes, text)
        known = _alike(scopes, unknown)
        for word in unknown:
            found += get_close_matches(word, known, MOST, SIMILAR)
    return list(dict.fromkeys(found))[:MOST]


def _unknown(index: type[SearchIndex], scopes: set[str], text: str) -> list[str]:
    query = parse(text, index.fields)
    words = [*query.words, *(word for phrase in query.phrases for word in phrase)]
    rows = Statistic.objects.filter(scope__in=scopes, word__in=words)
    return [word for word in words if word not in set(rows.values_list("word", flat=True))]


def _alike(scopes: set[str], words: list[str]) -> list[str]:
    """Words of these circles that begin or end like one of ``words``."""
    alike = Q(pk__in=[])
    for word in words:
        alike |= Q(word__startswith=word[0]) | Q(word__endswith=word[-1])
    rows = Statistic.objects.filter(alike, scope__in=scopes).exclude(word="").values("word")
    counted = rows.annotate(total=Sum("documents")).filter(total__gt=0).order_by("-total")
    return [row["word"] for row in counted[:COMPARED]]

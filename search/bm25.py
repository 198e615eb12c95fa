"""The score, shared by both back ends. Pure arithmetic.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with
the never negative idf of Lucene; k1 and b as measured (docs/decisions/0006-search.md).
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

K1 = 1.2
B = 0.75


def idf(documents: int, frequency: int) -> float:
    """How much a word says that stands in ``frequency`` of ``documents`` texts; never negative."""
    frequency = min(frequency, documents)
    return log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def score(
    counts: Mapping[str, int], length: int, weights: Mapping[str, float], average: float
) -> float:
    """The BM25 of one text: ``counts`` of its words, ``weights`` (idf × weight) of the query's.

    ``length`` and ``average`` are numbers of words.
    """
    norm = K1 * (1 - B + B * length / (average or 1))
    return sum(
        weights[word] * count * (K1 + 1) / (count + norm)
        for word, count in counts.items()
        if word in weights
    )

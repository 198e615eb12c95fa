"""The arithmetic of a round: pure functions on numbers, exact until they are shown.

Criteria may have different scales. Value ``v`` of a criterion with the scale 1…``s`` becomes

    1 + 4·(v − 1) / (s − 1)

so that the lowest is 1 and the highest 5 everywhere; on the usual scale of 5 nothing changes.
A review's mark is the weighted mean of these over the criteria it answered:
Σ weight·value / Σ weight. 「判断できない」 leaves a criterion out, and so does ``counts=False``: such
a criterion is summarised but never part of a mark. A case's mark is the plain mean of its reviews'
marks, so that every member counts the same. Reviews of members with a conflict of interest, and
criteria that do not apply to the need, must not be passed in at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import median
from typing import Protocol

LOWEST, HIGHEST = 1, 5

Marks = Mapping[int, int | None]

# Members disagree when the standard deviation of at least three marks is one point or more.
SPLIT_FROM, SPLIT_AT = 3, 1


class Measure(Protocol):
    """What the arithmetic asks of a criterion."""

    weight: int
    scale: int
    counts: bool


Measures = Mapping[int, Measure]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a table row says about a list of marks."""

    values: tuple[Fraction, ...]

    @property
    def n(self) -> int:
        """How many marks there are."""
        return len(self.values)

    @property
    def mean(self) -> Fraction:
        """The plain mean."""
        return sum(self.values, Fraction()) / self.n

    @property
    def median(self) -> Fraction:
        """The middle mark."""
        return Fraction(median(self.values))

    @property
    def low(self) -> Fraction:
        """The lowest mark."""
        return self.values[0]

    @property
    def high(self) -> Fraction:
        """The highest mark."""
        return self.values[-1]

    @property
    def variance(self) -> Fraction | None:
        """The sample variance (n − 1), exact; None for a single mark."""
        if self.n < 2:  # noqa: PLR2004 -- one mark says nothing about the others
            return None
        mean = self.mean
        return sum(((value - mean) ** 2 for value in self.values), Fraction()) / (self.n - 1)

    @property
    def spread(self) -> float | None:
        """The standard deviation, in points; None for a single mark."""
        variance = self.variance
        return None if variance is None else sqrt(variance)

    @property
    def is_split(self) -> bool:
        """Whether the members disagree; decided on the exact variance."""
        variance = self.variance
        return self.n >= SPLIT_FROM and variance is not None and variance >= SPLIT_AT**2


@dataclass(frozen=True, slots=True)
class Result:
    """A case's total (1…5) and its criteria; None where nobody gave a mark."""

    total: Summary | None
    criteria: Mapping[int, Summary | None]


def normalised(value: int, scale: int) -> Fraction:
    """The value of a scale 1…``scale`` as one of 1…5."""
    return LOWEST + Fraction((HIGHEST - LOWEST) * (value - 1), scale - 1)


def weighted_mean(marks: Marks, criteria: Measures) -> Fraction | None:
    """One review's mark over ``criteria``; None when it judged none that counts."""
    judged = [
        (criterion.weight, normalised(value, criterion.scale))
        for key, criterion in criteria.items()
        if criterion.counts and (value := marks.get(key)) is not None
    ]
    total = sum(weight for weight, _value in judged)
    if not total:
        return None
    return sum((weight * value for weight, value in judged), Fraction()) / total


def summarise(values: Iterable[Fraction | int | None]) -> Summary | None:
    """Mean, median, range and n of what was given; None when nothing was."""
    given = sorted(Fraction(value) for value in values if value is not None)
    return Summary(tuple(given)) if given else None


def result(reviews: Sequence[Marks], criteria: Measures) -> Result:
    """The result of one case from its reviews; each criterion in points of its own scale."""
    return Result(
        total=summarise(weighted_mean(marks, criteria) for marks in reviews),
        criteria={key: summarise(marks.get(key) for marks in reviews) for key in criteria},
    )


def ranks(means: Sequence[Fraction | None]) -> list[int | None]:
    """The place of each mean, the highest first; equal means share a place (1, 2, 2, 4)."""
    place: dict[Fraction, int] = {}
    for position, mean in enumerate(
        sorted((each for each in means if each is not None), reverse=True), start=1
    ):
        place.setdefault(mean, position)
    return [None if mean is None else place[mean] for mean in means]


def rank_correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Spearman's ρ: the correlation of the places, ties in the middle of theirs.

    None when one of the two never varies.
    """
    first, second = (_places([pair[at] for pair in pairs]) for at in (0, 1))
    middle = Fraction(len(pairs) + 1, 2)
    both = sum((a - middle) * (b - middle) for a, b in zip(first, second, strict=True))
    scale = sum((a - middle) ** 2 for a in first) * sum((b - middle) ** 2 for b in second)
    return float(both) / sqrt(scale) if scale else None


def _places(values: Sequence[float]) -> list[Fraction]:
    """The place of each value from the lowest; equal values share the mean of their places."""
    place: dict[float, Fraction] = {}
    below = 0
    for value, count in sorted(Counter(values).items()):
        place[value] = Fraction(2 * below + count + 1, 2)
        below += count
    return [place[value] for value in values]

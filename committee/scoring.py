"""The arithmetic of a round: pure functions on numbers, exact until they are shown.

A review's mark is the weighted mean of the criteria it answered; 「判断できない」 leaves a criterion
out. A case's mark is the plain mean of its reviews' marks, so that every member counts the same.
Reviews of members with a conflict of interest must not be passed in at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import median

LOWEST, HIGHEST = 1, 5

Marks = Mapping[int, int | None]

# Members disagree when the standard deviation of at least three marks is one point or more.
SPLIT_FROM, SPLIT_AT = 3, 1


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
    """A case's total and its criteria; None where nobody gave a mark."""

    total: Summary | None
    criteria: Mapping[int, Summary | None]


def weighted_mean(marks: Marks, weights: Mapping[int, int]) -> Fraction | None:
    """One review's mark over the criteria of ``weights``; None when it judged none of them."""
    judged = [
        (weight, value)
        for criterion, weight in weights.items()
        if (value := marks.get(criterion)) is not None
    ]
    total = sum(weight for weight, _value in judged)
    if not total:
        return None
    return Fraction(sum(weight * value for weight, value in judged), total)


def summarise(values: Iterable[Fraction | int | None]) -> Summary | None:
    """Mean, median, range and n of what was given; None when nothing was."""
    given = sorted(Fraction(value) for value in values if value is not None)
    return Summary(tuple(given)) if given else None


def result(reviews: Sequence[Marks], weights: Mapping[int, int]) -> Result:
    """The result of one case from its reviews."""
    return Result(
        total=summarise(weighted_mean(marks, weights) for marks in reviews),
        criteria={
            criterion: summarise(marks.get(criterion) for marks in reviews) for criterion in weights
        },
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

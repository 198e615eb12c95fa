"""The arithmetic of a round: pure functions on numbers, exact until they are shown.

A review's mark is the weighted mean of the criteria it answered; 「判断できない」 leaves a criterion
out. A case's mark is the plain mean of its reviews' marks, so that every member counts the same.
Reviews of members with a conflict of interest must not be passed in at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

Marks = Mapping[int, int | None]


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

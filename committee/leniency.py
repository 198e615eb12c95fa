"""Scores adjusted for strict and lenient members: a pure function on numbers.

Model: mark(case, member) = merit(case) + leniency(member) + noise, fitted by least squares, with
the leniencies of each group of members summing to zero (the two-way additive model without
interaction; Scheffé, The Analysis of Variance, 1959, ch. 4). The cases are eliminated from the
normal equations, so that only a system as large as the number of members is solved.

With every member scoring every case the adjusted order is that of the plain means. When members
scored different cases, a case that met two strict members rises. Cases are comparable only within
a group whose members are linked by common cases; ``Adjusted.groups`` says how many there are.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Adjusted:
    """``merit`` by case and ``leniency`` by member, in points; ``groups`` of linked members."""

    merit: dict[int, float]
    leniency: dict[int, float]
    groups: int


def adjust(marks: Mapping[tuple[int, int], Fraction | float]) -> Adjusted:
    """Fit the model to ``{(case, member): mark}``; empty marks give an empty answer."""
    if not marks:
        return Adjusted({}, {}, 0)
    members = sorted({member for _case, member in marks})
    place = {member: at for at, member in enumerate(members)}
    by_case: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for (case, member), mark in marks.items():
        by_case[case].append((place[member], float(mark)))
    group = _groups(by_case, len(members))
    leniency = _solve(by_case, group)
    merit = {
        case: sum(mark - leniency[at] for at, mark in given) / len(given)
        for case, given in by_case.items()
    }
    return Adjusted(
        merit=merit,
        leniency={member: leniency[at] for member, at in place.items()},
        groups=len(set(group)),
    )


def _groups(by_case: Mapping[int, list[tuple[int, float]]], members: int) -> list[int]:
    """For each member the group she is linked to by common cases (union-find)."""
    root = list(range(members))

    def top(at: int) -> int:
        while root[at] != at:
            root[at] = root[root[at]]
            at = root[at]
        return at

    for given in by_case.values():
        first = top(given[0][0])
        for at, _mark in given[1:]:
            root[top(at)] = first
    return [top(at) for at in range(members)]


def _solve(by_case: Mapping[int, list[tuple[int, float]]], group: list[int]) -> list[float]:
    """The leniencies: (D − NᵀC⁻¹N) b = r, the shortest solution, which sums to zero per group."""
    size = len(group)
    matrix = np.zeros((size, size))
    right = np.zeros(size)
    for given in by_case.values():
        mean = sum(mark for _at, mark in given) / len(given)
        for at, mark in given:
            matrix[at, at] += 1
            right[at] += mark - mean
            for other, _mark in given:
                matrix[at, other] -= 1 / len(given)
    return [float(each) for each in np.linalg.lstsq(matrix, right, rcond=1e-10)[0]]

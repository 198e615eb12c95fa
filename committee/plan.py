"""Who reviews what: the fairest plan, found by linear programming, without a database.

Minimised is, in this order of weight: cases with too few reviewers (``GAP`` for each missing one),
then the sum of what each place costs. The n-th case of a member costs n - 1, so that loads even
out (the sum of 0, 1, 2 … is convex); a case outside her expertise costs ``MISMATCH`` more. One
member therefore takes ``MISMATCH`` cases more than another before expertise gives way.

It is a transport problem: its matrix is totally unimodular, so that every vertex of the linear
program is integral (Hoffman and Kruskal 1956) and the simplex method's optimum is the true one,
not a rounded one. ``Plan.is_optimal`` says that HiGHS proved it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import highspy
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Pair = tuple[int, int]  # (case id, member id)
GAP = 1_000_000
MISMATCH = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member who may be given cases. ``cap`` None means no limit of her own."""

    pk: int
    expertise: frozenset[int] = frozenset()
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A case and the terms (分野, 診療科) that an expert would know."""

    pk: int
    terms: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """``pairs`` to add; ``gaps``: case id → how many reviewers are still missing."""

    pairs: tuple[Pair, ...]
    gaps: dict[int, int]
    is_optimal: bool
    cost: int


@dataclass
class _Program:
    """The columns of the linear program as they come."""

    rows: int
    costs: list[int] = field(default_factory=list)
    limits: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)

    def add(self, cost: int, limit: int, entries: Sequence[Pair]) -> None:
        """A variable from 0 to ``limit``; ``entries`` are (row, coefficient)."""
        self.starts.append(len(self.indices))
        self.costs.append(cost)
        self.limits.append(limit)
        self.indices.extend(row for row, _value in entries)
        self.values.extend(value for _row, value in entries)


def plan(
    items: Sequence[Item],
    candidates: Sequence[Candidate],
    *,
    wanted: int,
    closed: Collection[Pair] = (),
    given: Collection[Pair] = (),
) -> Plan:
    """The places to add to ``given`` so that each case has ``wanted`` reviewers.

    ``closed`` pairs are never used (conflicts of interest); ``given`` ones stay and count.
    """
    have = Counter(case for case, _member in given)
    load = Counter(member for _case, member in given)
    open_items = [item for item in items if have[item.pk] < wanted]
    taken = {*closed, *given}
    program = _Program(rows=len(open_items) + len(candidates))
    pairs: list[Pair] = []
    for row, item in enumerate(open_items):
        for at, candidate in enumerate(candidates, start=len(open_items)):
            if (item.pk, candidate.pk) not in taken:
                cost = 0 if item.terms & candidate.expertise else MISMATCH
                program.add(cost, 1, [(row, 1), (at, 1)])
                pairs.append((item.pk, candidate.pk))
    for row, item in enumerate(open_items):
        program.add(GAP, wanted - have[item.pk], [(row, 1)])
    for at, candidate in enumerate(candidates, start=len(open_items)):
        most = len(items) if candidate.cap is None else candidate.cap
        for position in range(load[candidate.pk], min(most, len(items))):
            program.add(position, 1, [(at, -1)])
    needed = [wanted - have[item.pk] for item in open_items] + [0] * len(candidates)
    values, is_optimal, cost = _solve(program, needed)
    missing = values[len(pairs) : len(pairs) + len(open_items)]
    return Plan(
        pairs=tuple(pair for pair, value in zip(pairs, values, strict=False) if value),
        gaps={item.pk: n for item, n in zip(open_items, missing, strict=True) if n},
        is_optimal=is_optimal,
        cost=cost,
    )


def _solve(program: _Program, needed: Sequence[int]) -> tuple[list[int], bool, int]:
    """The values of the columns, whether they are proven optimal, and what they cost."""
    if not program.costs:
        return [], True, 0
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.costs), program.rows
    lp.col_cost_ = np.array(program.costs, dtype=float)
    lp.col_lower_ = np.zeros(lp.num_col_)
    lp.col_upper_ = np.array(program.limits, dtype=float)
    lp.row_lower_ = lp.row_upper_ = np.array(needed, dtype=float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.array([*program.starts, len(program.indices)])
    lp.a_matrix_.index_ = np.array(program.indices)
    lp.a_matrix_.value_ = np.array(program.values, dtype=float)
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("solver", "simplex")
    solver.setOptionValue("threads", 1)
    solver.passModel(lp)
    solver.run()
    values = [round(value) for value in solver.getSolution().col_value]
    is_optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    cost = sum(cost * value for cost, value in zip(program.costs, values, strict=True))
    return values, is_optimal, cost

"""The adjusted score, against an independent computation: ordinary least squares on dummies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from committee.leniency import adjust

STRICT, FAIR, MILD = 1, 2, 3


@st.composite
def fully_linked(draw):
    """Every case has a mark of member 0, so that all are comparable."""
    cases = draw(st.integers(1, 6))
    members = draw(st.integers(1, 5))
    marks = {}
    for case in range(cases):
        others = draw(st.sets(st.integers(1, members), max_size=members))
        for member in {0, *others}:
            marks[case, member] = draw(st.integers(4, 20)) / 4
    return marks


def least_squares(marks):
    """The same model written as one column for each case and each member."""
    cases = sorted({case for case, _member in marks})
    members = sorted({member for _case, member in marks})
    rows, right = [], []
    for (case, member), mark in marks.items():
        row = [0.0] * (len(cases) + len(members))
        row[cases.index(case)] = row[len(cases) + members.index(member)] = 1
        rows.append(row)
        right.append(mark)
    rows.append([0] * len(cases) + [1] * len(members))
    right.append(0)
    found = np.linalg.lstsq(np.array(rows, float), np.array(right, float), rcond=None)[0]
    return dict(zip(cases, found, strict=False))


@settings(max_examples=80, deadline=None)
@given(fully_linked())
def test_agrees_with_an_independent_fit(marks):
    found = adjust(marks)

    assert found.merit == pytest.approx(least_squares(marks), abs=1e-6)
    assert sum(found.leniency.values()) == pytest.approx(0, abs=1e-6)


def test_a_case_that_met_the_strict_member_rises():
    marks = {
        (10, STRICT): 2, (10, FAIR): 3, (10, MILD): 4,
        (20, STRICT): 3,
        (30, MILD): 4,
    }  # fmt: skip

    found = adjust(marks)

    assert found.merit == pytest.approx({10: 3, 20: 4, 30: 3})
    assert found.leniency == pytest.approx({STRICT: -1, FAIR: 0, MILD: 1})


def test_when_everybody_scores_everything_it_is_the_plain_mean():
    marks = {(case, member): case + member for case in range(4) for member in range(3)}

    assert adjust(marks).merit == pytest.approx({case: case + 1 for case in range(4)})


def test_members_without_a_common_case_are_groups_of_their_own():
    assert adjust({(1, 1): 3, (1, 2): 4, (2, 3): 5}).groups == 2


def test_nothing_gives_nothing():
    assert adjust({}).merit == {}

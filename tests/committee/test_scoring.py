import statistics
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from committee import scoring


@dataclass(frozen=True)
class Asked:
    """A criterion as the arithmetic sees it."""

    weight: int = 1
    scale: int = 5
    counts: bool = True


CRITERIA = {1: Asked(3), 2: Asked(1), 3: Asked(2)}
marks = st.dictionaries(
    st.sampled_from(list(CRITERIA)), st.one_of(st.none(), st.integers(1, 5)), max_size=3
)


def test_weighted_mean_leaves_out_what_could_not_be_judged():
    assert scoring.weighted_mean({1: 5, 2: 1, 3: None}, CRITERIA) == Fraction(16, 4)


def test_a_review_that_judged_nothing_has_no_mark():
    assert scoring.weighted_mean({1: None}, CRITERIA) is None


@pytest.mark.parametrize(
    ("value", "scale", "counts_as"),
    [
        (1, 2, Fraction(1)),
        (2, 2, Fraction(5)),
        (2, 3, Fraction(3)),
        (2, 4, Fraction(7, 3)),
        (4, 5, Fraction(4)),
        (1, 10, Fraction(1)),
        (7, 10, Fraction(11, 3)),
        (10, 10, Fraction(5)),
    ],
)
def test_every_scale_runs_from_1_to_5(value, scale, counts_as):
    assert scoring.normalised(value, scale) == counts_as


def test_a_larger_scale_does_not_weigh_more():
    criteria = {1: Asked(2, scale=10), 2: Asked(1, scale=3)}

    assert scoring.weighted_mean({1: 10, 2: 1}, criteria) == Fraction(2 * 5 + 1, 3)


def test_an_independent_criterion_is_summarised_and_not_counted():
    criteria = {1: Asked(1), 2: Asked(9, scale=10, counts=False)}

    result = scoring.result([{1: 4, 2: 10}, {1: 2, 2: 1}], criteria)

    assert result.total.mean == 3
    assert result.criteria[2].values == (1, 10)


def test_only_independent_criteria_make_no_mark():
    assert scoring.weighted_mean({1: 4}, {1: Asked(counts=False)}) is None


def test_equal_means_share_a_place():
    assert scoring.ranks([Fraction(3), Fraction(4), None, Fraction(4), Fraction(1)]) == [
        3,
        1,
        None,
        1,
        4,
    ]


def test_thirds_tie_exactly():
    one = scoring.result([{1: 1}, {1: 1}, {1: 2}], {1: Asked()})
    other = scoring.result([{1: 4, 2: 2, 3: 2}], dict.fromkeys((1, 2, 3), Asked()))

    assert one.total.mean == Fraction(4, 3)
    assert other.total.mean * 2 == Fraction(16, 3)


@given(st.lists(marks, max_size=9))
def test_result_agrees_with_the_statistics_module(reviews):
    result = scoring.result(reviews, CRITERIA)

    expected = []
    for review in reviews:
        judged = {key: value for key, value in review.items() if value is not None}
        if judged:
            expected.append(
                statistics.fmean(judged.values(), weights=[CRITERIA[key].weight for key in judged])
            )
    if not expected:
        assert result.total is None
        return
    total = result.total
    assert total.n == len(expected)
    assert abs(float(total.mean) - statistics.fmean(expected)) < 1e-9
    assert abs(float(total.median) - statistics.median(expected)) < 1e-9
    assert abs(float(total.low) - min(expected)) < 1e-9
    assert abs(float(total.high) - max(expected)) < 1e-9


@given(st.lists(marks, max_size=9))
def test_each_criterion_counts_those_who_judged_it(reviews):
    result = scoring.result(reviews, CRITERIA)

    for criterion in CRITERIA:
        values = [review[criterion] for review in reviews if review.get(criterion) is not None]
        summary = result.criteria[criterion]
        assert (summary.n if summary else 0) == len(values)
        if values:
            assert abs(float(summary.mean) - statistics.fmean(values)) < 1e-9

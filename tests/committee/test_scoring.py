import statistics
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from committee import scoring

WEIGHTS = {1: 3, 2: 1, 3: 2}
marks = st.dictionaries(
    st.sampled_from(list(WEIGHTS)), st.one_of(st.none(), st.integers(1, 5)), max_size=3
)


def test_weighted_mean_leaves_out_what_could_not_be_judged():
    assert scoring.weighted_mean({1: 5, 2: 1, 3: None}, WEIGHTS) == Fraction(16, 4)


def test_a_review_that_judged_nothing_has_no_mark():
    assert scoring.weighted_mean({1: None}, WEIGHTS) is None


def test_equal_means_share_a_place():
    assert scoring.ranks([Fraction(3), Fraction(4), None, Fraction(4), Fraction(1)]) == [
        3,
        1,
        None,
        1,
        4,
    ]


def test_thirds_tie_exactly():
    one = scoring.result([{1: 1}, {1: 1}, {1: 2}], {1: 1})
    other = scoring.result([{1: 4, 2: 2, 3: 2}], {1: 1, 2: 1, 3: 1})

    assert one.total.mean == Fraction(4, 3)
    assert other.total.mean * 2 == Fraction(16, 3)


@given(st.lists(marks, max_size=9))
def test_result_agrees_with_the_statistics_module(reviews):
    result = scoring.result(reviews, WEIGHTS)

    expected = []
    for review in reviews:
        judged = {key: value for key, value in review.items() if value is not None}
        if judged:
            expected.append(
                statistics.fmean(judged.values(), weights=[WEIGHTS[key] for key in judged])
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
    result = scoring.result(reviews, WEIGHTS)

    for criterion in WEIGHTS:
        values = [review[criterion] for review in reviews if review.get(criterion) is not None]
        summary = result.criteria[criterion]
        assert (summary.n if summary else 0) == len(values)
        if values:
            assert abs(float(summary.mean) - statistics.fmean(values)) < 1e-9

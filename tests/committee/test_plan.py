"""The plan is the best one, found by brute force on small cases."""

from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from committee.plan import GAP, MISMATCH, Candidate, Item, plan

ITEMS = [Item(1, frozenset({10})), Item(2, frozenset({20})), Item(3)]
HAND = Candidate(7, frozenset({10}))
FOOT = Candidate(8, frozenset({20}))
ANY = Candidate(9)


def cost_of(pairs, items, candidates, wanted):
    """The cost as the docstring says it, for a whole plan."""
    by_pk = {candidate.pk: candidate for candidate in candidates}
    terms = {item.pk: item.terms for item in items}
    missing = sum(wanted - sum(case == item.pk for case, _who in pairs) for item in items)
    strange = sum(not terms[case] & by_pk[who].expertise for case, who in pairs)
    loads = [sum(who == pk for _case, who in pairs) for pk in by_pk]
    return GAP * missing + MISMATCH * strange + sum(n * (n - 1) // 2 for n in loads)


def every_plan(items, candidates, wanted, closed):
    choices = [
        [
            chosen
            for size in range(wanted + 1)
            for chosen in combinations(
                [(item.pk, each.pk) for each in candidates if (item.pk, each.pk) not in closed],
                size,
            )
        ]
        for item in items
    ]
    for chosen in product(*choices):
        pairs = [pair for each in chosen for pair in each]
        if all(
            each.cap is None or sum(who == each.pk for _c, who in pairs) <= each.cap
            for each in candidates
        ):
            yield pairs


@st.composite
def problems(draw):
    terms = st.frozensets(st.sampled_from([10, 20]), max_size=2)
    items = [Item(pk, draw(terms)) for pk in range(draw(st.integers(1, 3)))]
    candidates = [
        Candidate(pk, draw(terms), draw(st.none() | st.integers(0, 2)))
        for pk in range(100, 100 + draw(st.integers(1, 3)))
    ]
    every = [(item.pk, each.pk) for item in items for each in candidates]
    closed = draw(st.sets(st.sampled_from(every), max_size=4))
    return items, candidates, draw(st.integers(1, 2)), closed


@settings(max_examples=60, deadline=None)
@given(problems())
def test_no_plan_is_better(problem):
    items, candidates, wanted, closed = problem

    found = plan(items, candidates, wanted=wanted, closed=closed)

    best = min(
        cost_of(pairs, items, candidates, wanted)
        for pairs in every_plan(items, candidates, wanted, closed)
    )
    assert found.is_optimal
    assert not set(found.pairs) & closed
    assert cost_of(list(found.pairs), items, candidates, wanted) == found.cost == best


def test_who_knows_the_field_is_asked_first():
    found = plan(ITEMS, [HAND, FOOT, ANY], wanted=1)

    assert set(found.pairs) == {(1, 7), (2, 8), (3, 9)}


def test_what_is_given_stays_and_only_the_gaps_are_filled():
    found = plan(ITEMS, [HAND, FOOT, ANY], wanted=1, given={(1, 9), (2, 9)})

    assert [case for case, _who in found.pairs] == [3]


def test_a_cap_leaves_a_gap_rather_than_overload():
    found = plan(ITEMS, [Candidate(7, cap=2)], wanted=1)

    assert len(found.pairs) == 2
    assert list(found.gaps.values()) == [1]


def test_a_thousand_needs_and_forty_members():
    items = [Item(pk, frozenset({pk % 12})) for pk in range(1000)]
    members = [
        Candidate(pk, frozenset({pk % 12, (pk + 5) % 12}), 90 if pk % 2 else None)
        for pk in range(40)
    ]
    closed = {(pk * 7 % 1000, pk % 40) for pk in range(2000)}

    found = plan(items, members, wanted=3, closed=closed)

    loads = [sum(who == each.pk for _case, who in found.pairs) for each in members]
    assert found.is_optimal
    assert found.gaps == {}
    assert (sum(loads), max(loads) - min(loads) <= MISMATCH) == (3000, True)

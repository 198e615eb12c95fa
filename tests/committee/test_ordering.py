from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from committee.ordering import EXACT, departures, quiet_order

outsides = st.lists(st.frozensets(st.integers(0, 5), max_size=3), max_size=6)
many = st.lists(st.frozensets(st.integers(0, 8), min_size=1, max_size=4), min_size=12, max_size=24)


def sets(text):
    """「-」 nobody, 「A」 one person outside, 「AB」 two: separated by blanks."""
    return [frozenset(map(ord, word.strip("-"))) for word in text.split()]


def ordered(outside):
    return [outside[position] for position in quiet_order(outside)]


@pytest.mark.parametrize(
    ("given_order", "before", "best"),
    [
        ("", 0, ""),
        ("- - -", 0, "- - -"),
        ("A - A", 2, "- A A"),
        ("A B A B", 4, "A A B B"),
        ("AB A - B", 3, "- A AB B"),
        ("A B AB", 3, "A AB B"),
        ("ABC A AB", 4, "ABC AB A"),
    ],
)
def test_conflicted_people_leave_the_room_as_seldom_as_possible(given_order, before, best):
    outside = sets(given_order)

    assert departures(outside) == before
    assert ordered(outside) == sets(best)


@settings(deadline=None)
@given(outsides)
def test_no_order_has_fewer_departures(outside):
    fewest = min(departures(list(order)) for order in permutations(outside))

    assert departures(ordered(outside)) == fewest


@settings(deadline=None)  # a busy machine is no mistake
@given(many)
def test_with_many_sets_never_more_departures_than_the_order_given(outside):
    assert sorted(quiet_order(outside)) == list(range(len(outside)))
    assert departures(ordered(outside)) <= departures(outside)


def test_beyond_the_exact_search_the_order_is_still_better():
    outside = [frozenset({n % 3, 3 + n % 5}) for n in range(30)]

    assert len(set(outside)) > EXACT
    assert departures(ordered(outside)) < departures(outside)

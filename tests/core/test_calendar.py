from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import add_working_days, is_working_day, working_days_between

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 12, 4), True),  # Friday
        (date(2026, 12, 5), False),  # Saturday
        (date(2026, 11, 3), False),  # 文化の日
        (date(2026, 5, 6), False),  # 振替休日
        (date(2026, 9, 22), False),  # 国民の休日
        (date(2026, 12, 29), False),  # year end
        (date(2027, 1, 4), True),
    ],
)
def test_when_offices_are_open(day, is_open):
    assert is_working_day(day) is is_open


def test_an_office_may_work_through_the_year_end():
    assert is_working_day(date(2026, 12, 29), year_end=())


def test_a_house_has_its_own_closed_days():
    anniversary = date(2026, 12, 4)

    assert not is_working_day(anniversary, closed={anniversary})


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 12, 4), 0, date(2026, 12, 4)),
        (date(2026, 12, 4), 1, date(2026, 12, 7)),
        (date(2026, 12, 25), 3, date(2027, 1, 5)),
        (date(2026, 12, 7), -1, date(2026, 12, 4)),
        (date(2026, 11, 20), 10, date(2026, 12, 7)),
    ],
)
def test_deadlines_skip_days_off(start, days, end):
    assert add_working_days(start, days) == end


@given(start=DAYS, days=st.integers(min_value=0, max_value=60))
def test_counting_undoes_adding(start, days):
    assert working_days_between(start, add_working_days(start, days)) == days


@given(start=DAYS, length=st.integers(min_value=0, max_value=60))
def test_counting_backwards_is_negative(start, length):
    end = start + timedelta(days=length)

    assert working_days_between(end, start) == -working_days_between(start, end)

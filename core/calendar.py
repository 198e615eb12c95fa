"""Japanese working days: weekends, national holidays, the turn of the year, a house's own days."""

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache

from holidays.countries import Japan

SATURDAY = 5
# Hospitals and offices close from 12/29 to 1/3 although most of these are no national holidays.
YEAR_END = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})


@cache
def _national_holidays(year: int) -> frozenset[date]:
    return frozenset(Japan(years=year))


def is_working_day(
    day: date, *, closed: Collection[date] = (), year_end: Collection[tuple[int, int]] = YEAR_END
) -> bool:
    """Whether offices are open on ``day``.

    ``closed`` are a house's own closed days (an anniversary); ``year_end`` the (month, day)
    pairs around New Year, empty where the office works through.
    """
    return (
        day.weekday() < SATURDAY
        and day not in closed
        and (day.month, day.day) not in year_end
        and day not in _national_holidays(day.year)
    )


def add_working_days(
    start: date,
    days: int,
    *,
    closed: Collection[date] = (),
    year_end: Collection[tuple[int, int]] = YEAR_END,
) -> date:
    """The day ``days`` working days after ``start``; ``start`` itself does not count."""
    step = timedelta(days=1 if days >= 0 else -1)
    day, left = start, abs(days)
    while left:
        day += step
        left -= is_working_day(day, closed=closed, year_end=year_end)
    return day


def working_days_between(
    start: date,
    end: date,
    *,
    closed: Collection[date] = (),
    year_end: Collection[tuple[int, int]] = YEAR_END,
) -> int:
    """How many working days pass from ``start`` to ``end``; negative when ``end`` is earlier.

    The inverse of ``add_working_days``: the first day does not count, the last one does.
    """
    if end < start:
        return -working_days_between(end, start, closed=closed, year_end=year_end)
    return sum(
        is_working_day(start + timedelta(days=n), closed=closed, year_end=year_end)
        for n in range(1, (end - start).days + 1)
    )

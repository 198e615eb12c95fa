"""The promise of a first answer: its day, what is left of it, and how it was kept.

Working days leave out weekends, national holidays, the turn of the year (core.calendar) and the
hospital's own closed days. A day that is closed later does not move a promise already given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import ExtractYear
from django.utils import timezone

from accounts.models import ClosedDay
from core.calendar import add_working_days, working_days_between
from needs.models import Need
from needs.querysets import still_owed_late

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

ANSWER_WITHIN_WORKING_DAYS = 10


class YearKept(NamedTuple):
    """One year of a hospital, by the day of submission."""

    year: int
    submitted: int
    answered: int
    late: int
    waiting_late: int

    @property
    def behind(self) -> int:
        """First answers that came too late, or are still owed."""
        return self.late + self.waiting_late

    @property
    def percent(self) -> int | None:
        """First answers in time, of those given or overdue; None while there are none.

        Rounded down, so that 100 means all of them.
        """
        judged = self.answered + self.waiting_late
        return (self.answered - self.late) * 100 // judged if judged else None


def closed_days(hospital_id: int) -> frozenset[date]:
    """The hospital's own closed days; one query."""
    days = ClosedDay.objects.filter(hospital=hospital_id).values_list("day", flat=True)
    return frozenset(days)


def working_day_after(hospital_id: int, days: int, *, start: date | None = None) -> date:
    """The day ``days`` working days of this hospital after ``start`` (today)."""
    start = start or timezone.localdate()
    return add_working_days(start, days, closed=closed_days(hospital_id))


def promised_day(hospital_id: int) -> date:
    """The day by which the office answers what comes in today."""
    return working_day_after(hospital_id, ANSWER_WITHIN_WORKING_DAYS)


def due_after_pause(need: Need) -> date:
    """The promised day of a stopped clock if it ran on from today: what was left is left."""
    closed = closed_days(need.hospital_id)
    left = working_days_between(need.clock_stopped_on, need.answer_due, closed=closed)
    return add_working_days(timezone.localdate(), left, closed=closed)


def with_days_left(needs: Iterable[Need]) -> list[Need]:
    """Put ``working_days_left`` on each need with a running promise, None on the others.

    One query for any number of needs, none when no promise runs.
    """
    needs = list(needs)
    running = [need for need in needs if need.promised_until]
    closed: dict[int, set[date]] = {need.hospital_id: set() for need in running}
    if running:
        for day in ClosedDay.objects.filter(hospital__in=closed):
            closed[day.hospital_id].add(day.day)
    today = timezone.localdate()
    for need in needs:
        need.working_days_left = None
        if due := need.promised_until:
            days = closed[need.hospital_id]
            need.working_days_left = working_days_between(today, due, closed=days)
    return needs


def kept_by_year(hospital: Any) -> list[YearKept]:
    """How the hospital kept its promise, by year of submission, newest first. One query."""
    rows = (
        Need.objects.promised()
        .filter(hospital=hospital)
        .values(year=ExtractYear("submitted_at"))
        .annotate(
            submitted=Count("pk"),
            answered=Count("answered_on"),
            late=Count("pk", filter=Q(answered_late=True)),
            waiting_late=Count("pk", filter=still_owed_late()),
        )
        .order_by("-year")
    )
    return [YearKept(**row) for row in rows]

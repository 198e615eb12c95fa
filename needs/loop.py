"""Questions to the proposer that nobody answers: a reminder, a warning, and an end.

| working days | what happens |
|---|---|
| 3 before the day of the answer | reminder |
| the day after it | warning with the day of the end |
| the day after 5 more, the day that the warning names | 回答なしで終了; an answer takes it up again |
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.calendar import add_working_days
from core.workflow import WrongStateError, action_labels, lock
from needs.actions import flow
from needs.clock_notifications import NeedClosed, ReplyReminder, ReplyWarning
from needs.enums import NeedState
from needs.models import Need
from needs.promise import closed_days, working_day_after
from notifications.actions import notify

if TYPE_CHECKING:
    from datetime import date

REMIND_BEFORE = 3
CLOSE_AFTER_WARNING = 5

action_labels.update(
    {
        "needs.need.remind": _("回答の期限が近いことを知らせた"),
        "needs.need.warn": _("回答がないため終了する日を知らせた"),
    }
)


@flow.transition(
    source=NeedState.RETURNED,
    target=NeedState.CLOSED,
    permission="needs.decide_need",
    label=_("回答なしで終了する"),
    done=_("回答がないため終了した"),
    button=False,
)
def close_unanswered(need: Need, /, *, by: Any) -> None:
    """Nobody answered in spite of a warning; the proposer can still answer and go on."""
    notify(NeedClosed(need=need))


def follow_replies() -> None:
    """Once a day: remind, warn, close; safe to repeat, and nobody is closed without a warning."""
    asked = Need.objects.filter(state=NeedState.RETURNED, reply_due__isnull=False)
    for need in asked.order_by("pk").iterator(chunk_size=500):
        with suppress(WrongStateError):  # answered meanwhile
            _follow(need)


@transaction.atomic
def _follow(need: Need) -> None:
    lock(need)
    if need.state != NeedState.RETURNED or need.reply_due is None:
        return
    today = timezone.localdate()
    closed = closed_days(need.hospital_id)
    warned = need.reminded_on is not None and need.reminded_on > need.reply_due
    if warned:
        if today > add_working_days(need.reminded_on, CLOSE_AFTER_WARNING, closed=closed):
            close_unanswered(need, by=None)
    elif today > need.reply_due:
        _warn(need, today)
    elif need.reminded_on is None and today >= add_working_days(
        need.reply_due, -REMIND_BEFORE, closed=closed
    ):
        _told(need, "remind", today)
        notify(ReplyReminder(need=need))


def _warn(need: Need, today: date) -> None:
    closes_on = working_day_after(need.hospital_id, CLOSE_AFTER_WARNING)
    _told(need, "warn", today, closes_on=closes_on)
    notify(ReplyWarning(need=need, closes_on=closes_on))


def _told(need: Need, name: str, today: date, **data: Any) -> None:
    # Not save(): a reminder is no change of the need, and leaves open pages as they are.
    Need.objects.filter(pk=need.pk).update(reminded_on=today)
    record(need, name, by=None, **data)

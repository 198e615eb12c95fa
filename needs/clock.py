"""The promise clock: stopping it with a reason, starting it again, and saying what is late."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClosedDay
from audit.actions import record
from core.workflow import action_labels
from needs.actions import flow
from needs.clock_notifications import ClockResumed, ClockStopped, NeedsLate
from needs.enums import NeedState
from needs.models import Need
from needs.promise import due_after_pause
from needs.screening_forms import StopClockForm, ToldForm
from notifications.actions import notify

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import Organisation

action_labels.update(
    {
        "accounts.organisation.close_day": _("休業日を加えた"),
        "accounts.organisation.open_day": _("休業日を外した"),
    }
)


@flow.transition(
    source=NeedState.SUBMITTED,
    target=NeedState.SUBMITTED,
    permission="needs.stop_clock_need",
    label=_("約束の日を止める"),
    done=_("約束の日を止めた"),
    form=StopClockForm,
    note=_("理由は提案者に届きます。再開すると、残りの営業日から数えます。"),
)
def stop_clock(need: Need, /, *, by: Any, clock_reason: str) -> None:
    """Count no working days until it is resumed; the proposer reads why, on the page."""
    need.clock_stopped_on = timezone.localdate()
    need.clock_reason = clock_reason
    need.updated_by = by
    notify(ClockStopped(need=need))


@flow.transition(
    source=NeedState.SUBMITTED,
    target=NeedState.SUBMITTED,
    permission="needs.resume_clock_need",
    label=_("約束の日を再開する"),
    done=_("約束の日を再開した"),
    form=ToldForm,
    note=_("新しい約束の日は提案者に届きます。"),
)
def resume_clock(need: Need, /, *, by: Any) -> None:
    """Go on with the working days that were left; a new lateness is escalated anew."""
    need.answer_due = due_after_pause(need)
    if need.answer_due >= timezone.localdate():
        need.escalated_on = None
    need.clock_stopped_on, need.clock_reason = None, ""
    need.updated_by = by
    notify(ClockResumed(need=need))


def follow_promises() -> None:
    """Once a day: tell office and director what has become late; safe to repeat.

    One notice for a hospital, however many needs: each need is told about once.
    """
    late = Need.objects.overdue().filter(escalated_on=None).order_by("hospital_id", "pk")
    for hospital_id, rows in groupby(late.values_list("hospital_id", "pk"), key=lambda row: row[0]):
        _escalate(hospital_id, [pk for _hospital, pk in rows])


@transaction.atomic
def _escalate(hospital_id: int, ids: list[int]) -> None:
    late = Need.objects.select_for_update(no_key=True, of=("self",)).select_related("hospital")
    # Asked again under the lock: another run, or an answer, may have been faster.
    needs = list(late.overdue().filter(hospital=hospital_id, pk__in=ids, escalated_on=None))
    if not needs:
        return
    for need in needs:
        record(need, "escalate", by=None, answer_due=need.answer_due)
    Need.objects.filter(pk__in=[need.pk for need in needs]).update(
        escalated_on=timezone.localdate()
    )
    for escalated in (False, True):
        notify(NeedsLate(hospital=needs[0].hospital, total=len(needs), escalated=escalated))


action_labels["needs.need.escalate"] = _("期限超過を事務局と病院長に知らせた")


@transaction.atomic
def close_day(*, hospital: Organisation, day: date, name: str, by: Any) -> ClosedDay:
    """The office does not work on ``day``; promises given from now on leave it out."""
    closed, _is_new = ClosedDay.objects.update_or_create(
        hospital=hospital, day=day, defaults={"name": name}
    )
    record(hospital, "close_day", by=by, day=day, name=name)
    return closed


@transaction.atomic
def open_day(*, hospital: Organisation, day: date, by: Any) -> None:
    """Take a closed day back; a second press changes nothing."""
    deleted, _each = ClosedDay.objects.filter(hospital=hospital, day=day).delete()
    if deleted:
        record(hospital, "open_day", by=by, day=day)

"""Everything that changes a need. The flow is the table of docs/architecture.md."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from audit.queries import entries_for
from core.forms import HIDDEN
from core.workflow import Flow, action_labels
from needs.clearance import UnclearedError, open_findings
from needs.contributions import CO_SUBMITTED, PROPOSED, gave
from needs.enums import NeedState, Source
from needs.models import Need, Serial
from needs.notifications import (
    NeedAnswered,
    NeedDeclined,
    NeedReceived,
    NeedReopened,
    NeedReturned,
    NeedSubmitted,
    NeedTakenIn,
    NeedWithdrawn,
)
from needs.promise import due_after_pause, promised_day
from needs.questions import current, keep_up
from needs.screening_forms import DeclineForm, ResubmitForm, SendBackForm, TakeInForm, ToldForm
from needs.sheet import DETAIL_FIELDS
from needs.similar import nearest, text_of
from notifications.actions import notify

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import Organisation
    from core.forms import VersionedModelForm
    from needs.forms import SheetForm

COPIED_AGAIN = ["place", "frequency", "impacts", "audience", *DETAIL_FIELDS]
ONE_LINE_WITHIN = timedelta(minutes=30)

flow = Flow("needs.need", record=record)
action_labels.update(
    {
        "needs.need.create_draft": _("下書きを作った"),
        "needs.need.edit": _("内容を書き直した"),
        "needs.need.import_row": _("表から取り込んだ"),
    }
)


class IncompleteError(Exception):
    """A required answer is missing; ``Need.missing`` names the fields."""


@transaction.atomic
def create_draft(*, hospital: Organisation, by: Any, **answers: Any) -> Need:
    """Begin a need in ``hospital``, with what is known about the proposer filled in."""
    last = by.needs.filter(hospital=hospital, source=Source.PORTAL).order_by("-pk").first()
    seat = by.memberships.filter(organisation=hospital, department__isnull=False).first()
    known = seat or last
    need = Need.objects.create(
        hospital=hospital,
        proposer=by,
        updated_by=by,
        department=known.department if known else None,
        specialty=last.specialty if last else None,
        question_set=current(hospital.pk),
        **answers,
    )
    record(need, "create_draft", by=by)
    return need


def answers_of(need: Need) -> dict[str, Any]:
    """What a second sheet about the same worry begins with, besides title and problem."""
    return {name: getattr(need, name) for name in COPIED_AGAIN}


@transaction.atomic
def save_answers(form: VersionedModelForm, *, by: Any) -> Need:
    """Keep what a valid form says; after submission the change is also on the timeline."""
    labels = _labels(form, form.changed_data)
    need: Need = form.save(by=by)
    if need.number and labels:
        record(need, "edit", by=by, fields=labels)
    return need


@transaction.atomic
def autosave(form: SheetForm, *, by: Any) -> Need:
    """Keep what a page holds while somebody types; a refused answer stays as it was.

    Nothing changes behind the timeline's back, and the timeline does not fill up with pauses: a
    person's change of an answer gets its line at once, and the same answer no second one within
    half an hour. A draft is nobody else's business and has no such lines.
    """
    need: Need = form.instance
    if not form.kept:
        return need
    labels = _labels(form, form.kept)
    form.save_kept(by=by)
    if need.number and labels:
        labels = [label for label in labels if label not in _recorded_lately(need, by)]
        if labels:
            record(need, "edit", by=by, fields=labels)
    return need


def last_hospital(user: Any) -> Organisation | None:
    """Where she proposed the last time."""
    last = user.needs.filter(source=Source.PORTAL).select_related("hospital").order_by("-pk")
    return next((need.hospital for need in last[:1]), None)


def _labels(form: VersionedModelForm, names: list[str]) -> list[str]:
    """What the timeline calls these answers; not what only concerns the page."""
    page = {*HIDDEN, "finished"}
    return [str(form.fields[name].label) for name in names if name not in page]


def _recorded_lately(need: Need, by: Any) -> set[str]:
    """The answers whose change by this person already has a line."""
    since = timezone.now() - ONE_LINE_WITHIN
    lines = entries_for(need).filter(action="needs.need.edit", actor=by, at__gte=since)
    return {label for data in lines.values_list("data", flat=True) for label in data["fields"]}


@flow.transition(
    source=NeedState.DRAFT,
    target=NeedState.SUBMITTED,
    permission="needs.submit_need",
    label=_("提出する"),
    done=_("提出した"),
    button=False,
)
def submit(need: Need, /, *, by: Any) -> None:
    """Hand it in: from here it has a number. Raises IncompleteError."""
    if need.missing:
        raise IncompleteError
    keep_up(need)
    hand_in(need)
    need.updated_by = by
    for person in need.authors:
        gave(person, PROPOSED if person == need.proposer else CO_SUBMITTED, need)
    notify(NeedSubmitted(need=need))
    notify(NeedReceived(need=need))


@flow.transition(
    source=[NeedState.RETURNED, NeedState.CLOSED],
    target=NeedState.SUBMITTED,
    permission="needs.submit_need",
    label=_("質問に回答して提出する"),
    done=_("質問に回答した"),
    form=ResubmitForm,
)
def resubmit(need: Need, /, *, by: Any, answer: str) -> None:
    """Answer the office's question. Raises IncompleteError."""
    if need.missing:
        raise IncompleteError
    need.answer_due = promised_day(need.hospital_id)
    need.alike = list(nearest(text_of(need), need.hospital_id, but=need))
    need.escalated_on = need.reply_due = need.reminded_on = None
    need.updated_by = by
    notify(NeedAnswered(need=need))


@flow.transition(
    source=NeedState.SUBMITTED,
    target=NeedState.SCREENING,
    permission="needs.screen_need",
    label=_("受け付ける"),
    done=_("受け付けた"),
    form=TakeInForm,
    note=_("提案者に「受け付けました」と連絡します。"),
)
def take_in(need: Need, /, *, by: Any, category: Any = None) -> None:
    """Keep the promise of a first answer and begin to prepare the review."""
    answered(need)
    need.category = category or need.category
    need.updated_by = by
    notify(NeedTakenIn(need=need))


@flow.transition(
    source=[NeedState.SUBMITTED, NeedState.SCREENING],
    target=NeedState.RETURNED,
    permission="needs.screen_need",
    label=_("提案者に質問する"),
    done=_("提案者に質問した"),
    form=SendBackForm,
    note=_("質問は提案者に届きます。提案者は、質問された項目を直してから回答できます。"),
)
def send_back(
    need: Need, /, *, by: Any, question: str, asked_sections: list[str], reply_due: date
) -> None:
    """Ask the proposer for more; only the asked sections open again, or all if none is named."""
    answered(need)
    need.question = question
    need.asked_sections = asked_sections
    need.reply_due, need.reminded_on = reply_due, None
    need.updated_by = by
    notify(NeedReturned(need=need))
    notify(NeedReturned(need=need, joiners=True))


@flow.transition(
    source=[NeedState.SUBMITTED, NeedState.SCREENING],
    target=NeedState.DECLINED,
    permission="needs.screen_need",
    label=_("見送る"),
    done=_("見送った"),
    form=DeclineForm,
    danger=True,
    note=_("理由と説明は提案者に届きます。審査委員会には出ません。"),
)
def decline(
    need: Need, /, *, by: Any, decline_reason: str, explanation: str, earlier: Need | None = None
) -> None:
    """Do not pass it on, and tell the proposer why and what she can do.

    ``earlier`` is the need that says the same and came first.
    """
    answered(need)
    need.decline_reason, need.declined_for = decline_reason, earlier
    need.explanation = explanation
    need.updated_by = by
    notify(NeedDeclined(need=need))


@flow.transition(
    source=[
        NeedState.DRAFT,
        NeedState.SUBMITTED,
        NeedState.SCREENING,
        NeedState.RETURNED,
        NeedState.CLOSED,
    ],
    target=NeedState.WITHDRAWN,
    permission="needs.withdraw_need",
    label=_("取り下げる"),
    done=_("取り下げた"),
    danger=True,
    note=_(
        "取り下げると、審査には進みません。書いた内容は、あなたの一覧に残ります。事務局と、連名者、加わった人に知らせます。"
    ),
)
def withdraw(need: Need, /, *, by: Any) -> None:
    """The proposer no longer wants it to go on; whoever stands behind it too hears of it."""
    need.updated_by = by
    notify(NeedWithdrawn(need=need))


@flow.transition(
    source=[
        NeedState.DECLINED,
        NeedState.ON_HOLD,
        NeedState.WITHDRAWN,
        NeedState.NOT_ACCEPTED,
        NeedState.CLOSED,
        NeedState.MERGED,
    ],
    target=NeedState.SCREENING,
    permission="needs.reopen_need",
    label=_("もう一度取り上げる"),
    done=_("もう一度取り上げた"),
    form=ToldForm,
    note=_("提案者に「もう一度取り上げます」と連絡します。"),
)
def reopen(need: Need, /, *, by: Any) -> None:
    """Take up again what had been put aside."""
    need.decline_reason = need.explanation = ""
    need.merged_into = need.declined_for = None
    need.updated_by = by
    need.revivals.filter(settled_at=None).update(settled_at=timezone.now(), settled_by=by)
    notify(NeedReopened(need=need))


@flow.transition(
    source=NeedState.SCREENING,
    target=NeedState.IN_REVIEW,
    permission="needs.screen_need",
    label=_("審査会の議題に加える"),
    done=_("審査会の議題に加えた"),
    button=False,
)
def send_to_review(need: Need, /, *, by: Any) -> None:
    """The committee gets it; called when a round begins. Raises UnclearedError."""
    if open_findings(need):
        raise UnclearedError
    need.updated_by = by


@flow.transition(
    source=NeedState.IN_REVIEW,
    target=NeedState.SCREENING,
    permission="needs.screen_need",
    label=_("審査会の議題から外す"),
    done=_("審査会の議題から外した"),
    button=False,
)
def back_to_screening(need: Need, /, *, by: Any) -> None:
    """The round gives it back to the office."""
    need.updated_by = by


@flow.transition(
    source=NeedState.IN_REVIEW,
    target=NeedState.ACCEPTED,
    permission="needs.decide_need",
    label=_("採択"),
    button=False,
)
def accept(need: Need, /, *, by: Any) -> None:
    """The committee's release says yes; its letter tells the proposer."""
    need.updated_by = by


@flow.transition(
    source=NeedState.IN_REVIEW,
    target=NeedState.CONDITIONALLY_ACCEPTED,
    permission="needs.decide_need",
    label=_("条件付き採択"),
    button=False,
)
def accept_conditionally(need: Need, /, *, by: Any) -> None:
    """Yes, if the conditions of the letter are met."""
    need.updated_by = by


@flow.transition(
    source=NeedState.IN_REVIEW,
    target=NeedState.ON_HOLD,
    permission="needs.decide_need",
    label=_("保留"),
    button=False,
)
def hold(need: Need, /, *, by: Any) -> None:
    """Not now; it can be reopened."""
    need.updated_by = by


@flow.transition(
    source=NeedState.IN_REVIEW,
    target=NeedState.NOT_ACCEPTED,
    permission="needs.decide_need",
    label=_("不採択"),
    button=False,
)
def not_accept(need: Need, /, *, by: Any) -> None:
    """No; the letter says why."""
    need.updated_by = by


def hand_in(need: Need) -> None:
    """Give ``need`` its number, its time and the promised day; the caller saves it."""
    [need.number] = take_numbers(need.hospital_id, 1)
    need.submitted_at = timezone.now()
    need.answer_due = promised_day(need.hospital_id)
    need.alike = list(nearest(text_of(need), need.hospital_id, but=need))


def answered(need: Need) -> None:
    """An answer of the office ends the promise; the first one is kept for the yearly figure."""
    today = timezone.localdate()
    if need.clock_stopped_on:
        need.answer_due = due_after_pause(need)
        need.clock_stopped_on, need.clock_reason = None, ""
    if need.answered_on is None:
        need.answered_on = today
        need.answered_late = need.answer_due is not None and need.answer_due < today


@transaction.atomic
def take_numbers(hospital_id: int, count: int) -> list[str]:
    """Take the next numbers of the hospital in this year of Tokyo, such as N-2026-0123."""
    year = timezone.localdate().year
    Serial.objects.get_or_create(hospital_id=hospital_id, year=year)
    serial = Serial.objects.select_for_update().get(hospital_id=hospital_id, year=year)
    first = serial.last + 1
    serial.last += count
    serial.save(update_fields=["last"])
    return [f"N-{serial.year}-{number:04}" for number in range(first, first + count)]

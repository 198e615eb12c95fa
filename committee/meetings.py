"""Everything that changes a meeting: calling it, who is there, the agenda, notes, votes, minutes."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from committee import actions, minutes, room
from committee.enums import MeetingState, RoundState
from committee.meeting_forms import CloseMeetingForm, OpenMeetingForm, ReopenMeetingForm
from committee.meeting_notifications import MeetingCalled, MeetingCalledOff, MeetingMoved
from committee.models import Attendance, Ballot, Meeting, MeetingItem, MinutesApproval, Vote
from committee.ordering import quiet_order
from core.workflow import Flow, WrongStateError, action_labels, lock
from notifications.actions import notify

BEFORE_THE_END = [MeetingState.PLANNED, MeetingState.OPEN]

meeting_flow = Flow("committee.meeting", record=record)
action_labels.update(
    {
        "committee.meeting.save": _("会議を設定した"),
        "committee.meeting.attend": _("出欠を記録した"),
        "committee.meeting.arrange": _("議事の順を変えた"),
        "committee.meeting.discuss": _("議事に入った"),
        "committee.meeting.note": _("議事のメモを保存した"),
        "committee.meeting.open_vote": _("採決を始めた"),
        "committee.meeting.close_vote": _("採決を締めた"),
        "committee.meeting.agree": _("議事録を承認した"),
        "committee.meeting.void": _("議事録が変わったので、承認を取り消した"),
        "committee.round.cancel_meeting": _("会議を取りやめた"),
    }
)


@meeting_flow.transition(
    source=MeetingState.PLANNED,
    target=MeetingState.OPEN,
    permission="committee.run_meeting",
    label=_("開会する"),
    done=_("開会した"),
    form=OpenMeetingForm,
    note=_("委員の画面に、いまの議事が出るようになります。"),
)
def open(meeting, /, *, by):  # noqa: A001 -- the verb of the table
    """Begin. Raises WrongStateError when the round does not discuss or nobody is there."""
    if reasons := room.not_ready_to_open(meeting):
        raise WrongStateError(" ".join(reasons))
    meeting.opened_at = timezone.now()
    meeting.updated_by = by


@meeting_flow.transition(
    source=MeetingState.OPEN,
    target=MeetingState.CLOSED,
    permission="committee.run_meeting",
    label=_("閉会する"),
    done=_("閉会した"),
    form=CloseMeetingForm,
)
def close(meeting, /, *, by):
    """End the meeting; the minutes can be read. Raises WrongStateError while a vote is open."""
    if reasons := room.not_ready_to_close(meeting):
        raise WrongStateError(" ".join(reasons))
    meeting.closed_at = timezone.now()
    meeting.current = None
    meeting.updated_by = by


@meeting_flow.transition(
    source=MeetingState.CLOSED,
    target=MeetingState.OPEN,
    permission="committee.run_meeting",
    label=_("会議を再開する"),
    done=_("会議を再開した"),
    form=ReopenMeetingForm,
    note=_("議事録の承認は、はじめからやり直しになります。"),
)
def reopen(meeting, /, *, by, reason):
    """Go on with a meeting whose minutes are not approved. Raises WrongStateError."""
    if reasons := room.not_ready_to_go_on(meeting):
        raise WrongStateError(" ".join(reasons))
    meeting.approvals.all().delete()
    meeting.closed_at = None
    meeting.updated_by = by


@meeting_flow.transition(
    source=MeetingState.CLOSED,
    target=MeetingState.APPROVED,
    permission="committee.approve_meeting",
    label=_("議事録を確定する"),
    done=_("議事録を確定した"),
    button=False,
)
def approve(meeting, /, *, by):
    """Freeze the minutes as they are; ``agree`` calls it with the approval that was missing."""
    meeting.minutes = minutes.compose(meeting)


@transaction.atomic
def save(form, *, by):
    """Call a meeting or change when, where and about which cases; puts new cases in quiet order.

    The members hear when it is called and when day or place change, not of its agenda. Raises
    WrongStateError once it has begun, or when the round does not discuss.
    """
    meeting = form.instance
    lock(meeting.round)
    if meeting.state != MeetingState.PLANNED or meeting.round.state != RoundState.DISCUSSING:
        raise WrongStateError
    before = Meeting.objects.filter(pk=meeting.pk).first()
    meeting = form.save(by=by)
    wanted = {case.pk: case for case in form.cleaned_data["cases"]}
    meeting.items.exclude(case__in=wanted).delete()
    there = set(meeting.items.values_list("case", flat=True))
    MeetingItem.objects.bulk_create(
        MeetingItem(meeting=meeting, case=case, order=len(there) + n)
        for n, case in enumerate(case for pk, case in wanted.items() if pk not in there)
    )
    _arrange(meeting)
    record(meeting, "save", by=by, fields=form.changed_data, cases=len(wanted))
    if before is None:
        notify(MeetingCalled(meeting=meeting))
    elif (before.starts_at, before.place) != (meeting.starts_at, meeting.place):
        notify(MeetingMoved(meeting=meeting, before=before))
    return meeting


@transaction.atomic
def cancel(meeting, *, by):
    """Call off a meeting that has not begun, and tell the members. Raises WrongStateError."""
    lock(meeting.round)
    lock(meeting)
    _insist_on(meeting, [MeetingState.PLANNED])
    record(meeting.round, "cancel_meeting", by=by, day=meeting.starts_at)
    notify(MeetingCalledOff(round=meeting.round, starts_at=meeting.starts_at, place=meeting.place))
    meeting.delete()


@transaction.atomic
def take_attendance(meeting, presence, *, by):
    """Note who is there: ``presence`` maps members to here, online or absent.

    Raises WrongStateError after the meeting: then it has to be reopened.
    """
    lock(meeting)
    _insist_on(meeting, BEFORE_THE_END)
    before = dict(meeting.attendances.values_list("user", "presence"))
    changed = {m: p for m, p in presence.items() if p and before.get(m.user_id) != p}
    for member, answer in changed.items():
        Attendance.objects.update_or_create(
            meeting=meeting, user=member.user, defaults={"presence": answer}
        )
    if changed:
        record(meeting, "attend", by=by, people={m.user.name: p for m, p in changed.items()})


@transaction.atomic
def arrange(meeting, *, by):
    """Order what is left of the agenda so that people leave the room as seldom as possible."""
    lock(meeting)
    _insist_on(meeting, BEFORE_THE_END)
    _arrange(meeting)
    record(meeting, "arrange", by=by)


def _arrange(meeting):
    people = room.Room(meeting)
    items = room.items_of(meeting)
    done = [item for item in items if item.done_at]
    left = [item for item in items if not item.done_at]
    outside = [frozenset(each.pk for each in people.outside(item.case)) for item in left]
    _number([*done, *(left[position] for position in quiet_order(outside))])


@transaction.atomic
def move(item, *, up, by):
    """Swap a case with the one before or after it; at the end nothing happens."""
    lock(item.meeting)
    _insist_on(item.meeting, BEFORE_THE_END)
    items = list(item.meeting.items.order_by("order", "pk"))
    here = items.index(item)
    there = here - 1 if up else here + 1
    if 0 <= there < len(items):
        items[here], items[there] = items[there], items[here]
        _number(items)
        record(item.meeting, "arrange", by=by, number=item.case.number)


def _number(items):
    for order, item in enumerate(items, start=1):
        # Not save(): the version belongs to the notes.
        MeetingItem.objects.filter(pk=item.pk).update(order=order)


@transaction.atomic
def discuss(item, *, by):
    """Take up a case: members' screens follow. Raises WrongStateError unless the meeting is on."""
    meeting = item.meeting
    lock(meeting)
    _insist_on(meeting, [MeetingState.OPEN])
    _insist_no_vote(meeting, but=item)
    if meeting.current_id != item.pk:
        meeting.current = item
        meeting.save(update_fields=["current"])
        record(meeting, "discuss", by=by, number=item.case.number)


@transaction.atomic
def decide(form, *, item, by):
    """Record the decision with who was there and who was out, and tick the case off."""
    decision = actions.record_decision(form, case=item.case, by=by)
    now = timezone.now()
    MeetingItem.objects.filter(pk=item.pk).update(
        done_at=now, recusals_confirmed_by=by, recusals_confirmed_at=now
    )
    return decision


@transaction.atomic
def save_notes(form, *, by):
    """Keep the scribe's notes; after the meeting this takes the approvals of the minutes away."""
    item = form.save(by=by)
    record(item.meeting, "note", by=by, number=item.case.number)
    if item.meeting.state == MeetingState.CLOSED and item.meeting.approvals.exists():
        item.meeting.approvals.all().delete()
        record(item.meeting, "void", by=by)
    return item


@transaction.atomic
def open_vote(item, *, by, question):
    """Put a question to those present. Raises WrongStateError with a sentence when it cannot be."""
    lock(item.meeting)
    _insist_on(item.meeting, [MeetingState.OPEN])
    if item.meeting.current_id != item.pk:
        raise WrongStateError(_("いまの議事ではありません。先にこの議事に入ってください。"))
    _insist_no_vote(item.meeting)
    if shortage := room.Room(item.meeting).standing(item.case).shortage:
        raise WrongStateError(shortage)
    vote = Vote.objects.create(item=item, question=question)
    record(item.meeting, "open_vote", by=by, number=item.case.number)
    return vote


@transaction.atomic
def cast(vote, *, by, choice):
    """Take her answer, or her new one. Raises WrongStateError with a sentence for her."""
    lock(vote)
    if vote.closed_at:
        raise WrongStateError(_("この採決は締め切られました。あなたの答えは変わっていません。"))
    standing = room.Room(vote.item.meeting).standing(vote.item.case)
    if by.pk not in {each.user_id for each in standing.present}:
        raise WrongStateError(
            _("あなたはこの議事に出席の委員になっていません。書記か事務局に知らせてください。")
        )
    Ballot.objects.update_or_create(
        vote=vote, user=by, defaults={"choice": choice, "at": timezone.now()}
    )


@transaction.atomic
def close_vote(vote, *, by):
    """End a vote; only now its count is shown. A second call finds nothing to do."""
    lock(vote)
    if not vote.closed_at:
        vote.closed_at = timezone.now()
        vote.save(update_fields=["closed_at"])
        record(vote.item.meeting, "close_vote", by=by, number=vote.item.case.number)


@transaction.atomic
def agree(meeting, *, by, seen):
    """Approve the minutes that she read (``seen``, their fingerprint).

    With the approval that was missing the minutes are frozen. Raises WrongStateError when they
    have changed meanwhile.
    """
    lock(meeting)
    _insist_on(meeting, [MeetingState.CLOSED])
    if seen != minutes.fingerprint(minutes.compose(meeting)):
        raise WrongStateError(
            _("読んでいるあいだに議事録が変わりました。もう一度読んでから承認してください。")
        )
    _row, is_new = MinutesApproval.objects.get_or_create(meeting=meeting, user=by)
    if is_new:
        record(meeting, "agree", by=by)
    if minutes.is_agreed(meeting):
        approve(meeting, by=by)


def _insist_on(meeting, states):
    if meeting.state not in states:
        raise WrongStateError(
            _("会議は「%(state)s」です。いまの内容を確認してください。")
            % {"state": meeting.get_state_display()}
        )


def _insist_no_vote(meeting, but=None):
    votes = Vote.objects.filter(item__meeting=meeting, closed_at__isnull=True)
    if votes.exclude(item=but).exists():
        raise WrongStateError(_("採決が続いています。先に採決を締めてください。"))

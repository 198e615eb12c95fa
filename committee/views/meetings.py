"""A meeting around its table: calling it, who is there, the agenda, its steps."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit.queries import entries_for
from committee import meetings
from committee.enums import MeetingState, RoundState
from committee.meeting_forms import AttendanceForm, MeetingForm
from committee.models import Meeting, MeetingItem
from committee.ordering import departures
from committee.room import Room, items_of
from committee.views.parts import insist, named, round_for, status_of
from core.views import moved_on, transition_page
from core.workflow import WrongStateError, lock


def meeting_for(request, public_id, permission="committee.view_meeting"):
    """The meeting, or 404 when it is not hers to see, 403 when she may not do this."""
    rows = Meeting.objects.visible_to(request.user).for_pages()
    found = get_object_or_404(rows, public_id=public_id)
    insist(request.user, permission, found)
    return found


def item_for(request, public_id, permission="committee.run_meeting"):
    """A case on the table of a meeting; the permission is about the meeting."""
    rows = MeetingItem.objects.filter(meeting__in=Meeting.objects.visible_to(request.user))
    item = get_object_or_404(
        rows.select_related("meeting__round__committee__hospital"), public_id=public_id
    )
    insist(request.user, permission, item.meeting)
    return item


def refused(request, error, onward):
    """Say why nothing has happened, and show how things are now."""
    messages.error(
        request, str(error) or _("すでに状況が変わっています。いまの内容を確認してください。")
    )
    return redirect(onward)


def meetings_of(user, round_):
    """The meetings of a round for its page, and whether she may call another."""
    return {
        "meetings": list(round_.meetings.order_by("starts_at", "pk")),
        "may_meet": round_.state == RoundState.DISCUSSING
        and user.has_perm("committee.meet_round", round_),
    }


def create(request, public_id):
    """Call a meeting of a round that discusses."""
    round_ = round_for(request, public_id, "committee.meet_round")
    if round_.state != RoundState.DISCUSSING:
        return moved_on(request, round_)
    return _form_page(request, Meeting(round=round_))


@transaction.atomic
def edit(request, public_id):
    """Another day or place, or other cases, before it begins."""
    meeting = meeting_for(request, public_id, "committee.run_meeting")
    lock(meeting)
    if meeting.state != MeetingState.PLANNED:
        return moved_on(request, meeting)
    return _form_page(request, meeting)


def _form_page(request, meeting):
    round_, meeting_is_new = meeting.round, meeting.pk is None
    cases = named(request.user, list(round_.cases.for_pages()))
    form = MeetingForm(request.POST or None, instance=meeting, cases=cases)
    if form.is_valid():
        try:
            saved = meetings.save(form, by=request.user)
        except WrongStateError as error:
            return refused(request, error, round_)
        if meeting_is_new:
            messages.success(request, _("会議を設定し、委員に知らせました。"))
        else:
            messages.success(request, _("会議を変更しました。"))
        return redirect(saved)
    context = {"form": form, "meeting": meeting, "round": round_}
    return render(request, "committee/meeting_form.html", context, status=status_of(form))


def detail(request, public_id):
    """Where the meeting stands: who is there, the agenda, the next step."""
    meeting = meeting_for(request, public_id)
    user = request.user
    room, items = Room(meeting), items_of(meeting)
    named(user, [item.case for item in items])
    may_run = user.has_perm("committee.run_meeting", meeting)
    context = {
        "meeting": meeting,
        "round": meeting.round,
        "flow": meetings.meeting_flow,
        "may_run": may_run,
        "may_move": may_run and meeting.state in meetings.BEFORE_THE_END,
        "may_approve": meeting.state == MeetingState.CLOSED
        and user.has_perm("committee.approve_meeting", meeting),
        "may_read_minutes": user.has_perm("committee.read_minutes_meeting", meeting),
        "lines": room.lines,
        "items": items,
        "at_hand": _at_hand(meeting, items),
        "departures": departures([frozenset(m.pk for m in room.outside(i.case)) for i in items]),
        "entries": entries_for(meeting) if may_run else [],
    }
    return render(request, "committee/meeting.html", context)


def _at_hand(meeting, items):
    """What is on the table and not decided, or the next such case; None when all is done."""
    left = [each for each in items if not each.done_at]
    return min(left, key=lambda each: each.pk != meeting.current_id, default=None)


def step(request, public_id, name):
    """The page of one step of a meeting."""
    return transition_page(request, meeting_for(request, public_id), meetings.meeting_flow, name)


def cancel(request, public_id):
    """Ask, then call off a meeting that has not begun."""
    meeting = meeting_for(request, public_id, "committee.run_meeting")
    round_ = meeting.round
    if meeting.state != MeetingState.PLANNED:
        return moved_on(request, meeting)
    if request.method != "POST":
        context = {"meeting": meeting, "round": round_}
        return render(request, "committee/meeting_cancel.html", context)
    try:
        meetings.cancel(meeting, by=request.user)
    except Meeting.DoesNotExist:  # somebody else called it off in the same moment
        return moved_on(request, round_)
    except WrongStateError as error:
        return refused(request, error, meeting)
    messages.success(request, _("会議を取りやめ、委員に知らせました。"))
    return redirect(round_)


def attendance(request, public_id):
    """Who is here, online or absent; also while the meeting goes on."""
    meeting = meeting_for(request, public_id, "committee.run_meeting")
    form = AttendanceForm(request.POST or None, people=Room(meeting))
    if form.is_valid():
        try:
            meetings.take_attendance(meeting, form.presence(), by=request.user)
        except WrongStateError as error:
            return refused(request, error, meeting)
        messages.success(request, _("出欠を記録しました。"))
        return redirect(meeting)
    context = {"form": form, "meeting": meeting, "round": meeting.round}
    return render(request, "committee/attendance.html", context, status=status_of(form))


@require_POST
def arrange(request, public_id):
    """Order the agenda so that people leave the room as seldom as possible."""
    meeting = meeting_for(request, public_id, "committee.run_meeting")
    try:
        meetings.arrange(meeting, by=request.user)
    except WrongStateError as error:
        return refused(request, error, meeting)
    messages.success(request, _("退席が少なくなる順に並べました。"))
    return redirect(meeting)


@require_POST
def move(request, public_id):
    """One place up or down."""
    item = item_for(request, public_id)
    try:
        meetings.move(item, up=request.POST.get("to") == "up", by=request.user)
    except WrongStateError as error:
        return refused(request, error, item.meeting)
    return redirect(item.meeting)

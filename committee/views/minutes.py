"""What members see of a meeting: the case that is being discussed, and the minutes."""

import hashlib

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from committee import blind, meetings, minutes
from committee.enums import BallotChoice, MeetingState
from committee.minutes_files import FILES
from committee.models import Case, Vote
from committee.room import Room
from committee.views.meetings import meeting_for, refused
from core.workflow import WrongStateError

UNCHANGED = 204


@require_safe
@vary_on_headers("HX-Request")
def live(request, public_id):
    """What is being discussed now; asked every five seconds, answered only when it changed."""
    meeting = meeting_for(request, public_id)
    context = {"meeting": meeting, "round": meeting.round, **_now(request.user, meeting)}
    if not request.htmx:
        return render(request, "committee/live.html", context)
    if request.GET.get("seen") == context["stamp"]:
        return HttpResponse(status=UNCHANGED)
    return render(request, "committee/live.html#now", context)


def _now(user, meeting):
    """The part of the page that changes, with ``stamp`` as the name of how it is."""
    now = {"is_over": meeting.state in {MeetingState.CLOSED, MeetingState.APPROVED}}
    case = None
    if meeting.state == MeetingState.OPEN and meeting.current_id:
        case = Case.objects.for_pages().get(meeting_items=meeting.current_id)
        now |= _case(user, meeting, case)
    told = [meeting.state, meeting.current_id, *(str(now.get(each)) for each in STAMPED)]
    return {**now, "stamp": hashlib.sha256(repr(told).encode()).hexdigest()[:12]}


STAMPED = ["is_out", "is_open", "decision", "vote", "ballot", "voted", "count", "may_vote"]


def _case(user, meeting, case):
    if user.has_perm("committee.stay_out_case", case):
        return {"number": case.number, "is_out": True}
    if not user.has_perm("committee.name_case", case):
        asked = user.has_perm("committee.answer_conflict_case", case)
        gate = reverse("committee:case", args=[case.public_id]) if asked else ""
        return {"number": case.number, "gate": gate}
    standing = Room(meeting).standing(case)
    vote = Vote.objects.filter(item=meeting.current_id).order_by("-pk").first()
    ballots = list(vote.ballots.all()) if vote else []
    return {
        "number": case.number,
        "is_open": True,
        "case": case,
        "need": blind.shown(case),
        "may_read": user.has_perm("committee.read_case", case),
        "standing": standing,
        "decision": case.current_decision,
        "vote": vote,
        "voted": len(ballots),
        "ballot": next((each.choice for each in ballots if each.user_id == user.pk), ""),
        "count": minutes.count(vote) if vote and vote.closed_at else None,
        "choices": BallotChoice.choices,
        "may_vote": user.pk in {each.user_id for each in standing.present},
    }


@require_safe
def read(request, public_id):
    """The minutes as far as she may read them."""
    meeting = meeting_for(request, public_id, "committee.read_minutes_meeting")
    user, whole = request.user, minutes.of(meeting)
    approvals = minutes.approvals(meeting)
    context = {
        "meeting": meeting,
        "round": meeting.round,
        "minutes": minutes.version_for(user, whole),
        "approvals": approvals,
        "has_approved": any(each["user"] == user.pk for each in approvals),
        "may_approve": meeting.state == MeetingState.CLOSED
        and user.has_perm("committee.approve_meeting", meeting),
        "seen": minutes.fingerprint(whole),
    }
    return render(request, "committee/minutes.html", context)


@require_POST
def agree(request, public_id):
    """Approve what she has read."""
    meeting = meeting_for(request, public_id, "committee.approve_meeting")
    onward = reverse("committee:minutes", args=[meeting.public_id])
    try:
        meetings.agree(meeting, by=request.user, seen=request.POST.get("seen", ""))
    except WrongStateError as error:
        return refused(
            request, error, meeting if meeting.state in meetings.BEFORE_THE_END else onward
        )
    messages.success(request, _("議事録を承認しました。"))
    return redirect(onward)


@require_safe
def download(request, public_id, kind):
    """The minutes as a file; its name and properties say no more than the day."""
    meeting = meeting_for(request, public_id, "committee.read_minutes_meeting")
    if kind not in FILES:
        raise Http404
    content_type, make = FILES[kind]
    content = make(
        minutes.version_for(request.user, minutes.of(meeting)),
        minutes.approvals(meeting),
        is_final=meeting.state == MeetingState.APPROVED,
    )
    day = timezone.localdate(meeting.opened_at or meeting.starts_at)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="minutes-{day:%Y%m%d}.{kind}"'
    return response

"""One case at the meeting: the projector's page, the scribe's notes, the vote."""

from django.contrib import messages
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from committee import blind, meetings, queries
from committee.enums import MeetingState
from committee.meeting_forms import BallotForm, MeetingDecisionForm, NotesForm, VoteForm
from committee.minutes import count
from committee.models import Case, Meeting, Vote
from committee.room import Room
from committee.views.meetings import item_for, refused
from committee.views.parts import insist, status_of
from core.templatetags.ui import jdatetime
from core.views import STALE
from core.workflow import WrongStateError, lock
from needs.views.writing import is_autosave

SUMMARY = 130


@transaction.atomic
def item(request, public_id):
    """会議表示: one case on one screen, and the decision about it."""
    found = item_for(request, public_id)
    meeting, user = found.meeting, request.user
    if request.method == "POST":
        lock(meeting.round)
        lock(meeting)
    case = Case.objects.for_pages().get(pk=found.case_id)
    found.case = case
    if request.method == "POST":
        insist(user, "committee.decide_case", case)
    if not user.has_perm("committee.see_scores_case", case):
        return _leave(request, found)
    standing = Room(meeting).standing(case)
    form = _decision_form(request, found, standing)
    if form and form.is_valid():
        meetings.decide(form, item=found, by=user)
        messages.success(request, _("決定を記録しました。提案者には、まだ何も届きません。"))
        return redirect("committee:meeting_item", found.public_id)
    context = {"item": found, "standing": standing, "form": form, **_about(request, found)}
    status = status_of(form) if form else 200
    return render(request, "committee/item.html", context, status=status)


def _decision_form(request, found, standing):
    """The form, where she may decide and the meeting is on."""
    user, case = request.user, found.case
    if found.meeting.state != MeetingState.OPEN or not user.has_perm("committee.decide_case", case):
        return None
    return MeetingDecisionForm(
        request.POST or None,
        case=case,
        current=case.current_decision,
        item=found,
        standing=standing,
    )


def _leave(request, found):
    """Her own screen while she has to leave: a number and nothing else."""
    is_out = request.user.has_perm("committee.stay_out_case", found.case)
    context = {"item": found, "meeting": found.meeting, "is_out": is_out}
    return render(request, "committee/item_closed.html", context)


def _about(request, found):
    case, meeting = found.case, found.meeting
    need = blind.shown(case)
    criteria = queries.criteria_of(case)
    row = queries.results([case], criteria)[0]
    reviews = queries.with_marks(queries.counted_reviews([case])[case.pk], criteria)
    votes = list(found.votes.prefetch_related("ballots").order_by("pk"))
    items = list(meeting.items.select_related("case__need").order_by("order", "pk"))
    return {
        "meeting": meeting,
        "round": meeting.round,
        "case": case,
        "need": need,
        "summary": Truncator(" ".join(need.problem.split())).chars(SUMMARY),
        "row": row,
        "criteria": [(each, row.result.criteria[each.pk]) for each in criteria],
        "reviews": reviews,
        "shows_names": request.GET.get("names") == "1",
        "agenda": items,
        "following": next((each for each in items if each.order > found.order), None),
        "votes": [(vote, count(vote)) for vote in votes if vote.closed_at],
        "open_vote": next((vote for vote in votes if not vote.closed_at), None),
        "vote_form": VoteForm(initial={"question": _("採択してよいか")}),
    }


@require_POST
def discuss(request, public_id):
    """Take up this case; members' screens follow."""
    found = item_for(request, public_id)
    try:
        meetings.discuss(found, by=request.user)
    except WrongStateError as error:
        return refused(request, error, found.meeting)
    return redirect("committee:meeting_item", found.public_id)


@transaction.atomic
def notes(request, public_id):
    """The scribe's notes about one case, kept while she types."""
    found = item_for(request, public_id)
    lock(found)
    insist(request.user, "committee.name_case", found.case)
    if found.meeting.state == MeetingState.APPROVED:
        return _too_late(request, found)
    form = NotesForm(request.POST or None, instance=found)
    if request.method == "POST" and is_autosave(request):
        return _autosaved(request, form)
    if form.is_valid():
        meetings.save_notes(form, by=request.user)
        messages.success(request, _("メモを保存しました。"))
        return redirect(found.meeting)
    context = {
        "form": form,
        "item": found,
        "title": blind.title_of(found.case, found.meeting.round),
        "meeting": found.meeting,
        "round": found.meeting.round,
    }
    return render(request, "committee/notes.html", context, status=status_of(form))


def _too_late(request, found):
    message = _("議事録は承認されました。メモは変えられません。")
    if is_autosave(request):
        return JsonResponse({"message": message}, status=STALE)
    return refused(request, message, found.meeting)


def _autosaved(request, form):
    """Answers static/js/autosave.js; a conflict shows both texts on the page."""
    if form.is_valid():
        saved = meetings.save_notes(form, by=request.user)
        message = _("%(time)sに保存しました") % {"time": jdatetime(saved.updated_at)[-5:]}
        return JsonResponse({"version": saved.version, "message": message, "errors": False})
    if form.stale:
        answer = {"message": _("ほかの画面で変更されました。"), "compare": True}
        return JsonResponse(answer, status=STALE)
    sentence = next(iter(form.errors.values()))[0]
    message = _("%(error)s。まだ保存していません。") % {"error": sentence}
    return JsonResponse({"message": message, "errors": True})


@require_POST
def open_vote(request, public_id):
    """Put a question to those present."""
    found = item_for(request, public_id)
    insist(request.user, "committee.name_case", found.case)
    form = VoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, next(iter(form.errors.values()))[0])
        return redirect("committee:meeting_item", found.public_id)
    try:
        meetings.open_vote(found, by=request.user, **form.cleaned_data)
    except WrongStateError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("採決を始めました。出席の委員の画面に出ています。"))
    return redirect("committee:meeting_item", found.public_id)


def _vote_for(request, public_id, permission="committee.view_meeting"):
    rows = Vote.objects.filter(item__meeting__in=Meeting.objects.visible_to(request.user))
    vote = get_object_or_404(
        rows.select_related("item__meeting__round__committee"), public_id=public_id
    )
    vote.item.case = Case.objects.for_pages().get(pk=vote.item.case_id)
    insist(request.user, permission, vote.item.meeting)
    return vote


@require_POST
def cast(request, public_id):
    """A member's answer, from her own screen; who may not vote hears why."""
    vote = _vote_for(request, public_id)
    form = BallotForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("賛成・反対・棄権のどれかを選んでください。"))
        return redirect("committee:meeting_live", vote.item.meeting.public_id)
    try:
        meetings.cast(vote, by=request.user, **form.cleaned_data)
    except WrongStateError as error:
        messages.error(request, str(error))
    return redirect("committee:meeting_live", vote.item.meeting.public_id)


@require_POST
def close_vote(request, public_id):
    """End the vote and show its count."""
    vote = _vote_for(request, public_id, "committee.run_meeting")
    insist(request.user, "committee.name_case", vote.item.case)
    meetings.close_vote(vote, by=request.user)
    return redirect("committee:meeting_item", vote.item.public_id)

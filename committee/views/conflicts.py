"""Chair and office look at the answers to the conflict question, member by member."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy

from accounts.models import User
from committee import conflicts, queries
from committee.conflict_forms import PickForm, SettleForm
from committee.enums import RoundState, Verdict
from committee.views.parts import case_for, named, round_for, status_of
from core.views import moved_on
from core.workflow import WrongStateError


def index(request, public_id):
    """Everybody with a suggestion or a conflict, for the cases that are hers to confirm.

    A case that she is out of, or has not answered about herself, shows its number only.
    """
    round_ = round_for(request, public_id, "committee.lead_round")
    cases = named(request.user, list(round_.cases.for_pages()))
    lines = conflicts.lines(round_, request.user, cases)
    pick = _pick_form(request, round_, cases)
    if pick.is_valid():
        chosen = pick.cleaned_data
        return redirect("committee:settle_conflict", chosen["case"], chosen["member"])
    context = {
        "round": round_,
        "lines": lines,
        "pick": pick,
        "hides_reasons": conflicts.hides_reasons(request.user, round_),
        "open_total": sum(line.is_open for line in lines),
        "closed": [
            case
            for case in cases
            if round_.state != RoundState.RELEASED
            and not request.user.has_perm("committee.confirm_conflicts_case", case)
        ],
    }
    return render(request, "committee/conflicts.html", context, status=status_of(pick))


def _pick_form(request, round_, cases):
    """Any other member, for the cases that are hers to confirm."""
    may = "committee.confirm_conflicts_case"
    seated = [each.user for each in queries.seated(round_.committee_id)]
    return PickForm(
        request.GET if "member" in request.GET else None,
        cases=[case for case in cases if request.user.has_perm(may, case)],
        people=[person for person in seated if person != request.user],
    )


def settle(request, public_id, pk):
    """Confirm one answer, or change what follows from it. Nobody confirms her own."""
    case = case_for(request, public_id, "committee.confirm_conflicts_case")
    member = get_object_or_404(User, pk=pk)
    if member == request.user:
        raise PermissionDenied
    line = conflicts.line_for(case, member, request.user)
    if line is None:
        raise Http404
    answer = line.conflict.answer if line.conflict else None
    form = SettleForm(request.POST or None, answer=answer, is_blind=case.round.hides_people)
    if form.is_valid():
        return _settled(request, case, member, form.cleaned_data)
    context = {
        "case": named(request.user, [case])[0],
        "line": line,
        "hides_reasons": conflicts.hides_reasons(request.user, case.round),
        "form": form,
    }
    return render(request, "committee/settle.html", context, status=status_of(form))


DONE = {
    Verdict.KEEP: gettext_lazy("%(number)sについて、%(name)sさんの回答を確かめました。"),
    Verdict.RECUSE: gettext_lazy("%(number)sの審査から%(name)sさんを外し、本人に知らせました。"),
    Verdict.ASK_AGAIN: gettext_lazy(
        "%(number)sについて、もう一度答えるよう%(name)sさんに知らせました。"
    ),
}


def _settled(request, case, member, said):
    try:
        conflicts.settle(case, member, by=request.user, verdict=said["verdict"], note=said["note"])
    except WrongStateError:
        return moved_on(request, case.round)
    words = {"name": member.name, "number": case.number}
    messages.success(request, DONE[said["verdict"]] % words)
    return redirect("committee:conflicts", case.round.public_id)

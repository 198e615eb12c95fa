"""The way into a case: the queue, the conflict question, a closed door."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from committee import actions, conflicts, queries
from committee.forms import ConflictForm
from committee.models import Conflict
from committee.rules import conflict_answer, sits_in_case_round, speaks_for_case
from committee.views.parts import case_for, farewell, round_for, status_of
from committee.views.reviews import review_page
from core.autosave import is_autosave, refused
from core.views import moved_on
from core.workflow import WrongStateError


def next_one(request, public_id):
    """Go to her next case without a score; after the last one say that all is done."""
    round_ = round_for(request, public_id)
    after = round_.cases.filter(public_id=request.GET.get("after", "")).first()
    case = queries.next_case(round_, request.user, after=after)
    if case:
        return redirect(case)
    if queries.progress(round_, request.user).left:
        messages.info(request, _("残りは、あとで審査することにした案件だけです。"))
    else:
        messages.success(request, _("すべて審査しました。締切までは何度でも直せます。"))
    return redirect(round_)


def detail(request, public_id):
    """The gate, a closed door, or the need beside the scores."""
    try:
        case = case_for(request, public_id)
    except Http404:
        return farewell(request, public_id)
    user = request.user
    if user.has_perm("committee.read_case", case):
        return review_page(request, case)
    if is_autosave(request):
        return refused(_("この案件は、いまは審査できません。画面を開き直してください。"))
    if not sits_in_case_round(user, case):
        return redirect("committee:decision", case.public_id)
    if conflict_answer(user, case) is None and user.has_perm(
        "committee.answer_conflict_case", case
    ):
        return _gate(request, case, ConflictForm(is_blind=case.round.hides_people))
    context = {
        "case": case,
        "is_own": speaks_for_case(user, case),
        "answer": next((each for each in case.conflicts.all() if each.member_id == user.pk), None),
        "may_answer": user.has_perm("committee.answer_conflict_case", case),
    }
    return render(request, "committee/closed.html", context)


def conflict(request, public_id):
    """Answer the conflict question, or answer it anew."""
    try:
        case = case_for(request, public_id, "committee.answer_conflict_case")
    except Http404:
        return farewell(request, public_id)
    given = Conflict.objects.filter(case=case, member=request.user).first()
    initial = {"answer": given.answer, "note": given.note} if given else None
    form = ConflictForm(request.POST or None, initial=initial, is_blind=case.round.hides_people)
    if not form.is_valid():
        return _gate(request, case, form)
    try:
        actions.answer_conflict(case, by=request.user, **form.cleaned_data)
    except WrongStateError:
        return moved_on(request, case)
    if form.cleaned_data["answer"] != "none":
        messages.success(request, _("この案件を閉じました。事務局に知らせました。"))
        return redirect(case.round)
    return redirect(case)


def _gate(request, case, form):
    context = {
        "case": case,
        "form": form,
        "hints": conflicts.hints(case, request.user),
        "action": reverse("committee:conflict", args=[case.public_id]),
    }
    return render(request, "committee/gate.html", context, status=status_of(form))

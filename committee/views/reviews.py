"""A member's review: the need beside the scores, saving while she types, giving a case up."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from committee import blind, queries, reviewing, scoring
from committee.review_forms import AbstainForm, ReviewForm
from committee.rules import scores_case
from committee.views.parts import case_for, named, status_of
from core.autosave import is_autosave, refused, saved, standing
from core.views import moved_on
from core.workflow import WrongStateError, lock
from needs.enrichment import enrichments_of

# These buttons hand a review in; all others only keep what was typed.
HAND_IN = {"next", "stay"}


@transaction.atomic
def review_page(request, case):
    """The page of one case for a member who has passed the conflict question."""
    form = _form(request, case) if scores_case(request.user, case) else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if is_autosave(request):
            return _autosave(request, form)
        if form.is_valid():
            return _onwards(request, case, form)
    return _page(request, case, form)


def _form(request, case):
    if request.method == "POST":
        # Whoever closes the scoring waits for this score, or this score comes too late. Two tabs
        # of one member wait for each other here too, also before the review exists.
        lock(case.round)
    review = queries.own_review(case, request.user)
    if request.method == "POST" and review.pk:
        lock(review)
    return ReviewForm(
        request.POST or None,
        instance=review,
        criteria=queries.criteria_of(case),
        complete=request.POST.get("go") == "next",
    )


def _autosave(request, form):
    if not form.is_valid() and form.stale:
        return refused(_("ほかの画面で変更されました。"), compare=True)
    if form.refusal:
        return refused(form.refusal)
    reviewing.keep_review(form, by=request.user)
    return JsonResponse(standing(form) | saved(form))


def _onwards(request, case, form):
    go = request.POST.get("go")
    keep = reviewing.save_review if go in HAND_IN else reviewing.keep_review
    review = keep(form, by=request.user)
    if go in {"next", "later"}:
        onward = reverse("committee:next", args=[case.round.public_id])
        return redirect(f"{onward}?after={case.public_id}")
    if go == "abstain":
        return redirect("committee:abstain", case.public_id)
    if review.completed_at:
        messages.success(request, _("採点を保存しました。締切までは何度でも直せます。"))
    else:
        messages.success(
            request, _("途中まで保存しました。評価項目がそろうと、審査済みになります。")
        )
    return redirect(case)


def _page(request, case, form):
    named(request.user, [case])
    context = {
        "case": case,
        "need": blind.shown(case),
        "photos": blind.photos_of(case),
        "enrichments": enrichments_of(case.need),
        "extra_rows": blind.extra_rows_of(case),
        "form": form,
        "review": form.instance if form else None,
        "mark": _own_mark(form),
        "takes_scores": case.round.takes_scores_of(request.user),
        "deadline": case.round.deadline_of(request.user),
        "progress": queries.progress(case.round, request.user),
        "neighbours": queries.neighbours(case.round, request.user, case),
        "others": _others(request.user, case),
        "may_answer": request.user.has_perm("committee.answer_conflict_case", case),
    }
    status = status_of(form) if form else 200
    return render(request, "committee/case.html", context, status=status)


def _own_mark(form):
    """Her weighted mean, once every criterion has an answer; before, it would lead her."""
    if form is None or any(each.pk not in form.given for each in form.criteria):
        return None
    return scoring.weighted_mean(form.given, {each.pk: each for each in form.criteria})


def _others(user, case):
    if not user.has_perm("committee.see_scores_case", case):
        return []
    reviews = queries.counted_reviews([case])[case.pk]
    return queries.with_marks(
        [review for review in reviews if review.reviewer_id != user.pk], queries.criteria_of(case)
    )


def abstain(request, public_id):
    """Ask for the reason, then leave the case to the others."""
    case = _scored_case(request, public_id)
    form = AbstainForm(request.POST or None)
    if form.is_valid():
        try:
            reviewing.abstain(case, by=request.user, **form.cleaned_data)
        except WrongStateError:
            form.add_error(None, _("採点は締め切られたので、もう辞退できません。"))
        else:
            text = _("%(number)sの審査を辞退しました。締切までは取り消せます。")
            messages.success(request, text % {"number": case.number})
            return redirect("committee:next", case.round.public_id)
    context = {"case": named(request.user, [case])[0], "form": form}
    return render(request, "committee/abstain.html", context, status=status_of(form))


@require_POST
def resume(request, public_id):
    """Take the case up again."""
    case = _scored_case(request, public_id)
    try:
        reviewing.resume(case, by=request.user)
    except WrongStateError:
        return moved_on(request, case)
    messages.success(request, _("辞退を取り消しました。続きから採点できます。"))
    return redirect(case)


def _scored_case(request, public_id):
    """A case that she may read and whose round she scores in; whether it is too late comes later."""
    case = case_for(request, public_id, "committee.read_case")
    if not scores_case(request.user, case):
        raise PermissionDenied
    return case

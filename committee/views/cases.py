"""A member's work: the conflict question, then the need and the scores."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from committee import actions, queries
from committee.forms import ConflictForm, ReviewForm
from committee.models import Conflict
from committee.rules import conflict_answer, scores_case, sits_in_case_round, speaks_for_case
from committee.views.parts import case_for, named, round_for, status_of
from core.workflow import lock
from documents.queries import documents_of
from needs.enrichment import enrichments_of


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
    case = case_for(request, public_id)
    user = request.user
    if user.has_perm("committee.read_case", case):
        return _review_page(request, case)
    if not sits_in_case_round(user, case):
        return redirect("committee:decision", case.public_id)
    if conflict_answer(user, case) is None and user.has_perm(
        "committee.answer_conflict_case", case
    ):
        return _gate(request, case, ConflictForm())
    context = {
        "case": case,
        "is_own": speaks_for_case(user, case),
        "answer": next((each for each in case.conflicts.all() if each.member_id == user.pk), None),
        "may_answer": user.has_perm("committee.answer_conflict_case", case),
    }
    return render(request, "committee/closed.html", context)


def conflict(request, public_id):
    """Answer the conflict question, or answer it anew."""
    case = case_for(request, public_id, "committee.answer_conflict_case")
    given = Conflict.objects.filter(case=case, member=request.user).first()
    initial = {"answer": given.answer, "note": given.note} if given else None
    form = ConflictForm(request.POST or None, initial=initial)
    if not form.is_valid():
        return _gate(request, case, form)
    actions.answer_conflict(case, by=request.user, **form.cleaned_data)
    if form.cleaned_data["answer"] != "none":
        messages.success(request, _("この案件を閉じました。事務局に知らせました。"))
        return redirect(case.round)
    return redirect(case)


def _gate(request, case, form):
    context = {
        "case": case,
        "form": form,
        "action": reverse("committee:conflict", args=[case.public_id]),
    }
    return render(request, "committee/gate.html", context, status=status_of(form))


def _review_page(request, case):
    with transaction.atomic():
        form = _review_form(request, case) if scores_case(request.user, case) else None
        if request.method == "POST":
            if form is None:
                raise PermissionDenied
            if form.is_valid():
                return _saved(request, case, form)
    named(request.user, [case])
    others = _others(request.user, case)
    context = {
        "case": case,
        "need": case.need,
        "photos": documents_of(case.need, slot="photo"),
        "enrichments": enrichments_of(case.need),
        "form": form,
        "takes_scores": case.round.takes_scores,
        "progress": queries.progress(case.round, request.user),
        "others": others,
        "may_answer": request.user.has_perm("committee.answer_conflict_case", case),
    }
    status = status_of(form) if form else 200
    return render(request, "committee/case.html", context, status=status)


def _review_form(request, case):
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
        criteria=case.round.rubric.criteria.order_by("order", "pk"),
        complete=request.POST.get("then") == "next",
    )


def _saved(request, case, form):
    review = actions.save_review(form, by=request.user)
    if request.POST.get("then") == "next":
        onward = reverse("committee:next", args=[case.round.public_id])
        return redirect(f"{onward}?after={case.public_id}")
    if review.completed_at:
        messages.success(request, _("採点を保存しました。締切までは何度でも直せます。"))
    else:
        messages.success(
            request, _("途中まで保存しました。評価項目がそろうと、審査済みになります。")
        )
    return redirect(case)


def _others(user, case):
    if not user.has_perm("committee.see_scores_case", case):
        return []
    reviews = queries.counted_reviews([case])[case.pk]
    return queries.with_marks(
        [review for review in reviews if review.reviewer_id != user.pk], case.round.rubric
    )

"""The decision on each case, and the letters."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from committee import actions, blind, conflicts, queries, readiness, reviewing
from committee.decision_forms import LetterForm
from committee.enums import CHOSEN_OUTCOMES, OUT_ANSWERS
from committee.honours import nominations_of
from committee.meeting_forms import DeskDecisionForm
from committee.models import Case, Letter
from committee.views.parts import case_for, insist, named, round_for, status_of
from core.views import moved_on
from core.workflow import WrongStateError, lock
from notifications.models import MessageState


@transaction.atomic
def decision(request, public_id):
    """One case at the meeting: marks, comments, who is out, the decision and its history."""
    case = case_for(request, public_id, "committee.see_scores_case")
    may_decide = request.user.has_perm("committee.decide_case", case)
    form = None
    if request.method == "POST":
        insist(request.user, "committee.decide_case", case)
        lock(case.round)
        insist(request.user, "committee.decide_case", case)
    if may_decide:
        current = case.decisions.filter(is_current=True).select_related("decided_by").first()
        form = DeskDecisionForm(request.POST or None, case=case, current=current)
        if form.is_valid():
            actions.record_decision(form, case=case, by=request.user)
            messages.success(request, _("決定を記録しました。提案者には、まだ何も届きません。"))
            return redirect("committee:decision", case.public_id)
    context = {"case": case, "form": form, **_about(request.user, case)}
    status = status_of(form) if form else 200
    return render(request, "committee/decision.html", context, status=status)


def _about(user, case):
    named(user, [case])
    criteria = queries.criteria_of(case)
    row = queries.results([case], criteria)[0]
    letter = Letter.objects.visible_to(user).filter(case=case).first()
    current = case.current_decision
    return {
        "need": blind.shown(case),
        "extra_rows": blind.extra_rows_of(case),
        "row": row,
        "criteria": [(each, row.result.criteria[each.pk]) for each in criteria],
        "reviews": queries.with_marks(queries.counted_reviews([case])[case.pk], criteria),
        "out": case.conflicts.filter(answer__in=OUT_ANSWERS).select_related("member"),
        "may_confirm": user.has_perm("committee.confirm_conflicts_case", case),
        "abstained": reviewing.abstentions(user, [case]),
        "history": case.decisions.model.objects.filter(case=case)
        .select_related("decided_by")
        .order_by("-decided_at", "-pk"),
        "letter": letter,
        "is_outdated": bool(letter and current and readiness.is_outdated(letter, current)),
        "awards": case.awards.select_related("kind").order_by("pk"),
        "nominations": nominations_of(case),
        "may_honour": user.has_perm("committee.honour_case", case)
        and current is not None
        and current.outcome in CHOSEN_OUTCOMES,
        # What was said about a conflict may tell whose need it is.
        "hides_reasons": conflicts.hides_reasons(user, case.round),
        "entries": conflicts.timeline(user, case),
        "neighbours": _neighbours(user, case),
        "meeting": case.round.meetings.order_by("-starts_at", "-pk").first(),
    }


def _neighbours(user, case):
    """The cases before and after on the agenda, without those closed to her."""
    cases = case.round.cases.with_scores_for(user, case.round)
    earlier = cases.filter(Q(order__lt=case.order) | Q(order=case.order, pk__lt=case.pk))
    later = cases.filter(Q(order__gt=case.order) | Q(order=case.order, pk__gt=case.pk))
    return {
        "previous": earlier.order_by("-order", "-pk").first(),
        "next": later.order_by("order", "pk").first(),
        "position": earlier.count() + 1,
        "total": cases.count(),
    }


def letters(request, public_id):
    """All letters of a round before they go out."""
    round_ = round_for(request, public_id, "committee.manage_round")
    rows = Letter.objects.visible_to(request.user).filter(case__round=round_)
    found = list(rows.select_related("case__need__proposer").order_by("case__order", "pk"))
    mails = queries.mails_of_letters(found)
    for letter in found:
        letter.mails = mails[letter.pk]
    context = {
        "round": round_,
        "letters": found,
        "failed": sum(
            mail.state == MessageState.FAILED for each in mails.values() for mail in each
        ),
        "total": Case.objects.filter(round=round_).count(),
    }
    return render(request, "committee/letters.html", context)


def _letter(request, public_id, permission="committee.view_letter"):
    rows = Letter.objects.visible_to(request.user).select_related(
        "case__need__proposer", "case__need__department", "case__round__committee__hospital"
    )
    found = get_object_or_404(rows, public_id=public_id)
    insist(request.user, permission, found)
    return found


def letter(request, public_id):
    """The letter as the proposer reads it."""
    found = _letter(request, public_id)
    case = found.case
    context = {
        "letter": found,
        "case": case,
        "need": case.need,
        "awards": case.awards.visible_to(request.user).select_related("kind").order_by("pk"),
        "may_change": request.user.has_perm("committee.change_letter", found),
        "is_addressee": case.need.proposer_id == request.user.pk,
    }
    return render(request, "committee/letter.html", context)


@transaction.atomic
def edit_letter(request, public_id):
    """Put the office's own words in."""
    found = _letter(request, public_id, "committee.change_letter")
    lock(found)
    if found.released_at:
        return moved_on(request, found)
    form = LetterForm(request.POST or None, instance=found)
    if form.is_valid():
        actions.edit_letter(form, by=request.user)
        messages.success(request, _("手紙を保存しました。まだ送っていません。"))
        return redirect(found)
    context = {"form": form, "letter": found, "case": found.case}
    return render(request, "committee/letter_form.html", context, status=status_of(form))


@require_POST
def rewrite_letter(request, public_id):
    """Draft it again from the decision."""
    found = _letter(request, public_id, "committee.change_letter")
    try:
        actions.rewrite_letter(found, by=request.user)
    except WrongStateError:
        return moved_on(request, found)
    messages.success(request, _("決定の内容で手紙を作り直しました。"))
    return redirect(found)

"""Rounds: the list, the page, the agenda, and the steps from one state to the next."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django.views.generic import ListView

from accounts.enums import Role
from accounts.models import Organisation
from audit.queries import entries_for
from committee import actions, conflicts, queries, readiness, reviewing
from committee.enums import RoundState
from committee.forms import AgendaSearchForm, RoundForm
from committee.models import Committee, Round, Rubric
from committee.rules import (
    conflict_answer,
    current_seats,
    has_scored,
    scores_in_round,
    speaks_for_case,
)
from committee.views.meetings import meetings_of
from committee.views.parts import case_for, named, round_for, status_of
from committee.views.schedule import member_lines
from core.pagination import BoundedPaginator
from core.views import moved_on, transition_page
from core.workflow import WrongStateError, lock
from needs.models import Need

PER_PAGE = 50
STAGES = list(RoundState)


class RoundList(ListView):
    """Her rounds, and for an office its committees and rubrics."""

    paginate_by = PER_PAGE
    paginator_class = BoundedPaginator
    template_name = "committee/list.html"

    def get(self, request, *args, **kwargs):
        """Companies and agencies have no business here, not even with an empty list."""
        if not request.user.hospitals and not current_seats(request.user):
            raise PermissionDenied
        return super().get(request, *args, **kwargs)

    def get_queryset(self):
        return Round.objects.visible_to(self.request.user).for_list(self.request.user)

    def get_paginator(self, queryset, per_page, **kwargs):
        rows = Round.objects.for_list(self.request.user)
        return super().get_paginator(queryset, per_page, rows=rows, **kwargs)

    def get_context_data(self, **kwargs):
        user = self.request.user
        is_office = user.holds_any(Role.OFFICE)
        context = super().get_context_data(
            is_office=is_office,
            committees=Committee.objects.visible_to(user).for_list(),
            hospitals=Organisation.objects.hospitals().filter(pk__in=user.offices),
            rubrics=Rubric.objects.visible_to(user).newest().for_list() if is_office else [],
            **kwargs,
        )
        context["scoring"] = {
            each.pk for each in context["page_obj"] if scores_in_round(user, each)
        }
        return context


def detail(request, public_id):
    """Where the round stands, whose turn it is, and its cases as far as she may know them."""
    round_ = round_for(request, public_id)
    user = request.user
    cases = named(user, list(round_.cases.for_pages()))
    scores = scores_in_round(user, round_)
    if scores:
        cases = queries.in_personal_order(cases, user)
    for case in cases:
        case.answer = conflict_answer(user, case)
        case.is_own = speaks_for_case(user, case)
        own = next((each for each in case.reviews.all() if each.reviewer_id == user.pk), None)
        case.is_begun = own is not None
        case.is_abstained = own is not None and own.abstained_at is not None
        case.is_scored = has_scored(user, case)
        case.shows_decision = user.has_perm("committee.see_scores_case", case)
    leads = user.has_perm("committee.lead_round", round_)
    context = {
        "round": round_,
        "cases": cases,
        "stages": stages(round_),
        "flow": actions.round_flow,
        "scores": scores,
        "progress": queries.progress(round_, user) if scores else None,
        "leads": leads,
        "members": member_lines(round_, cases) if leads else [],
        "takes_scores": round_.takes_scores_of(user) if scores else round_.takes_scores,
        "deadline": round_.deadline_of(user) if scores else round_.deadline,
        "unconfirmed": sum(
            line.is_open for line in (conflicts.lines(round_, user, cases) if leads else [])
        ),
        "abstained": reviewing.abstentions(user, cases),
        "may_manage": user.has_perm("committee.manage_round", round_),
        "may_see_results": user.has_perm("committee.see_results_round", round_),
        "entries": entries_for(round_) if leads else [],
        **meetings_of(user, round_),
    }
    return render(request, "committee/round.html", context)


def stages(round_):
    """The stage line of a round."""
    here = STAGES.index(RoundState(round_.state))
    return [
        {"label": stage.label, "state": "done" if n < here else "current" if n == here else ""}
        for n, stage in enumerate(STAGES)
    ]


@transaction.atomic
def edit(request, public_id=None):
    """A new round, or its title, deadline and setting."""
    if public_id is None:
        if not request.user.holds_any(Role.OFFICE):
            raise PermissionDenied
        round_ = Round()
    else:
        round_ = round_for(request, public_id, "committee.manage_round")
        lock(round_)
        if round_.state == RoundState.RELEASED:
            return moved_on(request, round_)
    form = RoundForm(request.POST or None, instance=round_, by=request.user)
    if form.is_valid():
        is_new = round_.pk is None
        round_ = actions.save_round(form, by=request.user)
        messages.success(request, _("審査会を保存しました。"))
        return redirect("committee:agenda" if is_new else "committee:round", round_.public_id)
    context = {"form": form, "round": round_}
    return render(request, "committee/round_form.html", context, status=status_of(form))


def transition(request, public_id, name):
    """The page of one step."""
    return transition_page(request, round_for(request, public_id), actions.round_flow, name)


def agenda(request, public_id):
    """Choose screened needs for the agenda, or take them off again."""
    round_ = round_for(request, public_id, "committee.manage_round")
    if round_.state != RoundState.PLANNED:
        return moved_on(request, round_)
    found = queries.candidates(round_)
    if request.method == "POST":
        return _add(request, round_, found)
    form = AgendaSearchForm(request.GET or None)
    if form.is_valid() and (words := form.cleaned_data["q"].split()):
        for word in words:
            found = found.filter(Q(title__icontains=word) | Q(number__icontains=word))
    context = {
        "round": round_,
        "form": form,
        "cases": named(request.user, list(round_.cases.for_pages())),
        "page_obj": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "committee/agenda.html", context)


def _add(request, round_, found):
    chosen = found.filter(public_id__in=request.POST.getlist("need"))
    held = readiness.held_back(chosen)
    try:
        count = actions.add_cases(round_, chosen, by=request.user)
    except WrongStateError:
        return moved_on(request, round_)
    if held:
        messages.error(request, held)
    if count:
        text = ngettext("%(count)d件を議題に加えました。", "%(count)d件を議題に加えました。", count)
        messages.success(request, text % {"count": count})
    elif not held:
        messages.error(request, _("議題に加えるニーズを選んでください。"))
    return redirect("committee:agenda", round_.public_id)


@require_POST
def put_on(request, public_id, need):
    """Put one need on the agenda from its own page, and go back there."""
    round_ = round_for(request, public_id, "committee.manage_round")
    one = Need.objects.visible_to(request.user).filter(public_id=need)
    need = get_object_or_404(one)
    if held := readiness.held_back(one):
        messages.error(request, held)
        return redirect(need)
    try:
        count = actions.add_cases(
            round_, queries.candidates(round_).filter(pk=need.pk), by=request.user
        )
    except WrongStateError:
        return moved_on(request, need)
    if not count:
        return moved_on(request, need)
    words = {"number": need.number, "title": round_.title}
    messages.success(request, _("%(number)sを「%(title)s」の議題に加えました。") % words)
    return redirect(need)


@require_POST
def remove_case(request, public_id):
    """Take a need off the agenda."""
    case = case_for(request, public_id)
    round_ = round_for(request, case.round.public_id, "committee.manage_round")
    try:
        actions.remove_case(case, by=request.user)
    except WrongStateError:
        return moved_on(request, round_)
    messages.success(request, _("%(number)sを議題から外しました。") % {"number": case.number})
    return redirect("committee:agenda", round_.public_id)

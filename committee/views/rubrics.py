"""Rubrics: choose presets, build, look at it as a member will, copy."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.enums import Role
from committee import rubrics
from committee.models import Case, Review, Round, Rubric
from committee.presets import as_answers
from committee.review_forms import ReviewForm
from committee.rubric_forms import (
    CRITERIA_MAX,
    CriterionFormSet,
    PresetForm,
    RubricForm,
    as_row,
    rearranged,
)
from committee.views.parts import insist, status_of
from core.views import INVALID
from core.workflow import lock
from needs.models import Need


def _rubric(request, public_id, permission="committee.view_rubric"):
    rows = Rubric.objects.visible_to(request.user).select_related("hospital")
    rubric = get_object_or_404(rows, public_id=public_id)
    insist(request.user, permission, rubric)
    return rubric


def preview(request, public_id):
    """The rubric as a member will see it for a need of some category, and its history."""
    rubric = _rubric(request, public_id)
    criteria = list(rubric.criteria.in_order())
    versions = rubrics.versions_of(rubric)
    categories = {term.pk: term for each in criteria for term in each.categories.all()}
    category = categories.get(_number(request.GET.get("category", "")))
    need = Need(category=category)
    context = {
        "rubric": rubric,
        "criteria": criteria,
        "form": _as_seen([each for each in criteria if each.applies_to(need)]),
        "categories": sorted(categories.values(), key=lambda term: (term.order, term.code)),
        "category": category,
        "versions": versions,
        "newest": versions[0],
        "rounds": rubric.rounds.select_related("committee").order_by("-deadline", "pk"),
        "may_manage": request.user.has_perm("committee.manage_rubric", rubric),
    }
    return render(request, "committee/rubric.html", context)


def _number(text):
    return int(text) if text.isascii() and text.isdecimal() else None


def _as_seen(criteria):
    """The form of a member with these criteria, for a case that does not exist."""
    return ReviewForm(instance=Review(case=Case(round=Round())), criteria=criteria)


def create(request):
    """First choose presets (GET), then write the criteria."""
    if not request.user.holds_any(Role.OFFICE):
        raise PermissionDenied
    if request.method == "POST":
        return _build(request, Rubric(), [])
    form = PresetForm(request.GET if "begin" in request.GET else None)
    if not form.is_valid():
        return render(request, "committee/rubric_new.html", {"form": form}, status=status_of(form))
    return _build(request, Rubric(), as_answers(form.cleaned_data["preset"]))


@transaction.atomic
def edit(request, public_id):
    """Change the newest version, or follow one that a round has begun with by a new one."""
    asked = _rubric(request, public_id, "committee.manage_rubric")
    lock(asked)
    rubric = rubrics.versions_of(asked)[0]
    if rubric == asked:
        return _build(request, asked, _answers(asked))
    if request.method != "POST":
        return redirect("committee:rubric_edit", rubric.public_id)
    lock(rubric)
    return _build(request, rubric, _answers(rubric), drawn_from=asked)


def _answers(rubric):
    return [rubrics.as_answers(each) for each in rubric.criteria.in_order()]


@require_POST
def copy(request, public_id):
    """A new rubric with the same criteria."""
    original = _rubric(request, public_id, "committee.manage_rubric")
    rubric = rubrics.copy_rubric(original, by=request.user)
    messages.success(request, _("評価表を複製しました。名前と評価項目を直してください。"))
    return redirect("committee:rubric_edit", rubric.public_id)


def _build(request, rubric, answers, *, drawn_from=None):
    """The builder, beginning with ``answers``.

    ``drawn_from`` is the older version that the page which was sent now showed.
    """
    if request.method != "POST":
        form = RubricForm(instance=rubric, by=request.user)
        return _page(request, form, CriterionFormSet(rows=[as_row(each) for each in answers]))
    if request.POST.get("do", "preview") != "preview":
        return _rearrange(request, rubric, drawn_from)
    data = request.POST.copy()
    if drawn_from:
        data["version"] = 0  # somebody followed that version by a new one: the page is stale
    form = RubricForm(data, instance=rubric, by=request.user)
    criteria = CriterionFormSet(data)
    if form.is_valid() & criteria.is_valid():
        if "do" in data:
            return _page(request, form, criteria, seen=_as_seen(criteria.as_criteria()))
        rubric = rubrics.save_rubric(form, criteria.answers(), by=request.user)
        messages.success(request, _("評価表を保存しました。採点する人にはこのように見えます。"))
        return redirect(rubric)
    status = INVALID if form.is_valid() else status_of(form)
    return _page(request, form, criteria, status=status, saved=answers)


def _rearrange(request, rubric, drawn_from):
    """Draw the page again with a row more or less, or moved; nothing is saved or refused."""
    rows, at = rearranged(request.POST)
    typed = {name: request.POST.get(name, "") for name in ("name", "hospital")}
    form = RubricForm(instance=rubric, by=request.user, initial=typed)
    form.initial["version"] = request.POST.get("version", "")
    return _page(request, form, CriterionFormSet(rows=rows), at=at, drawn_from=drawn_from)


def _page(request, form, criteria, *, status=200, drawn_from=None, **context):
    rubric = form.instance
    here = drawn_from or rubric
    action = (
        reverse("committee:rubric_edit", args=[here.public_id])
        if here.pk
        else reverse("committee:rubric_new")
    )
    context |= {
        "form": form,
        "criteria": criteria,
        "rubric": rubric,
        "action": action,
        "may_add": len(criteria.forms) < CRITERIA_MAX,
    }
    return render(request, "committee/rubric_form.html", context, status=status)

"""Rubrics: choose presets, write, look at it as a member will, copy."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.enums import Role
from committee import actions
from committee.forms import CriterionFormSet, PresetForm, ReviewForm, RubricForm
from committee.models import Case, Review, Round, Rubric
from committee.presets import as_initial
from committee.views.parts import insist, status_of
from core.views import INVALID
from core.workflow import lock


def _rubric(request, public_id, permission="committee.view_rubric"):
    rows = Rubric.objects.visible_to(request.user).select_related("hospital")
    rubric = get_object_or_404(rows, public_id=public_id)
    insist(request.user, permission, rubric)
    return rubric


def preview(request, public_id):
    """The rubric as a member will see it."""
    rubric = _rubric(request, public_id)
    review = Review(case=Case(round=Round(rubric=rubric)))
    context = {
        "rubric": rubric,
        "form": ReviewForm(instance=review, criteria=rubric.criteria.order_by("order", "pk")),
        "rounds": rubric.rounds.select_related("committee").order_by("-deadline", "pk"),
        "may_manage": request.user.has_perm("committee.manage_rubric", rubric),
    }
    return render(request, "committee/rubric.html", context)


def create(request):
    """First choose presets (GET), then write the criteria."""
    if not request.user.holds_any(Role.OFFICE):
        raise PermissionDenied
    if request.method == "POST":
        return _save(request, Rubric(), [])
    form = PresetForm(request.GET if "begin" in request.GET else None)
    if not form.is_valid():
        return render(request, "committee/rubric_new.html", {"form": form}, status=status_of(form))
    return _save(request, Rubric(), as_initial(form.cleaned_data["preset"]))


def edit(request, public_id):
    """Change a rubric that no round has begun with."""
    rubric = _rubric(request, public_id, "committee.manage_rubric")
    if rubric.is_fixed:
        messages.error(
            request,
            _("この評価表は審査で使われているため、変更できません。複製して使ってください。"),
        )
        return redirect(rubric)
    fields = ["label", "weight", "anchor_1", "anchor_3", "anchor_5"]
    initial = [model_to_dict(each, fields) for each in rubric.criteria.order_by("order", "pk")]
    return _save(request, rubric, initial)


@require_POST
def copy(request, public_id):
    """A new rubric with the same criteria."""
    original = _rubric(request, public_id, "committee.manage_rubric")
    rubric = actions.copy_rubric(original, by=request.user)
    messages.success(request, _("評価表を複製しました。名前と評価項目を直してください。"))
    return redirect("committee:rubric_edit", rubric.public_id)


@transaction.atomic
def _save(request, rubric, initial):
    if rubric.pk:
        lock(rubric)
    data = request.POST or None
    form = RubricForm(data, instance=rubric, by=request.user)
    criteria = CriterionFormSet(data, initial=initial, prefix="criteria")
    if data and form.is_valid() & criteria.is_valid():
        rubric = actions.save_rubric(form, criteria.answers(), by=request.user)
        messages.success(request, _("評価表を保存しました。採点する人にはこのように見えます。"))
        return redirect(rubric)
    status = INVALID if data and form.is_valid() else status_of(form)
    context = {"form": form, "criteria": criteria, "rubric": rubric, "saved": initial}
    return render(request, "committee/rubric_form.html", context, status=status)

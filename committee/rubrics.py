"""What changes rubrics. A version that a round has begun with never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from committee.enums import RoundState
from committee.models import Criterion, Round, Rubric
from core.workflow import action_labels

if TYPE_CHECKING:
    from committee.rubric_forms import RubricForm

NAME_MAX = 80

action_labels.update({"committee.rubric.save": _("評価表を保存した")})


@transaction.atomic
def save_rubric(form: RubricForm, criteria: list[dict[str, Any]], *, by: Any) -> Rubric:
    """Keep name and criteria; returns the rubric, a new version when the old one is fixed.

    Rounds that have not begun go on with the new version. The caller has locked the rubric.
    """
    rubric: Rubric = form.save(commit=False, by=by)
    if rubric.pk and rubric.is_fixed:
        rubric = _following(rubric)
    rubric.save()
    _write(rubric, criteria)
    labels = [each["label"] for each in criteria]
    record(rubric, "save", by=by, number=rubric.number, criteria=labels)
    Round.objects.filter(rubric=rubric.previous, state=RoundState.PLANNED).update(rubric=rubric)
    return rubric


@transaction.atomic
def copy_rubric(original: Rubric, *, by: Any) -> Rubric:
    """A new rubric like ``original``, without its history; returns it."""
    name = gettext("%(name)sの写し") % {"name": original.name}
    rubric = Rubric.objects.create(hospital=original.hospital, name=name[:NAME_MAX], updated_by=by)
    criteria = [as_answers(each) for each in original.criteria.in_order()]
    _write(rubric, criteria)
    record(rubric, "save", by=by, number=1, criteria=[each["label"] for each in criteria])
    return rubric


def versions_of(rubric: Rubric) -> list[Rubric]:
    """All versions of this rubric, the newest first; one query."""
    families: dict[int | None, list[Rubric]] = {}
    for each in Rubric.objects.filter(hospital=rubric.hospital_id).order_by("number", "pk"):
        # The version before has a lower number: its family is there.
        families[each.pk] = families.get(each.previous_id, [])
        families[each.pk].append(each)
    return families[rubric.pk][::-1]


def as_answers(criterion: Criterion) -> dict[str, Any]:
    """A criterion as ``save_rubric`` takes it."""
    names = ["label", "weight", "scale", "anchors", "allows_na", "counts"]
    answers: dict[str, Any] = {name: getattr(criterion, name) for name in names}
    return answers | {"categories": [each.pk for each in criterion.categories.all()]}


def _following(old: Rubric) -> Rubric:
    return Rubric(
        hospital=old.hospital,
        name=old.name,
        number=old.number + 1,
        previous_id=old.pk,
        updated_by=old.updated_by,
    )


def _write(rubric: Rubric, criteria: list[dict[str, Any]]) -> None:
    rubric.criteria.all().delete()
    for order, answers in enumerate(criteria):
        columns = {name: value for name, value in answers.items() if name != "categories"}
        criterion = Criterion.objects.create(rubric=rubric, order=order, **columns)
        criterion.categories.set(answers["categories"])

"""The need sheet as rows of a page: one place that knows the order and the words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from needs.forms import DetailsForm

if TYPE_CHECKING:
    from needs.models import Need

STEP_FIELDS = {
    1: ["title", "problem"],
    2: ["place", "frequency", "impacts", "department", "specialty"],
    3: ["audience", "no_patient_data"],
}
DETAIL_FIELDS = DetailsForm.Meta.fields


class SheetRow(NamedTuple):
    """One answer; ``url`` leads to where it can be changed."""

    name: str
    label: str
    value: str
    url: str = ""


def answers(need: Need, *, changing: bool = False) -> list[SheetRow]:
    """What the three steps asked; with ``changing`` each row leads back to its step."""
    return [
        SheetRow(
            name, _label(need, name), _value(need, name), _step_url(need, step, name, changing)
        )
        for step, names in STEP_FIELDS.items()
        for name in names
    ]


def details(need: Need, *, filled: bool = True) -> list[SheetRow]:
    """What was added afterwards; all rows, or only those that say something."""
    rows = [SheetRow(name, _label(need, name), _value(need, name)) for name in DETAIL_FIELDS]
    return [row for row in rows if row.value or not filled]


def _label(need: Need, name: str) -> str:
    return str(need._meta.get_field(name).verbose_name)


def _value(need: Need, name: str) -> str:
    if name == "impacts":
        return _("、").join(str(label) for label in need.impact_labels)
    if name == "no_patient_data":
        return _("確認しました") if need.no_patient_data else ""
    if need._meta.get_field(name).choices:
        return str(getattr(need, f"get_{name}_display")())
    value = getattr(need, name)
    return str(value) if value else ""


def _step_url(need: Need, step: int, name: str, changing: bool) -> str:  # noqa: FBT001 -- passed on
    if not changing:
        return ""
    url = reverse("needs:edit", args=[need.public_id, step])
    return f"{url}?next=check#field_id_{name}"

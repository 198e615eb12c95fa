"""The need sheet as rows of a page: one place that knows the order and the words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from core.templatetags.ui import jdate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from needs.models import Need

STEP_FIELDS = {
    1: ["title", "problem"],
    2: ["place", "frequency", "impacts", "department", "specialty"],
    3: ["audience", "no_patient_data"],
}
# What the sections of the task list ask (needs/sections.py has their words).
SECTION_FIELDS = {
    "background": ["background", "current_practice"],
    "products": ["existing_products"],
    "ideal": ["ideal_state", "desired_spec"],
    "people": ["users", "patients"],
    "impact": ["impact_note"],
    "safety": ["safety_review", "safety_note"],
    "ip": ["ip_status", "ip_note", "presentation_on"],
    "idea": ["idea"],
    "category": ["category"],
}
DETAIL_FIELDS = [name for names in SECTION_FIELDS.values() for name in names]


class SheetRow(NamedTuple):
    """One answer; ``url`` leads to where it can be changed, ``file`` to the file it names."""

    name: str
    label: str
    value: str
    url: str = ""
    file: str = ""


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
    found = rows(need, DETAIL_FIELDS)
    return [row for row in found if row.value or not filled]


def rows(need: Need, names: Iterable[str]) -> list[SheetRow]:
    """These answers, also the empty ones."""
    return [SheetRow(name, _label(need, name), _value(need, name)) for name in names]


def unfinished_step(need: Need) -> int | None:
    """The first step that still lacks an answer; None when only the check is left."""
    missing = set(need.missing)
    return next((step for step, names in STEP_FIELDS.items() if missing & set(names)), None)


def _label(need: Need, name: str) -> str:
    return str(_field(need, name).verbose_name)


def _field(need: Need, name: str) -> Any:
    return need._meta.get_field(name)


def _value(need: Need, name: str) -> str:
    if name == "impacts":
        return _("、").join(str(label) for label in need.impact_labels)
    if name == "no_patient_data":
        return _("確認しました") if need.no_patient_data else ""
    if _field(need, name).choices:
        return str(getattr(need, f"get_{name}_display")())
    value = getattr(need, name)
    if name == "presentation_on" and value:
        return jdate(value)
    return str(value) if value else ""


def _step_url(need: Need, step: int, name: str, changing: bool) -> str:  # noqa: FBT001 -- passed on
    if not changing:
        return ""
    url = reverse("needs:edit", args=[need.public_id, step])
    return f"{url}?next=check#field_id_{name}"

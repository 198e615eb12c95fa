"""A choice in words, quickly.

``get_state_display()`` builds and hashes all choices of the field each time it is called; on a
list of fifty rows that is a tenth of the page.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model


def choice_label(obj: Model, name: str) -> str:
    """What ``get_<name>_display`` says of ``obj``, in the active language."""
    value = getattr(obj, name)
    return str(_labels(type(obj), name).get(value, value))


@cache
def _labels(model: type[Model], name: str) -> dict[Any, Any]:
    return dict(model._meta.get_field(name).flatchoices)  # type: ignore[union-attr]

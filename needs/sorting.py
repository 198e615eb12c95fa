"""The field (分野) of a need, set by the office until a committee has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.fields import name_required
from core.workflow import action_labels, lock
from taxonomy.models import Term

if TYPE_CHECKING:
    from needs.models import Need

action_labels["needs.need.sort"] = _("分野を決めた")


class SortForm(forms.Form):
    """One of the fields, or none."""

    category = forms.ModelChoiceField(
        Term.objects.of("need_category"), label=_("分野"), required=False, empty_label=_("選ばない")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_required(self)


@transaction.atomic
def sort(need: Need, /, *, category: Term | None, by: Any) -> None:
    """Put ``need`` into another field, or none. Raises PermissionDenied once a committee has it."""
    lock(need)
    if not by.has_perm("needs.sort_need", need):
        raise PermissionDenied
    if need.category_id == (category.pk if category else None):
        return
    need.category, need.updated_by = category, by
    need.save()
    record(need, "sort", by=by, category=str(category) if category else "")

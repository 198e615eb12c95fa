"""Everything that changes the glossary of ward words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.workflow import action_labels

if TYPE_CHECKING:
    from search.forms import SynonymForm
    from search.models import Synonym

action_labels.update(
    {
        "search.synonym.add": _("加えた"),
        "search.synonym.edit": _("直した"),
        "search.synonym.remove": _("消した"),
    }
)


@transaction.atomic
def save_synonym(form: SynonymForm, /, *, by: Any) -> Synonym:
    """Add or change the group of a valid form."""
    is_new = form.instance.pk is None
    group: Synonym = form.save(by=by)
    record(group, "add" if is_new else "edit", by=by, words=str(group))
    return group


@transaction.atomic
def remove_synonym(group: Synonym, /, *, by: Any) -> None:
    """Take a group out; the record keeps its words."""
    record(group, "remove", by=by, words=str(group))
    group.delete()

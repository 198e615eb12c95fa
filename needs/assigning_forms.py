"""Who looks after a need: the choice of colleagues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from core.fields import name_required

if TYPE_CHECKING:
    from collections.abc import Collection


class AssigneeForm(forms.Form):
    """One of the people of these offices; empty means nobody."""

    to = forms.ModelChoiceField(
        User.objects.none(), label=_("担当"), required=False, empty_label=_("なし")
    )

    def __init__(self, *args: Any, hospitals: Collection[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_office = User.objects.filter(
            is_active=True, memberships__role=Role.OFFICE, memberships__organisation__in=hospitals
        )
        self.fields["to"].queryset = in_office.distinct().order_by("kana", "pk")
        name_required(self)

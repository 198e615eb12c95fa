"""Keeping the ledger of contributions; apps call this inside the action that earned it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from contributions.kinds import kind_of
from contributions.models import Contribution

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import Model


def contribute(  # noqa: PLR0913 -- the columns of one line
    person: Any, kind: str, target: Model, *, hospital_id: int, label: str, on: date | None = None
) -> None:
    """Write that ``person`` gave ``kind`` to ``target``; a second time changes nothing.

    ``on`` is the day it counts for, today unless said. Raises KeyError for an unknown kind.
    """
    Contribution.objects.get_or_create(
        person=person,
        kind=kind_of(kind).slug,
        target_type=ContentType.objects.get_for_model(target),
        target_id=target.pk,
        defaults={
            "hospital_id": hospital_id,
            "label": label,
            "on": on or timezone.localdate(),
        },
    )


def take_back(person: Any, kind: str, target: Model) -> None:
    """It does not count after all, such as the score of somebody with a conflict of interest."""
    Contribution.objects.filter(
        person=person,
        kind=kind,
        target_type=ContentType.objects.get_for_model(target),
        target_id=target.pk,
    ).delete()

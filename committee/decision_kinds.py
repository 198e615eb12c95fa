"""A hospital's own words for decisions, beside the four that everybody has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from committee.models import DecisionKind
from core.workflow import action_labels

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import Organisation

action_labels.update(
    {
        "accounts.organisation.add_decision_kind": _("決定の種類を加えた"),
        "accounts.organisation.switch_decision_kind": _("決定の種類を使うかどうかを変えた"),
    }
)


def kinds_of(hospital_id: int) -> QuerySet[DecisionKind]:
    """The kinds that are offered now."""
    rows = DecisionKind.objects.filter(hospital=hospital_id, is_active=True)
    return rows.order_by("order", "pk")


@transaction.atomic
def add_kind(hospital: Organisation, *, label: str, outcome: str, by: Any) -> DecisionKind:
    """One more word; decisions already recorded keep theirs."""
    kind = DecisionKind.objects.create(hospital=hospital, label=label, outcome=outcome)
    record(hospital, "add_decision_kind", by=by, label=label)
    return kind


@transaction.atomic
def switch_kind(kind: DecisionKind, *, by: Any) -> None:
    """Offer it, or offer it no longer; it stays with the decisions that have it."""
    kind.is_active = not kind.is_active
    kind.save(update_fields=["is_active"])
    record(kind.hospital, "switch_decision_kind", by=by, label=kind.label)

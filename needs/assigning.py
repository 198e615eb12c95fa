"""Who of the office looks after a need (担当)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.workflow import action_labels, lock
from needs.assigning_notifications import NeedsAssigned
from needs.models import Need
from notifications.actions import notify

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User

action_labels.update(
    {
        "needs.need.assign": _("担当を決めた"),
        "needs.need.unassign": _("担当を外した"),
    }
)


@transaction.atomic
def assign(needs: Iterable[Need], /, *, to: User | None, by: Any) -> list[Need]:
    """Put ``needs`` into the hands of ``to``, or of nobody; returns those that changed.

    Whoever is put in charge is told once for all of them, unless she did it herself. ``to`` has to
    be somebody who may judge each need (PermissionDenied). The need itself has not moved: neither
    its version nor its last change counts up.
    """
    changed = []
    for need in needs:
        lock(need)
        if not may_assign(need, to=to, by=by):
            raise PermissionDenied
        if need.assignee_id == (to.pk if to else None):
            continue
        before, need.assignee = need.assignee, to
        Need.objects.filter(pk=need.pk).update(assignee=to)
        record(need, "assign" if to else "unassign", by=by, to=to or before)
        changed.append(need)
    if to is not None and to != by and changed:
        notify(NeedsAssigned(needs=tuple(changed), to=to, by=by))
    return changed


def may_assign(need: Need, /, *, to: User | None, by: Any) -> bool:
    """Whether ``by`` may hand it out, and ``to`` may judge it."""
    allowed: bool = by.has_perm("needs.assign_need", need)
    return allowed and (to is None or to.has_perm("needs.assign_need", need))

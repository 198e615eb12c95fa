"""A need in the queue beside those that say much the same: merge, relate, or another matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.workflow import action_labels, lock
from needs.enums import JOINABLE_STATES, RelationKind
from needs.models import Need, Relation
from needs.querysets import AWAITING_OFFICE
from needs.similar import LOOKED_AT, similar_needs, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

SHOWN = 3

action_labels["needs.need.tell_apart"] = _("似ているが別件と判断した")


def undecided(need: Need) -> list[Need]:
    """The nearest needs of the hospital about which nobody has decided yet."""
    near = similar_needs(text_of(need), need.hospital_id, but=need, limit=LOOKED_AT)
    if not near:
        return []
    decided = {
        each.other_id if each.need_id == need.pk else each.need_id for each in _decided(need)
    }
    return [each for each in near if each.pk not in decided][:SHOWN]


def nearest_undecided(needs: Iterable[Need]) -> dict[int, str]:
    """For the queue: the number of the nearest need about which nobody has decided yet.

    By the id of each need in the queue that has one; from what was kept when it came in, two
    queries for any number of needs, none without a near one.
    """
    near = {need.pk: need.alike for need in needs if need.state in AWAITING_OFFICE and need.alike}
    if not near:
        return {}
    ids = {pk for each in near.values() for pk in each}
    numbers = dict(
        Need.objects.filter(pk__in=ids, state__in=JOINABLE_STATES).values_list("pk", "number")
    )
    rows = Relation.objects.filter(Q(need__in=near) | Q(other__in=near))
    decided = {frozenset(pair) for pair in rows.values_list("need", "other")}
    found = {}
    for need, others in near.items():
        left = [pk for pk in others if pk in numbers and frozenset((need, pk)) not in decided]
        if left:
            found[need] = numbers[left[0]]
    return found


def _decided(need: Need) -> QuerySet[Relation]:
    return Relation.objects.filter(Q(need=need) | Q(other=need))


@transaction.atomic
def tell_apart(need: Need, /, *, other: Need, by: Any) -> None:
    """They look alike and are two matters: not shown beside each other again."""
    lock(need)
    if _decided(need).filter(Q(need=other) | Q(other=other)).exists():
        return
    Relation.objects.create(need=need, other=other, kind=RelationKind.DIFFERENT, by=by)
    record(need, "tell_apart", by=by, other=other)
    record(other, "tell_apart", by=by, other=need)

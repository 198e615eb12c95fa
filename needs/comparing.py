"""A need in the queue beside those that say much the same: merge, relate, or another matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.workflow import action_labels, lock
from needs.enums import RelationKind
from needs.models import Need, Relation
from needs.similar import LOOKED_AT, similar_needs, text_of

if TYPE_CHECKING:
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

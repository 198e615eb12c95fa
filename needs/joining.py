"""「同じ困りごと」: join somebody's need with the evidence of one's own ward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.workflow import action_labels, lock
from needs.actions import flow
from needs.contributions import JOINED, gave
from needs.enums import NeedState, ParticipantKind
from needs.joining_notifications import SomebodyJoined
from needs.models import Need, Participant
from notifications.actions import notify

if TYPE_CHECKING:
    from collections.abc import Mapping

action_labels.update(
    {
        "needs.need.join": _("同じ困りごとの人が加わった"),
        "needs.need.leave": _("加わっていた人が離れた"),
    }
)


@transaction.atomic
def join(
    need: Need, /, *, by: Any, evidence: Mapping[str, str], instead_of: Need | None = None
) -> Participant:
    """Add ``by`` with her place, frequency and note; a second press changes nothing.

    ``instead_of`` is her own draft of the same worry; it is withdrawn. Raises PermissionDenied.
    """
    lock(need)
    joined = Participant.objects.filter(need=need, user=by).first()
    if joined:
        return joined
    if not by.has_perm("needs.join_need", need):
        raise PermissionDenied
    joined = Participant.objects.create(
        need=need, user=by, kind=ParticipantKind.JOINED, added_by=by, **evidence
    )
    record(need, "join", by=by, place=joined.place, frequency=joined.frequency)
    gave(by, JOINED, need)
    notify(SomebodyJoined(need=need, joined=joined))
    if instead_of is not None and instead_of.state == NeedState.DRAFT:
        flow.perform("withdraw", instead_of, by=by)
    return joined


@transaction.atomic
def leave(need: Need, /, *, by: Any) -> None:
    """She no longer follows it; a second press changes nothing."""
    lock(need)
    for joined in need.participants.filter(user=by, kind=ParticipantKind.JOINED):
        joined.delete()
        record(need, "leave", by=by)

"""Dates move a round: it opens at its time and goes on to the meeting at its deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from committee import actions, readiness
from committee.enums import RoundState
from committee.models import Extension, Round
from committee.notifications import RoundHindered, ScoringClosed
from notifications.actions import notify

if TYPE_CHECKING:
    from django.db.models import QuerySet


def follow_rounds() -> None:
    """Every few minutes: open what is due, close what is over; safe to repeat and to run twice."""
    for pk in _due_to_open().values_list("pk", flat=True):
        _open(pk)
    for pk in _due_to_close().values_list("pk", flat=True):
        _close(pk)


def _due_to_open() -> QuerySet[Round]:
    rows = Round.objects.filter(state=RoundState.PLANNED, opens_at__lte=timezone.now())
    return rows.filter(committee__is_active=True, hindered_at=None).order_by("pk")


def _due_to_close() -> QuerySet[Round]:
    """Those past their deadline, and past the last extension: nobody loses a promised day."""
    now = timezone.now()
    longer = Extension.objects.filter(round=OuterRef("pk"), until__gte=now)
    rows = Round.objects.filter(state=RoundState.REVIEWING, closes_by_itself=True, deadline__lt=now)
    return rows.filter(~Exists(longer)).order_by("pk")


@transaction.atomic
def _open(pk: int) -> None:
    # Row first: asked again under the lock, for another run or a hand may have been faster.
    rows = _due_to_open().filter(pk=pk).select_for_update(no_key=True, of=("self",))
    round_ = rows.first()
    if round_ is None:
        return
    if reasons := readiness.not_ready_to_open(round_):
        Round.objects.filter(pk=pk).update(hindered_at=timezone.now())
        notify(RoundHindered(round=round_, reasons=tuple(reasons)))
        return
    actions.open(round_, by=None)


@transaction.atomic
def _close(pk: int) -> None:
    rows = _due_to_close().filter(pk=pk).select_for_update(no_key=True, of=("self",))
    round_ = rows.first()
    if round_ is not None:
        actions.close_scoring(round_, by=None)
        notify(ScoringClosed(round=round_))

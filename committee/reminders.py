"""Reminders of scores: before the deadline, never to who is done, one mail a day at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.actions import record
from committee.enums import SCORING_SEATS, RoundState
from committee.models import Member, Round
from committee.notifications import CasesAssigned, ReviewAsked, ScoresDue
from committee.queries import Waiting, in_office
from core.workflow import WrongStateError, action_labels
from notifications.actions import notify
from notifications.models import Message

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

action_labels["committee.round.remind"] = _("採点の済んでいない委員に知らせた")

# How many days before her deadline a member is reminded.
DAYS_BEFORE = (7, 3, 1)
# Whoever was asked today needs no reminder today.
ASKED = [ReviewAsked.slug, CasesAssigned.slug, ScoresDue.slug]


def waiting_for(person: User) -> list[Waiting]:
    """All her unfinished rounds that still take her scores, the next deadline first; one query."""
    seats = Member.objects.filter(
        user=person, seat__in=SCORING_SEATS, committee__is_active=True, user__is_active=True
    )
    rounds = (
        Round.objects.filter(
            state=RoundState.REVIEWING, committee__in=in_office(seats).values("committee")
        )
        .with_progress(person)
        .filter(my_total__gt=F("my_done"), my_deadline__gte=timezone.now())
        .order_by("my_deadline", "pk")
    )
    return [Waiting(each, each.my_total - each.my_done, each.my_deadline) for each in rounds]


def remind_all() -> int:
    """Once a day: whoever has a deadline in 7, 3 or 1 days; returns how many. Safe to repeat."""
    seats = in_office(
        Member.objects.filter(seat__in=SCORING_SEATS, committee__rounds__state=RoundState.REVIEWING)
    )
    people = User.objects.filter(is_active=True, pk__in=seats.values("user")).order_by("pk")
    return sum(_remind(person.pk, due_only=True) for person in people)


@transaction.atomic
def _remind(pk: int, *, due_only: bool = False) -> bool:
    # The row of the person: two runs, or a run and a chair's press, wait for each other here.
    person = User.objects.select_for_update(no_key=True).get(pk=pk)
    if _asked_today([pk]):
        return False
    waiting = waiting_for(person)
    if not waiting or (due_only and not any(each.days_left in DAYS_BEFORE for each in waiting)):
        return False
    notify(ScoresDue(person=person, waiting=tuple(waiting)))
    return True


def _asked_today(people: Collection[int]) -> set[int]:
    now = timezone.localtime()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    asked = Message.objects.filter(kind__in=ASKED, recipient__in=people, created_at__gte=today)
    return set(asked.values_list("recipient", flat=True))


def last_reminders(people: Collection[int]) -> dict[int, datetime]:
    """Person id → when she was last reminded; one query."""
    rows = Message.objects.filter(kind=ScoresDue.slug, recipient__in=people).order_by()
    return dict(
        rows.values("recipient").annotate(at=Max("created_at")).values_list("recipient", "at")
    )


@transaction.atomic
def remind_late(round_: Round, people: Collection[User], *, by: Any) -> int:
    """Tell those of ``people`` who are late now; whoever was told today is not told again.

    Returns how many were told. Raises WrongStateError once scoring was closed.
    """
    if round_.state != RoundState.REVIEWING:
        raise WrongStateError
    told = [person for person in sorted(people, key=lambda each: each.pk) if _remind(person.pk)]
    if told:
        record(round_, "remind", by=by, people=[person.name for person in told])
    return len(told)

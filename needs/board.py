"""The board: the rows of the list as cards, by stage.

Every move of the flow that a card offers tells somebody, so each leads to the page that names whom
before it is pressed. The only silent move of an office's page is none: taking a need back
(``withdraw``) is the proposer's, and its inverse (``reopen``) tells her. So there is no 「元に戻す」.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from needs.actions import flow
from needs.enums import ENDED_STATES, NeedState
from needs.filters import ENDED
from needs.promise import with_days_left

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from needs.models import Need

# As many as the first page of the list has: the others begin on its second.
CARDS = 50
STAGES: list[tuple[str, StrOrPromise, list[NeedState]]] = [
    *(
        (each.value, each.label, [each])
        for each in NeedState
        if each not in {*ENDED_STATES, NeedState.DRAFT}
    ),
    (ENDED, _("終了したもの"), ENDED_STATES),
]
ON_A_CARD = [
    *("public_id", "hospital", "number", "state", "title", "updated_at", "answer_due"),
    *("clock_stopped_on", "proposer", "entered_by", "assignee__name", "department__name"),
]


@dataclass(frozen=True, slots=True)
class Stage:
    """One column: ``slug`` is the value of the filter 「状況」 that leads to its rows."""

    slug: str
    label: StrOrPromise
    needs: list[Need]
    count: int

    @property
    def hidden(self) -> int:
        """How many have no card."""
        return self.count - len(self.needs)


def board(needs: Any, user: Any) -> list[Stage]:
    """The columns of ``needs`` (a queryset in its order), each card with its ``moves``.

    Three queries, and one for each stage: how many, participants (for the rights), closed days.
    """
    rows = needs.order_by().values("state").annotate(count=Count("pk"))
    counts = {row["state"]: row["count"] for row in rows}
    cards = needs.select_related("assignee", "department").only(*ON_A_CARD)
    found = [
        Stage(
            slug,
            label,
            list(cards.filter(state__in=states)[:CARDS]),
            sum(counts.get(state, 0) for state in states),
        )
        for slug, label, states in STAGES
    ]
    shown = [need for stage in found for need in stage.needs]
    prefetch_related_objects(shown, "participants")
    for need in with_days_left(shown):
        need.moves = flow.open_to(user, need)
    return found

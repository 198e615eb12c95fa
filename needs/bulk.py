"""The same answer to several needs at once: who is ready, what would go out, and doing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.workflow import WrongStateError
from needs.actions import flow
from needs.assigning import assign, may_assign
from needs.assigning_notifications import NeedsAssigned
from needs.clearance import open_findings
from needs.enums import DeclineReason
from needs.notifications import NeedDeclined, NeedTakenIn
from needs.screening_forms import DeclineForm, TakeInForm
from notifications.actions import drafts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from core.forms import TransitionForm
    from needs.models import Need
    from needs.notifications import AboutNeed
    from notifications.kinds import Notification
    from notifications.models import Message

MOST = 50


class DeclineTogetherForm(DeclineForm):
    """One reason for all. A duplicate names the need that came first, so it is declined alone."""

    earlier = None
    reasons = tuple(each for each in DeclineReason if each != DeclineReason.DUPLICATE)


# The verbs of the flow that make sense for many: what each asks, and what it tells the people.
FORMS: dict[str, type[TransitionForm]] = {
    "take_in": TakeInForm,
    "decline": DeclineTogetherForm,
}
NOTICES: dict[str, type[AboutNeed]] = {"take_in": NeedTakenIn, "decline": NeedDeclined}
ASSIGN = "assign"
ASSIGN_LABEL = gettext_lazy("担当にする")


@dataclass
class Chosen:
    """What somebody picked, for one verb: those that are ready, and (need, why not) for the rest."""

    verb: str
    by: User
    to: User | None = None
    ready: list[Need] = field(default_factory=list)
    aside: list[tuple[Need, str]] = field(default_factory=list)

    @property
    def label(self) -> Any:
        """What the button says."""
        return ASSIGN_LABEL if self.verb == ASSIGN else flow[self.verb].label

    @property
    def mails(self) -> list[Message]:
        """Every mail that would go out, unsaved; a few queries for each case, of at most ``MOST``."""
        return [mail for notice in self._notices() for mail in drafts(notice)]

    def _notices(self) -> Iterable[Notification]:
        if self.verb == ASSIGN:
            new = tuple(need for need in self.ready if need.assignee_id != self._to_id)
            if self.to and self.to != self.by and new:
                yield NeedsAssigned(needs=new, to=self.to, by=self.by)
            return
        for need in self.ready:
            yield NOTICES[self.verb](need=need)

    @property
    def _to_id(self) -> int | None:
        return self.to.pk if self.to else None


def choose(verb: str, needs: Iterable[Need], *, by: Any, to: Any = None) -> Chosen:
    """Sort ``needs`` (which ``by`` may see) into those that are ready and the others, with why."""
    chosen = Chosen(verb=verb, by=by, to=to)
    for need in needs:
        if reason := _why_not(verb, need, by=by, to=to):
            chosen.aside.append((need, reason))
        else:
            chosen.ready.append(need)
    return chosen


def _why_not(verb: str, need: Need, *, by: Any, to: Any) -> str:
    right = "needs.assign_need" if verb == ASSIGN else flow[verb].permission
    if not by.has_perm(right, need):
        return _("あなた自身のニーズか、ほかの病院のニーズです。")
    if verb == ASSIGN:
        if may_assign(need, to=to, by=by):
            return ""
        return _("担当になる人自身のニーズか、別の病院のニーズです。")
    if need.state not in flow[verb].source:
        return _("いまの状況が「%(state)s」です。") % {"state": need.get_state_display()}
    if verb == "take_in" and open_findings(need):
        return _("個人情報かもしれないことばがあります。ニーズのページで先に確かめてください。")
    return ""


@transaction.atomic
def perform(chosen: Chosen, /, **details: Any) -> tuple[int, list[Need]]:
    """Do it for all that are ready: how many were done, and which had moved on meanwhile.

    All in one transaction, in the order of their keys, so that two people who do this at the same
    time do not wait for each other for ever.
    """
    needs = sorted(chosen.ready, key=lambda need: need.pk)
    if chosen.verb == ASSIGN:
        return len(assign(needs, to=chosen.to, by=chosen.by)), []
    left = []
    for need in needs:
        try:
            flow.perform(chosen.verb, need, by=chosen.by, **details)
        except (WrongStateError, PermissionDenied):
            left.append(need)
    return len(needs) - len(left), left

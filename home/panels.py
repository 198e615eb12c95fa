"""What belongs to each role on the first page. A person with several roles sees several panels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from accounts.enums import Role
from accounts.models import Invitation, User
from committee.queries import rounds_being_scored
from contracts.enums import ContractState
from contracts.models import Contract
from disclosure.models import Publication
from matching.models import Match
from needs.enums import NeedState
from needs.models import Need
from needs.progress import with_stages
from needs.promise import with_days_left
from needs.querysets import STALE_DAYS, stale_since
from notifications.models import Message, MessageState

if TYPE_CHECKING:
    from collections.abc import Callable

SHOWN = 5
PIPELINE = [
    NeedState.SUBMITTED,
    NeedState.SCREENING,
    NeedState.RETURNED,
    NeedState.IN_REVIEW,
    NeedState.ACCEPTED,
    NeedState.CONDITIONALLY_ACCEPTED,
]
APPROVERS = [Role.LEGAL, Role.IP_OFFICE, Role.DIRECTOR]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: its template and what the template needs."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    has_button: bool = True


def panels_for(user: User) -> list[Panel]:
    """The panels of this person's roles, in the order of their daily weight.

    Only the first button becomes the page's primary one.
    """
    panels = [panel for build in BUILDERS for panel in [build(user)] if panel]
    for panel in [each for each in panels if each.has_button][:1]:
        panel.context["primary"] = True
    return panels


def committee(user: User) -> Panel | None:
    """Rounds to score: how far I am, and until when."""
    rounds = rounds_being_scored(user)
    if not rounds:
        return None
    unfinished = [each for each in rounds if each.my_total > each.my_done]
    return Panel(
        "home/panels/committee.html",
        {"rounds": rounds, "unfinished": unfinished},
        has_button=bool(unfinished),
    )


def office(user: User) -> Panel | None:
    """The pipeline as counts; every count is a link to exactly these rows."""
    if not user.offices:
        return None
    counts = {
        row["state"]: row
        for row in Need.objects.handed_in()
        .filter(hospital__in=user.offices, state__in=PIPELINE)
        .values("state")
        .annotate(total=Count("pk"), stale=Count("pk", filter=Q(updated_at__lt=stale_since())))
        .order_by()
    }
    empty = {"total": 0, "stale": 0}
    rows = [{**counts.get(state.value, empty), "state": state} for state in PIPELINE]
    failed = Message.objects.filter(hospital__in=user.offices, state=MessageState.FAILED).count()
    return Panel("home/panels/office.html", {"rows": rows, "failed": failed, "days": STALE_DAYS})


def approver(user: User) -> Panel | None:
    """Contracts on their way, for law, patents and the director."""
    if not user.holds_any(*APPROVERS):
        return None
    moving = [ContractState.EXPIRED, ContractState.TERMINATED]
    contracts = Contract.objects.in_list_of(user).exclude(state__in=moving).for_list()[:SHOWN]
    return Panel("home/panels/contracts.html", {"contracts": contracts}, has_button=False)


def partner(user: User) -> Panel | None:
    """What is new for a company or agency, and what is under way."""
    if not user.outside_organisations:
        return None
    contracts = Contract.objects.in_list_of(user).in_force().for_list()
    return Panel(
        "home/panels/partner.html",
        {
            "publications": Publication.objects.published().for_list()[:SHOWN],
            "matches": Match.objects.in_list_of(user).under_way().for_list()[:SHOWN],
            "contracts": contracts.order_by("ends_on", "pk")[:SHOWN],
        },
    )


def staff(user: User) -> Panel | None:
    """My needs, each with the line of its stages."""
    if not user.organisations(Role.STAFF):
        return None
    mine = Need.objects.filter(proposer=user).exclude(state=NeedState.WITHDRAWN).for_list()
    return Panel("home/panels/staff.html", {"needs": with_days_left(with_stages(mine[:SHOWN]))})


def administrator(user: User) -> Panel | None:
    """What keeps the portal running."""
    if not user.is_superuser:
        return None
    return Panel(
        "home/panels/administrator.html",
        {
            "failed": Message.objects.filter(state=MessageState.FAILED).count(),
            "closed": User.objects.filter(is_active=False).count(),
            "invitations": Invitation.objects.open().count(),
        },
        has_button=False,
    )


BUILDERS: list[Callable[[User], Panel | None]] = [
    committee,
    office,
    approver,
    partner,
    staff,
    administrator,
]

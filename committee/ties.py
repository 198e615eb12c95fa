"""What members declare about companies, and from which sums on it counts.

A sum is read by its declarant, and by the office only where it passes the hospital's threshold.
No sum is ever written on a timeline.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from audit.actions import record
from committee import queries
from committee.enums import TieKind
from committee.models import Member, Tie, TieThreshold
from core.japanese import APRIL, fiscal_year
from core.workflow import action_labels

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from committee.models import Committee
    from committee.ties_forms import TieForm

action_labels.update(
    {
        "committee.tie.declare": gettext_lazy("企業との関係を申告した"),
        "committee.tie.take_back": gettext_lazy("企業との関係の申告を取り消した"),
        "committee.member.declare_ties": gettext_lazy("年度の申告を終えた"),
        "committee.committee.set_thresholds": gettext_lazy("利益相反の基準を決めた"),
    }
)

# Years before the current one that still count (DOMAIN.md §7).
LOOKS_BACK = 3
# What bodies usually say (DOMAIN.md §7), offered where a hospital has not decided yet.
PRESET = {
    TieKind.POST: 1_000_000,
    TieKind.SHARES: 1_000_000,
    TieKind.ROYALTY: 1_000_000,
    TieKind.LECTURE: 500_000,
    TieKind.WRITING: 500_000,
    TieKind.RESEARCH: 1_000_000,
    TieKind.GRANT: 1_000_000,
    TieKind.OTHER: 100_000,
}
LEGAL_FORMS = re.compile(r"株式会社|有限会社|合同会社|合資会社|\(株\)|\(有\)|\(同\)|\s")


def this_year() -> int:
    """The fiscal year of today."""
    return fiscal_year(timezone.localdate())


def plain_name(name: str) -> str:
    """A company's name for comparing: however its legal form is written, or left out."""
    return LEGAL_FORMS.sub("", unicodedata.normalize("NFKC", name)).casefold()


@dataclass(frozen=True, slots=True)
class Sum:
    """What one person has from one company in one year, her family's part included."""

    user_id: int
    company: str
    kind: TieKind
    year: int
    amount: int | None
    company_ids: frozenset[int]


def thresholds_of(hospital: int) -> dict[str, int]:
    """Kind → yen, as the hospital decided. Where it has not, every declared tie counts."""
    rows = TieThreshold.objects.filter(hospital=hospital)
    return dict(rows.values_list("kind", "amount"))


def sums_that_count(hospital: int, people: Collection[int]) -> list[Sum]:
    """The sums of these years that reach the threshold, the newest first; two queries.

    A tie without a sum (an unpaid post) counts always.
    """
    limits = thresholds_of(hospital)
    rows = Tie.objects.filter(user__in=people).since(this_year() - LOOKS_BACK)
    grouped: dict[tuple[int, str, str, int], list[Tie]] = defaultdict(list)
    for tie in rows.order_by("-year", "company_name", "kind", "pk"):
        grouped[tie.user_id, plain_name(tie.company_name), tie.kind, tie.year].append(tie)
    return [found for rows in grouped.values() for found in [_sum(rows)] if _counts(found, limits)]


def _sum(rows: list[Tie]) -> Sum:
    first = rows[0]
    amounts = [tie.amount for tie in rows]
    return Sum(
        user_id=first.user_id,
        company=first.company_name,
        kind=TieKind(first.kind),
        year=first.year,
        amount=None if None in amounts else sum(amounts),
        company_ids=frozenset(tie.company_id for tie in rows if tie.company_id),
    )


def _counts(found: Sum, limits: Mapping[str, int]) -> bool:
    return found.amount is None or found.amount >= limits.get(found.kind, 0)


def tied_companies(
    hospital: int, people: Collection[int], orbits: Mapping[int, set[int]]
) -> dict[tuple[int, int], list[str]]:
    """(need id, member id) → 「○○社 講演料」 for ties that count with companies in the orbit.

    Three queries; none when no need has an orbit.
    """
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    near = {pk for each in orbits.values() for pk in each}
    if not near:
        return found
    names = {
        pk: plain_name(name)
        for pk, name in Organisation.objects.filter(pk__in=near).values_list("pk", "name")
    }
    sums = sums_that_count(hospital, people)
    for need, companies in orbits.items():
        known = {names[pk] for pk in companies if pk in names}
        for each in sums:
            if each.company_ids & companies or plain_name(each.company) in known:
                words = f"{each.company} {each.kind.label}"
                if words not in found[need, each.user_id]:
                    found[need, each.user_id].append(words)
    return found


def has_declared(user: Any) -> bool:
    """Whether every seat she holds has her declaration of this fiscal year; one query."""
    return not queries.in_office(Member.objects.filter(user=user)).filter(_undeclared()).exists()


def _undeclared() -> Q:
    begun = date(this_year(), APRIL, 1)
    return Q(ties_declared_on=None) | Q(ties_declared_on__lt=begun)


def waiting_seats(committee: Committee) -> Iterable[Member]:
    """The seats in office whose holders have not declared in this fiscal year."""
    return queries.seated(committee.pk).filter(_undeclared())


@transaction.atomic
def save_tie(form: TieForm, *, by: Any) -> Tie:
    """Keep what she declares; the company is recognised when it takes part here."""
    tie: Tie = form.save(commit=False)
    tie.user, tie.declared_at = by, timezone.now()
    kinds = [OrganisationKind.COMPANY, OrganisationKind.UNIVERSITY]
    tie.company = Organisation.objects.filter(name=tie.company_name, kind__in=kinds).first()
    tie.save()
    record(tie, "declare", by=by, fields=form.changed_data)
    return tie


@transaction.atomic
def remove_tie(tie: Tie, *, by: Any) -> None:
    """Take back what was declared by mistake; a second press finds nothing to do."""
    if Tie.objects.filter(pk=tie.pk).exists():
        record(tie, "take_back", by=by, kind=tie.get_kind_display(), year=tie.year)
        tie.delete()


@transaction.atomic
def finish(*, by: Any) -> None:
    """She has declared everything of this fiscal year, or that there is nothing."""
    for seat in queries.in_office(Member.objects.filter(user=by)):
        seat.ties_declared_on = timezone.localdate()
        seat.save(update_fields=["ties_declared_on"])
        record(seat, "declare_ties", by=by)


@transaction.atomic
def set_thresholds(committee: Committee, amounts: Mapping[str, int | None], *, by: Any) -> None:
    """From how many yen a year a tie counts in this hospital; None counts from the first yen."""
    rows = TieThreshold.objects.filter(hospital=committee.hospital_id)
    rows.exclude(kind__in=[kind for kind, amount in amounts.items() if amount]).delete()
    for kind, amount in amounts.items():
        if amount:
            TieThreshold.objects.update_or_create(
                hospital=committee.hospital, kind=kind, defaults={"amount": amount}
            )
    set_to = {str(TieKind(kind).label): amount for kind, amount in amounts.items() if amount}
    record(committee, "set_thresholds", by=by, thresholds=set_to)

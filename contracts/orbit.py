"""The companies that a need has a contract with, or is negotiating one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from committee.orbit import source
from contracts.models import Contract

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


@source
def parties(needs: Collection[int]) -> Iterable[tuple[int, int]]:
    """The other side of each contract, whatever has become of it."""
    contracts = Contract.objects.filter(match__publication__need__in=needs)
    return contracts.values_list("match__publication__need", "partner")

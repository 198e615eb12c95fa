"""On what basis an outsider reads more than the summary.

Access is derived, never stored: later apps register a basis (contracts: an NDA in force) and it
is asked at every read. When the agreement ends, access ends that day by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from core.registry import Registry
from disclosure.enums import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from disclosure.models import Publication


class AccessBasis:
    """One reason for which an organisation may read the NDA tier."""

    slug: ClassVar[str]
    label: ClassVar[StrOrPromise]

    @classmethod
    def opened_by(
        cls, organisations: Iterable[int], publications: Iterable[Publication]
    ) -> dict[int, str]:
        """The publications (by id) open to one of ``organisations`` (ids) today, with the reason.

        The reason is in words for the ledger. A fixed number of queries.
        """
        raise NotImplementedError


registry: Registry[AccessBasis] = Registry()


def reasons_for(
    organisations: Iterable[int], publications: Iterable[Publication]
) -> dict[int, str]:
    """Publication id → why the NDA tier is open to one of ``organisations``, today."""
    organisations, publications = list(organisations), list(publications)
    found: dict[int, str] = {}
    for basis in registry:
        found = {**basis.opened_by(organisations, publications), **found}
    return found


def tiers(*, inside: bool, reason: str | None) -> set[str]:
    """The tiers that a reader sees."""
    if inside:
        return set(Tier.values)
    return {Tier.MEMBERS, Tier.NDA} if reason else {Tier.MEMBERS}

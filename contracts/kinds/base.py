"""What makes one kind of contract different from the others. No database here."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from accounts.enums import Role
from core.registry import Registry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


SECRECY = "secrecy"
RESEARCH = "research"
STAGES = (SECRECY, RESEARCH)


class ContractKind:
    """One kind of contract: its law in one file. The recipe is docs/adding-a-contract-kind.md.

    ``term_days`` is the proposed length; ``approvers`` are roles in their order; ``slots`` maps
    document slots to labels; ``required`` are the slots to fill before signing; ``opens_details``
    says whether the partner reads the NDA tier of the matched need while it is in force;
    ``needs_in_force`` names a kind that must be in force for the match before this one starts;
    ``stage`` is the stop of the negotiation's line that its signing reaches (``STAGES``).
    """

    slug: ClassVar[str]
    label: ClassVar[StrOrPromise]
    purpose: ClassVar[StrOrPromise]
    term_days: ClassVar[int]
    approvers: ClassVar[tuple[Role, ...]] = (Role.OFFICE,)
    slots: ClassVar[dict[str, StrOrPromise]]
    required: ClassVar[tuple[str, ...]]
    opens_details: ClassVar[bool] = False
    needs_in_force: ClassVar[str] = ""
    stage: ClassVar[str]
    reminder_days: ClassVar[tuple[int, ...]] = (60, 30, 7)


registry: Registry[ContractKind] = Registry()


def choices() -> list[tuple[str, StrOrPromise]]:
    """For ``Contract.kind``: a callable, so that a new kind makes no migration.

    In the order of the negotiation.
    """
    in_order = sorted(registry, key=lambda kind: (STAGES.index(kind.stage), kind.slug))
    return [(kind.slug, kind.label) for kind in in_order]

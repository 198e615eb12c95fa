"""Which documents a contract holds, who reads them, and who files them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from documents.queries import documents_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from contracts.models import Contract
    from documents.models import Version

INTERNAL_DRAFT = "internal_draft"
SHARED_DRAFT = "shared_draft"

INSIDE_ONLY = "contracts.view_internal_contract"
BOTH_SIDES = "contracts.view_contract"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one document with its versions. Nothing filed here is ever removed."""

    name: str
    label: StrOrPromise
    view_permission: str
    # None: nobody files here directly; a step of the negotiation does.
    upload_permission: str | None
    change_permission: str = "contracts.remove_document_contract"

    @property
    def is_shared(self) -> bool:
        """Whether the other side reads it."""
        return self.view_permission == BOTH_SIDES

    @property
    def title(self) -> str:
        """The name under which it is kept, whatever language the uploader reads."""
        with translation.override(settings.LANGUAGE_CODE):
            return str(self.label)


COMMON = (
    Slot(INTERNAL_DRAFT, _("契約書案(院内)"), INSIDE_ONLY, "contracts.draft_contract"),
    Slot(SHARED_DRAFT, _("契約書案(相手方とやり取りした版)"), BOTH_SIDES, None),
)


def slots_of(contract: Contract) -> tuple[Slot, ...]:
    """The common places, then those of the kind in its order."""
    own = contract.spec.slots.items()
    return (
        *COMMON,
        *(Slot(name, label, BOTH_SIDES, "contracts.file_document_contract") for name, label in own),
    )


def slot_of(contract: Contract, name: str) -> Slot:
    """The place called ``name``. Raises KeyError."""
    return {slot.name: slot for slot in slots_of(contract)}[name]


def versions_in(contract: Contract) -> dict[str, list[Version]]:
    """Slot name → its versions, newest first; two queries."""
    return {document.slot: document.history for document in documents_of(contract)}


def newest_text(filed: dict[str, list[Version]]) -> Version | None:
    """The text that goes out next: the newest draft, or what came back if that is newer."""
    found = [filed[slot][0] for slot in (INTERNAL_DRAFT, SHARED_DRAFT) if slot in filed]
    return max(found, key=lambda version: version.uploaded_at, default=None)

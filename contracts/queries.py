"""What the page of a contract shows, each part in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.enums import Role
from audit.queries import entries_for
from contracts.enums import NoteAudience, Side
from contracts.models import Contract
from contracts.slots import slots_of
from disclosure.enums import PublicationState
from disclosure.queries import fields_of, view_as

# The steps that both sides read on the log, with the word of it that both may read.
SHARED_STEPS = {
    "send_to_counterpart": "comment",
    "return_with_changes": "comment",
    "agree_to_text": "comment",
    "finish_approval": None,
    "record_signature": "signer",
    "activate": None,
    "terminate": "reason",
    "abandon": "reason",
    "expire": None,
}
INTERNAL_WORDS = ["comment", "reason", "exception", "signer"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the negotiation log."""

    at: datetime
    who: str
    organisation: str
    is_shared: bool
    what: str
    text: str


def log_of(contract, *, inside):
    """Notes and steps, newest first; the other side gets the shared ones and nothing else."""
    notes = contract.notes.select_related("by").order_by("pk")
    if not inside:
        notes = notes.filter(audience=NoteAudience.SHARED)
    steps = (_step(contract, entry, inside=inside) for entry in entries_for(contract))
    lines = [*(_note(contract, note) for note in notes), *filter(None, steps)]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _organisation(contract, side):
    names = {Side.HOSPITAL: contract.hospital.name, Side.PARTNER: contract.partner.name}
    return names.get(side, "")


def _note(contract, note):
    return Line(
        at=note.at,
        who=note.by.name,
        organisation=_organisation(contract, note.side),
        is_shared=note.audience == NoteAudience.SHARED,
        what="",
        text=note.text,
    )


def _step(contract, entry, *, inside):
    name = entry.action.rpartition(".")[2]
    is_shared = name in SHARED_STEPS
    if not (inside or is_shared) or (inside and name == "finish_approval"):
        return None  # inside, the last approval says it already
    words = INTERNAL_WORDS if inside else [SHARED_STEPS[name]]
    texts = [entry.data[word] for word in words if entry.data.get(word)]
    if inside and name == "store_file":
        version = {"title": entry.data["title"], "number": entry.data["version"]}
        texts = [_("%(title)s 第%(number)s版") % version]
    return Line(
        at=entry.at,
        who=entry.actor.name if entry.actor else _("自動"),
        organisation=_organisation(contract, entry.data.get("acting_for")),
        is_shared=is_shared and contract.shared_at is not None,
        what=str(entry.label),
        text="\n".join(texts),
    )


def document_rows(contract, user, filed):
    """The slots that ``user`` may read, with their versions from ``slots.versions_in``."""
    return [
        {
            "slot": slot,
            "versions": filed.get(slot.name, []),
            "is_required": slot.name in contract.spec.required,
            "may_upload": bool(slot.upload_permission)
            and user.has_perm(slot.upload_permission, contract),
        }
        for slot in slots_of(contract)
        if user.has_perm(slot.view_permission, contract)
    ]


def approval_rows(contract):
    """The steps of the decision in order: who has approved, or who is asked; two queries."""
    given = {each.role: each for each in contract.approvals.select_related("by") if each.is_current}
    seats = contract.hospital.memberships.filter(
        role__in=contract.spec.approvers, user__is_active=True
    ).select_related("user")
    names = {}
    for seat in seats.order_by("pk"):
        names.setdefault(seat.role, []).append(seat.user.name)
    asked = contract.next_approver
    return [
        {
            "role": Role(role).label,
            "approval": given.get(role),
            "is_asked": role == asked,
            "people": names.get(role, []),
        }
        for role in contract.spec.approvers
    ]


def disclosure_of(contract):
    """What the other side reads of the need now, why and until when."""
    publication = contract.match.publication
    view = view_as(publication, {contract.partner_id})
    is_published = publication.state == PublicationState.PUBLISHED
    opening = (
        Contract.objects.in_force()
        .opening_details()
        .filter(match=contract.match_id)
        .order_by("-ends_on", "-pk")
        .first()
    )
    visible = {field.pk for field in view.fields} if is_published else set()
    return {
        "is_published": is_published,
        "opening": opening,
        "rows": [
            (field.label, field.pk in visible) for field in fields_of(publication) if field.text
        ],
    }

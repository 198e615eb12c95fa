"""What the office finds out before the review, each with its source; never the proposer's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.workflow import action_labels, lock
from needs.enums import EnrichmentKind
from needs.models import Enrichment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from needs.models import Need

action_labels.update(
    {
        "needs.need.add_enrichment": _("事務局の調べを書いた"),
        "needs.need.edit_enrichment": _("事務局の調べを直した"),
        "needs.need.remove_enrichment": _("事務局の調べを消した"),
    }
)


@transaction.atomic
def keep(enrichment: Enrichment, /, *, by: Any) -> Enrichment:
    """Add it, or change it; the caller has the right (needs.enrich_need)."""
    lock(enrichment.need)
    is_new = enrichment.pk is None
    enrichment.by = by
    enrichment.save()
    name = "add_enrichment" if is_new else "edit_enrichment"
    record(enrichment.need, name, by=by, kind=enrichment.kind)
    return enrichment


@transaction.atomic
def remove(enrichment: Enrichment, /, *, by: Any) -> None:
    """Take it off; that it was there stays on the timeline."""
    need = enrichment.need
    lock(need)
    enrichment.delete()
    record(need, "remove_enrichment", by=by, kind=enrichment.kind)


def enrichments_of(need: Need) -> list[Enrichment]:
    """In the order of the kinds, oldest first; one query."""
    order = list(EnrichmentKind.values)
    rows = need.enrichments.select_related("by").order_by("at", "pk")
    return sorted(rows, key=lambda each: order.index(each.kind))


def missing_kinds(found: Iterable[Enrichment]) -> list[EnrichmentKind]:
    """What nobody has looked up yet."""
    known = {each.kind for each in found}
    return [kind for kind in EnrichmentKind if kind not in known]

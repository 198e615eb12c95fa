"""Likely personal information in a need, before more people read it.

A draft is its proposer's alone; once a need is handed in, every text goes to the office, and later
to companies. From there on a text with a finding is kept only when it was corrected, or when the
person says why it may stay: the reason is recorded, the words themselves are not.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.workflow import WrongStateError, action_labels
from needs.answers import label_of_question, texts_of
from needs.models import QUESTION_PREFIX, Clearance, Need
from needs.personal_data import Finding, findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import Model, QuerySet
    from django_stubs_ext import StrOrPromise

KINDS = {
    "name": _("名前"),
    "number": _("番号"),
    "birth": _("生年月日"),
    "phone": _("電話番号"),
    "mail": _("メールアドレス"),
    "address": _("住所"),
    "rare": _("年齢・日付・場所の組み合わせ"),
}
TEXTS = [
    *("title", "problem", "background", "current_practice", "existing_products", "ideal_state"),
    *("desired_spec", "users", "patients", "impact_note", "safety_note", "ip_note", "idea"),
]
REASON_MAX = 200

for _kind in ("need", "comment"):
    action_labels[f"needs.{_kind}.clear_finding"] = _("個人情報ではないことを確かめた")


class UnclearedError(WrongStateError):
    """Words that look like personal information would reach more readers."""


class OpenFinding(NamedTuple):
    """A finding that nobody has answered for; ``key`` names its box for the reason.

    ``reason`` is what stands in that box on a page that has to be repaired.
    """

    finding: Finding
    label: str
    key: str
    reason: str = ""

    @property
    def kind(self) -> StrOrPromise:
        """What it looks like, in words."""
        return KINDS[self.finding.kind]


def open_findings(
    need: Need | None,
    values: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> list[OpenFinding]:
    """What stands in ``values`` (field → text; the whole need without it) and was not cleared.

    ``labels`` names fields that are not the need's own, such as a publication's; a text for several
    needs comes without ``need`` and with all of its labels. With ``clearances`` and
    ``extra_answers`` prefetched no query at all. The same words in one field come once.
    """
    if values is None:
        values = {**{name: getattr(need, name) for name in TEXTS}, **texts_of(need)}
    found = {
        fingerprint(each.field, each.text): each
        for name, text in values.items()
        for each in findings(name, text or "")
    }
    if not found:
        return []
    known = need is not None and need.pk
    cleared = {row.finding for row in need.clearances.all()} if known else set()
    return [
        OpenFinding(
            each, (labels or {}).get(each.field) or label_of(need, each.field), f"reason-{key[:16]}"
        )
        for key, each in found.items()
        if key not in cleared
    ]


def label_of(need: Need, name: str) -> str:
    """What the pages call this field."""
    if name.startswith(QUESTION_PREFIX):
        return label_of_question(need, name)
    return str(need._meta.get_field(name).verbose_name)


def fingerprint(field: str, text: str) -> str:
    """The same for the same words in the same field, and nothing that gives them away at sight."""
    return hashlib.sha256(f"{field}\n{text}".encode()).hexdigest()


def reasons_in(data: Mapping[str, Any], found: Iterable[OpenFinding]) -> dict[str, str]:
    """The reasons that were typed, by key; empty ones are left out."""
    typed = {each.key: str(data.get(each.key, "")).strip()[:REASON_MAX] for each in found}
    return {key: reason for key, reason in typed.items() if reason}


def uncleared(needs: QuerySet[Need]) -> list[Need]:
    """Those with a finding that nobody has answered for; the same number of queries for any number."""
    return [
        need
        for need in needs.prefetch_related("clearances", "extra_answers")
        if open_findings(need)
    ]


@transaction.atomic
def clear(
    need: Need, found: OpenFinding, *, reason: str, by: Any, told_on: Model | None = None
) -> None:
    """Somebody answers for it; a second time changes nothing.

    The timeline of the need tells of it, or that of ``told_on`` when not everybody who reads the
    need may know that there is such a text.
    """
    finding = found.finding
    _row, is_new = Clearance.objects.get_or_create(
        need=need,
        field=finding.field,
        finding=fingerprint(finding.field, finding.text),
        defaults={"kind": finding.kind, "reason": reason, "by": by},
    )
    if is_new:
        record(
            told_on or need,
            "clear_finding",
            by=by,
            kind=finding.kind,
            field=found.label,
            reason=reason,
        )

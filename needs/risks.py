"""What the office should see at a glance before it opens a need: four hints, in words.

Patient safety, a talk at a conference that could cost the patent, words that look like personal
data for which nobody has answered, and a need that says much the same.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.templatetags.ui import jdate
from needs.clearance import TEXTS, fingerprint
from needs.comparing import nearest_undecided
from needs.enums import Impact
from needs.models import Clearance
from needs.personal_data import findings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from needs.models import Need

# Time to search and to file before the audience has heard it.
TALK_IS_NEAR = timedelta(days=90)
RISK_FIELDS = ("impacts", "presentation_on", "alike", *TEXTS)


class Risk(NamedTuple):
    """One hint: ``code`` chooses icon and colour, ``more`` says what exactly."""

    code: str
    label: StrOrPromise
    more: str = ""


def with_risks(needs: Iterable[Need]) -> list[Need]:
    """Put ``risks`` on each need; at most three queries for any number of needs."""
    needs = list(needs)
    seen = {need.pk: _noticed(tuple(getattr(need, name) or "" for name in TEXTS)) for need in needs}
    cleared: dict[int, set[str]] = defaultdict(set)
    rows = Clearance.objects.filter(need__in=list(seen)).values_list("need", "finding")
    for need_id, finding in rows:
        cleared[need_id].add(finding)
    near = nearest_undecided(needs)
    for need in needs:
        is_open = bool(seen[need.pk] - cleared[need.pk])
        need.risks = list(_risks(need, open_findings=is_open, near=near.get(need.pk)))
    return needs


@lru_cache(maxsize=500)  # reading fifty whole sheets costs more than the rest of the page
def _noticed(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        fingerprint(name, found.text)
        for name, text in zip(TEXTS, texts, strict=True)
        for found in findings(name, text)
    )


def _risks(need: Need, *, open_findings: bool, near: str | None) -> Iterable[Risk]:
    if Impact.SAFETY in need.impacts:
        yield Risk("safety", _("患者さんの安全"))
    talk = need.presentation_on
    if talk and timezone.localdate() <= talk <= timezone.localdate() + TALK_IS_NEAR:
        yield Risk("patent", _("学会発表が近い"), jdate(talk))
    if open_findings:
        yield Risk("personal", _("個人情報の確認"))
    if near:
        yield Risk("similar", _("似ているニーズ"), near)

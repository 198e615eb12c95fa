"""New partners who may help with needs that were put aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matching import scoring
from matching.queries import changed_partners
from needs.revival import partner_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from needs.models import Need

# A shared interest and two telling words, or more.
FITS = scoring.INTEREST_POINTS + 2 * scoring.WORD_POINTS


@partner_source
def fitting(needs: list[Need], since: datetime) -> Iterator[tuple[int, int]]:
    """(need id, organisation id) for listed partners who came or changed since then."""
    partners = changed_partners(since)
    for need in needs if partners else []:
        profile = scoring.NeedProfile(
            category=str(need.category or ""), words=scoring.words(f"{need.title} {need.problem}")
        )
        for organisation, partner in partners:
            if scoring.score(scoring.reasons(profile, partner)) >= FITS:
                yield need.pk, organisation

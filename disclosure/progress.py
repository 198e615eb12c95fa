"""What this app adds to the line 受付 → 審査 → 公開 → 連携 of a need."""

from disclosure.models import Publication
from needs.progress import reached


@reached("publication")
def published(needs):
    """The needs (ids) that were opened to members at least once."""
    return set(
        Publication.objects.filter(need__in=needs, published_at__isnull=False).values_list(
            "need_id", flat=True
        )
    )

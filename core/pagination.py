"""Pages of long lists: no page costs more because the table has grown."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property

COUNTED = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Counts no further than ``COUNTED``; whoever looks for more narrows the list.

    With ``rows`` (the unfiltered queryset with everything that a row shows) a page is found by its
    keys first: the rows that are skipped cost an entry of an index each, not their joins.
    """

    object_list: Any

    def __init__(
        self, object_list: Any, per_page: int, *args: Any, rows: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(object_list, per_page, *args, **kwargs)
        self.rows = rows

    @cached_property
    def _found(self) -> int:
        return int(self.object_list.order_by().values("pk")[: COUNTED + 1].count())

    @property
    def count(self) -> int:
        """How many can be paged through."""
        return min(self._found, COUNTED)

    @property
    def has_more(self) -> bool:
        """Whether there are rows that are not counted."""
        return self._found > COUNTED

    def page(self, number: Any) -> Page[Any]:
        """Page ``number``; raises what ``Paginator.page`` raises."""
        page = super().page(number)
        if self.rows is not None:
            found: Any = page.object_list
            keys = list(found.values_list("pk", flat=True))
            rows = {row.pk: row for row in self.rows.filter(pk__in=keys)}
            page.object_list = [rows[key] for key in keys if key in rows]
        return page

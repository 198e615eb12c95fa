"""Pages of long lists: no page costs more because the table has grown."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property

COUNTED = 10_000


class BoundedPaginator(Paginator):
    """Counts no further than ``COUNTED``; whoever looks for more narrows the list.

    With ``rows`` (the unfiltered queryset with everything that a row shows) a page is found by its
    keys first: the rows that are skipped cost an entry of an index each, not their joins.
    """

    def __init__(self, object_list, per_page, *args, rows=None, **kwargs):
        super().__init__(object_list, per_page, *args, **kwargs)
        self.rows = rows

    @cached_property
    def _found(self):
        return self.object_list.order_by().values("pk")[: COUNTED + 1].count()

    @property
    def count(self):
        """How many can be paged through."""
        return min(self._found, COUNTED)

    @property
    def has_more(self):
        """Whether there are rows that are not counted."""
        return self._found > COUNTED

    def page(self, number):
        """Page ``number``; raises what ``Paginator.page`` raises."""
        page = super().page(number)
        if self.rows is not None:
            keys = list(page.object_list.values_list("pk", flat=True))
            rows = {row.pk: row for row in self.rows.filter(pk__in=keys)}
            page.object_list = [rows[key] for key in keys if key in rows]
        return page

"""The words above a list, read as the search page reads them."""

import django_filters

from search.engine import matching
from search.index import registry
from search.query import UnknownValueError

LONGEST = 500  # as the search box; an address has to hold it, too


class WordsFilter(django_filters.CharFilter):
    """Keeps the rows with every word (or what means the same), phrase and condition.

    ``kind`` is the slug of their search index. A condition with a value that nobody knows finds
    nothing and says under the field what it takes.
    """

    def __init__(self, kind, **kwargs):
        super().__init__(max_length=LONGEST, **kwargs)
        self.kind = kind

    def filter(self, qs, value):
        """Those of ``qs`` that ``value`` asks for."""
        if not value:
            return qs
        try:
            return matching(registry[self.kind], self.parent.request.user, value, qs)
        except UnknownValueError as error:
            # add_error() would take the value out of what django-filter is walking through.
            form = self.parent.form
            form.errors[self.field_name] = form.error_class([str(error)])
            return qs.none()

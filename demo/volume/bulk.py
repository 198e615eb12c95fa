"""Many rows in one statement, past the objects of the ORM; the same SQL on both databases."""

from functools import lru_cache
from itertools import chain, count, islice

from django.core.management.color import no_style
from django.db import connection, models

VALUES_IN_A_STATEMENT = 20_000  # SQLite takes 32,766


def next_ids(model):
    """Ids for rows that others will point to; ``settle`` tells the database afterwards."""
    return count((model.objects.aggregate(last=models.Max("pk"))["last"] or 0) + 1)


def settle(*tables):
    """Let the database go on counting behind the ids that were given."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)


def insert(model, columns, rows):
    """Write ``rows``, tuples in the order of ``columns``; other columns get their default.

    Values go to the database as they are, except moments and days: give ids for foreign keys.
    """
    fields = [model._meta.get_field(name) for name in columns]
    rest = [
        field
        for field in model._meta.concrete_fields
        if field not in fields and not field.primary_key
    ]
    constants = tuple(field.get_db_prep_save(field.get_default(), connection) for field in rest)
    quoted = ", ".join(connection.ops.quote_name(each.column) for each in [*fields, *rest])
    start = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({quoted}) VALUES "  # noqa: S608 -- names of our own models
    place = f"({', '.join(['%s'] * (len(fields) + len(constants)))})"
    size = VALUES_IN_A_STATEMENT // (len(fields) + len(constants))
    prepared = _prepared(fields, rows)
    with connection.cursor() as cursor:
        while chunk := list(islice(prepared, size)):
            values = list(chain.from_iterable(chain(row, constants) for row in chunk))
            cursor.execute(start + ", ".join([place] * len(chunk)), values)


def _prepared(fields, rows):
    """The rows with their moments and days as the database takes them."""
    adapters = [(at, _ADAPTERS[type(f)]) for at, f in enumerate(fields) if type(f) in _ADAPTERS]
    for row in rows:
        values = list(row)
        for at, adapt in adapters:
            values[at] = adapt(values[at])
        yield values


# Several rows tell of the same moment.
@lru_cache(maxsize=100_000)
def _moment(value):
    return connection.ops.adapt_datetimefield_value(value)


@lru_cache(maxsize=10_000)
def _day(value):
    return connection.ops.adapt_datefield_value(value)


_ADAPTERS = {models.DateTimeField: _moment, models.DateField: _day}

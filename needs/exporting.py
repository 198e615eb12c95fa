"""The list as a file: exactly the rows and columns that the page shows."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from audit.actions import record
from core import exporting
from core.workflow import action_labels
from needs.columns import in_pieces, value_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from needs.columns import Column

XLSX_ROWS = 20_000

action_labels["accounts.user.export_needs"] = _("ニーズの一覧を書き出した")


def rows(needs: Any, columns: list[Column], user: Any) -> Iterator[list[Any]]:
    """The values of each row, read in pieces."""
    for need in in_pieces(needs, columns):
        yield [value_for(user, column, need) for column in columns]


def csv_lines(needs: Any, columns: list[Column], user: Any) -> Iterator[str]:
    """The list as a CSV file, line by line."""
    return exporting.csv_lines(_with_heads(needs, columns, user))


def xlsx_file(needs: Any, columns: list[Column], user: Any) -> bytes:
    """The list as an Excel file."""
    return exporting.xlsx_file(pgettext("menu", "ニーズ"), _with_heads(needs, columns, user))


def _with_heads(needs: Any, columns: list[Column], user: Any) -> Iterator[list[Any]]:
    return chain([[str(column.label) for column in columns]], rows(needs, columns, user))


def record_export(user: Any, *, query: str, columns: list[Column], total: int, kind: str) -> None:
    """Who took what out, on the timeline of the account."""
    slugs = [column.slug for column in columns]
    record(user, "export_needs", by=user, query=query, columns=slugs, rows=total, kind=kind)

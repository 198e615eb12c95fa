"""The list as a file: exactly the rows and columns that the page shows."""

from __future__ import annotations

import csv
import io
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from audit.actions import record
from core.workflow import action_labels
from needs.columns import in_pieces, value_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from needs.columns import Column

XLSX_ROWS = 20_000
BOM = "\ufeff"
# What a spreadsheet would run as a formula; the full-width ones become these when they are typed.
DANGEROUS = tuple("=+-@\t\r＝＋－＠")

action_labels["accounts.user.export_needs"] = _("ニーズの一覧を書き出した")


def plain(value: Any) -> str:
    """The cell as text that no spreadsheet runs (OWASP, CSV injection)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def rows(needs: Any, columns: list[Column], user: Any) -> Iterator[list[Any]]:
    """The values of each row, read in pieces."""
    for need in in_pieces(needs, columns):
        yield [value_for(user, column, need) for column in columns]


def csv_lines(needs: Any, columns: list[Column], user: Any) -> Iterator[str]:
    """A CSV file line by line, in UTF-8 with the mark that Excel looks for."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)

    def line(values: Iterable[Any]) -> str:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(plain(value) for value in values)
        return buffer.getvalue()

    yield BOM + line(column.label for column in columns)
    for values in rows(needs, columns, user):
        yield line(values)


def xlsx_file(needs: Any, columns: list[Column], user: Any) -> bytes:
    """An Excel file; every text is stored as text, so that nothing in it can be run."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(_("ニーズ")))
    sheet.append([_cell(sheet, str(column.label)) for column in columns])
    for values in rows(needs, columns, user):
        sheet.append([_cell(sheet, value) for value in values])
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        return file.read()


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, plain(value))
    cell.data_type = "s"
    return cell


def record_export(user: Any, *, query: str, columns: list[Column], total: int, kind: str) -> None:
    """Who took what out, on the timeline of the account."""
    slugs = [column.slug for column in columns]
    record(user, "export_needs", by=user, query=query, columns=slugs, rows=total, kind=kind)

"""Tables as files that no spreadsheet can be made to run."""

from __future__ import annotations

import csv
import io
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BOM = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
# What a spreadsheet would run as a formula; the full-width ones become these when they are typed.
DANGEROUS = tuple("=+-@\t\r＝＋－＠")


def plain(value: Any) -> str:
    """The cell as text that no spreadsheet runs (OWASP, CSV injection)."""
    text = "" if value is None else str(value)
    if isinstance(value, int | float):
        return text
    return f"'{text}" if text.startswith(DANGEROUS) else text


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """A CSV file line by line, in UTF-8 with the mark that Excel looks for."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    start = BOM
    for values in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(plain(value) for value in values)
        yield start + buffer.getvalue()
        start = ""


def xlsx_file(title: str, rows: Iterable[Iterable[Any]]) -> bytes:
    """An Excel file; every text is stored as text, so that nothing in it can be run."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for values in rows:
        sheet.append([_cell(sheet, value) for value in values])
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        return file.read()


def as_download(rows: Iterable[Iterable[Any]], *, name: str, kind: str, title: str) -> HttpResponse:
    """The answer that carries ``rows`` as the file ``name``; ``kind`` is csv or xlsx."""
    if kind == "xlsx":
        response = HttpResponse(xlsx_file(title, rows), content_type=XLSX)
    else:
        response = HttpResponse("".join(csv_lines(rows)), content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, plain(value))
    cell.data_type = "s"
    return cell

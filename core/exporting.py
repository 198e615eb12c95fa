"""Tables as files that no spreadsheet can be made to run."""

from __future__ import annotations

import csv
import io
import unicodedata
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BOM = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
# What a spreadsheet would run as a formula; the full-width ones become these when they are typed.
DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")
# The widths of the columns are those of the first rows.
MEASURED = 200
BOLD, WRAPPED = Font(bold=True), Alignment(vertical="top", wrap_text=True)
WIDEST = 60


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
    """An Excel file; every text is stored as text, so that nothing in it can be run.

    The heads stay in sight, and each column is as wide as what stands in it.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    rest = iter(rows)
    first = [list(values) for values in islice(rest, MEASURED)]
    for at, width in enumerate(_widths(first), start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    for number, values in enumerate(chain(first, rest)):
        cells = [_cell(sheet, value) for value in values]
        for cell in cells if number == 0 else ():
            cell.font = BOLD
        sheet.append(cells)
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


def _widths(rows: list[list[Any]]) -> list[int]:
    """In letters of half width; an answer of many lines is wrapped at ``WIDEST``."""
    wide = [max(map(_width, column)) for column in zip(*rows, strict=False)]
    return [min(width + 2, WIDEST) for width in wide]


def _width(value: Any) -> int:
    text = "" if value is None else str(value)
    return sum(1 + (unicodedata.east_asian_width(each) in "FWA") for each in text[:WIDEST])


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, plain(value))
    cell.data_type = "s"
    if "\n" in value or _width(value) >= WIDEST:
        cell.alignment = WRAPPED
    return cell

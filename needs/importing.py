"""Read a table of needs as people have it: CSV or XLSX, any encoding, Japanese headings. Pure."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from needs.enums import Frequency, Place
from needs.personal_data import findings

MOST_ROWS = 5000
MOST_COLUMNS = 60
MOST_UNPACKED_BYTES = 100 * 1024 * 1024
HEADING_WITHIN = 10
LONGEST_TITLE = 40
LONGEST_PROBLEM = 1000
LONGEST_TEXT = 2000
LONGEST_NOTE = 1000
SENSIBLE_CUT = 20

# What each column may be called; compared without spaces, brackets and marks.
HEADINGS = {
    "reference": "受付番号 番号 整理番号 管理番号 no id ニーズ番号 ニーズno",
    "title": "件名 題名 題 タイトル ひとことで テーマ ニーズ名 ニーズ title",
    "problem": "困っていること 困りごと 課題 内容 ニーズ内容 ニーズの内容 具体的な内容 課題内容 "
    "どんな場面で、何に困っていますか problem",
    "department": "部署 部署名 診療科 診療科名 部署/診療科 部署・診療科 所属 所属部署 department",
    "profession": "職種 提案者の職種 profession",
    "facility": "施設 施設名 病院 病院名 医療機関 医療機関名 facility",
    "origin": "出典 備考 出所 情報源 url source",
    "frequency": "頻度 発生頻度 どのくらい起きますか frequency",
    "place": "場所 使用場所 場面 使用場面 place",
    "person": "提案者 提案者名 氏名 お名前 担当者 name",
    "email": "メール メールアドレス eメール email e-mail mail",
    "background": "背景 きっかけ きっかけ・背景 background",
    "current_practice": "現状の対処 現状の対応 現在の対処 現状",
    "existing_products": "既存品とその問題 既存品 既存品の問題 既存製品",
    "ideal_state": "理想の姿 理想 期待する効果 効果",
    "desired_spec": "希望仕様 希望仕様・条件 仕様 企業への希望",
    "patients": "対象患者 対象患者・件数 患者数 件数",
    "idea": "アイデア 解決案 アイデア(解決の案) 解決のアイデア",
}
DETAILS = [
    "background",
    "current_practice",
    "existing_products",
    "ideal_state",
    "desired_spec",
    "patients",
    "idea",
]
FREQUENCIES = {
    "毎日": Frequency.DAILY,
    "常に": Frequency.DAILY,
    "毎回": Frequency.DAILY,
    "週に数回": Frequency.WEEKLY,
    "毎週": Frequency.WEEKLY,
    "月に数回": Frequency.MONTHLY,
    "毎月": Frequency.MONTHLY,
    "まれに": Frequency.RARELY,
    "まれ": Frequency.RARELY,
    "年に数回": Frequency.RARELY,
    "わからない": Frequency.UNKNOWN,
    "不明": Frequency.UNKNOWN,
}
PLACES = {
    "病棟": Place.WARD,
    "病室": Place.WARD,
    "外来": Place.OUTPATIENT,
    "手術室": Place.OPERATING_ROOM,
    "ICU": Place.ICU,
    "集中治療室": Place.ICU,
    "検査": Place.LABORATORY,
    "検査室": Place.LABORATORY,
    "在宅": Place.HOME,
    "その他": Place.OTHER,
}


class UnreadableError(Exception):
    """The file as a whole cannot be used; the text says what to do next."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was left out: where to look and what to change."""

    line: int | None
    column: str
    reason: str

    as_dict = asdict


@dataclass(frozen=True, slots=True)
class Noticed:
    """Words of a row that look like personal information."""

    line: int
    field: str
    kind: str
    words: str

    as_dict = asdict


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below the heading, each with its line in the file."""

    headings: list[str]
    fields: list[str]
    rows: list[tuple[int, list[str]]]


@dataclass(slots=True)
class Row:
    """One need as the table tells it."""

    line: int
    key: str
    title: str
    problem: str
    department: str = ""
    frequency: str = ""
    place: str = ""
    details: dict[str, str] = field(default_factory=dict)
    # (heading, text) pairs that have no field of their own
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def noticed(self) -> list[Noticed]:
        """What looks like personal information in the texts that become a need's."""
        texts = {"title": self.title, "problem": self.problem, **self.details}
        return [
            Noticed(self.line, found.field, found.kind, found.text)
            for name, text in texts.items()
            for found in findings(name, text)
        ]


def read_table(content: bytes) -> Table:
    """Find the heading and the rows. Raises UnreadableError."""
    lines = _xlsx_lines(content) if content.startswith(b"PK\x03\x04") else _csv_lines(content)
    filled = ((line, cells) for line, cells in lines if any(cells))
    headings, fields = _find_heading(filled)
    rows = []
    for row in filled:
        if len(rows) == MOST_ROWS:
            raise UnreadableError(
                _("行が多すぎます。1つのファイルを%(most)s行までに分けてください。")
                % {"most": f"{MOST_ROWS:,}"}
            )
        rows.append(row)
    if not rows:
        raise UnreadableError(_("見出しの下に行がありません。ニーズを1行に1件ずつ書いてください。"))
    return Table(headings, fields, rows)


def read_rows(table: Table) -> tuple[list[Row], list[Problem]]:
    """The good rows, and for each bad one every reason."""
    good, problems, lines = [], [], {}
    for line, cells in table.rows:
        row, found = _read_row(table, line, cells)
        if not found and row.key in lines:
            found = [_same_as(table, row, lines[row.key])]
        if found:
            problems += found
            continue
        lines[row.key] = line
        good.append(row)
    return good, problems


def cut_title(title: str) -> str:
    """At most 40 characters, ended at a sensible place."""
    if len(title) <= LONGEST_TITLE:
        return title
    head = title[: LONGEST_TITLE - 1]
    place = max(head.rfind(mark) for mark in "、。,. ・)」")
    return (head[:place] if place >= SENSIBLE_CUT else head).rstrip("、,。. ・") + "…"


def key_of(reference: str, title: str, problem: str) -> str:
    """What makes a row the same row next time: its number, or else its words."""
    words = f"number:{reference}" if reference else f"text:{title}\n{problem}"
    return hashlib.sha256(words.encode()).hexdigest()


def _csv_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decode(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableError(
                _('%(line)d行目を読めません。「"」の閉じ忘れがないか確認してください。')
                % {"line": line}
            ) from error
        yield line, [_clean(cell) for cell in cells]


def _decode(content: bytes) -> str:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError(
            _("古い形式のExcelです。「.xlsx」か「CSV」で保存しなおしてから選んでください。")
        )
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = [] if b"\x00" in content else ["utf-8-sig", "cp932"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError(
        _("文字を読み取れません。CSV(UTF-8かShift_JIS)かExcel(.xlsx)で保存しなおしてください。")
    )


def _xlsx_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    unreadable = UnreadableError(
        _("Excelのファイルを開けません。パスワードを外し、「.xlsx」で保存しなおしてください。")
    )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(part.file_size for part in package.infolist()) > MOST_UNPACKED_BYTES:
                raise UnreadableError(_("ファイルが大きすぎます。いくつかに分けてください。"))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for line, cells in enumerate(
            sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1
        ):
            yield line, [_clean(_as_text(cell)) for cell in cells]
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, IndexError):
        raise unreadable from None


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "")
    kept = (char for char in text if char in "\n\t" or unicodedata.category(char) != "Cc")
    return "".join(kept).strip()


def _find_heading(lines: Iterator[tuple[int, list[str]]]) -> tuple[list[str], list[str]]:
    seen = []
    for _line, cells in lines:
        fields = _map_headings(cells)
        if {"title", "problem"} <= set(fields):
            return cells, fields
        seen.append(cells)
        if len(seen) == HEADING_WITHIN:
            break
    found = "、".join(cell for cell in seen[0] if cell)[:100] if seen else _("なし")
    raise UnreadableError(
        _("見出しに「件名」と「困っていること」の列が必要です。1行目の内容: %(found)s")
        % {"found": found}
    )


def _map_headings(cells: Iterable[str]) -> list[str]:
    names = {_plain(name): field for field, listed in HEADINGS.items() for name in listed.split()}
    fields: list[str] = []
    for cell in cells:
        name = names.get(_plain(cell), "") or names.get(_plain(_without_brackets(cell)), "")
        fields.append(name if name not in fields else "")
    return fields


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s※*＊★:：.。_-]|必須|任意", "", folded)


def _without_brackets(text: str) -> str:
    return re.sub(r"[(【\[].*?[)】\]]", "", unicodedata.normalize("NFKC", text))


def _read_row(table: Table, line: int, cells: list[str]) -> tuple[Row, list[Problem]]:
    values = _values(table, cells)
    reference, title, problem = (values.pop(name, "") for name in ("reference", "title", "problem"))
    row = Row(line, key_of(reference, title, problem), cut_title(title), problem)
    if row.title != title and problem:
        row.problem = f"{title}\n\n{problem}"
    if reference:
        row.notes.append((_heading(table, "reference"), reference))
    row.department = values.pop("department", "")
    for name, known in (("frequency", FREQUENCIES), ("place", PLACES)):
        text = values.pop(name, "")
        setattr(row, name, str(known.get(unicodedata.normalize("NFKC", text), "")))
        if text and not getattr(row, name):
            row.notes.append((_heading(table, name), text))
    row.details = {name: values.pop(name) for name in DETAILS if values.get(name)}
    row.notes += [(_heading(table, name), text) for name, text in values.items() if text]
    row.notes += _unknown_columns(table, cells)
    return row, list(_problems(table, row, title, cells))


def _values(table: Table, cells: list[str]) -> dict[str, str]:
    pairs = zip(table.fields, cells, strict=False)
    return {name: text for name, text in pairs if name}


def _unknown_columns(table: Table, cells: list[str]) -> list[tuple[str, str]]:
    columns = zip(table.headings, table.fields, cells, strict=False)
    return [(heading, text) for heading, name, text in columns if heading and text and not name]


def _problems(table: Table, row: Row, title: str, cells: list[str]) -> Iterator[Problem]:
    for name, text in (("title", title), ("problem", row.problem)):
        if not text:
            yield Problem(row.line, _heading(table, name), _("空です。1行に1件ずつ書いてください"))
    if len(row.problem) > LONGEST_PROBLEM + len(title):
        yield _too_long(table, row.line, "problem", row.problem, LONGEST_PROBLEM)
    for name, text in row.details.items():
        if len(text) > LONGEST_TEXT:
            yield _too_long(table, row.line, name, text, LONGEST_TEXT)
    if len(note_of(row)) > LONGEST_NOTE:
        reason = _("職種・施設・出典などは、合わせて%(most)d字以内で書いてください")
        yield Problem(row.line, _("備考"), reason % {"most": LONGEST_NOTE})
    if any(cells[len(table.headings) :]):
        reason = _('見出しより列が多いです。区切りの記号を含む文は「"」で囲んでください')
        yield Problem(row.line, _("%(number)d列目") % {"number": len(table.headings) + 1}, reason)
    for heading, text in zip(table.headings, cells, strict=False):
        if "\ufffd" in text:
            yield Problem(row.line, heading, _("文字化けしています。元の文を入れなおしてください"))


def _too_long(table: Table, line: int, name: str, text: str, most: int) -> Problem:
    reason = _("%(most)s字以内で書いてください(いま%(now)s字です)")
    return Problem(
        line, _heading(table, name), reason % {"most": f"{most:,}", "now": f"{len(text):,}"}
    )


def _same_as(table: Table, row: Row, line: int) -> Problem:
    column = _heading(table, "reference") or _heading(table, "title")
    return Problem(row.line, column, _("%(line)d行目と同じニーズです") % {"line": line})


def _heading(table: Table, name: str) -> str:
    return table.headings[table.fields.index(name)] if name in table.fields else ""


def note_of(row: Row, *extra: tuple[str, str]) -> str:
    """What the table knows besides, as one text: 「職種: 看護師・出典: …」."""
    return "・".join(f"{heading}: {text}" for heading, text in [*row.notes, *extra])

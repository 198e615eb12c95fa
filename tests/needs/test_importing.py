import csv
import io
import re

import pytest
from openpyxl import Workbook

from needs.importing import UnreadableError, cut_title, key_of, read_rows, read_table
from tests.needs.tables import HEADINGS, ROWS, as_csv, as_xlsx

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp932"]


@pytest.mark.parametrize("delimiter", [",", "\t"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_text_in_any_encoding_reads_the_same(encoding, delimiter):
    rows, problems = read_rows(read_table(as_csv(encoding=encoding, delimiter=delimiter)))

    assert problems == []
    assert [(row.title, row.problem) for row in rows] == [(row[1], row[2]) for row in ROWS]


def test_a_workbook_reads_the_same():
    rows, problems = read_rows(read_table(as_xlsx()))

    assert problems == []
    assert [(row.title, row.line) for row in rows] == [
        (row[1], line) for line, row in enumerate(ROWS, start=2)
    ]


def test_what_has_no_field_is_kept_as_a_note():
    [row, *_others], _problems = read_rows(read_table(as_csv()))

    assert row.notes == [
        ("受付番号", "K001"),
        ("職種", "看護師"),
        ("施設", "みなと病院(港市)"),
        ("出典", "https://example.jp/k001"),
    ]


NAMES = {
    "件名": "title",
    "題名※必須": "title",
    "ひとことで": "title",
    "課題": "problem",
    "ニーズ内容": "problem",
    "困っていること(必須)": "problem",
    "困っていること（200字以内）": "problem",
    "診療科": "department",
    "部署 名": "department",
    "ﾒｰﾙｱﾄﾞﾚｽ": "email",
    "E-Mail": "email",
    "NO.": "reference",
    "頻度": "frequency",
    "アイデア（解決の案）": "idea",
    "好きな色": "",
}


@pytest.mark.parametrize("heading", NAMES)
def test_headings_have_many_names(heading):
    others = [name for name in ("件名", "困っていること") if NAMES.get(name) != NAMES[heading]]
    if NAMES[heading] == "problem":
        others = ["件名"]
    content = f"{heading},{','.join(others)}\nx,y,z\n".encode()

    assert read_table(content).fields[0] == NAMES[heading]


def test_words_for_place_and_frequency_become_choices():
    table = "件名,課題,場所,頻度\nA,困る,ＩＣＵ,毎日\nB,困る,屋上,満月の夜\n"

    [known, unknown], _problems = read_rows(read_table(table.encode()))

    assert (known.place, known.frequency, known.notes) == ("icu", "daily", [])
    assert (unknown.place, unknown.frequency) == ("", "")
    assert unknown.notes == [("頻度", "満月の夜"), ("場所", "屋上")]


def test_a_heading_may_stand_below_a_title_and_blank_lines():
    table = read_table("2026年度ニーズ一覧,,\n,,\n番号,件名,課題\n1,A,困る\n".encode())

    assert table.rows == [(4, ["1", "A", "困る"])]


# A bad row, and (column, reason) for each of its mistakes.
BAD = {
    "K1,,内容": [("件名", "空です。1行に1件ずつ書いてください")],
    "K1,題,": [("困っていること", "空です。1行に1件ずつ書いてください")],
    "K1,,": [
        ("件名", "空です。1行に1件ずつ書いてください"),
        ("困っていること", "空です。1行に1件ずつ書いてください"),
    ],
    f"K1,題,{'あ' * 1002}": [("困っていること", "1,000字以内で書いてください(いま1,002字です)")],
    "K1,題,内容,はみ出し": [
        ("4列目", '見出しより列が多いです。区切りの記号を含む文は「"」で囲んでください')
    ],
    "K1,題,文字\ufffd化け": [
        ("困っていること", "文字化けしています。元の文を入れなおしてください")
    ],
    "K0,題,内容": [("受付番号", "2行目と同じニーズです")],
}


@pytest.mark.parametrize("row", BAD)
def test_each_bad_row_says_line_column_and_reason(row):
    content = f"受付番号,件名,困っていること\nK0,よい題,よい内容\n{row}\n".encode()

    good, problems = read_rows(read_table(content))

    assert [each.title for each in good] == ["よい題"]
    assert [(each.line, each.column, each.reason) for each in problems] == [
        (3, column, reason) for column, reason in BAD[row]
    ]


def test_lines_are_those_of_the_file_even_after_a_long_cell():
    content = '件名,課題\nA,"一行目\r\n二行目"\n\nB,\n'.encode()

    good, problems = read_rows(read_table(content))

    assert good[0].problem == "一行目\n二行目"
    assert [each.line for each in problems] == [5]


UNUSABLE = {
    "empty": (b"", "見出しに「件名」と「困っていること」の列が必要です"),
    "no heading": (b"a,b\n1,2\n", "1行目の内容: a、b"),
    "only heading": ("件名,課題\n".encode(), "見出しの下に行がありません"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1", "古い形式のExcelです"),
    "broken excel": (b"PK\x03\x04 not a zip", "Excelのファイルを開けません"),
    "picture": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "文字を読み取れません"),
    "bad utf-16": (b"\xff\xfe\x00\xd8a", "文字を読み取れません"),
    "long cell": (('件名,課題\nA,"' + "あ" * 200_000).encode(), "2行目を読めません"),
    "too many": (("件名,課題\n" + "A,B\n" * 5001).encode(), "5,000行まで"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_file_that_cannot_be_used_says_what_to_do(name):
    content, sentence = UNUSABLE[name]

    with pytest.raises(UnreadableError, match=re.escape(sentence)):
        read_table(content)


def test_numbers_of_a_workbook_have_no_decimal_point():
    book, content = Workbook(), io.BytesIO()
    book.active.append(["番号", "件名", "課題"])
    book.active.append([12.0, "A", "困る"])
    book.save(content)

    [row], _problems = read_rows(read_table(content.getvalue()))

    assert row.notes == [("番号", "12")]


TITLES = {
    "短い題": "短い題",
    "あ" * 40: "あ" * 40,
    "あ" * 41: "あ" * 39 + "…",
    "点滴の残量が廊下から分からず、夜勤のときに何度も病室へ入り、患者さんを起こしてしまう": "点滴の残量が廊下から分からず、夜勤のときに何度も病室へ入り…",
}


@pytest.mark.parametrize("title", TITLES)
def test_long_titles_are_cut_at_a_sensible_place(title):
    assert cut_title(title) == TITLES[title]
    assert len(cut_title(title)) <= 40


def test_a_cut_title_is_kept_in_full_above_the_text():
    title = "あ" * 60
    [row], problems = read_rows(read_table(f"件名,課題\n{title},困る\n".encode()))

    assert problems == []
    assert row.problem == f"{title}\n\n困る"


def test_the_number_makes_the_key_or_else_the_words():
    assert key_of("K1", "A", "B") == key_of("K1", "C", "D")
    assert key_of("", "A", "B") != key_of("", "A", "C")


def test_the_generated_tables_look_like_the_real_ones():
    """Guards the other tests: BOM, CRLF, empty cells, brackets, several places in one cell."""
    content = as_csv(encoding="utf-8-sig")

    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in content
    assert next(csv.reader([content.decode("utf-8-sig").splitlines()[0]])) == HEADINGS

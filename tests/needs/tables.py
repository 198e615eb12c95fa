"""Tables as hospitals send them, made up for these tests."""

import csv
import io

from openpyxl import Workbook

HEADINGS = ["受付番号", "件名", "困っていること", "部署", "職種", "施設", "出典"]
ROWS = [
    [
        "K001",
        "点滴台が段差で倒れる",
        "廊下の段差で点滴台が倒れ、患者さんが転びそうになる。",
        "5階東病棟",
        "看護師",
        "みなと病院(港市)",
        "https://example.jp/k001",
    ],
    [
        "K002",
        "高さの変わらない検査台",
        "検査台が高く、小柄な患者さんは一人で座れない。踏み台は滑りやすい。",
        "整形外科",
        "",
        "",
        "",
    ],
    [
        "K003",
        "夜間に読めない薬の印字①",
        "「一包化」の袋の印字が小さく、夜勤の灯りでは﨑や髙の字を読み違える。",
        "病棟・薬剤部",
        "臨床工学技士・看護師",
        "やまて市民病院",
        "院内アンケート",
    ],
]


def as_csv(rows=ROWS, *, encoding="utf-8-sig", delimiter=",", headings=HEADINGS):
    """The table as text with Windows line ends."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([headings, *rows])
    return text.getvalue().encode(encoding)


def as_xlsx(rows=ROWS, *, headings=HEADINGS):
    """The table as an Excel workbook."""
    book, content = Workbook(), io.BytesIO()
    for row in [headings, *rows]:
        book.active.append([cell or None for cell in row])
    book.save(content)
    return content.getvalue()


def many(count):
    """A longer table."""
    return [[f"K{n:04}", f"題{n}", f"困っていること{n}", "", "", "", ""] for n in range(count)]

"""The minutes as files, from ``committee.minutes.version_for``: set as PDF, editable as DOCX."""

import json
from io import BytesIO
from pathlib import Path

from django.utils import timezone
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from core.pdf import compile_pdf

TEMPLATE = Path(__file__).with_name("minutes.typ")
SERIF = "ＭＳ 明朝"
LATIN = "Times New Roman"
OUTER = Mm(25)


def minutes_pdf(minutes, approvals, *, is_final):
    """The minutes as PDF; its properties name the committee and the day only."""
    words = _words(minutes, approvals, is_final=is_final)
    return compile_pdf(TEMPLATE, {"minutes": json.dumps(words, ensure_ascii=False)})


def minutes_docx(minutes, approvals, *, is_final):
    """The same words as a Word document."""
    words = _words(minutes, approvals, is_final=is_final)
    document = _blank(words)
    _centred(document, words["heading"], size=18)
    _centred(document, words["round"], size=12)
    _table(document, words["facts"])
    document.add_heading("出席", level=1)
    _table(
        document,
        [(f"{each['seat']} {each['name']}", each["presence"]) for each in words["attendance"]],
    )
    document.add_heading("議事", level=1)
    for item in words["items"]:
        document.add_heading(item["heading"], level=2)
        _table(document, item["rows"])
    document.add_heading("承認", level=1)
    for line in words["approvals"]:
        document.add_paragraph(line)
    _paragraph(document, "以上", align=WD_ALIGN_PARAGRAPH.RIGHT)
    content = BytesIO()
    document.save(content)
    return content.getvalue()


FILES = {
    "pdf": ("application/pdf", minutes_pdf),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        minutes_docx,
    ),
}


def _words(minutes, approvals, *, is_final):
    """Every word of the document in its order; both files say the same."""
    return {
        "title": f"議事録 {minutes['committee']} {minutes['day']}",
        "heading": "議事録" if is_final else "議事録(案)",
        "hospital": minutes["hospital"],
        "round": f"{minutes['committee']} {minutes['round']}",
        "facts": _filled(
            ("日時", f"{minutes['day']} {minutes['time']}"),
            ("場所", minutes["place"]),
            ("定足数", minutes["quorum"]),
        ),
        "attendance": minutes["attendance"],
        "items": [_item_words(n, item) for n, item in enumerate(minutes["items"], start=1)],
        "approvals": [f"{each['name']} {each['at']}" for each in approvals] or ["まだありません"],
    }


def _item_words(n, item):
    if "closed" in item:
        return {"heading": f"{n}. {item['number']}", "rows": [("", item["closed"])]}
    heading = f"{n}. {item['number']} {item['title']}"
    if not item["was_discussed"]:
        return {"heading": heading, "rows": [("", "この会議では扱わなかった")]}
    rows = [
        ("退席", "、".join(item["outside"]) or "なし"),
        ("進行", item["leader"]),
        ("定足数", item["quorum"]),
        *((f"採決「{each['question']}」", _tally(each)) for each in item["votes"]),
        *_decision_words(item["decisions"]),
        ("要点", item["notes"]),
    ]
    return {"heading": heading, "rows": _filled(*rows)}


def _decision_words(decisions):
    if not decisions:
        return [("決定", "この会議では決定していない")]
    *earlier, last = decisions
    return [
        *(
            ("訂正前の決定", f"{each['outcome']}({each['at']} {each['by']}) {each['reason']}")
            for each in earlier
        ),
        ("決定", f"{last['outcome']}({last['at']} 記録 {last['by']})"),
        ("理由", last["reason"]),
        ("次の担当", last["next_person"]),
        ("次の期限", last["next_date"]),
    ]


def _tally(vote):
    return f"賛成{vote['yes']}・反対{vote['no']}・棄権{vote['abstain']}"


def _filled(*rows):
    return [(label, text) for label, text in rows if text]


def _blank(words):
    document = Document()
    properties = document.core_properties
    properties.title, properties.author = words["title"], words["hospital"]
    properties.comments, properties.last_modified_by = "", ""
    properties.created = properties.modified = timezone.now()
    properties.language = "ja-JP"
    for section in document.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = OUTER
        section.top_margin = section.bottom_margin = OUTER
    for name, size in [("Normal", 10.5), ("Heading 1", 13), ("Heading 2", 11.5)]:
        style = document.styles[name]
        style.font.name, style.font.size = LATIN, Pt(size)
        style.font.color.rgb = None
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), SERIF)
    return document


def _centred(document, text, *, size):
    run = _paragraph(document, text, align=WD_ALIGN_PARAGRAPH.CENTER).runs[0]
    run.font.size = Pt(size)


def _paragraph(document, text, *, align):
    paragraph = document.add_paragraph(text)
    paragraph.alignment = align
    return paragraph


def _table(document, rows):
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for label, text in rows:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, text
    for column, width in zip(table.columns, (Mm(45), Mm(115)), strict=True):
        for cell in column.cells:
            cell.width = width

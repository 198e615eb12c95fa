"""The sheet of one need on paper: what the proposer wrote, and nothing of the office."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.pdf import compile_pdf
from core.templatetags.ui import jdate, jdatetime
from needs import sheet
from needs.sections import sections_of

if TYPE_CHECKING:
    from needs.models import Need

TEMPLATE = Path(__file__).with_name("sheet.typ")
FONT = "Noto Sans JP"


def sheet_pdf(need: Need, *, by: Any) -> bytes:
    """The PDF of every answer, printed by ``by``; the caller has asked for the right to read it."""
    sections = [(_("困りごと"), sheet.answers(need))]
    sections += [(str(section.title), section.rows(need)) for section in sections_of(need)]
    rows = [
        {
            "title": title,
            "rows": [{"label": row.label, "value": row.value} for row in answers if row.value],
        }
        for title, answers in sections
        if any(row.value for row in answers)
    ]
    inputs = {
        "title": str(need.number or _("下書き")),
        "heading": need.shown_title,
        "hospital": need.hospital.name,
        "number": str(need.number or _("下書き")),
        "meta": _("状況: %(state)s  提案者: %(name)s %(department)s  提出日: %(day)s")
        % {
            "day": jdate(need.submitted_at) or "–",
            "state": need.get_state_display(),
            "name": need.proposer.name,
            "department": need.department.name if need.department else "",
        },
        "confidential": _("社外秘"),
        "printed": _("印刷: %(name)s %(moment)s")
        % {"name": by.name, "moment": jdatetime(timezone.now())},
        "font": FONT,
        "rows": json.dumps(rows, ensure_ascii=False),
    }
    return compile_pdf(TEMPLATE, inputs)

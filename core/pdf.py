"""PDFs set by typst with embedded Japanese fonts, the same on every machine."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pylopdf_fonts_jp
import typst
from django.http import HttpResponse
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Mapping


def compile_pdf(template: Path, inputs: Mapping[str, str]) -> bytes:
    """The PDF/A of ``template`` (a .typ file); it finds ``inputs`` as ``sys.inputs``."""
    return typst.compile(
        template.read_bytes(),
        font_paths=_fonts(),
        sys_inputs=dict(inputs),
        timestamp=int(timezone.now().timestamp()),
        pdf_standards="a-2b",
    )


def pdf_response(content: bytes, name: str, *, inline: bool = False) -> HttpResponse:
    """``content`` as a download called ``name`` (ASCII), or ``inline`` to be read at once."""
    response = HttpResponse(content, content_type="application/pdf")
    how = "inline" if inline else "attachment"
    response["Content-Disposition"] = f'{how}; filename="{name}"'
    return response


@cache
def _fonts() -> typst.Fonts:
    folder = Path(pylopdf_fonts_jp.serif_path()).parent
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )

"""Compile the translations (gettext's own tools are not needed)."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.processes import ROOT


def compile_translations() -> None:
    """Write each ``django.mo`` that is missing or older than its ``django.po``."""
    for source in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as po:
            catalogue = read_po(po, locale=source.parts[-3])
        # Replaced at once: another process may be reading it.
        draft = target.with_suffix(".mo.new")
        with draft.open("wb") as mo:
            write_mo(mo, catalogue)
        draft.replace(target)


if __name__ == "__main__":
    compile_translations()

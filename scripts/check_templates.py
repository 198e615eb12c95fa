"""Templates keep two promises: each POST form is one-time, and nothing in a page is inline."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMENT = re.compile(r"{#.*?#}|{% comment.*?endcomment %}|<!--.*?-->", re.DOTALL)
POST_FORM = re.compile(r"<form\b[^>]*method=[\"']?post.*?(?:</form>|\Z)", re.DOTALL | re.IGNORECASE)
INLINE = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "an inline style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "another host": re.compile(
        r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE
    ),
}


def problems(text: str) -> list[tuple[int, str]]:
    """Line and description of whatever breaks a promise."""
    # Comments go, lines stay, so that the numbers are right.
    text = COMMENT.sub(lambda found: "\n" * found.group().count("\n"), text)
    forms = [
        (found, f"a POST form without {tag}")
        for found in POST_FORM.finditer(text)
        for tag in ("{% csrf_token %}", "{% once %}")
        if tag not in found.group()
    ]
    inline = [(found, what) for what, rule in INLINE.items() for found in rule.finditer(text)]
    return sorted((text.count("\n", 0, found.start()) + 1, what) for found, what in forms + inline)


def main() -> int:
    """Print each problem with file and line; returns the exit code."""
    count = 0
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for line, what in problems(path.read_text(encoding="utf-8")):
            print(f"{path.relative_to(ROOT)}:{line}: {what}")
            count += 1
    return int(bool(count))


if __name__ == "__main__":
    sys.exit(main())

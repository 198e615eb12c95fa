"""The English catalogue is complete: nothing missing, empty or fuzzy; placeholders identical.

Needs gettext's ``xgettext`` (through ``makemessages``) to find what the code says today.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|{\w+}")
SOURCES = ("*.py", "*.html", "*.txt")


def main() -> int:
    """Print each problem; returns the exit code."""
    if shutil.which("xgettext") is None:
        print(
            "xgettext がないので、訳の検査は飛ばしました (Debian・Ubuntu: apt install gettext)。"
            " / xgettext is missing: translations were not checked."
        )
        return int(os.environ.get("CI", "").lower() in {"1", "true"})
    if not CATALOGUE.exists():
        print(f"{CATALOGUE.relative_to(ROOT)} is missing")
        return 1
    english = _read(CATALOGUE)
    found = [*_incomplete(english), *_missing(_in_the_code(), english)]
    for line in found[:40]:
        print(line)
    if len(found) > 40:  # noqa: PLR2004 -- a screenful
        print(f"… and {len(found) - 40} more")
    return int(bool(found))


def _read(path: Path) -> Catalog:
    with path.open("rb") as po:
        return read_po(po)


def _in_the_code() -> Catalog:
    """What makemessages finds, without touching the catalogue: it works on a copy of the sources."""
    with tempfile.TemporaryDirectory(prefix="ikou-messages-") as directory:
        copy = Path(directory)
        for path in _sources():
            target = copy / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        target = copy / CATALOGUE.relative_to(ROOT)
        target.parent.mkdir(parents=True)
        subprocess.run(  # noqa: S603 -- a fixed command
            [
                *(sys.executable, "-m", "django", "makemessages", "--locale", "en"),
                *("--extension", "html,txt,py", "--no-location", "--verbosity", "0"),
            ],
            cwd=copy,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": ""},
            check=True,
        )
        return _read(target)


def _sources() -> list[Path]:
    """Every file that may hold a text, except tests, tools and what is not ours."""
    left_out = {"tests", "scripts", "docs", "var", ".venv", "locale"}
    return [
        path
        for pattern in SOURCES
        for path in ROOT.glob(f"*/**/{pattern}")
        if path.relative_to(ROOT).parts[0] not in left_out
    ]


def _missing(code: Catalog, english: Catalog) -> list[str]:
    known = {_key(message) for message in english}
    return [
        f"missing: {message.id!r}" for message in code if message.id and _key(message) not in known
    ]


def _incomplete(english: Catalog) -> list[str]:
    found = []
    for message in english:
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy:
            found.append(f"fuzzy: {message.id!r}")
        if not all(texts):
            found.append(f"empty: {message.id!r}")
        elif any(_placeholders(text) != _placeholders(_one(message)) for text in texts):
            found.append(f"placeholders differ: {message.id!r} → {texts!r}")
    return found


def _key(message: Message) -> tuple[str | None, str]:
    return message.context, _one(message)


def _one(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, tuple | list) else message.id)


def _placeholders(text: object) -> list[str]:
    return sorted(PLACEHOLDER.findall(str(text)))


if __name__ == "__main__":
    sys.exit(main())

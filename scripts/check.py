"""``make check``: everything that can be said about the code without running it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.processes import ROOT

BIN = Path(sys.executable).parent
PYTHON = sys.executable
# What a real portal would have in its environment; check --deploy must have nothing to say.
PRODUCTION = {
    "SECRET_KEY": "only-for-the-checks-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG",
    "ALLOWED_HOSTS": "portal.example.jp",
    "PORTAL_URL": "https://portal.example.jp",
    "CSRF_TRUSTED_ORIGINS": "https://portal.example.jp",
    "DATA_DIR": str(ROOT / "var" / "check"),
}


def checks() -> dict[str, list[str]]:
    """The commands by name, the quick ones first."""
    manage = [PYTHON, "manage.py"]
    return {
        "ruff check": [str(BIN / "ruff"), "check", "--quiet", "."],
        "ruff format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
        "layers": [str(BIN / "lint-imports"), "--no-logo"],
        "templates: style": [
            *(str(BIN / "djade"), "--check", "--target-version", "5.2"),
            *_templates(),
        ],
        "templates: forms and scripts": [PYTHON, "scripts/check_templates.py"],
        "translations": [PYTHON, "scripts/check_translations.py"],
        "migrations": [*manage, "makemigrations", "--check", "--dry-run"],
        "production settings": [*manage, "check", "--deploy", "--fail-level", "WARNING"],
        "types": [str(BIN / "mypy")],
    }


def main() -> int:
    """Run all of them, show what the failing ones say; returns the exit code."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "LANG", "CI", "TMPDIR")
        if name in os.environ
    }
    failed = []
    for name, command in checks().items():
        started = time.monotonic()
        result = subprocess.run(  # noqa: S603 -- our own tools
            command,
            cwd=ROOT,
            env={**kept, **PRODUCTION},
            capture_output=True,
            text=True,
            check=False,
        )
        mark = "NG" if result.returncode else "ok"
        print(f"{mark}  {name} ({time.monotonic() - started:.1f} s)", flush=True)
        if result.returncode:
            failed.append(name)
            print(f"{result.stdout}{result.stderr}".strip(), flush=True)
    if failed:
        print(f"直すところがあります / failed: {', '.join(failed)}")
    return int(bool(failed))


def _templates() -> list[str]:
    return [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]


if __name__ == "__main__":
    sys.exit(main())

"""Is this container's process well? Run by Docker: ``healthcheck.py [beat]``.

Standard library only: it runs every few seconds.
"""

from __future__ import annotations

import os
import sys
import time
import urllib.request
from pathlib import Path

BEAT_WRITES_EVERY = 180  # seconds, Celery's default


def main() -> int:
    """0 when well."""
    return int(not (_beat() if sys.argv[1:] == ["beat"] else _web()))


def _web() -> bool:
    """The page and the database answer, under the name that the settings allow."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".*")
    request = urllib.request.Request(
        "http://127.0.0.1:8000/readyz", headers={"Host": host or "localhost"}
    )
    with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310 -- http, above
        return bool(response.status == 200)  # noqa: PLR2004 -- HTTP OK


def _beat() -> bool:
    """The schedule was written not long ago."""
    files = Path(os.environ["DATA_DIR"]).glob("celerybeat-schedule*")
    written = max((path.stat().st_mtime for path in files), default=0)
    return time.time() - written < 2 * BEAT_WRITES_EVERY


if __name__ == "__main__":
    sys.exit(main())

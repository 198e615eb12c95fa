"""``make test``: the whole suite, on every database and with every service that can be found.

Last come what was skipped, how to enable it, and one closing line: the sum of all runs.
With ``CI=true`` a missing service, or a test that ran nowhere, is a failure.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.processes import ROOT
from scripts.services import find_chromium, find_postgresql, find_redis, postgresql, redis
from scripts.translations import compile_translations

CI = os.environ.get("CI", "").lower() in {"1", "true"}
ORDINARY = "not e2e and not process"
HOW = {
    "PostgreSQL": "postgresql を入れる(Debian・Ubuntu: apt install postgresql)"
    "か、TEST_DATABASE_URL=postgresql://… を設定する",
    "Redis": "redis-server を入れる(Debian・Ubuntu: apt install redis-server)"
    "か、TEST_REDIS_URL=redis://… を設定する",
    "Chromium": "chromium を入れる(Debian・Ubuntu: apt install chromium fonts-noto-cjk)"
    "か、CHROMIUM=/path/to/chrome を設定する",
}


@dataclass
class Totals:
    """What all runs together counted."""

    counts: Counter[str] = field(default_factory=Counter)
    ran: set[str] = field(default_factory=set)
    skipped: dict[str, str] = field(default_factory=dict)
    failed_runs: list[str] = field(default_factory=list)

    def add(self, report: Path) -> None:
        """Read one JUnit report of pytest."""
        for case in ET.parse(report).iter("testcase"):  # noqa: S314 -- written by our own pytest
            name = f"{case.get('classname')}::{case.get('name')}"
            kinds = {child.tag for child in case}
            skip = case.find("skipped")
            if skip is not None:
                self.counts["skipped"] += 1
                self.skipped[name] = skip.get("message", "")
                continue
            self.ran.add(name)
            if "error" in kinds:
                self.counts["error"] += 1
            elif "failure" in kinds:
                self.counts["failed"] += 1
            else:
                self.counts["passed"] += 1

    @property
    def never_ran(self) -> dict[str, str]:
        """Tests that every run skipped, with the reason."""
        return {name: why for name, why in self.skipped.items() if name not in self.ran}


def main() -> int:
    """Run everything that this machine can; returns the exit code."""
    started = time.monotonic()
    only_browser = sys.argv[1:] == ["e2e"]
    missing = _missing()
    totals = Totals()
    compile_translations()
    with contextlib.ExitStack() as services:
        work = Path(services.enter_context(tempfile.TemporaryDirectory(prefix="ikou-suite-")))
        work.chmod(0o711)  # PostgreSQL's directory is inside, and belongs to another user
        os.environ["TMPDIR"] = tempfile.tempdir = str(work)
        servers = _start(services, missing)
        if not only_browser:
            _run("SQLite", ORDINARY, {}, totals, work)
            if "DATABASE_URL" in servers:
                _run(" + ".join(["PostgreSQL", *_broker(servers)]), ORDINARY, servers, totals, work)
        marks = [] if only_browser else ["process"]
        marks += [] if "Chromium" in missing else ["e2e"]
        if marks:
            title = {"process": "実際のプロセス / real processes", "e2e": "ブラウザ / browser"}
            _run(
                " + ".join(title[mark] for mark in marks), " or ".join(marks), servers, totals, work
            )
    return _close(totals, missing, time.monotonic() - started)


def _missing() -> list[str]:
    found = {
        "PostgreSQL": os.environ.get("TEST_DATABASE_URL") or find_postgresql(),
        "Redis": os.environ.get("TEST_REDIS_URL") or find_redis(),
        "Chromium": find_chromium(),
    }
    return [name for name, place in found.items() if not place]


def _start(services: contextlib.ExitStack, missing: list[str]) -> dict[str, str]:
    """Environment variables of the servers that the later runs use."""
    servers = {}
    if "PostgreSQL" not in missing:
        url = os.environ.get("TEST_DATABASE_URL") or services.enter_context(postgresql())
        servers["DATABASE_URL"] = servers["TEST_DATABASE_URL"] = url
    if "Redis" not in missing:
        url = os.environ.get("TEST_REDIS_URL") or services.enter_context(redis()).url
        servers["BROKER_URL"] = servers["TEST_REDIS_URL"] = url
    return servers


def _broker(servers: dict[str, str]) -> list[str]:
    return ["Redis"] if "BROKER_URL" in servers else []


def _run(title: str, marks: str, servers: dict[str, str], totals: Totals, work: Path) -> None:
    print(f"\n■ {title}", flush=True)
    report = work / "report.xml"
    report.unlink(missing_ok=True)
    for_real = ("DATABASE_URL", "BROKER_URL", "EMAIL_URL", "DATA_DIR", "DEMO", "DEBUG", "SECURE")
    env = {name: value for name, value in os.environ.items() if name not in for_real}
    code = subprocess.run(  # noqa: S603 -- our own pytest
        [
            *(sys.executable, "-m", "pytest", "-m", marks, "--numprocesses", "logical"),
            *("--dist", "loadgroup"),
            *("--quiet", f"--junitxml={report}", "-p", "no:cacheprovider"),
        ],
        cwd=ROOT,
        env={**env, **servers},
        check=False,
    ).returncode
    if report.exists():
        totals.add(report)
    if code:
        totals.failed_runs.append(title)


def _close(totals: Totals, missing: list[str], seconds: float) -> int:
    """Say what was skipped and how to enable it, then the sum."""
    print()
    for name in missing:
        print(f"{name} なしで実行しました。有効にするには: {HOW[name]}。")
    for test, why in sorted(totals.never_ran.items()):
        print(f"skipped: {test} ({why})")
    if not missing and not totals.never_ran:
        print("すべて実行しました。飛ばしたものはありません。 / Nothing was skipped.")
    for title in totals.failed_runs:
        print(f"失敗 / failed: {title}")
    incomplete = CI and bool(missing or totals.never_ran)
    if incomplete:
        print("CI では何も飛ばせません。 / CI must not skip anything.")
    words = {"failed": "failed", "passed": "passed", "skipped": "skipped", "error": "error"}
    # A test that one database skips and another runs is not a skipped test.
    totals.counts["skipped"] = len(totals.never_ran)
    sums = [f"{totals.counts[key]} {word}" for key, word in words.items() if totals.counts[key]]
    print(f" {', '.join(sums) or 'no tests ran'} in {seconds:.2f}s ".center(80, "="), flush=True)
    return int(bool(totals.failed_runs) or incomplete)


if __name__ == "__main__":
    sys.exit(main())

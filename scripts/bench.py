"""Measure the main pages over HTTP, next to a bare Django page in the same run.

``make bench NEEDS=10000``: loads volume data into a private SQLite file (or into DATABASE_URL,
which keeps them for the next run), starts gunicorn with production settings, signs in as an
office, a proposer and a company, and prints one JSON line per page and concurrency: median and
p95 in milliseconds, the processor time of a request (gunicorn and PostgreSQL together, so that a
busy machine can be told from a slow page), requests per second, bytes, queries, and how many bare
pages it is, by the clock and by the processor. The bare page is measured in turns with each page,
so that both meet the same machine.
"""

import argparse
import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from scripts.processes import LOCALHOST, ROOT, free_port

REQUESTS = 120
CONCURRENCIES = (1, 4)
TICKS = os.sysconf("SC_CLK_TCK")
OWN = (11, 12)  # user and system time in /proc/pid/stat, counted from behind the name
OWN_AND_ENDED = (11, 12, 13, 14)
WARM_UP = 4  # more than the workers, so that each has seen the page
TURNS = 4


@dataclass(frozen=True, slots=True)
class Page:
    """One line of the report: who opens what."""

    name: str
    path: str
    cookie: str
    queries: int


def main():
    """Load, start, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--needs", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=REQUESTS, help="for each line")
    parser.add_argument("--only", default="", help="only the pages with this word in their name")
    options = parser.parse_args()
    with loaded(options.needs):
        measure_all(options.only, options.requests)


@contextlib.contextmanager
def loaded(needs):
    """Production settings, and a database with volume data; for this process and its children."""
    with tempfile.TemporaryDirectory(prefix="ikou-bench-") as folder:
        os.environ.update(
            {
                "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
                **os.environ,
                "SECRET_KEY": "bench-only-" + "x" * 50,
                "SECURE": "0",
                "DATA_DIR": folder,
                "BROKER_URL": "filesystem://",
                "LOG_LEVEL": "ERROR",
                "PYTHONPATH": str(ROOT),
                "DJANGO_SETTINGS_MODULE": "ikou_portal.settings",
            }
        )
        manage("migrate", "-v0")
        manage("collectstatic", "--noinput", "-v0")
        import django  # noqa: PLC0415 -- the environment comes first

        django.setup()
        load(needs)
        yield


def manage(*words):
    """Run one management command."""
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603 -- our own words


def load(needs):
    """Volume data, unless the database of DATABASE_URL has some; then fresh statistics."""
    from django.db import connection  # noqa: PLC0415

    from needs.models import Need  # noqa: PLC0415

    if not Need.objects.exists():
        manage("load_volume", "--needs", str(needs), "--partners", "2000")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()


def measure_all(only, requests):
    """Every page of the portal beside the bare page; two concurrencies each."""
    from scripts.bench_pages import pages  # noqa: PLC0415 -- needs Django set up

    found = [page for page in pages() if only in page.name]
    with serving("scripts.bare:application") as yard, serving("ikou_portal.wsgi:application") as it:
        for page in found:
            bare = Page("bare", "/bare/", page.cookie, 3)
            for concurrency in CONCURRENCIES:
                sides = [(yard, bare), (it, page)]
                print(json.dumps(compared(sides, concurrency, requests)), flush=True)


def compared(sides, concurrency, requests):
    """One line of the report: the page, and how many bare pages it is."""
    turns = [
        [measure(server, page, concurrency, requests // TURNS) for server, page in sides]
        for _ in range(TURNS)
    ]
    bare, line = (summed_up(turn) for turn in zip(*turns, strict=True))
    page = sides[1][1]
    return {
        "page": page.name,
        "concurrency": concurrency,
        **line,
        "queries": page.queries,
        "ratio": round(line["median_ms"] / bare["median_ms"], 2),
        "cpu_ratio": round(line["cpu_ms"] / bare["cpu_ms"], 2),
        "bare_ms": bare["median_ms"],
        "bare_cpu_ms": bare["cpu_ms"],
    }


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn."""

    port: int
    pid: int

    def busy_ms(self):
        """Processor time that it and a PostgreSQL on this machine have used so far (Linux)."""
        return sum(_ticks(pid) for pid in (self.pid, *_postmaster())) * 1000 / TICKS


def _ticks(pid):
    """Of a process and of its children, those that have ended and those that run."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    used = [_stat(pid)[at] for at in OWN_AND_ENDED] + [
        _stat(child)[at] for child in children for at in OWN
    ]
    return sum(map(int, used))


def _stat(pid):
    """The fields of /proc/pid/stat behind the name, which may have spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _postmaster():
    from django.db import connection  # noqa: PLC0415 -- needs Django set up

    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return [_stat(cursor.fetchone()[0])[1]]


@contextlib.contextmanager
def serving(application):
    """Gunicorn as in production (Dockerfile) on a free port."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "4"),
        *("--bind", f"{LOCALHOST}:{port}", "--log-level", "error", application),
    ]
    process = subprocess.Popen(command, cwd=ROOT)  # noqa: S603 -- our own words
    try:
        wait_for(port)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def wait_for(port):
    """Until it answers, for at most 30 seconds."""
    for _ in range(300):
        with contextlib.suppress(OSError), contextlib.closing(connect(port)) as probe:
            probe.connect()
            return
        time.sleep(0.1)
    sys.exit("gunicorn did not start")


def connect(port):
    """One kept-alive connection."""
    return http.client.HTTPConnection(LOCALHOST, port, timeout=60)


@dataclass(frozen=True, slots=True)
class Turn:
    """What some requests took: (milliseconds, bytes) of each, and of all the processor and clock."""

    answers: list
    busy_ms: float
    spent: float


def measure(server, page, concurrency, requests):
    """``requests`` requests over ``concurrency`` connections."""
    drive(server.port, page, WARM_UP)
    each = requests // concurrency
    busy, begin = server.busy_ms(), time.perf_counter()
    with ThreadPoolExecutor(concurrency) as pool:
        jobs = [pool.submit(drive, server.port, page, each) for _ in range(concurrency)]
        answers = [line for job in jobs for line in job.result()]
    return Turn(answers, server.busy_ms() - busy, time.perf_counter() - begin)


def summed_up(turns):
    """The figures of several turns."""
    answers = [answer for turn in turns for answer in turn.answers]
    times = [milliseconds for milliseconds, _size in answers]
    return {
        "median_ms": round(median(times), 1),
        "p95_ms": round(quantiles(times, n=20)[-1], 1),
        "cpu_ms": round(sum(turn.busy_ms for turn in turns) / len(times), 1),
        "requests_s": round(len(times) / sum(turn.spent for turn in turns), 1),
        "bytes": answers[-1][1],
    }


def drive(port, page, count):
    """(milliseconds, bytes) of each request of one connection."""
    connection = connect(port)
    found = []
    for _ in range(count):
        begin = time.perf_counter()
        connection.request("GET", page.path, headers={"Cookie": page.cookie})
        response = connection.getresponse()
        body = response.read()
        if response.status != http.client.OK:
            sys.exit(f"{page.path}: {response.status}")
        found.append(((time.perf_counter() - begin) * 1000, len(body)))
    connection.close()
    return found


if __name__ == "__main__":
    main()

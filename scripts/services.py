"""PostgreSQL and Redis for tests: private, on free ports, gone afterwards; standard library only."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.processes import LOCALHOST, Process, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

READY_WITHIN = 30  # seconds
USER = "ikou"


def find_postgresql() -> Path | None:
    """The directory of PostgreSQL's server programs, the newest if there are several."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    in_path = shutil.which("initdb")
    candidates = [*packaged, *([Path(in_path).resolve().parent] if in_path else [])]
    return next((path for path in candidates if (path / "initdb").exists()), None)


def find_redis() -> str | None:
    """The Redis server program."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


def find_chromium() -> str | None:
    """The system's Chromium or Chrome (``CHROMIUM`` overrides)."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def _version(path: Path) -> float:
    try:
        return float(path.parent.name)
    except ValueError:
        return 0


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """A new PostgreSQL server without fsync; yields the URL of an empty database."""
    programs = find_postgresql()
    if programs is None:
        msg = "PostgreSQL is not installed"
        raise FileNotFoundError(msg)
    with _directory() as (directory, user):
        data = directory / "data"
        subprocess.run(  # noqa: S603 -- a fixed command
            [
                *(str(programs / "initdb"), "--pgdata", str(data), "--username", USER),
                *("--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            user=user,
            extra_groups=[] if user else None,
        )
        port = free_port()
        server = Process(
            "postgresql",
            [
                *(str(programs / "postgres"), "-D", str(data), "-p", str(port)),
                *("-h", LOCALHOST, "-k", str(directory)),
                *("-c", "fsync=off", "-c", "full_page_writes=off"),
                *("-c", "synchronous_commit=off", "-c", "max_connections=200"),
            ],
            log=directory / "log",
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            user=user,
        )
        server.start()
        try:
            wait_for_port(port, server)
            _wait_for_postgresql(programs, port)
            yield f"postgresql://{USER}@{LOCALHOST}:{port}/postgres"
        finally:
            server.kill()  # thrown away: nothing to shut down cleanly


def _wait_for_postgresql(programs: Path, port: int) -> None:
    """The port opens a little before the server takes connections."""
    probe = [str(programs / "pg_isready"), "--host", LOCALHOST, "--port", str(port), "--quiet"]
    deadline = time.monotonic() + READY_WITHIN
    while subprocess.run(probe, check=False).returncode:  # noqa: S603 -- a fixed command
        if time.monotonic() > deadline:
            msg = "PostgreSQL does not answer"
            raise TimeoutError(msg)
        time.sleep(0.1)


class Redis:
    """A Redis server that can go down and come back with what it had."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.url = f"redis://{LOCALHOST}:{self.port}/0"
        self._server = Process(
            "redis",
            [
                *(find_redis() or "redis-server", "--port", str(self.port), "--bind", LOCALHOST),
                *("--dir", str(directory), "--save", "", "--appendonly", "yes"),
            ],
            log=directory / "redis.log",
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._server.start()
        wait_for_port(self.port, self._server)

    def stop(self) -> None:
        """Shut it down; its data stay."""
        self._server.stop()


@contextlib.contextmanager
def redis() -> Iterator[Redis]:
    """A new Redis server in a directory of its own."""
    with tempfile.TemporaryDirectory(prefix="ikou-redis-") as directory:
        server = Redis(Path(directory))
        server.start()
        try:
            yield server
        finally:
            server.stop()


def wait_for_port(port: int, process: Process) -> None:
    """Return once something accepts connections. Raises with the log when the process ends."""
    deadline = time.monotonic() + READY_WITHIN
    while True:
        with contextlib.suppress(OSError), socket.create_connection((LOCALHOST, port), 1):
            return
        if not process.running or time.monotonic() > deadline:
            msg = f"{process.name} did not start:\n{process.last_lines()}"
            raise RuntimeError(msg)
        time.sleep(0.05)


@contextlib.contextmanager
def _directory() -> Iterator[tuple[Path, str | None]]:
    """A directory for PostgreSQL, which refuses to run as root: then another user owns it."""
    directory = Path(tempfile.mkdtemp(prefix="ikou-pg-"))
    user = None
    if os.geteuid() == 0:
        user = _unprivileged()
        shutil.chown(directory, user)
    try:
        yield directory, user
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _unprivileged() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)

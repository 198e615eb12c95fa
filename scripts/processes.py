"""Child processes that never outlive us, and free ports. Standard library only."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
LOCALHOST = "127.0.0.1"
PR_SET_PDEATHSIG = 1


def portal_commands(bind: str, pidfile: Path, *, pool: str = "prefork") -> dict[str, list[str]]:
    """The long-running processes of the portal, as argument lists by name."""
    python = sys.executable
    celery = [python, "-m", "celery", "--app", "ikou_portal.celery", "--quiet"]
    web = [python, "-m", "gunicorn", "ikou_portal.wsgi", "--bind", bind]
    # 500 kanji in the search box are 4,500 bytes of an address; gunicorn alone stops at 4,094.
    web += ["--limit-request-line", "8190"]
    return {
        "web": [*web, "--workers", "2", "--threads", "4", "--graceful-timeout", "5"],
        "worker": [
            *celery,
            *("worker", "--pool", pool, "--concurrency", "2", "--loglevel", "INFO"),
            *("--without-gossip", "--without-mingle"),
        ],
        "beat": [*celery, "beat", "--pidfile", str(pidfile), "--loglevel", "INFO"],
    }


class Process:
    """One command in a process group of its own, writing to a log file."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str],
        user: str | None = None,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self.env = dict(env)
        self.user = user
        self._popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; what it prints goes to the end of the log file."""
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(  # noqa: S603 -- our own argument lists, no shell
                self.command,
                cwd=ROOT if self.user is None else "/",
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 -- started from single-threaded code
                user=self.user,
                extra_groups=[] if self.user else None,
            )

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._popen is not None and self._popen.poll() is None

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the whole group, also when its leader is already gone."""
        if self._popen is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._popen.pid, number)

    def terminate(self) -> None:
        """SIGTERM for the leader alone; it ends its own children."""
        if self._popen is not None and self.running:
            self._popen.terminate()

    def kill(self) -> None:
        """SIGKILL for the whole group: no chance to clean up."""
        self.signal_group(signal.SIGKILL)
        self.wait(None)

    def wait(self, timeout: float | None) -> bool:
        """Whether it ended within ``timeout`` seconds."""
        if self._popen is None:
            return True
        try:
            self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self, grace: float = 8) -> None:
        """Ask it to end, then insist."""
        stop_all([self], grace)

    def last_lines(self, count: int = 20) -> str:
        """The end of its log."""
        if not self.log.exists():
            return ""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-count:])


def stop_all(processes: Sequence[Process], grace: float = 8) -> None:
    """End all of them side by side: SIGTERM to the leaders, SIGKILL to what is left."""
    for process in processes:
        # Only the leader: Celery reads a second SIGTERM in its children as "drop the task".
        process.terminate()
    for process in processes:
        process.wait(grace)
        process.kill()


def die_with_parent() -> None:
    """On Linux: have the kernel end this child when its parent is killed without warning."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        return probe.getsockname()[1]


def port_taken(port: int) -> bool:
    """Whether something else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except OSError:
            return True
    return False

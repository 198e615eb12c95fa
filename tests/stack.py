"""The portal as it runs in a hospital: gunicorn, worker and beat as real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from scripts.processes import LOCALHOST, ROOT, Process, free_port, portal_commands, stop_all
from scripts.services import Redis

if TYPE_CHECKING:
    from pathlib import Path

READY_WITHIN = 180  # seconds; a loaded machine is slow, not broken


class Stack:
    """The process set over one database, one broker and one mail server.

    Production settings, except that SECURE=0: there is no TLS in front. Without Redis the broker
    is Celery's filesystem transport, for which the settings have a name but no server.
    """

    def __init__(
        self,
        *,
        directory: Path,
        database_url: str,
        email_url: str,
        static_root: Path,
        with_redis: bool,
    ) -> None:
        self.static_root = static_root
        self.port = free_port()
        self.url = f"http://{LOCALHOST}:{self.port}"
        self.redis = Redis(directory) if with_redis else None
        self.env = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "SECRET_KEY": "process-tests-only-" + "x" * 50,
            "SECURE": "0",
            "PORTAL_URL": self.url,
            "DATABASE_URL": database_url,
            "BROKER_URL": self.redis.url if self.redis else "filesystem://",
            "EMAIL_URL": email_url,
            "DATA_DIR": str(directory),
            "STATIC_ROOT": str(static_root),
            "PYTHONUNBUFFERED": "1",
        }
        commands = portal_commands(f"{LOCALHOST}:{self.port}", directory / "beat.pid")
        self.processes = {
            name: Process(name, command, log=directory / f"{name}.log", env=self.env)
            for name, command in commands.items()
        }

    def start(self) -> None:
        """Prepare the database and start everything; returns when pages and worker answer."""
        if self.redis:
            self.redis.start()
        self.manage("migrate", "--verbosity", "0")
        if not any(self.static_root.iterdir()):
            self.manage("collectstatic", "--noinput", "--verbosity", "0")
        for process in self.processes.values():
            process.start()
        self._wait(self._web_answers, self.processes["web"])
        self._wait(self._worker_is_ready, self.processes["worker"])

    def stop(self) -> None:
        """End everything."""
        stop_all(list(self.processes.values()))
        if self.redis:
            self.redis.stop()

    def kill_worker(self) -> None:
        """SIGKILL for the worker and all its children, as when the machine takes it away."""
        self.processes["worker"].kill()

    def restart_worker(self) -> None:
        """Start a worker again after ``kill_worker``."""
        worker = self.processes["worker"]
        worker.log.unlink()
        worker.start()
        self._wait(self._worker_is_ready, worker)

    def manage(self, *arguments: str) -> str:
        """Run a management command in the stack's environment; returns what it printed."""
        result = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    def ask(self, code: str) -> object:
        """Run Python inside the portal; ``answer = …`` in it comes back (as JSON)."""
        program = f"{code}\nimport json\nprint('answer:' + json.dumps(answer, default=str))"
        printed = self.manage("shell", "--no-imports", "--command", program)
        return json.loads(printed.rsplit("answer:", 1)[1])

    def logs(self) -> str:
        """The end of each process's log."""
        parts = (f"--- {name}\n{each.last_lines(60)}" for name, each in self.processes.items())
        return "\n".join(parts)

    def _wait(self, condition, process: Process) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not condition():
            assert process.running, f"{process.name} ended:\n{process.last_lines()}"
            assert time.monotonic() < deadline, f"{process.name} hangs:\n{process.last_lines()}"
            time.sleep(0.1)

    def _web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def _worker_is_ready(self) -> bool:
        return " ready." in self.processes["worker"].last_lines(200)

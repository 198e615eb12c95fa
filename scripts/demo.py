"""``make demo``: web, worker and beat with demo data, on this machine only.

Standard library only. Data live in var/demo and survive; ``--reset`` starts over.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.processes import (
    LOCALHOST,
    ROOT,
    Process,
    port_taken,
    portal_commands,
    stop_all,
)

if TYPE_CHECKING:
    from typing import IO

DATA = ROOT / "var" / "demo"
READY_WITHIN = 60  # seconds
RESTARTS = 3  # of one process within RESTART_WINDOW seconds; then everything ends
RESTART_WINDOW = 60


class Stop(Exception):  # noqa: N818 -- not an error: Ctrl-C, SIGTERM or the terminal is gone
    """Somebody wants us to end."""


def main() -> None:
    """Prepare, start, say where, and keep the processes up until told to stop."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    port = _port()
    with _only_one():
        if "--reset" in sys.argv:
            _reset()
        if port_taken(port):
            _fail(
                f"ポート {port} は使用中です。別の番号で起動してください: make demo PORT={port + 1}"
                f" / Port {port} is taken; run: make demo PORT={port + 1}"
            )
        env = _environment(port)
        processes = _processes(env, port)
        try:
            accounts = _prepare(env)
            _run(processes, port, accounts)
        except Stop:
            print("\n終了しています… / Stopping", flush=True)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            stop_all(processes)


def _stop(_number: int, _frame: object) -> NoReturn:
    raise Stop


def _fail(message: str) -> NoReturn:
    sys.exit(message)


def _port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        _fail(f"PORT={text} は番号ではありません。 / PORT={text} is not a port number.")
    return int(text)


def _only_one() -> IO[str]:
    """Hold a lock on the data for as long as we run."""
    DATA.parent.mkdir(exist_ok=True)
    lock = (DATA.parent / "demo.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _fail(
            "デモはすでに動いています。そちらを Ctrl-C で止めてください。"
            " / The demo is already running; stop it with Ctrl-C first."
        )
    return lock


def _reset() -> None:
    shutil.rmtree(DATA, ignore_errors=True)
    print("デモのデータを消しました。 / Demo data removed.", flush=True)


def _environment(port: int) -> dict[str, str]:
    """The demo's settings; whatever else the shell has set for a real portal is not heard."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "DEMO": "1",
        "DATA_DIR": str(DATA),
        "PORTAL_URL": f"http://{LOCALHOST}:{port}",
        "PYTHONUNBUFFERED": "1",
    }


def _prepare(env: dict[str, str]) -> str:
    """Translations, migrations and, the first time, data. Returns the accounts to print."""
    result = subprocess.run(
        [sys.executable, "scripts/demo_prepare.py"],
        cwd=ROOT,
        env={**env, "LOG_LEVEL": "ERROR"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C is ours to answer
    )
    if result.returncode:
        _fail(
            "デモの準備に失敗しました。上の表示を確認してください。はじめからやり直す: make demo-reset"
            " / Preparing the demo failed (see above). To start over: make demo-reset"
        )
    return result.stdout


def _processes(env: dict[str, str], port: int) -> list[Process]:
    commands = portal_commands(f"{LOCALHOST}:{port}", DATA / "beat.pid", pool="threads")
    (DATA / "logs").mkdir(parents=True, exist_ok=True)
    (DATA / "beat.pid").unlink(missing_ok=True)  # we hold the lock: a leftover of a hard kill
    processes = []
    for name, command in commands.items():
        log = DATA / "logs" / f"{name}.log"
        log.unlink(missing_ok=True)
        processes.append(Process(name, command, log=log, env=env))
    return processes


def _run(processes: list[Process], port: int, accounts: str) -> None:
    for process in processes:
        process.start()
    _wait_until_ready(processes, port)
    print(accounts, end="")
    print(f"開きました / Open: http://{LOCALHOST}:{port}")
    print(
        f"記録 / Logs: {os.path.relpath(DATA / 'logs', ROOT)}    止める / Stop: Ctrl-C", flush=True
    )
    _watch(processes)


def _wait_until_ready(processes: list[Process], port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not answers(port):
        for process in processes:
            if not process.running:
                _fail(_ended(process))
        if time.monotonic() > deadline:
            _fail(_ended(processes[0]))
        time.sleep(0.1)


def answers(port: int) -> bool:
    """Whether the web process says that it is healthy."""
    try:
        with urllib.request.urlopen(f"http://{LOCALHOST}:{port}/healthz", timeout=5) as response:
            return response.status == 200  # noqa: PLR2004 -- HTTP OK
    except (urllib.error.URLError, OSError):
        return False


def _watch(processes: list[Process]) -> None:
    """Restart what dies; give up when it keeps dying."""
    deaths: dict[str, list[float]] = {process.name: [] for process in processes}
    while True:
        for process in processes:
            if process.running:
                continue
            now = time.monotonic()
            recent = [at for at in deaths[process.name] if now - at < RESTART_WINDOW]
            deaths[process.name] = [*recent, now]
            if len(recent) >= RESTARTS:
                _fail(_ended(process))
            process.kill()  # what its leader left behind
            print(
                f"{process.name} が止まったので、起動し直します。 / {process.name} ended; restarting.",
                flush=True,
            )
            process.start()
        time.sleep(0.5)


def _ended(process: Process) -> str:
    return (
        f"{process.last_lines()}\n"
        f"{process.name} を動かせないので終了します。記録: {os.path.relpath(process.log, ROOT)}"
        f" / {process.name} does not run; stopped everything. See the log above."
    )


if __name__ == "__main__":
    main()

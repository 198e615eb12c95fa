"""What somebody meets who only wants to run it: clear lines, no leftovers, documented settings."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts import check_templates, demo
from scripts.processes import LOCALHOST, ROOT, Process, free_port, stop_all
from tests.services import wait_until

SERVICES = ["beat", "mailpit", "migrate", "postgres", "redis", "web", "worker"]
SECRETS = {"SECRET_KEY": "x" * 60, "POSTGRES_PASSWORD": "y"}


# Installing


@pytest.fixture
def checkout(tmp_path):
    """A checkout with nothing but the installer and a lock."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "venv.sh", tmp_path / "scripts")
    (tmp_path / "requirements.lock").write_text("django==5.2\n")
    return tmp_path


def program(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def python_whose_pip(checkout, does):
    """A new enough "Python" that makes environments in which pip does what the test says."""
    inside = program(
        checkout / "inside", f'[ "$1" = -c ] && exit 0; echo called >> pip-calls; {does}'
    )
    return program(
        checkout / "python",
        f'[ "$1" = -c ] && exit 0; mkdir -p .venv/bin; cp {inside} .venv/bin/python',
    )


def install(checkout, **env):
    return subprocess.run(
        ["scripts/venv.sh", "requirements.lock"],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_is_one_clear_line(checkout):
    old = program(checkout / "old", '[ "$1" = --version ] && echo "Python 3.9.18" && exit; exit 1')

    result = install(checkout, PYTHON=old)

    assert result.returncode == 1
    [line] = result.stderr.splitlines()
    assert line.startswith("Python 3.11 以上が必要です。")
    assert "Python 3.11 or newer is required (found: Python 3.9.18)" in line
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize(
    ("pip_says", "line"),
    [
        ("error: command 'gcc' failed: No such file or directory", "C コンパイラも見つかりません"),
        ("ERROR: Failed building wheel for psycopg2-binary", "C コンパイラも見つかりません"),
        ("ERROR: No matching distribution found for typst", "OS に合う配布物がありません"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "requirements.lock と一致しません"),
        ("OSError: [Errno 28] No space left on device", "ディスクに空きがありません"),
        ("Connection refused", "パッケージを取得できません"),
    ],
)
def test_a_failing_install_is_one_line_that_says_what_to_do(checkout, pip_says, line):
    python = python_whose_pip(checkout, f'echo "{pip_says}"; exit 1')

    result = install(checkout, PYTHON=python)

    assert result.returncode == 1
    [said] = result.stderr.splitlines()
    assert line in said
    assert "var/install.log" in said


def test_the_second_start_installs_nothing_until_the_lock_changes(checkout):
    python = python_whose_pip(checkout, "exit 0")
    calls = checkout / "pip-calls"

    outputs = [install(checkout, PYTHON=python).stdout for _ in range(2)]

    assert outputs[1] == ""
    assert calls.read_text() == "called\n"

    (checkout / "requirements.lock").write_text("django==5.2.1\n")
    install(checkout, PYTHON=python)

    assert calls.read_text() == "called\n" * 2


# The demo


def run_demo(data, port, stdout=subprocess.PIPE):
    """``make demo`` over data of the test's own."""
    code = f"import pathlib; from scripts import demo; demo.DATA = pathlib.Path({str(data)!r}); demo.main()"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port)},
        stdout=stdout,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_taken_port_is_one_clear_line(tmp_path):
    with socket.create_server((LOCALHOST, 0)) as taken:
        port = taken.getsockname()[1]
        process = run_demo(tmp_path / "demo", port)
        said, _ = process.communicate(timeout=30)

    assert process.returncode == 1
    assert said == (
        f"ポート {port} は使用中です。別の番号で起動してください: make demo PORT={port + 1}"
        f" / Port {port} is taken; run: make demo PORT={port + 1}\n"
    )


def test_a_port_that_is_no_number_is_one_clear_line(tmp_path):
    said, _ = run_demo(tmp_path / "demo", "eight").communicate(timeout=30)

    assert said == "PORT=eight は番号ではありません。 / PORT=eight is not a port number.\n"


def sleeper(tmp_path, name, seconds=60, code=0):
    command = ["sh", "-c", f"sleep {seconds}; echo last words; exit {code}"]
    return Process(name, command, log=tmp_path / f"{name}.log", env={"PATH": os.environ["PATH"]})


def test_stopping_ends_whole_process_groups(tmp_path):
    processes = [sleeper(tmp_path, "one"), sleeper(tmp_path, "two")]
    for process in processes:
        process.start()
    groups = [process._popen.pid for process in processes]

    stop_all(processes)

    assert not any(process.running for process in processes)
    wait_until(lambda: not any(map(group_exists, groups)), what="the groups to be gone")


def group_exists(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_that_keeps_dying_ends_the_demo_with_its_last_words(tmp_path, capsys):
    dying = sleeper(tmp_path, "worker", seconds=0, code=3)
    dying.start()

    with pytest.raises(SystemExit, match=r"last words\nworker を動かせないので終了します"):
        demo._watch([dying])

    assert capsys.readouterr().out.count("起動し直します") == demo.RESTARTS


@pytest.mark.process
@pytest.mark.slow
def test_demo_starts_twice_and_ctrl_c_ends_everything(tmp_path):
    data, output = tmp_path / "demo", tmp_path / "output"
    seconds = []
    for _start in range(2):
        port = free_port()
        started = time.monotonic()
        with output.open("wb") as file:
            process = run_demo(data, port, stdout=file)
        wait_until(
            lambda process=process: b"Ctrl-C" in output.read_bytes() or process.poll() is not None,
            seconds=300,
            what="the demo",
        )
        seconds.append(time.monotonic() - started)
        assert demo.answers(port), output.read_text()

        process.send_signal(signal.SIGINT)

        assert process.wait(60) == 0
        said = output.read_text()
        assert "nurse@hospital-a.example" in said
        assert f"http://{LOCALHOST}:{port}" in said
        assert not demo.answers(port)
        assert processes_with(str(data)) == []
    assert "デモのデータを作っています" not in said
    assert seconds[1] < 60  # three on an idle machine


def processes_with(text):
    """Command lines and environments that mention ``text`` (Linux)."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            about = (directory / "environ").read_bytes()
        except OSError:
            continue
        if f"DATA_DIR={text}".encode() in about:
            found.append((directory / "cmdline").read_bytes())
    return found


# Settings


@pytest.mark.parametrize(
    ("env", "why"),
    [
        ({}, "SECRET_KEY is not set"),
        ({"DEBUG": "1", "ALLOWED_HOSTS": "portal.example.jp"}, "SECRET_KEY is not set"),
        ({"DEMO": "1", "DATABASE_URL": "postgresql://x@127.0.0.1/x"}, "It runs only on SQLite"),
        ({"DEMO": "1", "ALLOWED_HOSTS": "portal.example.jp"}, "It runs only on SQLite"),
    ],
)
def test_unsafe_settings_do_not_start(env, why, tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", "import ikou_portal.settings"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **env},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert why in result.stderr


def test_every_environment_variable_is_documented():
    settings = (ROOT / "ikou_portal" / "settings.py").read_text(encoding="utf-8")
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    read = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', settings))
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", operations, re.MULTILINE))

    assert read == documented


# Containers


def compose(*arguments, **env):
    """Docker Compose's own reading of the file; no engine needed."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if not shutil.which(command[0]):
            continue
        found = subprocess.run([*command, "version"], capture_output=True, check=False)
        if found.returncode == 0:
            return subprocess.run(
                [*command, *arguments],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **env},
                capture_output=True,
                text=True,
                check=False,
            )
    pytest.skip("Docker Compose is not installed (apt install docker-compose)")


def test_compose_accepts_the_file():
    result = compose("config", "--services", **SECRETS)

    assert result.returncode == 0, result.stderr
    assert sorted(result.stdout.split()) == SERVICES


@pytest.mark.parametrize("missing", SECRETS)
def test_compose_refuses_to_start_without_its_secrets(missing):
    present = {name: value for name, value in SECRETS.items() if name != missing}

    result = compose("config", **present)

    assert result.returncode != 0
    assert f"{missing} is not set" in result.stderr


def test_every_container_has_a_health_check_and_production_is_the_default():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    services = text.split("\nservices:\n")[1].split("\nvolumes:\n")[0]
    parts = re.split(r"^  (\w+):$", services, flags=re.MULTILINE)
    bodies = dict(zip(parts[1::2], parts[2::2], strict=True))

    assert sorted(bodies) == SERVICES
    assert [name for name, body in bodies.items() if "    healthcheck:\n" not in body] == []
    assert "DEBUG" not in text
    assert "DEMO" not in text
    assert "SECURE: ${SECURE:-1}" in text


# Templates


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<form method="post">{% csrf_token %}{% once %}</form>', []),
        ('<form method="get"></form>', []),
        ("{# <form method='post'></form> #}", []),
        ('<script src="{% static "a.js" %}" defer></script>', []),
        ('\n<form class="a"\n method="post">{% csrf_token %}</form>', [(2, "a POST form without {% once %}")]),
        ('<form method="post">{% once %}</form>', [(1, "a POST form without {% csrf_token %}")]),
        ("<p>\n<script>alert(1)</script>", [(2, "an inline script")]),
        ('<p style="color:red">', [(1, "a style attribute")]),
        ('<a onclick="go()">', [(1, "an inline handler")]),
        ('<img src="//cdn.example.com/a.png">', [(1, "another host")]),
    ],
)  # fmt: skip
def test_templates_are_searched_for_broken_promises(html, found):
    assert check_templates.problems(html) == found

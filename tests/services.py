"""What tests borrow from the machine: servers, a mail sink, a browser. Imported by conftest."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller

from scripts.processes import LOCALHOST, free_port
from scripts.services import find_chromium, find_postgresql, find_redis, postgresql
from tests.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage


def wait_until(condition: Callable[[], object], *, seconds: float = 30, what: str = "it") -> object:
    """Return the first true answer; AssertionError when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.1)
    return answer


@dataclass
class SmtpSink:
    """A real SMTP server on a free port that keeps what it accepts.

    ``refusal`` is the answer to every mail instead of accepting it ("451 …"); while ``hold`` is
    set, a mail is read but not answered, as by a server that hangs.
    """

    port: int = field(default_factory=free_port)
    mails: list[EmailMessage] = field(default_factory=list)
    seen: list[EmailMessage] = field(default_factory=list)
    refusal: str = ""
    hold: bool = False
    _controller: Controller | None = None

    @property
    def url(self) -> str:
        """For EMAIL_URL."""
        return f"smtp://{LOCALHOST}:{self.port}"

    def start(self) -> None:
        """Listen."""
        self._controller = Controller(self, hostname=LOCALHOST, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Refuse connections, as a server that is down."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        """Keep the mail and answer."""
        mail = message_from_bytes(envelope.original_content, policy=policy.default)
        self.seen.append(mail)
        if self.refusal:
            return self.refusal
        while self.hold:  # noqa: ASYNC110 -- set from the test's thread
            await asyncio.sleep(0.05)
        self.mails.append(mail)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to one address, oldest first."""
        return [mail for mail in self.mails if mail["To"] == address]

    def wait_for(self, address: str, *, count: int = 1, seconds: float = 30) -> list[EmailMessage]:
        """The mails to one address once there are ``count``."""
        wait_until(
            lambda: len(self.to(address)) >= count,
            seconds=seconds,
            what=f"{count} mails to {address}, have {[mail['To'] for mail in self.mails]}",
        )
        return self.to(address)


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A running mail server of the test's own."""
    sink = SmtpSink()
    sink.start()
    yield sink
    sink.hold = False
    sink.stop()


@pytest.fixture(scope="session")
def database_server() -> Iterator[str | None]:
    """The URL of a PostgreSQL server that may be filled with databases, if there is any."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
    elif find_postgresql():
        with postgresql() as url:
            yield url
    else:
        yield None


@pytest.fixture
def database_url(database_server: str | None, tmp_path: Path) -> Iterator[str]:
    """A new empty database: on PostgreSQL when available, otherwise SQLite."""
    if database_server is None:
        yield f"sqlite:///{tmp_path / 'portal.sqlite3'}"
        return
    name = f"ikou_{uuid.uuid4().hex}"
    _administrate(database_server, f'CREATE DATABASE "{name}"')
    yield urlsplit(database_server)._replace(path=f"/{name}").geturl()
    _administrate(database_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def static_root(tmp_path_factory) -> Path:
    """Where the collected static files go: once for all stacks."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def stack(
    database_url: str, smtp_sink: SmtpSink, static_root: Path, tmp_path: Path
) -> Iterator[Stack]:
    """Web, worker and beat as real processes with production settings, ready to use."""
    stack = Stack(
        directory=tmp_path,
        database_url=database_url,
        email_url=smtp_sink.url,
        static_root=static_root,
        with_redis=bool(find_redis()),
    )
    try:
        stack.start()
        yield stack
    finally:
        # The mail server may be holding a worker; let go before asking it to end.
        smtp_sink.hold = False
        stack.stop()
        print(stack.logs())  # pytest shows it when the test failed


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The system's Chromium; its sandbox does not work for root."""
    return {
        **browser_type_launch_args,
        "executable_path": find_chromium(),
        "args": ["--no-sandbox"] if os.geteuid() == 0 else [],
    }


def _administrate(server: str, statement: str) -> None:
    import psycopg2  # noqa: PLC0415 -- only where there is a PostgreSQL

    connection = psycopg2.connect(server)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()

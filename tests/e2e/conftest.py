"""The stage: the real processes, the people, their browsers and the mail server."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.e2e.cast import CAST
from tests.e2e.mails import Mails
from tests.e2e.pages import DESK, PHONE, Inspector, Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from tests.stack import Stack

ON_THE_PHONE = {"nurse"}
PUT_ON_STAGE = "from tests.e2e.cast import put_on_stage\nanswer = put_on_stage()"


@dataclass
class Stage:
    """``stage.nurse`` is the nurse at her browser; she signs in when she first appears."""

    stack: Stack
    mails: Mails
    new_browser: Callable[..., BrowserContext]
    inspector: Inspector = field(default_factory=Inspector)

    def __getattr__(self, who: str) -> Person:
        if who not in CAST:
            raise AttributeError(who)
        person = Person(
            self.new_browser(viewport=PHONE if who in ON_THE_PHONE else DESK),
            site=self.stack.url,
            address=CAST[who][0],
            inspector=self.inspector,
        )
        person.sign_in()
        setattr(self, who, person)
        return person


@pytest.fixture
def stage(stack, smtp_sink, new_context):
    """A running portal with its people, and nothing else in it."""
    stack.ask(PUT_ON_STAGE)
    new_browser = partial(
        new_context, locale="ja-JP", timezone_id="Asia/Tokyo", accept_downloads=True
    )
    return Stage(stack=stack, mails=Mails(smtp_sink), new_browser=new_browser)

"""What the mail server received since the last station."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.e2e.cast import ANY_SECRET
from tests.services import wait_until

if TYPE_CHECKING:
    from tests.services import SmtpSink

LINK = re.compile(r"https?://\S+")


@dataclass
class Mails:
    """A real SMTP server's mails, station by station."""

    sink: SmtpSink
    known: int = 0

    def expect(self, *wanted: tuple[str, str]) -> None:
        """Exactly these (address, part of the subject) have come, and no mail tells a secret.

        One too many is noticed here or, when it is slow, at the next station.
        """
        wait_until(
            lambda: len(self.sink.mails) >= self.known + len(wanted),
            what=f"{wanted} after {[(m['To'], m['Subject']) for m in self.sink.mails[-4:]]}",
        )
        arrived = self.sink.mails[self.known :]
        self.known += len(arrived)
        came = sorted((mail["To"], mail["Subject"]) for mail in arrived)
        assert [address for address, _subject in came] == sorted(to for to, _part in wanted), came
        for to, part in wanted:
            assert any(to == address and part in subject for address, subject in came), came
        for mail in arrived:
            assert not ANY_SECRET.search(f"{mail['Subject']}{mail.get_content()}")

    def link_to(self, address: str) -> str:
        """The link in the newest mail to somebody."""
        return LINK.search(self.sink.to(address)[-1].get_content()).group()

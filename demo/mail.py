"""The demo's mail server: each mail becomes one file, shown at /demo/mail/."""

from datetime import UTC
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

FOLDER = Path(settings.DATA_DIR) / "mail"
SHOWN = 100


class EmailBackend(BaseEmailBackend):
    """Write every message as it would go over the wire."""

    def send_messages(self, email_messages):
        """Store the mails; returns how many."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            wire = message.message()
            name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{wire['X-Notification-Id'] or 0}.eml"
            (FOLDER / name).write_bytes(wire.as_bytes())
        return len(email_messages)


def newest(address=""):
    """The newest mails (at most ``SHOWN``), only those to ``address`` when given.

    Each is a dict with ``to``, ``subject``, ``date``, ``text``.
    """
    found = []
    for path in sorted(FOLDER.glob("*.eml"), reverse=True):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if address and mail["To"] != address:
            continue
        found.append(
            {
                "to": mail["To"],
                "subject": mail["Subject"],
                # Django writes "-0000", which Python reads as "no zone".
                "date": mail["Date"].datetime.replace(tzinfo=UTC),
                "text": mail.get_content(),
            }
        )
        if len(found) == SHOWN:
            break
    return found

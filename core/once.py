"""The one-time key of a form (audit.middleware.OneTimeFormMiddleware)."""

import secrets
from typing import Any

from django.core import signing


def once_key(user: Any) -> str:
    """A key for one page of this person; for a page that goes on after an answer without reload."""
    return signing.dumps([user and user.pk, secrets.token_urlsafe(12)], salt="once")

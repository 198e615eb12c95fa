"""What a notification is. The recipe is docs/adding-a-notification.md."""

from dataclasses import dataclass, fields
from typing import ClassVar

from django.conf import settings

from core.registry import Registry
from notifications.text import render_text


@dataclass(frozen=True)
class Outsider:
    """Someone without an account who gets mail, such as an invited person."""

    email: str
    name: str = ""
    language: str = "ja"
    pk: None = None


class Notification:
    """One thing worth telling people.

    Subclass as a frozen dataclass in ``<app>/notifications.py``, register it, and add
    ``templates/notifications/<app>/<name>/{subject,body}.txt``. Nothing else.
    ``permission`` is asked again for ``target()`` when the mail leaves: who lost access gets none.
    ``essential`` kinds (security, own accounts) cannot be turned off. ``secret_link`` kinds carry
    a key in their link: it is shown to nobody and wiped once the mail has left.
    """

    slug: ClassVar[str]
    label: ClassVar[str]
    permission: ClassVar[str] = ""
    essential: ClassVar[bool] = False
    secret_link: ClassVar[bool] = False

    def recipients(self):
        """The people to tell: users, or ``Outsider``."""
        raise NotImplementedError

    def url(self):
        """The path of the one page to open."""
        raise NotImplementedError

    def target(self):
        """The object it is about, or None."""
        return None

    def hospital_id(self):
        """The hospital whose office sees whether the mail arrived, or None."""
        return None

    @classmethod
    def sample(cls):
        """An unsaved example, for the preview page and the contract test."""
        raise NotImplementedError

    def render(self, part):
        """The ``subject`` or ``body`` text in the active language."""
        context = {field.name: getattr(self, field.name) for field in fields(self)}
        path = f"notifications/{self.slug.replace('.', '/')}/{part}.txt"
        return render_text(path, {**context, "url": self.link()})

    def link(self):
        """The absolute address for the mail."""
        return f"{settings.PORTAL_URL}{self.url()}"


registry: Registry[Notification] = Registry()

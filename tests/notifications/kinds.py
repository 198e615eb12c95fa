"""A kind that can be turned down and asks for a permission; its texts are borrowed."""

from dataclasses import dataclass

from accounts.notifications import SecurityNotice


@dataclass(frozen=True, kw_only=True)
class AboutPerson(SecurityNotice):
    """Tell ``readers`` something about ``user`` that only who looks after her may know."""

    permission = "accounts.view_person"
    essential = False

    readers: tuple

    def recipients(self):
        return self.readers

    def target(self):
        return self.user

"""What offices and applicants hear."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Notification, Outsider, registry
from partners.models import Application
from partners.queries import offices


@registry.register
@dataclass(frozen=True, kw_only=True)
class ApplicationReceived(Notification):
    """Tell every support office that a company wants to take part."""

    slug = "partners.application_received"
    label = _("企業から参加の申込があったとき")
    permission = "partners.view_application"

    application: Application

    def recipients(self):
        return offices()

    def url(self):
        return self.application.get_absolute_url()

    def target(self):
        return self.application

    @classmethod
    def sample(cls):
        return cls(application=sample_application())


@registry.register
@dataclass(frozen=True, kw_only=True)
class ApplicationDeclined(Notification):
    """Tell the applicant why there is no invitation."""

    slug = "partners.application_declined"
    label = _("参加の申込を見送る連絡")
    essential = True

    application: Application
    comment: str

    def recipients(self):
        return [Outsider(email=self.application.email, name=self.application.name)]

    def url(self):
        return reverse("partners:apply")

    def hospital_id(self):
        """The office that answered sees whether the mail arrived."""
        return min(self.application.handled_by.offices, default=None)

    @classmethod
    def sample(cls):
        from accounts.models import User  # noqa: PLC0415 -- only for the sample

        application = sample_application()
        application.handled_by = User(pk=1, email="office@example.jp", name="見本 花子")
        return cls(application=application, comment="いまは県内の企業に限っています。")


def sample_application():
    """An unsaved application for previews and contract tests."""
    return Application(
        pk=1,
        public_id="sample234567",
        company="株式会社見本製作所",
        name="見本 花子",
        email="sample@example.jp",
    )

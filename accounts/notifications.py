from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, Organisation, User
from notifications.kinds import Notification, Outsider, registry


@registry.register
@dataclass(frozen=True, kw_only=True)
class Invited(Notification):
    """Give somebody the link to their seat."""

    slug = "accounts.invited"
    label = _("招待")
    essential = True
    secret_link = True

    invitation: Invitation
    secret: str

    def recipients(self):
        return [Outsider(email=self.invitation.email, name=self.invitation.name)]

    def url(self):
        return reverse("accounts:accept", args=[self.secret])

    def hospital_id(self):
        organisation = self.invitation.organisation
        if organisation.is_hospital:
            return organisation.pk
        return next(iter(sorted(self.invitation.invited_by.offices)), None)

    @classmethod
    def sample(cls):
        organisation = Organisation(pk=1, kind="hospital", name="みなと総合病院")
        person = User(pk=1, email="office@example.jp", name="支援 花子")
        return cls(
            invitation=Invitation(
                pk=1,
                email="new@example.jp",
                name="見本 太郎",
                organisation=organisation,
                roles=["staff"],
                invited_by=person,
                expires_at=timezone.now() + timedelta(days=14),
            ),
            secret="sample",  # noqa: S106 -- a sample
        )


@registry.register
@dataclass(frozen=True, kw_only=True)
class PasswordReset(Notification):
    """The link to choose a new password."""

    slug = "accounts.password_reset"
    label = _("パスワードの再設定")
    essential = True
    secret_link = True

    user: User
    path: str

    def recipients(self):
        return [self.user]

    def url(self):
        return self.path

    @classmethod
    def sample(cls):
        return cls(
            user=User(pk=1, email="nurse@example.jp", name="見本 花子"),
            path="/accounts/password/reset/key/sample/",
        )


@registry.register
@dataclass(frozen=True, kw_only=True)
class SecurityNotice(Notification):
    """Something about the account changed; the owner should know."""

    slug = "accounts.security_notice"
    label = _("アカウントの変更")
    essential = True

    user: User
    what: str

    def recipients(self):
        return [self.user]

    def url(self):
        return reverse("accounts:settings")

    @classmethod
    def sample(cls):
        return cls(
            user=User(pk=1, email="nurse@example.jp", name="見本 花子"), what="password_changed"
        )

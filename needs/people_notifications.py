"""What people hear about standing behind a need."""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from accounts.queries import people
from needs.enums import ParticipantKind
from needs.models import Confirmation, Need, Participant
from needs.notifications import AboutNeed, sample_need
from notifications.kinds import Notification, Outsider, registry


@registry.register
@dataclass(frozen=True, kw_only=True)
class AskedToConfirm(Notification):
    """Give the clinician the link to what the office wrote down for her."""

    slug = "needs.asked_to_confirm"
    label = _("代わりに登録したニーズの確認のお願い")
    essential = True
    secret_link = True

    confirmation: Confirmation
    secret: str

    def recipients(self):
        return [Outsider(email=self.confirmation.email, name=self.confirmation.name)]

    def url(self):
        return reverse("needs:confirm", args=[self.secret])

    def hospital_id(self):
        return self.confirmation.need.hospital_id

    @classmethod
    def sample(cls):
        return cls(confirmation=_confirmation(), secret="sample")  # noqa: S106 -- a sample


@registry.register
@dataclass(frozen=True, kw_only=True)
class ClinicianAnswered(AboutNeed):
    """Tell the office what the clinician answered."""

    slug = "needs.clinician_answered"
    label = _("代わりに登録したニーズに本人が答えたとき")

    confirmation: Confirmation

    def recipients(self):
        return people(Role.OFFICE, at=self.need.hospital_id)

    @classmethod
    def sample(cls):
        confirmation = _confirmation()
        return cls(need=confirmation.need, confirmation=confirmation)


@registry.register
@dataclass(frozen=True, kw_only=True)
class AskedToAgree(AboutNeed):
    """Ask a co-submitter whether she agrees to her name and share."""

    slug = "needs.asked_to_agree"
    label = _("連名の同意のお願い")

    participant: Participant

    def recipients(self):
        return [self.participant.user]

    def url(self):
        return reverse("needs:people", args=[self.need.public_id])

    @classmethod
    def sample(cls):
        need = sample_need()
        participant = Participant(
            need=need, user=_colleague(), kind=ParticipantKind.CO_SUBMITTER, share=30
        )
        return cls(need=need, participant=participant)


@registry.register
@dataclass(frozen=True, kw_only=True)
class NameRemoved(Notification):
    """Tell a co-submitter that her name was taken off, or the proposer that she took it off."""

    slug = "needs.name_removed"
    label = _("連名から外れたとき")

    need: Need
    person: User
    by: User

    def recipients(self):
        return [self.need.proposer if self.by.pk == self.person.pk else self.person]

    def url(self):
        return f"{reverse('needs:list')}?view=own"

    def hospital_id(self):
        return self.need.hospital_id

    @classmethod
    def sample(cls):
        need = sample_need()
        return cls(need=need, person=_colleague(), by=need.proposer)


def _colleague():
    return User(pk=2, email="other@example.jp", name="見本 月子")


def _confirmation():
    return Confirmation(
        need=sample_need(),
        name="見本 月子",
        email="other@example.jp",
        asked_by=User(pk=3, email="office@example.jp", name="支援 花子"),
        expires_at=timezone.now() + timedelta(days=14),
    )

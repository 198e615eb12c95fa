"""What people hear about the promise of a first answer and about waiting questions."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Organisation
from accounts.queries import people
from needs.notifications import AboutNeed, sample_need, writers_of
from notifications.kinds import Notification, registry


@registry.register
@dataclass(frozen=True, kw_only=True)
class ClockStopped(AboutNeed):
    """Tell the proposer that the promised day does not count at the moment; the page says why."""

    slug = "needs.clock_stopped"
    label = _("一次回答の約束の日を止めたとき")


@registry.register
@dataclass(frozen=True, kw_only=True)
class ClockResumed(AboutNeed):
    """Tell the proposer the new promised day."""

    slug = "needs.clock_resumed"
    label = _("一次回答の約束の日を再開したとき")


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedsLate(Notification):
    """Tell the office how many first answers have become late, or the director that it was told."""

    slug = "needs.needs_late"
    label = _("一次回答が期限を過ぎたとき")

    hospital: Organisation
    total: int
    escalated: bool = False

    def recipients(self):
        office = people(Role.OFFICE, at=self.hospital)
        if not self.escalated:
            return office
        return people(Role.DIRECTOR, at=self.hospital).exclude(
            pk__in=office.order_by().values("pk")
        )

    def url(self):
        return f"{reverse('needs:list')}?view=overdue"

    def hospital_id(self):
        return self.hospital.pk

    @classmethod
    def sample(cls):
        return cls(hospital=sample_need().hospital, total=3)


@registry.register
@dataclass(frozen=True, kw_only=True)
class ReplyReminder(AboutNeed):
    """Remind of the office's question before its day."""

    slug = "needs.reply_reminder"
    label = _("質問への回答の期限が近いとき")

    def recipients(self):
        return writers_of(self.need)


@registry.register
@dataclass(frozen=True, kw_only=True)
class ReplyWarning(AboutNeed):
    """Say when an unanswered need will be closed."""

    slug = "needs.reply_warning"
    label = _("回答がないため終了する前の連絡")

    closes_on: object

    def recipients(self):
        return writers_of(self.need)

    @classmethod
    def sample(cls):
        return cls(need=sample_need(), closes_on=timezone.localdate())


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedClosed(AboutNeed):
    """Say that it was closed without an answer, and how it goes on."""

    slug = "needs.need_closed"
    label = _("回答がないため終了したとき")

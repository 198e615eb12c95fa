"""What a colleague hears when needs are put into her hands."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from needs.models import Need
from needs.notifications import sample_need
from notifications.kinds import Notification, registry


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedsAssigned(Notification):
    """Tell a colleague of the office which needs she looks after from now on; one for all."""

    slug = "needs.needs_assigned"
    label = _("ニーズの担当になったとき")
    permission = "needs.screen_need"

    needs: tuple[Need, ...]
    to: User
    by: User

    def recipients(self):
        return [self.to]

    def url(self):
        if len(self.needs) == 1:
            return self.needs[0].get_absolute_url()
        return f"{reverse('needs:list')}?assignee=me"

    def target(self):
        return self.needs[0]

    def hospital_id(self):
        return self.needs[0].hospital_id

    @classmethod
    def sample(cls):
        need = sample_need()
        to = User(pk=2, email="office@example.jp", name="見本 月子")
        return cls(needs=(need,), to=to, by=User(pk=3, email="b@example.jp", name="見本 星子"))

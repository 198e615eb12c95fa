"""What the people of a need hear when somebody has the same worry."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from needs.enums import Frequency, ParticipantKind, Place
from needs.models import Participant
from needs.notifications import AboutNeed, sample_need
from notifications.kinds import registry


@registry.register
@dataclass(frozen=True, kw_only=True)
class SomebodyJoined(AboutNeed):
    """Tell everybody behind it but the one who joined."""

    slug = "needs.somebody_joined"
    label = _("同じ困りごとの人が加わったとき")

    joined: Participant

    def recipients(self):
        return [person for person in self.need.everybody if person.pk != self.joined.user_id]

    @classmethod
    def sample(cls):
        need = sample_need()
        need.department = Department(pk=1, name="5階東病棟", hospital=need.hospital)
        joined = Participant(
            need=need,
            user=User(pk=2, email="other@example.jp", name="見本 月子"),
            kind=ParticipantKind.JOINED,
            place=Place.WARD,
            frequency=Frequency.DAILY,
        )
        return cls(need=need, joined=joined)

"""Telling the office that needs which were put aside deserve another look."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Organisation
from accounts.queries import people
from needs.notifications import sample_need
from notifications.kinds import Notification, registry


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedsCameBack(Notification):
    """One notice for all of a night."""

    slug = "needs.needs_came_back"
    label = _("見送ったニーズを取り上げるきっかけがあるとき")

    hospital: Organisation
    total: int

    def recipients(self):
        return people(Role.OFFICE, at=self.hospital)

    def url(self):
        return f"{reverse('needs:list')}?view=revived"

    def hospital_id(self):
        return self.hospital.pk

    @classmethod
    def sample(cls):
        return cls(hospital=sample_need().hospital, total=3)

"""What people hear when needs are merged or split."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from needs.models import Need
from needs.notifications import AboutNeed, sample_need
from notifications.kinds import registry


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedMerged(AboutNeed):
    """Tell the people of the merged need where it goes on."""

    slug = "needs.need_merged"
    label = _("同じ困りごとのニーズに統合したとき")

    merged: Need
    people: tuple[User, ...]

    def recipients(self):
        return self.people

    @classmethod
    def sample(cls):
        merged = sample_need()
        merged.number = "N-2026-0124"
        return cls(need=sample_need(), merged=merged, people=(merged.proposer,))


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedAbsorbed(AboutNeed):
    """Tell those whose need goes on how many people stand behind it in addition."""

    slug = "needs.need_absorbed"
    label = _("同じ困りごとのニーズが、自分のニーズに統合されたとき")

    merged: Need
    people: tuple[User, ...]
    total: int

    def recipients(self):
        return self.people

    @classmethod
    def sample(cls):
        need = sample_need()
        merged = sample_need()
        merged.number = "N-2026-0124"
        return cls(need=need, merged=merged, people=(need.proposer,), total=2)


@registry.register
@dataclass(frozen=True, kw_only=True)
class NeedSplit(AboutNeed):
    """Tell the people of a need that a second one came out of it."""

    slug = "needs.need_split"
    label = _("ニーズを2つに分けたとき")

    origin: Need

    @classmethod
    def sample(cls):
        origin = sample_need()
        origin.number = "N-2026-0124"
        return cls(need=sample_need(), origin=origin)

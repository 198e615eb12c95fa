"""What partners, offices and proposers hear about a match."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.enums import OUTSIDE_ROLES, Role
from accounts.models import Organisation, User
from accounts.queries import people
from disclosure.models import Publication
from matching.enums import MatchState
from matching.models import Match
from needs.models import Need
from notifications.kinds import Notification, registry


@dataclass(frozen=True, kw_only=True)
class AboutMatch(Notification):
    """What every notice about a match shares."""

    permission = "matching.view_match"

    match: Match

    def partners(self):
        """The people of the company or agency."""
        return people(*OUTSIDE_ROLES, at=self.match.partner_id)

    def hospital_side(self):
        """The support office and the proposer."""
        publication = self.match.publication
        return [*people(Role.OFFICE, at=publication.hospital_id), publication.need.proposer]

    def url(self):
        return self.match.get_absolute_url()

    def target(self):
        return self.match

    def hospital_id(self):
        return self.match.publication.hospital_id

    @classmethod
    def sample(cls):
        return cls(match=sample_match())


@registry.register
@dataclass(frozen=True, kw_only=True)
class Introduced(AboutMatch):
    """Show a partner a need that may fit."""

    slug = "matching.introduced"
    label = _("病院からニーズを紹介されたとき")

    def recipients(self):
        return self.partners()


@registry.register
@dataclass(frozen=True, kw_only=True)
class InterestShown(AboutMatch):
    """Tell office and proposer that a partner wants to talk."""

    slug = "matching.interest_shown"
    label = _("企業が関心を示したとき")

    def recipients(self):
        return self.hospital_side()


@registry.register
@dataclass(frozen=True, kw_only=True)
class MatchMoved(AboutMatch):
    """Tell everybody but the one who did it how far they have come."""

    slug = "matching.match_moved"
    label = _("マッチングの状況が変わったとき")

    by: User

    def recipients(self):
        everybody = [*self.partners(), *self.hospital_side()]
        return [person for person in everybody if person.pk != self.by.pk]

    @classmethod
    def sample(cls):
        return cls(match=sample_match(), by=User(pk=2, email="office@example.jp", name="見本 月子"))


def sample_match():
    """An unsaved match for previews and contract tests."""
    hospital = Organisation(pk=1, kind="hospital", name="みなと総合病院")
    proposer = User(pk=1, email="nurse@example.jp", name="見本 花子")
    need = Need(pk=1, public_id="sample234567", hospital=hospital, proposer=proposer)
    publication = Publication(
        pk=1, public_id="sample234567", need=need, hospital=hospital, title="点滴の残量を知りたい"
    )
    return Match(
        pk=1,
        public_id="sample234567",
        publication=publication,
        partner=Organisation(pk=2, kind="company", name="株式会社見本製作所"),
        state=MatchState.MEETING,
    )

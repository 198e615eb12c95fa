import factory

from matching.enums import MatchState, Origin
from matching.models import Match


class MatchFactory(factory.django.DjangoModelFactory):
    """A partner that came forward for a published need."""

    class Meta:
        model = Match

    publication = factory.SubFactory("tests.factories.disclosure.PublicationFactory")
    partner = factory.SubFactory("tests.factories.accounts.CompanyFactory")
    state = MatchState.INTERESTED
    origin = Origin.PARTNER
    message = "センサの小型化で役立てます。"

from datetime import date

import factory
from django.utils import timezone

from needs.enums import Frequency, NeedState, Place, Source
from needs.models import Need
from tests.factories.accounts import HospitalFactory, MembershipFactory


def _seat_in(need):
    return MembershipFactory(organisation=need.hospital).user


class NeedFactory(factory.django.DjangoModelFactory):
    """A complete need in any state; it has a number in every state that needs one.

    Its proposer is a new member of its hospital unless one is given.
    """

    class Meta:
        model = Need

    class Params:
        handed_in = factory.LazyAttribute(
            lambda need: need.state not in {NeedState.DRAFT, NeedState.WITHDRAWN}
        )

    hospital = factory.SubFactory(HospitalFactory)
    proposer = factory.LazyAttribute(_seat_in)
    entered_by = factory.LazyAttribute(
        lambda need: (
            None if getattr(need, "source", Source.PORTAL) == Source.PORTAL else need.proposer
        )
    )
    state = NeedState.DRAFT
    title = factory.Sequence(lambda n: f"点滴の残量が廊下から分からない{n}")
    problem = "夜勤のとき、残量を見に何度も病室へ入る。患者さんが目を覚ましてしまう。"
    place = Place.WARD
    frequency = Frequency.DAILY
    no_patient_data = True
    number = factory.Maybe(
        "handed_in",
        yes_declaration=factory.Sequence(lambda n: f"N-2020-{n:04}"),
        no_declaration=None,
    )
    submitted_at = factory.Maybe(
        "handed_in", yes_declaration=factory.LazyFunction(timezone.now), no_declaration=None
    )
    answer_due = factory.Maybe("handed_in", yes_declaration=date(2030, 1, 10), no_declaration=None)

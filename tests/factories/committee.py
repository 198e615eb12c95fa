from datetime import timedelta

import factory
from django.utils import timezone

from committee import results
from committee.enums import ConflictAnswer, Outcome, RoundState, Seat
from committee.models import (
    Award,
    Case,
    Committee,
    Conflict,
    Criterion,
    Decision,
    Letter,
    Meeting,
    MeetingItem,
    Member,
    Review,
    Round,
    Rubric,
    Score,
)
from needs.enums import NeedState
from taxonomy.models import Term
from tests.factories.accounts import HospitalFactory, MembershipFactory, UserFactory
from tests.factories.needs import NeedFactory


class CommitteeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Committee

    hospital = factory.SubFactory(HospitalFactory)
    name = factory.Sequence(lambda n: f"ニーズ抽出委員会{n}")


class MemberFactory(factory.django.DjangoModelFactory):
    """A seat since yesterday, with this year's declaration; its person works in the hospital."""

    class Meta:
        model = Member

    committee = factory.SubFactory(CommitteeFactory)
    user = factory.LazyAttribute(
        lambda seat: MembershipFactory(organisation=seat.committee.hospital).user
    )
    seat = Seat.MEMBER
    since = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1))
    ties_declared_on = factory.LazyFunction(timezone.localdate)


class RubricFactory(factory.django.DjangoModelFactory):
    """Two criteria, of weight 1 and 2."""

    class Meta:
        model = Rubric
        skip_postgeneration_save = True

    hospital = factory.SubFactory(HospitalFactory)
    name = factory.Sequence(lambda n: f"標準の評価表{n}")

    @factory.post_generation
    def criteria(self, create, extracted, **_kwargs):
        for order, (label, weight) in enumerate(extracted or [("必要性", 1), ("効果", 2)]):
            CriterionFactory(rubric=self, label=label, weight=weight, order=order)


class CriterionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Criterion

    rubric = factory.SubFactory(RubricFactory, criteria=[])
    label = factory.Sequence(lambda n: f"評価項目{n}")
    anchors = factory.LazyFunction(lambda: {"1": "困らない", "3": "一部で必要", "5": "強く必要"})


class RoundFactory(factory.django.DjangoModelFactory):
    """A round whose deadline is in a week."""

    class Meta:
        model = Round

    committee = factory.SubFactory(CommitteeFactory)
    rubric = factory.LazyAttribute(lambda round_: RubricFactory(hospital=round_.committee.hospital))
    title = factory.Sequence(lambda n: f"第{n}回審査会")
    deadline = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))


class CaseFactory(factory.django.DjangoModelFactory):
    """A need on the agenda, in the state that fits the round."""

    class Meta:
        model = Case

    round = factory.SubFactory(RoundFactory)
    need = factory.LazyAttribute(
        lambda case: NeedFactory(
            hospital=case.round.committee.hospital,
            state=NeedState.SCREENING
            if case.round.state == RoundState.PLANNED
            else NeedState.IN_REVIEW,
        )
    )
    order = factory.Sequence(int)


class ConflictFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Conflict
        skip_postgeneration_save = True

    case = factory.SubFactory(CaseFactory)
    member = factory.SubFactory(UserFactory)
    answer = ConflictAnswer.NONE

    @factory.post_generation
    def result(self, create, extracted, **_kwargs):
        results.refresh(self.case)


class ReviewFactory(factory.django.DjangoModelFactory):
    """A complete review; ``values`` are its points in the order of the rubric."""

    class Meta:
        model = Review
        skip_postgeneration_save = True

    case = factory.SubFactory(CaseFactory)
    reviewer = factory.SubFactory(UserFactory)
    completed_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def values(self, create, extracted, **_kwargs):
        criteria = self.case.round.rubric.criteria.order_by("order", "pk")
        for criterion, value in zip(criteria, extracted or [], strict=False):
            Score.objects.create(review=self, criterion=criterion, value=value)
        results.refresh(self.case)


class DecisionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Decision

    case = factory.SubFactory(CaseFactory)
    outcome = Outcome.ACCEPTED
    decided_by = factory.SubFactory(UserFactory)


class LetterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Letter

    case = factory.SubFactory(CaseFactory)
    subject = "審査結果のお知らせ"
    body = "ご提案を審査しました。"


class AwardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Award

    case = factory.SubFactory(CaseFactory)
    hospital = factory.LazyAttribute(lambda award: award.case.round.committee.hospital)
    number = factory.Sequence(lambda n: f"表彰第2026-{n:03}号")
    kind = factory.LazyFunction(
        lambda: Term.objects.get_or_create(
            kind="award", code="A1", defaults={"ja": "最優秀賞", "en": "Grand prize"}
        )[0]
    )


class MeetingFactory(factory.django.DjangoModelFactory):
    """A meeting of today."""

    class Meta:
        model = Meeting

    round = factory.SubFactory(RoundFactory)
    starts_at = factory.LazyFunction(timezone.now)
    place = "第1会議室"


class MeetingItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MeetingItem

    meeting = factory.SubFactory(MeetingFactory)
    case = factory.SubFactory(CaseFactory)
    order = factory.Sequence(int)

import factory
from django.utils import timezone

from disclosure.enums import NoveltyAnswer, PublicationState, Tier
from disclosure.models import Publication, PublishedField, Reading
from needs.enums import NeedState


class PublicationFactory(factory.django.DjangoModelFactory):
    """Open to members since now, with consent to its text; fields come by PublishedFieldFactory."""

    class Meta:
        model = Publication

    need = factory.SubFactory("tests.factories.needs.NeedFactory", state=NeedState.ACCEPTED)
    hospital = factory.SelfAttribute("need.hospital")
    state = PublicationState.PUBLISHED
    title = factory.Sequence(lambda n: f"点滴の残量を廊下から知りたい{n}")
    summary = "夜間の見回りのとき、部屋に入らないと点滴の残りが分かりません。"
    novelty = NoveltyAnswer.NO_IDEA
    consent_version = factory.LazyAttribute(
        lambda self: 1 if self.state in {"published", "paused"} else None
    )
    consented_at = factory.LazyAttribute(
        lambda self: timezone.now() if self.consent_version else None
    )
    published_at = factory.LazyAttribute(
        lambda self: timezone.now() if self.state in {"published", "paused", "closed"} else None
    )


class PublishedFieldFactory(factory.django.DjangoModelFactory):
    """The background of the need, for companies with an agreement."""

    class Meta:
        model = PublishedField

    publication = factory.SubFactory(PublicationFactory)
    code = "background"
    text = "夜勤は看護師二人で三十床を見ています。"
    tier = Tier.NDA


class ReadingFactory(factory.django.DjangoModelFactory):
    """An opening of the page by somebody of a company."""

    class Meta:
        model = Reading

    publication = factory.SubFactory(PublicationFactory)
    user = factory.SubFactory("tests.factories.accounts.UserFactory")
    organisation = factory.SubFactory("tests.factories.accounts.CompanyFactory")
    text_version = 1
    tier = Tier.MEMBERS
    basis = "登録企業・支援機関"

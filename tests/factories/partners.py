import factory

from partners.models import Application, Licence, Profile
from taxonomy.models import Term


def term(kind, code):
    """A term of the code lists that ``migrate`` fills."""
    return Term.objects.get(kind=kind, code=code)


class ProfileFactory(factory.django.DjangoModelFactory):
    """A listed company with a line about itself; terms are given as ``technologies=[…]``."""

    class Meta:
        model = Profile
        skip_postgeneration_save = True

    organisation = factory.SubFactory("tests.factories.accounts.CompanyFactory")
    tagline = "極細の樹脂チューブを1本から作ります"
    strengths = "樹脂の押出成形と微細加工。"

    @factory.post_generation
    def technologies(self, create, extracted):
        if create and extracted:
            self.technologies.set(extracted)

    @factory.post_generation
    def interests(self, create, extracted):
        if create and extracted:
            self.interests.set(extracted)


class LicenceFactory(factory.django.DjangoModelFactory):
    """The second-class marketing licence."""

    class Meta:
        model = Licence

    profile = factory.SubFactory(ProfileFactory)
    kind = factory.LazyFunction(lambda: term("licence", "L2"))


class ApplicationFactory(factory.django.DjangoModelFactory):
    """A company that waits for an answer."""

    class Meta:
        model = Application

    company = factory.Sequence(lambda n: f"株式会社なみおと{n}")
    name = "申込 花子"
    email = factory.Sequence(lambda n: f"applicant{n}@example.jp")
    message = "センサの小型化が得意です。"

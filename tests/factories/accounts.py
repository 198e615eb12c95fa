from datetime import timedelta

import factory
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from accounts.models import Department, Invitation, Membership, Organisation, User

PASSWORD = "tests-only-2026"


class UserFactory(factory.django.DjangoModelFactory):
    """An active person without a seat anywhere; her password is PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.jp")
    name = factory.Sequence(lambda n: f"見本 {n}子")
    kana = "ミホン ハナコ"
    password = factory.django.Password(PASSWORD)


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    kind = OrganisationKind.HOSPITAL
    name = factory.Sequence(lambda n: f"みなと病院{n}")


class HospitalFactory(OrganisationFactory):
    pass


class CompanyFactory(OrganisationFactory):
    kind = OrganisationKind.COMPANY
    name = factory.Sequence(lambda n: f"株式会社しおかぜ製作所{n}")


class AgencyFactory(OrganisationFactory):
    kind = OrganisationKind.AGENCY
    name = factory.Sequence(lambda n: f"県産業振興機構{n}")


class AssociationFactory(OrganisationFactory):
    kind = OrganisationKind.ASSOCIATION
    name = factory.Sequence(lambda n: f"県臨床工学技士会{n}")


class DepartmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Department

    hospital = factory.SubFactory(HospitalFactory)
    name = factory.Sequence(lambda n: f"第{n}病棟")


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(HospitalFactory)
    role = Role.STAFF


class InvitationFactory(factory.django.DjangoModelFactory):
    """An open invitation; its link has the secret of the parameter ``secret``."""

    class Meta:
        model = Invitation

    class Params:
        secret = "a-secret-of-tests"

    email = factory.Sequence(lambda n: f"invited{n}@example.jp")
    name = "招待 花子"
    organisation = factory.SubFactory(HospitalFactory)
    roles = [Role.STAFF.value]
    secret_hash = factory.LazyAttribute(lambda self: Invitation.hashed(self.secret))
    invited_by = factory.SubFactory(UserFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))

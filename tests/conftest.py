"""People of every role. ``hospital`` is hospital A; its people belong to ``department``."""

import pytest
from django.db import transaction

from accounts.enums import Role
from accounts.models import User
from tests.factories.accounts import (
    PASSWORD,
    AgencyFactory,
    AssociationFactory,
    CompanyFactory,
    DepartmentFactory,
    HospitalFactory,
    MembershipFactory,
    UserFactory,
)

pytest_plugins = ["tests.services"]


@pytest.fixture
def hospital(db):
    return HospitalFactory(name="みなと総合病院")


@pytest.fixture
def other_hospital(db):
    return HospitalFactory(name="やまて市民病院")


@pytest.fixture
def company(db):
    """Company A, which ``partner`` speaks for."""
    return CompanyFactory(name="株式会社しおかぜ製作所")


@pytest.fixture
def competing_company(db):
    """Company B, which ``competitor`` speaks for."""
    return CompanyFactory(name="うみどり精機株式会社")


@pytest.fixture
def agency(db):
    return AgencyFactory(name="みなと県産業振興機構")


@pytest.fixture
def association(db):
    return AssociationFactory(name="みなと県臨床工学技士会")


@pytest.fixture
def head(hospital):
    """The head of ``department``."""
    return _person("部署長 花子", hospital, Role.STAFF)


@pytest.fixture
def department(hospital, head):
    """A ward of ``hospital``, with its head as a member."""
    department = DepartmentFactory(hospital=hospital, name="5階東病棟", head=head)
    head.memberships.update(department=department)
    return department


@pytest.fixture
def nurse(hospital, department):
    return _person("看護 花子", hospital, Role.STAFF, department=department)


@pytest.fixture
def other_nurse(hospital, department):
    """A colleague of ``nurse`` in the same department."""
    return _person("看護 月子", hospital, Role.STAFF, department=department)


@pytest.fixture
def office(hospital):
    return _person("支援 花子", hospital, Role.OFFICE)


@pytest.fixture
def other_office(other_hospital):
    """The support office of ``other_hospital``."""
    return _person("支援 月子", other_hospital, Role.OFFICE)


@pytest.fixture
def director(hospital):
    return _person("院長 花子", hospital, Role.DIRECTOR)


@pytest.fixture
def legal(hospital):
    return _person("法務 花子", hospital, Role.LEGAL)


@pytest.fixture
def ip_officer(hospital):
    return _person("知財 花子", hospital, Role.IP_OFFICE)


@pytest.fixture
def partner(company):
    return _person("企業 花子", company, Role.PARTNER)


@pytest.fixture
def competitor(competing_company):
    return _person("競合 花子", competing_company, Role.PARTNER)


@pytest.fixture
def coordinator(agency):
    return _person("機構 花子", agency, Role.COORDINATOR)


@pytest.fixture
def advisor(association):
    return _person("助言 花子", association, Role.ADVISOR)


@pytest.fixture
def stranger(db):
    """Signed in, but without a seat anywhere."""
    return UserFactory(name="無所属 花子")


@pytest.fixture
def superuser(db):
    return User.objects.create_superuser("admin@example.jp", PASSWORD, name="管理 花子")


@pytest.fixture(scope="module")
def specimens(django_db_setup, django_db_blocker):
    """The demo story, told once for the tests of one file and undone at the end."""
    from demo.story import Story  # noqa: PLC0415 -- most tests need neither
    from tests.access import Specimens  # noqa: PLC0415

    with django_db_blocker.unblock(), transaction.atomic():
        story = Story()
        story.tell()
        yield Specimens(story)
        transaction.set_rollback(True)


@pytest.fixture
def disk(settings, tmp_path):
    """A place for files that is this test's own; calling it gives the bytes of all of them."""
    storages = settings.STORAGES
    settings.STORAGES = storages | {
        "default": storages["default"] | {"OPTIONS": {"location": str(tmp_path / "private")}}
    }
    return lambda: [
        each.read_bytes() for each in (tmp_path / "private").rglob("*") if each.is_file()
    ]


def _person(name, organisation, role, **seat):
    return MembershipFactory(
        user=UserFactory(name=name), organisation=organisation, role=role, **seat
    ).user

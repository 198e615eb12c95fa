import pytest

from partners.models import Application, Profile
from tests.factories.accounts import CompanyFactory
from tests.factories.partners import ApplicationFactory, ProfileFactory

pytestmark = pytest.mark.django_db

PEOPLE = [
    *("nurse", "office", "other_office", "director", "partner", "competitor", "coordinator"),
    *("advisor", "stranger", "superuser"),
]


@pytest.fixture
def profiles(company, competing_company, agency):
    """Listed, competing, unlisted and closed."""
    return [
        ProfileFactory(organisation=company),
        ProfileFactory(organisation=competing_company),
        ProfileFactory(organisation=agency),
        ProfileFactory(is_listed=False),
        ProfileFactory(organisation=CompanyFactory(is_active=False)),
    ]


@pytest.mark.parametrize("who", PEOPLE)
def test_catalogue_shows_exactly_what_view_permits(who, request, profiles):
    user = request.getfixturevalue(who)

    assert set(Profile.objects.visible_to(user)) == {
        each for each in profiles if user.has_perm("partners.view_profile", each)
    }


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("nurse", [0, 1, 2]),
        ("office", [0, 1, 2, 3, 4]),
        ("partner", [0]),
        ("competitor", [1]),
        ("coordinator", [2]),
        ("stranger", []),
    ],
)
def test_competitors_never_see_each_other(who, seen, request, profiles):
    user = request.getfixturevalue(who)

    assert set(Profile.objects.visible_to(user)) == {profiles[place] for place in seen}


@pytest.mark.parametrize("who", PEOPLE)
def test_applications_are_for_offices(who, request):
    application, user = ApplicationFactory(), request.getfixturevalue(who)
    may = who in {"office", "other_office"}

    assert list(Application.objects.visible_to(user)) == ([application] if may else [])
    assert user.has_perm("partners.view_application", application) is may
    assert user.has_perm("partners.handle_application", application) is may


@pytest.mark.parametrize(
    ("who", "may"), [("partner", True), ("office", True), ("competitor", False), ("nurse", False)]
)
def test_who_may_change_a_profile(who, may, request, company):
    profile, user = ProfileFactory(organisation=company), request.getfixturevalue(who)

    assert user.has_perm("partners.change_profile", profile) is may

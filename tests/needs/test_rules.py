import pytest

from needs.enums import NeedState
from needs.models import Need
from tests.factories.accounts import DepartmentFactory
from tests.factories.needs import NeedFactory

PEOPLE = [
    "nurse",
    "other_nurse",
    "head",
    "office",
    "other_office",
    "director",
    "legal",
    "ip_officer",
    "partner",
    "coordinator",
    "advisor",
    "stranger",
    "superuser",
]


@pytest.fixture
def needs(hospital, other_hospital, department, nurse):
    """Needs of every state: of the nurse, of a colleague elsewhere, of the other hospital."""
    elsewhere = DepartmentFactory(hospital=hospital)
    return [
        *(
            NeedFactory(hospital=hospital, department=department, proposer=nurse, state=state)
            for state in NeedState
        ),
        *(NeedFactory(hospital=hospital, department=elsewhere, state=s) for s in NeedState),
        *(NeedFactory(hospital=other_hospital, state=state) for state in NeedState),
    ]


@pytest.mark.parametrize("name", PEOPLE)
def test_lists_show_exactly_what_view_permits(name, needs, request):
    person = request.getfixturevalue(name)

    permitted = {need for need in needs if person.has_perm("needs.view_need", need)}

    assert set(Need.objects.visible_to(person)) == permitted


@pytest.mark.parametrize("name", PEOPLE)
def test_a_desk_never_shows_more_than_one_may_see(name, needs, request):
    person = request.getfixturevalue(name)

    desk = set(Need.objects.looked_after_by(person))

    assert desk <= set(Need.objects.visible_to(person))
    assert not any(need.number is None for need in desk)


def test_outsiders_see_no_need_at_all(needs, partner, coordinator, advisor):
    for person in (partner, coordinator, advisor):
        assert not Need.objects.visible_to(person).exists()


def test_a_head_who_left_the_hospital_sees_nothing(needs, head):
    head.memberships.all().delete()

    assert not Need.objects.visible_to(head).exists()


DESCRIBED = {
    NeedState.DRAFT,
    NeedState.SUBMITTED,
    NeedState.SCREENING,
    NeedState.RETURNED,
    NeedState.CLOSED,
}


@pytest.mark.parametrize("state", NeedState)
def test_details_are_open_until_the_review_begins(state, hospital, nurse, office):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=state)

    assert nurse.has_perm("needs.describe_need", need) is (state in DESCRIBED)
    assert nurse.has_perm("needs.change_need", need) is (
        state in {NeedState.DRAFT, NeedState.RETURNED, NeedState.CLOSED}
    )
    assert not office.has_perm("needs.describe_need", need)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("nurse", True),
        ("office", True),
        ("director", True),
        ("other_office", False),
        ("partner", False),
        ("stranger", False),
    ],
)
def test_only_people_of_a_hospital_propose_there(name, allowed, hospital, request):
    person = request.getfixturevalue(name)

    assert person.has_perm("needs.add_need", hospital) is allowed

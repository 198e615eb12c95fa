import pytest

from matching.enums import HIDDEN_FROM_PARTNER, MatchState
from matching.models import Match
from tests.factories.disclosure import PublicationFactory
from tests.factories.matching import MatchFactory

pytestmark = pytest.mark.django_db

PEOPLE = [
    *("nurse", "other_nurse", "head", "office", "other_office", "director", "legal"),
    *("partner", "competitor", "coordinator", "advisor", "stranger", "superuser"),
]
SHARED = {state for state in MatchState if state not in HIDDEN_FROM_PARTNER}
READERS = {"office": set(MatchState), "partner": SHARED, "nurse": SHARED}


@pytest.fixture
def matches(hospital, nurse, company):
    """One of ``company`` in every state, for needs of ``nurse``."""
    return [
        MatchFactory(
            state=state,
            partner=company,
            publication=PublicationFactory(need__hospital=hospital, need__proposer=nurse),
        )
        for state in MatchState
    ]


@pytest.mark.parametrize("who", PEOPLE)
def test_list_shows_exactly_what_view_permits(who, request, matches):
    user = request.getfixturevalue(who)

    visible = set(Match.objects.visible_to(user))

    assert visible == {each for each in matches if user.has_perm("matching.view_match", each)}
    assert {each.state for each in visible} == READERS.get(who, set())


@pytest.mark.parametrize(
    ("permission", "may"),
    [
        ("manage", {"office"}),
        ("introduce", {"office"}),
        ("answer", {"partner"}),
        ("move", {"office", "partner"}),
    ],
)
def test_who_may_do_what_with_a_shared_match(permission, may, request, matches):
    talking = matches[list(MatchState).index(MatchState.TALKING)]

    found = {
        who
        for who in PEOPLE
        if request.getfixturevalue(who).has_perm(f"matching.{permission}_match", talking)
    }

    assert found == may


def test_nobody_is_introduced_to_a_need_that_is_not_open(office, hospital):
    match = MatchFactory(
        state=MatchState.SUGGESTED,
        publication=PublicationFactory(need__hospital=hospital, state="paused"),
    )

    assert not office.has_perm("matching.introduce_match", match)

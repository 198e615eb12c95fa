import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from audit.queries import entries_for
from core.workflow import WrongStateError
from matching import actions
from matching.enums import MatchState, Origin
from matching.models import Match, Requirement
from matching.scoring import Reason
from notifications.models import Message
from tests.factories.accounts import MembershipFactory
from tests.factories.disclosure import PublicationFactory
from tests.factories.matching import MatchFactory

pytestmark = pytest.mark.django_db

OFFICE_OPEN = ["set_meeting", "start_talks", "decline"]
BUTTONS = {
    # office, partner, proposer, competitor
    MatchState.SUGGESTED: (["introduce"], [], [], []),
    MatchState.INTRODUCED: (["decline"], ["show_interest", "decline"], [], []),
    MatchState.INTERESTED: (OFFICE_OPEN, ["decline"], [], []),
    MatchState.MEETING: (OFFICE_OPEN, ["decline"], [], []),
    MatchState.TALKING: (["agree", "decline"], ["decline"], [], []),
    MatchState.AGREED: (["close"], [], [], []),
    MatchState.DECLINED: (["reopen"], [], [], []),
    MatchState.CLOSED: (["reopen"], [], [], []),
}


@pytest.fixture
def publication(hospital, nurse):
    return PublicationFactory(need__hospital=hospital, need__proposer=nurse)


@pytest.fixture
def make_match(publication, company):
    """A match of ``company`` in the given state."""
    return lambda state: MatchFactory(state=state, publication=publication, partner=company)


@pytest.mark.parametrize("state", MatchState)
def test_who_sees_which_button(state, make_match, office, partner, nurse, competitor):
    match = make_match(state)

    seen = tuple(
        [row.name for row in actions.flow.open_to(user, match)]
        for user in (office, partner, nurse, competitor)
    )

    assert seen == BUTTONS[state]


DETAILS = {
    "introduce": {"introduction": "微細加工をお願いしたいです。"},
    "show_interest": {"message": "ぜひ話を聞かせてください。"},
    "set_meeting": {"meeting_date": dt.date(2030, 12, 5)},
    "decline": {"decline_reason": "no_capacity", "comment": "また来年。"},
    "close": {"comment": "製品になりました。"},
    "reopen": {"introduction": "新しい話があります。"},
}
MAILS = [
    # step, from, by, who hears of it
    ("introduce", "suggested", "office", {"partner"}),
    ("show_interest", "introduced", "partner", {"office", "nurse"}),
    ("set_meeting", "interested", "office", {"partner", "nurse"}),
    ("start_talks", "meeting", "office", {"partner", "nurse"}),
    ("agree", "talking", "office", {"partner", "nurse"}),
    ("decline", "talking", "office", {"partner", "nurse"}),
    ("decline", "introduced", "partner", {"office", "nurse"}),
    ("close", "agreed", "office", {"partner", "nurse"}),
    ("reopen", "declined", "office", {"partner"}),
]


@pytest.mark.parametrize(("step", "state", "by", "told"), MAILS)
def test_each_step_tells_the_other_side(
    step, state, by, told, request, make_match, office, partner, nurse, competitor, other_office
):
    match = make_match(state)

    actions.flow.perform(step, match, by=request.getfixturevalue(by), **DETAILS.get(step, {}))

    emails = {request.getfixturevalue(who).email for who in told}
    assert set(Message.objects.values_list("email", flat=True)) == emails


def test_a_candidate_is_noted_once_with_its_reasons(publication, company, office):
    reasons = [Reason("技術「センサ」が一致", 10), Reason("病院と同じ島根県", 4)]

    first = actions.suggest(publication, partner=company, reasons=reasons, by=office)
    second = actions.suggest(publication, partner=company, reasons=[], by=office)

    assert first == second
    assert (first.state, first.origin, first.score) == (MatchState.SUGGESTED, Origin.OFFICE, 14)
    assert first.reasons[0] == {"label": "技術「センサ」が一致", "points": 10}
    assert not Message.objects.exists()


@pytest.mark.parametrize("state", [None, MatchState.SUGGESTED, MatchState.INTRODUCED])
def test_interest_from_any_beginning(state, make_match, publication, company, partner, office):
    if state:
        make_match(state)

    match = actions.express_interest(
        publication, partner=company, message="ぜひ話を聞かせてください。", by=partner
    )

    assert Match.objects.get() == match
    assert (match.state, match.message) == ("interested", "ぜひ話を聞かせてください。")
    assert entries_for(match).last().actor == partner


def test_interest_shown_twice_is_told_once(publication, company, partner, office, nurse):
    for _time in range(2):
        actions.express_interest(publication, partner=company, message="はじめまして", by=partner)

    assert Match.objects.count() == 1
    assert set(Message.objects.values_list("email", flat=True)) == {office.email, nurse.email}
    assert Message.objects.count() == 2


@pytest.mark.parametrize("state", ["meeting", "talking", "agreed", "declined", "closed"])
def test_interest_never_turns_a_match_back(state, make_match, publication, company, partner):
    make_match(state)

    match = actions.express_interest(publication, partner=company, message="もう一度", by=partner)

    assert (match.state, Message.objects.count()) == (state, 0)


def test_nobody_speaks_for_another_company(publication, competing_company, partner):
    with pytest.raises(PermissionDenied):
        actions.express_interest(publication, partner=competing_company, message="x", by=partner)

    assert not Match.objects.exists()


def test_no_interest_in_what_is_not_published(hospital, company, partner):
    hidden = PublicationFactory(need__hospital=hospital, state="drafting")

    with pytest.raises(PermissionDenied):
        actions.express_interest(hidden, partner=company, message="x", by=partner)


def test_a_step_is_taken_once(make_match, office):
    match = make_match(MatchState.AGREED)

    with pytest.raises(WrongStateError):
        actions.flow.perform("agree", match, by=office)


def test_declining_keeps_the_reason_and_reopening_forgets_it(make_match, office, partner):
    match = make_match(MatchState.MEETING)

    actions.flow.perform("decline", match, by=partner, **DETAILS["decline"])
    declined = match.decline_reason
    actions.flow.perform("reopen", match, by=office, **DETAILS["reopen"])

    assert (declined, match.decline_reason, match.state) == ("no_capacity", "", "introduced")


def test_all_colleagues_of_the_partner_hear_of_an_introduction(
    make_match, company, partner, office
):
    colleague = MembershipFactory(organisation=company, role="partner").user

    actions.flow.perform(
        "introduce", make_match(MatchState.SUGGESTED), by=office, **DETAILS["introduce"]
    )

    assert set(Message.objects.values_list("email", flat=True)) == {
        partner.email,
        colleague.email,
    }


def test_required_licences_are_data_that_edits_survive():
    stated = {
        (row.device_class.code, row.licence.code) for row in Requirement.objects.select_related()
    }
    Requirement.objects.filter(device_class__code="4").delete()

    assert stated == {
        *(("1", licence) for licence in ("L1", "L2", "L3")),
        *(("2", licence) for licence in ("L1", "L2")),
        ("3", "L1"),
        ("4", "L1"),
    }
    assert actions.load_requirements() == 0

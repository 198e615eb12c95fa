from datetime import date

import pytest
import time_machine

from contracts import actions
from contracts.enums import ContractState
from disclosure.access import reasons_for
from tests.factories.contracts import ContractFactory
from tests.factories.disclosure import PublicationFactory
from tests.factories.matching import MatchFactory
from tests.factories.needs import NeedFactory

FIRST, LAST = date(2027, 4, 1), date(2028, 2, 29)
# Fifteen hours UTC is midnight in Tokyo.
MOMENTS = {
    "the second before the first day": ("2027-03-31T14:59:59Z", False),
    "the first second of the first day": ("2027-03-31T15:00:00Z", True),
    "the last second of the last day": ("2028-02-29T14:59:59Z", True),
    "the second after it": ("2028-02-29T15:00:00Z", False),
}


def opened(match):
    return bool(reasons_for([match.partner_id], [match.publication]))


@pytest.mark.parametrize(("moment", "is_open"), MOMENTS.values(), ids=MOMENTS)
def test_access_follows_the_dates_without_any_task(moment, is_open, make, match):
    make(ContractState.ACTIVE, starts_on=FIRST, ends_on=LAST)

    with time_machine.travel(moment, tick=False):
        assert opened(match) == is_open


@pytest.mark.parametrize("state", ContractState)
def test_only_an_active_contract_opens(state, make, match):
    make(state)

    assert opened(match) == (state == ContractState.ACTIVE)


def test_termination_closes_at_once(make, match, office):
    contract = make(ContractState.ACTIVE)

    actions.terminate(contract, by=office, reason="事業の見直し")

    assert not opened(match)


def test_the_competitor_gets_nothing(make, match, competing_company):
    make(ContractState.ACTIVE)

    assert reasons_for([competing_company.pk], [match.publication]) == {}


def test_only_the_need_of_its_own_match_is_opened(make, match):
    make(ContractState.ACTIVE)
    need = NeedFactory(hospital=match.publication.hospital, state="accepted")
    other = MatchFactory(publication=PublicationFactory(need=need), partner=match.partner)

    assert not opened(other)


def test_the_reason_names_the_contract_and_its_last_day(make, match):
    make(ContractState.ACTIVE, starts_on=date(2020, 1, 1), ends_on=date(2099, 3, 31))

    reasons = reasons_for([match.partner_id], [match.publication])

    assert list(reasons.values()) == ["秘密保持契約(NDA)(2099年3月31日(火)まで)"]


def test_of_two_the_longer_one_counts(make, match):
    make(ContractState.ACTIVE, starts_on=date(2020, 1, 1), ends_on=date(2099, 3, 31))
    make(ContractState.ACTIVE, starts_on=date(2020, 1, 1), ends_on=date(2098, 3, 31))

    (reason,) = reasons_for([match.partner_id], [match.publication]).values()

    assert "2099年" in reason


@pytest.mark.parametrize("count", [1, 3])
def test_many_publications_cost_one_query(count, hospital, company, django_assert_num_queries):
    contracts = [
        ContractFactory(
            match=MatchFactory(
                publication=PublicationFactory(
                    need=NeedFactory(hospital=hospital, state="accepted")
                ),
                partner=company,
            ),
            state=ContractState.ACTIVE,
        )
        for _ in range(count)
    ]
    publications = [each.match.publication for each in contracts]

    with django_assert_num_queries(1):
        reasons = reasons_for([company.pk], publications)

    assert set(reasons) == {each.pk for each in publications}

from datetime import date

import pytest
import time_machine

from contracts.enums import ContractState
from contracts.models import Contract, Reminder
from contracts.tasks import follow_dates
from notifications.models import Message

LEAP_DAY = date(2028, 2, 29)
ENDING, ENDED = "contracts.contract_ending", "contracts.contract_ended"


@pytest.fixture
def contract(make, office, legal, partner, competitor):
    """In force until the leap day."""
    return make(ContractState.ACTIVE, starts_on=date(2027, 4, 1), ends_on=LEAP_DAY)


def run(moment):
    with time_machine.travel(moment, tick=False):
        follow_dates()


def told(kind):
    return sorted(Message.objects.filter(kind=kind).values_list("email", flat=True))


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        ("2028-02-29T14:59:59Z", ContractState.ACTIVE),  # 23:59:59 in Tokyo, the last day
        ("2028-02-29T15:00:00Z", ContractState.EXPIRED),  # midnight in Tokyo
        ("2028-02-29T20:00:00Z", ContractState.EXPIRED),
    ],
)
def test_the_last_day_belongs_to_the_contract(moment, state, contract):
    run(moment)

    contract.refresh_from_db()
    assert contract.state == state


def test_the_end_is_told_once(contract, office, legal, partner, nurse):
    run("2028-03-01T00:00:00Z")
    run("2028-03-01T01:00:00Z")

    contract.refresh_from_db()
    assert contract.ended_on == LEAP_DAY
    assert told(ENDED) == sorted([office.email, legal.email, partner.email])
    assert told("contracts.proposer_news") == [nurse.email]


@pytest.mark.parametrize(
    ("day", "announced"),
    [
        ("2027-12-30", []),  # 61 days
        ("2027-12-31", [60]),
        ("2028-01-30", [30]),
        ("2028-01-29", [60]),
        ("2028-02-22", [7]),
        ("2028-02-21", [30]),
        ("2028-02-29", [7]),
    ],
)
def test_only_the_nearest_due_announcement_goes_out(day, announced, contract):
    run(f"{day}T03:00:00Z")

    assert list(Reminder.objects.values_list("days", flat=True)) == announced
    assert bool(told(ENDING)) == bool(announced)


def test_each_announcement_goes_out_once(contract, office, legal, partner):
    for day in ("2027-12-31", "2027-12-31", "2028-01-15", "2028-01-30", "2028-02-22", "2028-02-28"):
        run(f"{day}T03:00:00Z")

    everybody = [office.email, legal.email, partner.email]
    assert sorted(Reminder.objects.values_list("days", flat=True)) == [7, 30, 60]
    assert told(ENDING) == sorted(everybody * 3)


def test_the_announcement_counts_the_days_that_are_left(contract):
    run("2028-02-04T03:00:00Z")

    subjects = set(Message.objects.filter(kind=ENDING).values_list("subject", flat=True))
    assert subjects == {"契約の満了が近づいています(あと25日)"}


@pytest.mark.parametrize("state", [each for each in ContractState if each != ContractState.ACTIVE])
def test_only_active_contracts_are_followed(state, make, office):
    make(state, starts_on=date(2027, 4, 1), ends_on=LEAP_DAY, signed_on=date(2027, 4, 1))

    run("2028-03-05T00:00:00Z")

    assert Contract.objects.get().state == state
    assert not Message.objects.exists()

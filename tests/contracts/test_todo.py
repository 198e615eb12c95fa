from datetime import timedelta

import pytest
from django.utils import timezone

from contracts.enums import ContractState, Side
from contracts.todo import contracts_to_move
from tests.factories.contracts import SignatureFactory

COLUMNS = ["office", "legal", "ip_officer", "director", "partner", "competitor", "nurse"]
WAITING = {
    # state: what each of COLUMNS is asked to do; "" is nothing
    ContractState.DRAFTING: ["案を用意する", "", "", "", "", "", ""],
    ContractState.INTERNAL_REVIEW: ["案を直して相手方に送る", "案を確認する", "", "", "", "", ""],
    ContractState.COUNTERPART_REVIEW: ["", "", "", "", "案に返事をする", "", ""],
    ContractState.APPROVING: ["", "承認するか決める", "", "", "", "", ""],
    ContractState.SIGNING: ["署名を記録して発効させる", "", "", "", "署名する", "", ""],
    ContractState.ACTIVE: ["", "", "", "", "", "", ""],
    ContractState.EXPIRED: ["", "", "", "", "", "", ""],
    ContractState.TERMINATED: ["", "", "", "", "", "", ""],
}


@pytest.mark.parametrize("state", ContractState)
@pytest.mark.parametrize("column", range(len(COLUMNS)), ids=COLUMNS)
def test_what_waits_for_whom(state, column, make, request):
    make(state, title="点滴", kind="joint_research")
    user = request.getfixturevalue(COLUMNS[column])

    labels = [str(todo.label) for todo in contracts_to_move(user)]

    asked = WAITING[state][column]
    assert len(labels) == bool(asked)
    assert all(label.endswith(asked) for label in labels)


@pytest.mark.parametrize(("days", "asked"), [(60, 1), (61, 0)])
def test_the_office_hears_of_an_end_in_time(days, asked, make, office):
    last = timezone.localdate() + timedelta(days=days)
    make(ContractState.ACTIVE, ends_on=last)

    todos = list(contracts_to_move(office))

    assert [todo.due for todo in todos] == [last] * asked


def test_a_partner_who_signed_has_nothing_left_to_do(make, partner):
    SignatureFactory(contract=make(ContractState.SIGNING), side=Side.PARTNER)

    assert list(contracts_to_move(partner)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_many_contracts_cost_the_same(count, make, office, django_assert_num_queries):
    for _ in range(count):
        make(ContractState.SIGNING)

    # memberships, contracts, approvals, signatures
    with django_assert_num_queries(4):
        todos = list(contracts_to_move(office))

    assert len(todos) == count

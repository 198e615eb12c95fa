import pytest

from contracts.enums import ContractState
from contracts.models import Contract

ROLES = [
    "office",
    "legal",
    "ip_officer",
    "director",
    "nurse",
    "head",
    "other_office",
    "partner",
    "competitor",
    "coordinator",
    "advisor",
    "stranger",
    "superuser",
]
INSIDE = {"office", "legal", "ip_officer", "director"}


@pytest.fixture
def contracts(make, db):
    """One per state, sent and not sent."""
    sent = [make(state) for state in ContractState if state != ContractState.DRAFTING]
    return [*sent, *(make(state, shared_at=None) for state in ContractState)]


@pytest.mark.parametrize("role", ROLES)
def test_list_shows_exactly_what_view_permits(role, request, contracts):
    user = request.getfixturevalue(role)

    allowed = {each for each in contracts if user.has_perm("contracts.view_contract", each)}

    assert set(Contract.objects.visible_to(user)) == allowed


@pytest.mark.parametrize("role", ROLES)
def test_who_reads_what(role, request, contracts):
    user = request.getfixturevalue(role)

    shown = {(each.state, each.shared_at is not None) for each in Contract.objects.visible_to(user)}

    everything = {(each.state, each.shared_at is not None) for each in contracts}
    sent = {line for line in everything if line[1]}
    assert shown == (everything if role in INSIDE else sent if role == "partner" else set())


@pytest.mark.parametrize("role", ROLES)
def test_internal_side_is_for_insiders(role, request, make):
    contract = make(ContractState.APPROVING)
    user = request.getfixturevalue(role)

    assert user.has_perm("contracts.view_internal_contract", contract) == (role in INSIDE)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_removes_what_was_filed(role, request, make):
    user = request.getfixturevalue(role)

    assert not user.has_perm("contracts.remove_document_contract", make(ContractState.ACTIVE))

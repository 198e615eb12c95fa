"""The page of a match shows its contracts, and the office the way to a new one."""

import pytest
from django.urls import reverse
from django.utils import timezone

from contracts.enums import ContractState

NOT_YET, SENT = {}, {"shared_at": timezone.now()}


@pytest.mark.parametrize(
    ("role", "fields", "sees_contract", "may_begin"),
    [
        ("office", NOT_YET, True, True),
        ("partner", NOT_YET, False, False),
        ("partner", SENT, True, False),
        ("nurse", SENT, False, False),
    ],
)
def test_who_sees_what_of_contracts_at_a_match(
    client, request, match, make, role, fields, sees_contract, may_begin
):
    contract = make(ContractState.DRAFTING, **fields)
    client.force_login(request.getfixturevalue(role))

    page = client.get(match.get_absolute_url()).content.decode()

    assert (contract.get_absolute_url() in page) is sees_contract
    assert (reverse("contracts:new", args=[match.public_id]) in page) is may_begin

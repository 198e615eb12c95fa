import pytest

from contracts.enums import ContractState
from tests.factories.contracts import ContractFactory
from tests.factories.disclosure import PublicationFactory
from tests.factories.matching import MatchFactory
from tests.factories.needs import NeedFactory


@pytest.fixture
def match(hospital, company, nurse):
    """The company came forward for a need of ``nurse``."""
    need = NeedFactory(hospital=hospital, proposer=nurse, state="accepted")
    return MatchFactory(publication=PublicationFactory(need=need), partner=company)


@pytest.fixture
def make(match):
    """Make a contract of the match in a state."""

    def make(state=ContractState.DRAFTING, **fields):
        return ContractFactory(match=match, state=state, **fields)

    return make

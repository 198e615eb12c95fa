import re
from pathlib import Path

import pytest

from accounts.enums import HOSPITAL_ROLES
from contracts.kinds import choices, registry
from contracts.kinds.base import STAGES
from contracts.slots import COMMON

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("kind", registry, ids=lambda kind: kind.slug)
def test_kind_is_complete(kind):
    assert kind.label
    assert kind.purpose
    assert kind.term_days > 0
    assert kind.approvers
    assert set(kind.approvers) <= set(HOSPITAL_ROLES)
    assert len(set(kind.approvers)) == len(kind.approvers)
    assert set(kind.required) <= set(kind.slots)
    assert not set(kind.slots) & {slot.name for slot in COMMON}
    assert kind.stage in STAGES
    assert not kind.needs_in_force or kind.needs_in_force in registry
    assert list(kind.reminder_days) == sorted(kind.reminder_days, reverse=True)


@pytest.mark.parametrize("kind", registry, ids=lambda kind: kind.slug)
def test_kind_fits_into_its_columns(kind):
    assert len(kind.slug) <= 30
    assert all(re.fullmatch(r"[a-z_]{1,40}", slot) for slot in kind.slots)
    assert all(len(str(label)) <= 120 for label in kind.slots.values())


def test_kinds_are_offered_in_the_order_of_the_negotiation():
    assert [slug for slug, _label in choices()] == ["nda", "joint_research"]


def test_no_law_of_a_kind_outside_its_file():
    compared = re.compile(r"\bkind\s*(==|!=)|\bkind\s+in\s+[\[({]|[\"'](nda|joint_research)[\"']")
    sources = [
        path
        for path in [*ROOT.glob("contracts/*.py"), *ROOT.glob("templates/contracts/*.html")]
        if path.name != "notifications.py"  # its sample needs some kind
    ]

    found = [
        f"{path.name}: {line.strip()}"
        for path in sources
        for line in path.read_text(encoding="utf-8").splitlines()
        if compared.search(line)
    ]

    assert sources
    assert found == []

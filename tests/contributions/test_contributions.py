"""What is written into the ledger, by which step, and who reads it."""

from datetime import date

import pytest
from django.urls import reverse

from contributions.actions import contribute
from contributions.models import Contribution
from needs import actions, joining, people
from needs.models import Need
from tests.factories.accounts import MembershipFactory
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db


def ledger():
    """{(person, kind), …}: everything that is written."""
    rows = Contribution.objects.select_related("person")
    return {(row.person, row.kind.split(".")[1], row.label) for row in rows}


def test_handing_in_counts_once_for_everybody_whose_name_stands_on_it(nurse, other_nurse, hospital):
    need = NeedFactory(proposer=nurse, hospital=hospital)
    people.add_co_submitter(need, person=other_nurse, may_edit=False, share=30, by=nurse)
    people.agree(need, by=other_nurse)

    actions.submit(need, by=nurse)

    number = Need.objects.get(pk=need.pk).number
    assert ledger() == {(nurse, "proposed", number), (other_nurse, "co_submitted", number)}


def test_who_agrees_later_counts_from_then(nurse, other_nurse, hospital):
    need = NeedFactory(proposer=nurse, hospital=hospital)
    people.add_co_submitter(need, person=other_nurse, may_edit=False, share=30, by=nurse)
    actions.submit(need, by=nurse)
    before = ledger()

    people.agree(need, by=other_nurse)

    assert [kind for _person, kind, _number in before] == ["proposed"]
    assert ledger() - before == {(other_nurse, "co_submitted", need.number)}


def test_who_joins_counts_and_the_office_that_wrote_it_down_does_not(nurse, office, hospital):
    need = people.enter_on_behalf(
        hospital=hospital,
        by=office,
        source="phone",
        name="院外 花子",
        email="",
        title="採血台の高さ",
        problem="採血台の高さが変えられず、車いすの患者さんで困ります。",
    )

    joining.join(need, by=nurse, evidence={"place": "ward", "frequency": "daily", "note": ""})

    assert ledger() == {(nurse, "joined", need.number)}


YEARS = [
    (date(2026, 3, 31), 2025),
    (date(2026, 4, 1), 2026),
    (date(2026, 12, 31), 2026),
    (date(2027, 1, 1), 2026),
]


@pytest.mark.parametrize(("day", "year"), YEARS)
def test_a_fiscal_year_begins_in_april(day, year):
    assert Contribution(on=day).fiscal_year == year


def test_an_unknown_kind_is_refused(nurse, hospital):
    with pytest.raises(KeyError):
        contribute(nurse, "no.such", hospital, hospital_id=hospital.pk, label="x")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_shows_ones_own_lines_in_a_fixed_number_of_queries(
    client, hospital, nurse, count, django_assert_num_queries
):
    other = MembershipFactory(organisation=hospital).user
    for n in range(count):
        need = NeedFactory(hospital=hospital, number=f"N-2026-{n:04}")
        for person, label in ((nurse, need.number), (other, f"ほか{n}")):
            contribute(person, "needs.proposed", need, hospital_id=hospital.pk, label=label)
    client.force_login(nurse)

    with django_assert_num_queries(5):
        page = client.get(reverse("contributions:index")).content.decode()

    assert all(f"N-2026-{n:04}" in page for n in range(count))
    assert "ほか0" not in page

"""Declared ties: who writes, who reads which sums, and what a timeline says."""

import pytest
import time_machine
from django.urls import reverse

from audit.models import Entry
from committee.models import Member, Tie, TieThreshold
from core.todo import todos_for
from tests.factories.committee import MemberFactory

pytestmark = pytest.mark.django_db

TODO = "2026年度の「企業との関係」を申告する"
LECTURE = {"company_name": "株式会社しおかぜ製作所", "kind": "lecture", "year": "2026"}


def address(name, *args):
    return reverse(f"committee:{name}", args=args)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel("2026-11-26 09:00+09:00", tick=False):
        yield


@pytest.fixture
def tie(reviewer):
    return Tie.objects.create(
        user=reviewer, company_name="うみどり精機", kind="research", year=2026, amount=7_654_321
    )


def test_add_change_and_remove(client, reviewer, company):
    client.force_login(reviewer)

    client.post(address("ties"), LECTURE | {"amount": "60万円", "is_family": "on"})
    tie = Tie.objects.get()
    assert (tie.user, tie.company, tie.amount, tie.is_family) == (reviewer, company, 600_000, True)

    client.post(address("tie", tie.public_id), LECTURE | {"amount": "1,200,000"})
    tie.refresh_from_db()
    assert (tie.amount, tie.is_family) == (1_200_000, False)

    client.post(address("tie_remove", tie.public_id))
    assert not Tie.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"year": "2022"}, "「年度」は2023から2026までの数字で入力してください"),
        (
            {"amount": "たくさん"},
            "「1年の金額(円)」は 1,200,000 や 120万円 のように入力してください",
        ),
        ({"company_name": " "}, "「企業の名前」を入力してください"),
    ],
)
def test_mistakes_keep_what_was_typed(client, reviewer, wrong, sentence):
    client.force_login(reviewer)

    page = client.post(address("ties"), LECTURE | {"note": "市民講座"} | wrong)

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert "市民講座" in page.content.decode()


def test_nobody_opens_the_declaration_of_somebody_else(client, tie, chair, office):
    for person in (chair, office):
        client.force_login(person)
        assert client.get(address("tie", tie.public_id)).status_code == 404
        assert client.post(address("tie_remove", tie.public_id)).status_code == 404

    assert Tie.objects.exists()


def test_only_who_sits_in_a_committee_declares(client, nurse, reviewer, stranger):
    answers = {}
    for person in (nurse, stranger, reviewer):
        client.force_login(person)
        answers[person] = client.get(address("ties")).status_code

    assert answers == {nurse: 403, stranger: 403, reviewer: 200}


def test_the_office_reads_what_reaches_the_threshold(client, committee, tie, office, reviewer):
    Tie.objects.create(
        user=reviewer, company_name="うみどり精機", kind="lecture", year=2026, amount=123_456
    )
    client.force_login(office)
    client.post(
        address("thresholds", committee.public_id), {"research": "100万円", "lecture": "50万円"}
    )

    page = client.get(address("committee_ties", committee.public_id)).content.decode()

    assert dict(TieThreshold.objects.values_list("kind", "amount")) == {
        "research": 1_000_000,
        "lecture": 500_000,
    }
    assert "7,654,321円" in page
    assert "123,456" not in page


def test_usual_sums_are_offered_until_the_hospital_decides(client, committee, office):
    client.force_login(office)
    page = address("thresholds", committee.public_id)

    assert "まだ決めていません" in client.get(page).content.decode()
    client.post(page, {"lecture": "30万円"})

    said = client.get(page).content.decode()
    assert "まだ決めていません" not in said
    assert "300,000" in said


@pytest.mark.parametrize("name", ["committee_ties", "thresholds"])
def test_members_read_nobodys_ties(client, committee, chair, reviewer, name):
    for person in (chair, reviewer):
        client.force_login(person)
        assert client.get(address(name, committee.public_id)).status_code == 403


def test_no_sum_is_written_on_a_timeline(client, reviewer):
    client.force_login(reviewer)
    client.post(address("ties"), LECTURE | {"amount": "7654321", "note": "ひみつの補足"})
    client.post(address("tie", Tie.objects.get().public_id), LECTURE | {"amount": "7654322"})
    client.post(address("ties_declare"))
    client.post(address("tie_remove", Tie.objects.get().public_id))

    said = " ".join(str(entry.data) for entry in Entry.objects.all())
    assert [entry.action.rpartition(".")[2] for entry in Entry.objects.order_by("pk")] == [
        *("declare", "declare", "declare_ties", "take_back")
    ]
    assert "76543" not in said
    assert "ひみつの補足" not in said


DECLARED = {
    # when it was declared: is she reminded on 2026-11-26?
    None: True,
    "2026-03-31": True,
    "2026-04-01": False,
    "2026-11-26": False,
}


@pytest.mark.parametrize("day", DECLARED)
def test_a_reminder_until_she_has_declared_in_this_fiscal_year(reviewer, day):
    Member.objects.update(ties_declared_on=day)

    assert (TODO in [each.label for each in todos_for(reviewer)]) == DECLARED[day]


def test_declaring_that_there_is_nothing_ends_the_reminder(client, reviewer, committee, office):
    Member.objects.update(ties_declared_on=None)
    late = MemberFactory(committee=committee, ties_declared_on=None)
    client.force_login(reviewer)

    client.post(address("ties_declare"))

    assert TODO not in [each.label for each in todos_for(reviewer)]
    client.force_login(office)
    page = client.get(address("committee_ties", committee.public_id))
    assert list(page.context["waiting"]) == [late]


def test_who_sits_nowhere_is_not_reminded(nurse):
    assert TODO not in [each.label for each in todos_for(nurse)]

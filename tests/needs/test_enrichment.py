"""What the office finds out before the review."""

import pytest
from django.urls import reverse

from audit.queries import entries_for
from committee.enums import RoundState
from needs.enums import OPEN_STATES, EnrichmentKind, NeedState
from needs.models import Enrichment
from tests.factories.committee import CaseFactory, ConflictFactory, MemberFactory, RoundFactory
from tests.factories.needs import NeedFactory

TEXT = "患者調査では、入院患者は1日に約120万人。"
FOUND = {"kind": "disease", "text": TEXT, "source": "厚生労働省 患者調査", "source_url": ""}


@pytest.fixture
def need(hospital, nurse, department):
    return NeedFactory(
        hospital=hospital, proposer=nurse, department=department, state=NeedState.SCREENING
    )


@pytest.fixture
def as_office(client, office):
    client.force_login(office)
    return client


def page(need):
    return reverse("needs:enrich", args=[need.public_id])


READS = {"office": True, "director": True, "head": True, "nurse": True, "other_nurse": None}


@pytest.mark.parametrize("who", READS)
def test_who_reads_it_as_the_offices(who, need, as_office, request, client):
    as_office.post(page(need), FOUND)
    client.force_login(request.getfixturevalue(who))

    answer = client.get(need.get_absolute_url())

    if READS[who] is None:
        assert answer.status_code == 404
        return
    shown = answer.content.decode()
    part = shown[shown.index("事務局の調べ") :]
    assert TEXT in part
    assert "提案者が書いたものではありません" in part
    assert "厚生労働省 患者調査" in part


BAD = {
    "source": ("", "「出典」を入力してください"),
    "text": ("", "「内容」を入力してください"),
    "kind": ("guess", "「種類」を選びなおしてください"),
    "source_url": ("javascript:alert(1)", ""),
}


@pytest.mark.parametrize("name", BAD)
def test_a_finding_needs_its_source(name, need, as_office):
    value, message = BAD[name]

    answer = as_office.post(page(need), FOUND | {name: value})

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Enrichment.objects.exists()


def test_the_likely_side_of_the_law_is_no_judgement(need, as_office):
    law = FOUND | {"kind": "regulation"}
    refused = as_office.post(page(need), law)
    as_office.post(page(need), law | {"regulation": "class_2"})

    shown = as_office.get(need.get_absolute_url()).content.decode()
    assert refused.status_code == 422
    assert "医療機器 クラスII" in shown
    assert "見込みです。該当するかどうかは" in shown


def test_what_is_missing_is_a_list_of_links(need, as_office):
    before = as_office.get(need.get_absolute_url()).content.decode()
    as_office.post(page(need), FOUND)
    after = as_office.get(need.get_absolute_url()).content.decode()

    assert all(f"?kind={kind.value}" in before for kind in EnrichmentKind)
    assert "?kind=disease" not in after


def test_it_is_changed_and_removed_with_a_trace(need, as_office):
    as_office.post(page(need), FOUND)
    item = reverse("needs:enrich_item", args=[need.public_id, Enrichment.objects.get().public_id])
    as_office.post(item, FOUND | {"text": "約130万人。"})
    assert Enrichment.objects.get().text == "約130万人。"
    as_office.post(item, {"remove": "1"})

    assert not Enrichment.objects.exists()
    assert [entry.action.rpartition(".")[2] for entry in entries_for(need)] == [
        "add_enrichment",
        "edit_enrichment",
        "remove_enrichment",
    ]


@pytest.mark.parametrize("state", [each for each in NeedState if each != NeedState.DRAFT])
def test_until_the_committee_has_decided(state, hospital, office):
    need = NeedFactory(hospital=hospital, state=state, number="N-2026-0001")

    assert office.has_perm("needs.enrich_need", need) == (state in OPEN_STATES)


@pytest.mark.parametrize("who", ["nurse", "director", "head"])
def test_only_the_office_writes_it(who, need, client, request):
    client.force_login(request.getfixturevalue(who))

    assert client.post(page(need), FOUND).status_code == 403


def test_reviewers_read_it_beside_the_need(need, as_office, client):
    as_office.post(page(need), FOUND)
    round_ = RoundFactory(state=RoundState.REVIEWING, committee__hospital=need.hospital)
    case = CaseFactory(round=round_, need=need)
    member = MemberFactory(committee=round_.committee)
    ConflictFactory(case=case, member=member.user)
    client.force_login(member.user)

    assert TEXT in client.get(case.get_absolute_url()).content.decode()

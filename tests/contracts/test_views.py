import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contracts import actions
from contracts.enums import ContractState, NoteAudience, Side
from contracts.models import Contract, Note
from contracts.slots import INTERNAL_DRAFT, SHARED_DRAFT, versions_in
from disclosure.enums import Tier
from documents.models import Version
from notifications.models import Message
from tests.factories.contracts import (
    ApprovalFactory,
    ContractFactory,
    NoteFactory,
    SignatureFactory,
    file_in,
    pdf,
)
from tests.factories.disclosure import PublicationFactory, PublishedFieldFactory
from tests.factories.matching import MatchFactory
from tests.factories.needs import NeedFactory

SECRET = "院内の秘密の印"


def text_of(response):
    return response.content.decode()


def once(client, url):
    """The one-time key of the page's form."""
    return re.search(r'name="_once" value="([^"]+)"', text_of(client.get(url)))[1]


def do(client, contract, name, **data):
    return client.post(reverse("contracts:transition", args=[contract.public_id, name]), data)


@pytest.fixture
def planted(make, office, legal, partner):
    """Sent to the other side, with a secret mark in every internal place."""
    contract = make(
        ContractState.APPROVING,
        kind="joint_research",
        terms=f"{SECRET}条件",
        original_kept_at=f"{SECRET}棚",
    )
    file_in(contract, INTERNAL_DRAFT, by=office, name=f"{SECRET}案.pdf")
    file_in(contract, SHARED_DRAFT, by=office, name="shared.pdf")
    NoteFactory(contract=contract, by=office, text=f"{SECRET}メモ")
    NoteFactory(contract=contract, by=office, text="共有の記録", audience=NoteAudience.SHARED)
    actions.approve(contract, by=legal, comment=f"{SECRET}承認")
    return contract


@pytest.mark.parametrize("state", ContractState)
def test_the_other_side_never_sees_what_is_internal(client, planted, partner, legal, state):
    Contract.objects.filter(pk=planted.pk).update(
        state=state,
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate(),
        signed_on=timezone.localdate(),
    )
    client.force_login(partner)

    page = text_of(client.get(planted.get_absolute_url()))
    listing = text_of(client.get(reverse("contracts:list")))

    assert SECRET not in page + listing
    assert legal.name not in page
    assert "契約書案(院内)" not in page
    assert "院内のみ" not in page
    assert "共有の記録" in page
    assert "shared.pdf" in page
    assert planted.title in listing


def test_insiders_see_all_of_it(client, planted, director):
    client.force_login(director)

    page = text_of(client.get(planted.get_absolute_url()))

    assert all(f"{SECRET}{what}" in page for what in ["条件", "棚", "案.pdf", "メモ", "承認"])


def test_mail_to_the_other_side_carries_nothing_internal(
    planted, partner, office, ip_officer, director
):
    for person in (ip_officer, director):
        actions.approve(planted, by=person, comment=f"{SECRET}承認")
    actions.abandon(planted, by=office, reason=f"{SECRET}理由")

    mails = Message.objects.filter(recipient=partner)

    assert mails.count() == 2
    assert not any(SECRET in mail.subject + mail.body for mail in mails)


def status(client, version):
    """The answer to a download, read to its end so that its file is closed."""
    response = client.get(version.get_absolute_url())
    b"".join(response)
    return response.status_code


def test_downloads_follow_the_slot(client, planted, partner, competitor):
    internal, shared = Version.objects.order_by("pk")
    answers = {}
    for person in (partner, competitor):
        client.force_login(person)
        answers[person] = [status(client, version) for version in (internal, shared)]

    assert answers == {partner: [404, 200], competitor: [404, 404]}


def test_a_draft_of_another_contract_moves_nothing_on_the_partners_page(client, make, partner):
    shown = make(ContractState.ACTIVE)
    hidden = make(kind="joint_research", title=f"{SECRET}の共同研究")
    client.force_login(partner)

    page = text_of(client.get(shown.get_absolute_url()))

    assert hidden.public_id not in page
    assert SECRET not in page


@pytest.mark.parametrize("role", ["competitor", "coordinator", "nurse", "stranger", "other_office"])
@pytest.mark.parametrize("name", ["detail", "edit", "note"])
def test_others_find_nothing(client, make, role, name, request):
    client.force_login(request.getfixturevalue(role))
    url = reverse(f"contracts:{name}", args=[make(ContractState.ACTIVE).public_id])

    assert [client.get(url).status_code, client.post(url).status_code] == [404, 404]


def test_the_office_begins_a_contract_from_a_match(client, match, office, partner):
    client.force_login(office)
    url = reverse("contracts:new", args=[match.public_id])

    page = text_of(client.get(f"{url}?kind=nda"))
    response = client.post(
        url, {"kind": "nda", "title": "点滴の残量", "starts_on": "令和9年4月1日"}
    )

    assert 'value="nda" ' in page
    contract = Contract.objects.get()
    assert response.headers["Location"] == contract.get_absolute_url()
    assert contract.starts_on.isoformat() == "2027-04-01"
    assert contract.partner == match.partner


@pytest.mark.parametrize("role", ["partner", "nurse"])
def test_only_the_office_begins_a_contract(client, match, role, request):
    client.force_login(request.getfixturevalue(role))

    response = client.get(reverse("contracts:new", args=[match.public_id]))

    assert response.status_code == 403


def test_why_no_contract_can_begin_is_said_with_the_text_kept(client, match, make, office, partner):
    make(ContractState.DRAFTING)
    client.force_login(office)
    data = {"kind": "nda", "title": "点滴の残量", "ends_on": "2027/3/31", "starts_on": "2027/4/1"}

    response = client.post(reverse("contracts:new", args=[match.public_id]), data)

    page = text_of(response)
    assert response.status_code == 422
    assert "手続き中の「秘密保持契約(NDA)」がすでにあります" in page
    assert "「満了日」は「発効日」と同じか、後の日付にしてください" in page
    assert 'value="点滴の残量"' in page


def test_pressing_twice_begins_one_contract(client, match, office, partner):
    client.force_login(office)
    url = reverse("contracts:new", args=[match.public_id])
    data = {"kind": "nda", "title": "点滴", "_once": once(client, url)}

    first, second = client.post(url, data), client.post(url, data)

    assert Contract.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_a_stale_page_shows_both_texts(client, make, office):
    contract = make()
    client.force_login(office)
    url = reverse("contracts:edit", args=[contract.public_id])
    old = {"title": "わたしの題", "version": contract.version}
    client.post(url, {**old, "title": "ほかの題"})

    response = client.post(url, old)

    assert response.status_code == 409
    assert "わたしの題" in text_of(response)
    assert "ほかの題" in text_of(response)
    assert Contract.objects.get().title == "ほかの題"


@pytest.mark.parametrize("state", ContractState)
def test_the_text_is_frozen_once_it_left_the_hospital(client, make, office, state):
    contract = make(state, title="はじめの題")
    client.force_login(office)
    url = reverse("contracts:edit", args=[contract.public_id])

    client.post(url, {"title": "あとの題", "original_kept_at": "棚1", "version": contract.version})

    contract.refresh_from_db()
    is_open = state in {ContractState.DRAFTING, ContractState.INTERNAL_REVIEW}
    assert contract.title == ("あとの題" if is_open else "はじめの題")
    assert contract.original_kept_at == "棚1"


def test_upload_keeps_the_words_when_the_file_is_refused(client, make, office):
    contract = make()
    client.force_login(office)
    url = reverse("contracts:upload", args=[contract.public_id, INTERNAL_DRAFT])
    bad = pdf("draft.pdf")
    bad.file.write(b"MZ not a pdf")

    response = client.post(url, {"upload": bad, "comment": "第3条を直した"})

    assert response.status_code == 422
    assert "第3条を直した" in text_of(response)
    assert versions_in(contract) == {}


def test_upload_files_a_version_and_an_internal_note(client, make, legal):
    contract = make()
    client.force_login(legal)
    url = reverse("contracts:upload", args=[contract.public_id, INTERNAL_DRAFT])

    for text in ("first", "second"):
        client.post(url, {"upload": pdf(text=text), "comment": f"{text}の版"})

    assert [each.number for each in versions_in(contract)[INTERNAL_DRAFT]] == [2, 1]
    assert set(Note.objects.values_list("text", "audience")) == {
        ("firstの版", NoteAudience.INTERNAL),
        ("secondの版", NoteAudience.INTERNAL),
    }


UPLOADS = {
    # slot: what the office, legal and the other side get while the draft is written
    "internal_draft": (200, 200, 404),
    "shared_draft": (403, 403, 403),
    "signed_agreement": (200, 403, 403),
    "no_such_slot": (404, 404, 404),
}


@pytest.mark.parametrize("slot", UPLOADS)
def test_who_files_where(client, make, office, legal, partner, slot):
    contract = make(ContractState.INTERNAL_REVIEW)
    url = reverse("contracts:upload", args=[contract.public_id, slot])
    answers = []
    for person in (office, legal, partner):
        client.force_login(person)
        answers.append(client.get(url).status_code)

    assert tuple(answers) == UPLOADS[slot]


def test_the_button_and_the_audience_must_agree(client, make, office):
    contract = make(ContractState.COUNTERPART_REVIEW)
    client.force_login(office)
    url = reverse("contracts:note", args=[contract.public_id])

    refused = client.post(url, {"text": "本音です", "audience": "internal", "pressed": "shared"})
    kept = client.post(url, {"text": "共有です", "audience": "shared", "pressed": "shared"})

    assert refused.status_code == 422
    assert "本音です" in text_of(refused)
    assert kept.status_code == 302
    assert list(Note.objects.values_list("text", "audience")) == [("共有です", "shared")]


def test_the_other_side_cannot_choose_an_internal_audience(client, make, partner):
    contract = make(ContractState.COUNTERPART_REVIEW)
    client.force_login(partner)

    client.post(
        reverse("contracts:note", args=[contract.public_id]),
        {"text": "返事です", "audience": "internal"},
    )

    note = Note.objects.get()
    assert (note.audience, note.side) == (NoteAudience.SHARED, Side.PARTNER)


def test_the_page_says_who_will_read_before_sending(client, make, office, partner, company):
    contract = make(ContractState.INTERNAL_REVIEW)
    file_in(contract, INTERNAL_DRAFT, by=office, name="案2.pdf")
    client.force_login(office)
    url = reverse("contracts:transition", args=[contract.public_id, "send_to_counterpart"])

    assert f"「案2.pdf」が{company.name}の1名に見えます" in text_of(client.get(url))


def test_sending_without_a_draft_says_what_to_do(client, make, office, partner):
    contract = make(ContractState.INTERNAL_REVIEW)
    client.force_login(office)

    response = do(client, contract, "send_to_counterpart", comment="お願いします")

    assert response.status_code == 422
    assert "先に登録してください" in text_of(response)
    assert "お願いします" in text_of(response)


def test_the_other_side_returns_the_draft_with_a_file(client, make, partner):
    contract = make(ContractState.COUNTERPART_REVIEW)
    client.force_login(partner)

    response = do(
        client, contract, "return_with_changes", comment="第3条", upload=pdf("changed.pdf")
    )

    assert response.status_code == 302
    assert versions_in(contract)[SHARED_DRAFT][0].name == "changed.pdf"


def test_activation_lists_everything_that_is_missing(client, make, office):
    contract = make(ContractState.SIGNING, kind="joint_research")
    client.force_login(office)
    today = timezone.localdate()

    response = do(client, contract, "activate", starts_on=today, ends_on=today - timedelta(days=1))

    page = text_of(response)
    assert response.status_code == 422
    for sentence in [
        "病院の署名がまだ記録されていません",
        "相手方の署名がまだ記録されていません",
        "「研究計画書」の書類がまだありません",
        "「締結済みの契約書」の書類がまだありません",
        "有効な秘密保持契約(NDA)がありません",
        "「満了日」は「発効日」と同じか、後の日付にしてください",
    ]:
        assert sentence in page


def test_activation_proposes_the_term_of_the_kind(client, make, office):
    contract = make(ContractState.SIGNING)
    client.force_login(office)

    page = text_of(
        client.get(reverse("contracts:transition", args=[contract.public_id, "activate"]))
    )

    today = timezone.localdate()
    last = today + timedelta(days=contract.spec.term_days - 1)
    assert f'value="{today:%Y-%m-%d}"' in page
    assert f'value="{last:%Y-%m-%d}"' in page


def test_a_late_second_approval_is_told_so(client, make, legal):
    contract = make(ContractState.APPROVING, kind="joint_research")
    client.force_login(legal)
    do(client, contract, "approve")

    response = do(client, contract, "approve")

    assert response.headers["Location"] == contract.get_absolute_url()
    assert contract.approvals.count() == 1


def test_approving_twice_with_one_page_approves_once(client, make, legal):
    contract = make(ContractState.APPROVING, kind="joint_research")
    client.force_login(legal)
    url = reverse("contracts:transition", args=[contract.public_id, "approve"])
    key = once(client, url)

    answers = [client.post(url, {"_once": key}).headers["Location"] for _ in range(2)]

    assert answers == [contract.get_absolute_url()] * 2
    assert contract.approvals.count() == 1


def test_the_signature_form_offers_each_side_its_own(
    client, make, office, partner, hospital, company
):
    contract = make(ContractState.SIGNING)
    url = reverse("contracts:transition", args=[contract.public_id, "record_signature"])
    offered = {}
    for person in (office, partner):
        client.force_login(person)
        form = client.get(url).context["form"]
        offered[person] = [label for _value, label in form.fields["side"].choices]

    assert offered == {office: [hospital.name, company.name], partner: [company.name]}


def test_disclosure_panel_follows_the_agreement(client, make, match, office):
    PublishedFieldFactory(publication=match.publication, tier=Tier.NDA)
    contract = make(ContractState.SIGNING)
    client.force_login(office)

    before = client.get(contract.get_absolute_url()).context["disclosure"]["rows"]
    Contract.objects.filter(pk=contract.pk).update(
        state=ContractState.ACTIVE,
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate(),
        signed_on=timezone.localdate(),
    )
    after = client.get(contract.get_absolute_url()).context["disclosure"]["rows"]

    assert [visible for _label, visible in before + after] == [False, True]


def test_stage_line_of_a_running_project(client, make, match, office):
    make(ContractState.ACTIVE)
    research = make(ContractState.ACTIVE, kind="joint_research")
    client.force_login(office)

    stages = client.get(research.get_absolute_url()).context["stages"]

    assert [stage["state"] for stage in stages] == ["done"] * 5 + ["current", ""]
    assert stages[1]["date"] == timezone.localdate()


def test_the_list_is_narrowed_by_its_address(client, make, office):
    make(ContractState.SIGNING, title="署名を待つ契約")
    make(ContractState.ACTIVE, title="動いている契約", kind="joint_research")
    client.force_login(office)

    page = text_of(client.get(reverse("contracts:list"), {"state": "active", "q": "動いて"}))

    assert "動いている契約" in page
    assert "署名を待つ契約" not in page
    assert "契約(1件)" in page


@pytest.mark.parametrize("role", ["nurse", "coordinator", "stranger"])
def test_the_list_is_for_those_who_deal_with_contracts(client, role, request):
    client.force_login(request.getfixturevalue(role))

    assert client.get(reverse("contracts:list")).status_code == 403


def several(count, hospital, company, **fields):
    return [
        ContractFactory(
            match=MatchFactory(
                publication=PublicationFactory(
                    need=NeedFactory(hospital=hospital, state="accepted")
                ),
                partner=company,
            ),
            **fields,
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("role", ["office", "partner"])
def test_list_needs_a_fixed_number_of_queries(
    client, role, count, request, hospital, company, django_assert_num_queries
):
    contracts = several(count, hospital, company, state=ContractState.SIGNING)
    client.force_login(request.getfixturevalue(role))

    # session, person, memberships, count, rows, frame
    with django_assert_num_queries(6):
        page = text_of(client.get(reverse("contracts:list")))

    assert all(contract.title in page for contract in contracts)


@pytest.mark.parametrize("count", [1, 3])
def test_detail_needs_a_fixed_number_of_queries(
    client, office, legal, make, partner, count, django_assert_num_queries
):
    contract = make(ContractState.SIGNING, kind="joint_research")
    for number in range(count):
        file_in(contract, INTERNAL_DRAFT, by=office, text=str(number))
        file_in(contract, "research_plan", by=office, text=str(number))
        NoteFactory(contract=contract, by=office, text=f"記録{number}")
        PublishedFieldFactory(
            publication=contract.match.publication,
            code=["background", "ideal_state", "patients"][number],
        )
    for role in contract.spec.approvers[:count]:
        ApprovalFactory(contract=contract, role=role, by=legal)
    SignatureFactory(contract=contract)
    client.force_login(office)

    # The page joins contract, decision, signatures, files, log, people and the publication.
    with django_assert_num_queries(20):
        page = text_of(client.get(contract.get_absolute_url()))

    assert all(f"記録{number}" in page for number in range(count))

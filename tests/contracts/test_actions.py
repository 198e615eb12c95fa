from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from audit.models import Entry
from contracts import actions
from contracts.enums import ContractState, NoteAudience, Side
from contracts.models import Contract
from contracts.readiness import NotReadyError
from contracts.slots import INTERNAL_DRAFT, SHARED_DRAFT, versions_in
from core.workflow import WrongStateError
from matching.enums import MatchState
from notifications.models import Message
from tests.factories.accounts import MembershipFactory
from tests.factories.contracts import (
    ApprovalFactory,
    NoteFactory,
    SignatureFactory,
    file_in,
    pdf,
)
from tests.factories.matching import MatchFactory

COLUMNS = ["office", "legal", "ip_officer", "director", "partner", "competitor", "nurse"]
NOTHING = [[], [], [], [], [], [], []]
BUTTONS = {
    # state: one list for each of COLUMNS; an NDA is approved by legal, then by the office
    ContractState.DRAFTING: [
        ["send_to_internal_review", "send_to_counterpart", "abandon"],
        *NOTHING[1:],
    ],
    ContractState.INTERNAL_REVIEW: [["send_to_counterpart", "abandon"], *NOTHING[1:]],
    ContractState.COUNTERPART_REVIEW: [
        ["record_agreement", "take_back", "abandon"],
        [],
        [],
        [],
        ["agree_to_text", "return_with_changes"],
        [],
        [],
    ],
    ContractState.APPROVING: [
        ["send_back_from_approval", "abandon"],
        ["approve", "send_back_from_approval"],
        *NOTHING[2:],
    ],
    ContractState.SIGNING: [
        ["record_signature", "activate", "abandon"],
        [],
        [],
        [],
        ["record_signature"],
        [],
        [],
    ],
    ContractState.ACTIVE: [["terminate"], *NOTHING[1:]],
    ContractState.EXPIRED: NOTHING,
    ContractState.TERMINATED: NOTHING,
}


def told(kind):
    """Who got mail of this kind."""
    return sorted(Message.objects.filter(kind=kind).values_list("email", flat=True))


def content(version):
    with version.file.open("rb") as file:
        return file.read()


def last_words(contract):
    return Entry.objects.filter(target_id=contract.pk).order_by("-sequence").first()


@pytest.mark.parametrize("state", ContractState)
@pytest.mark.parametrize("column", range(len(COLUMNS)), ids=COLUMNS)
def test_who_sees_which_button(state, column, make, request):
    user = request.getfixturevalue(COLUMNS[column])

    buttons = [row.name for row in actions.flow.open_to(user, make(state))]

    assert buttons == BUTTONS[state][column]


@pytest.mark.parametrize("state", MatchState)
def test_a_contract_begins_while_the_match_is_open(state, match, office, partner):
    match = MatchFactory(
        publication=match.publication,
        partner=MembershipFactory(organisation__kind="company", role="partner").organisation,
        state=state,
    )
    ready = {MatchState.INTERESTED, MatchState.MEETING, MatchState.TALKING, MatchState.AGREED}

    try:
        actions.create(match=match, by=office, kind="nda", title="点滴")
    except NotReadyError:
        assert state not in ready
    else:
        assert state in ready


def test_a_second_contract_of_a_kind_waits_for_the_first(match, make, office, partner):
    make(ContractState.SIGNING)

    with pytest.raises(NotReadyError, match="手続き中"):
        actions.create(match=match, by=office, kind="nda", title="点滴")


def test_a_successor_is_prepared_while_the_first_is_in_force(match, make, office, partner):
    make(ContractState.ACTIVE)

    successor = actions.create(match=match, by=office, kind="nda", title="点滴")

    assert successor.state == ContractState.DRAFTING
    assert successor.hospital == match.publication.hospital
    assert successor.turn == Side.HOSPITAL


def test_no_contract_with_a_company_that_has_nobody(match, office):
    with pytest.raises(NotReadyError, match="担当者"):
        actions.create(match=match, by=office, kind="nda", title="点滴")


def test_legal_is_asked_to_read(make, office, legal):
    contract = make()
    file_in(contract, INTERNAL_DRAFT, by=office)

    actions.send_to_internal_review(contract, by=office)

    assert contract.state == ContractState.INTERNAL_REVIEW
    assert told("contracts.contract_for_review") == [legal.email]
    assert contract.shared_at is None


def test_the_other_side_gets_exactly_the_newest_draft(make, office, partner, competitor):
    contract = make()
    file_in(contract, INTERNAL_DRAFT, by=office, text="first")
    newest = file_in(contract, INTERNAL_DRAFT, by=office, text="second")

    actions.send_to_counterpart(contract, by=office, comment="ご確認ください。")

    (shared,) = versions_in(contract)[SHARED_DRAFT]
    assert shared.sha256 == newest.sha256
    assert content(shared) == content(newest)
    assert contract.shared_at is not None
    assert contract.turn == Side.PARTNER
    assert told("contracts.contract_sent") == [partner.email]


@pytest.mark.parametrize("step", ["send_to_internal_review", "send_to_counterpart"])
def test_nothing_is_sent_without_a_draft(step, make, office, partner):
    contract = make()

    with pytest.raises(NotReadyError, match="契約書案"):
        actions.flow.perform(step, contract, by=office)

    contract.refresh_from_db()
    assert contract.state == ContractState.DRAFTING


def test_nothing_is_sent_to_nobody(make, office):
    contract = make()
    file_in(contract, INTERNAL_DRAFT, by=office)

    with pytest.raises(NotReadyError, match="担当者"):
        actions.send_to_counterpart(contract, by=office)


def test_an_old_draft_does_not_cover_the_text_of_the_other_side(make, office, partner):
    contract = make()
    file_in(contract, INTERNAL_DRAFT, by=office)
    actions.send_to_counterpart(contract, by=office)
    actions.return_with_changes(
        contract, by=partner, comment="第3条", upload=pdf("changed.pdf", "theirs")
    )

    actions.send_to_counterpart(contract, by=office)

    newest = versions_in(contract)[SHARED_DRAFT][0]
    assert newest.name == "changed.pdf"
    assert newest.uploaded_by == partner


def test_changes_come_back_to_office_and_legal(make, office, legal, director, partner):
    contract = make(ContractState.COUNTERPART_REVIEW, turn=Side.PARTNER)

    actions.return_with_changes(contract, by=partner, comment="第3条を直してください。")

    assert contract.state == ContractState.INTERNAL_REVIEW
    assert contract.turn == Side.HOSPITAL
    assert told("contracts.contract_returned") == sorted([office.email, legal.email])
    assert last_words(contract).data["comment"] == "第3条を直してください。"


def test_the_first_approver_is_asked_when_the_text_is_agreed(make, legal, partner):
    contract = make(ContractState.COUNTERPART_REVIEW)

    actions.agree_to_text(contract, by=partner)

    assert contract.state == ContractState.APPROVING
    assert told("contracts.approval_asked") == [legal.email]


def test_approvals_come_in_their_order(make, legal, ip_officer, director, partner, office):
    contract = make(ContractState.APPROVING, kind="joint_research")

    for early in (director, ip_officer, office):
        with pytest.raises(PermissionDenied):
            actions.flow.perform("approve", contract, by=early)
    for person in (legal, ip_officer, director):
        actions.flow.perform("approve", contract, by=person)

    assert contract.state == ContractState.SIGNING
    assert list(contract.approvals.order_by("pk").values_list("role", flat=True)) == [
        "legal",
        "ip_office",
        "director",
    ]
    assert told("contracts.approval_asked") == sorted([ip_officer.email, director.email])
    assert told("contracts.ready_to_sign") == sorted([office.email, legal.email, partner.email])
    assert contract.turn == Side.PARTNER


def test_nobody_approves_twice(make, legal, ip_officer):
    contract = make(ContractState.APPROVING, kind="joint_research")
    actions.flow.perform("approve", contract, by=legal)

    with pytest.raises(PermissionDenied):
        actions.flow.perform("approve", contract, by=legal)
    with pytest.raises(NotReadyError):
        actions.approve(contract, by=legal)

    assert contract.approvals.count() == 1


def test_approvals_start_again_after_they_were_sent_back(make, legal, office, partner):
    contract = make(ContractState.APPROVING)
    actions.approve(contract, by=legal, comment="問題ありません。")

    actions.send_back_from_approval(contract, by=office, comment="期間を直す。")

    assert contract.state == ContractState.INTERNAL_REVIEW
    assert not contract.approvals.filter(is_current=True).exists()
    assert contract.approvals.count() == 1
    contract.refresh_from_db()
    file_in(contract, INTERNAL_DRAFT, by=office)
    actions.send_to_counterpart(contract, by=office)
    actions.agree_to_text(contract, by=partner)
    assert contract.next_approver == "legal"


def test_each_side_signs_once(make, office, partner):
    contract = make(ContractState.SIGNING, turn=Side.PARTNER)
    signature = {"signer": "代表取締役 見本 太郎", "signed_on": date(2026, 4, 1)}

    with pytest.raises(PermissionDenied):
        actions.record_signature(contract, by=partner, side=Side.HOSPITAL, **signature)
    actions.record_signature(contract, by=partner, side=Side.PARTNER, **signature)
    with pytest.raises(PermissionDenied):
        actions.record_signature(contract, by=office, side=Side.PARTNER, **signature)

    assert [each.side for each in contract.signatures.all()] == [Side.PARTNER]
    assert contract.turn == Side.HOSPITAL
    assert told("contracts.partner_signed") == [office.email]


def signed(make, *, by, **fields):
    """A contract with both signatures and every required document."""
    contract = make(ContractState.SIGNING, **fields)
    SignatureFactory(contract=contract, side=Side.HOSPITAL, signed_on=date(2026, 4, 3))
    SignatureFactory(contract=contract, side=Side.PARTNER, signed_on=date(2026, 4, 1))
    for slot in contract.spec.required:
        file_in(contract, slot, by=by)
    return contract


def in_force(**more):
    today = timezone.localdate()
    return {"starts_on": today, "ends_on": today + timedelta(days=364), **more}


def test_activation_sets_the_dates_and_tells_everybody(
    make, office, legal, partner, competitor, nurse
):
    contract = signed(make, by=office)

    actions.activate(contract, by=office, **in_force())

    assert contract.state == ContractState.ACTIVE
    assert contract.signed_on == date(2026, 4, 3)
    assert contract.turn == Side.NOBODY
    assert told("contracts.contract_started") == sorted([office.email, legal.email, partner.email])
    assert told("contracts.proposer_news") == [nurse.email]
    assert Contract.objects.in_force().get() == contract


@pytest.mark.parametrize("side", [Side.HOSPITAL, Side.PARTNER])
def test_no_activation_without_both_signatures(side, make, office):
    contract = signed(make, by=office)
    contract.signatures.filter(side=side).delete()

    with pytest.raises(NotReadyError, match="署名"):
        actions.activate(contract, by=office, **in_force())


def test_no_activation_without_the_documents(make, office):
    contract = make(ContractState.SIGNING)
    SignatureFactory(contract=contract, side=Side.HOSPITAL)
    SignatureFactory(contract=contract, side=Side.PARTNER)

    with pytest.raises(NotReadyError, match="締結済みの契約書"):
        actions.activate(contract, by=office, **in_force())


def test_joint_research_asks_for_an_nda_or_a_reason(make, office):
    contract = signed(make, by=office, kind="joint_research")

    with pytest.raises(NotReadyError):
        actions.activate(contract, by=office, **in_force())
    actions.activate(contract, by=office, **in_force(exception="NDAの条項を含むため"))

    assert contract.state == ContractState.ACTIVE


def test_joint_research_follows_an_nda_in_force(make, office):
    make(ContractState.ACTIVE)
    contract = signed(make, by=office, kind="joint_research")

    actions.activate(contract, by=office, **in_force())

    assert contract.state == ContractState.ACTIVE


def test_both_sides_and_the_proposer_hear_of_the_end(make, office, partner, nurse):
    contract = make(ContractState.ACTIVE)

    actions.terminate(contract, by=office, reason="事業の見直し")

    assert contract.state == ContractState.TERMINATED
    assert contract.ended_on == timezone.localdate()
    assert told("contracts.contract_ended") == sorted([office.email, partner.email])
    assert told("contracts.proposer_news") == [nurse.email]


@pytest.mark.parametrize("sent", [True, False])
def test_the_other_side_hears_of_a_given_up_negotiation_it_knew_of(sent, make, office, partner):
    contract = make(ContractState.INTERNAL_REVIEW, **({} if sent else {"shared_at": None}))

    actions.abandon(contract, by=office, reason="方針が変わった")

    assert contract.state_label == "取りやめ"
    assert told("contracts.contract_ended") == (
        sorted([office.email, partner.email]) if sent else []
    )


def test_the_clock_runs_on_while_the_ball_stays(make, office):
    long_ago = timezone.now() - timedelta(days=9)
    contract = make(turn_since=long_ago)
    file_in(contract, INTERNAL_DRAFT, by=office)

    actions.send_to_internal_review(contract, by=office)

    assert contract.turn_since == long_ago


def test_nothing_happens_from_a_wrong_state(make, office):
    contract = make(ContractState.ACTIVE)

    with pytest.raises(WrongStateError):
        actions.send_to_internal_review(contract, by=office)


def test_a_shared_note_is_told_to_the_other_side_only(make, office, partner, competitor):
    contract = make(ContractState.COUNTERPART_REVIEW)

    actions.write_note(contract, audience=NoteAudience.SHARED, text="いかがですか", by=office)
    actions.write_note(contract, audience=NoteAudience.INTERNAL, text="本音", by=office)

    assert told("contracts.note_shared") == [partner.email]


def test_the_other_side_writes_no_internal_note(make, partner):
    contract = make(ContractState.COUNTERPART_REVIEW)

    with pytest.raises(PermissionDenied):
        actions.write_note(contract, audience=NoteAudience.INTERNAL, text="?", by=partner)


def test_nothing_is_shared_before_the_contract_is(make, office):
    with pytest.raises(PermissionDenied):
        actions.write_note(make(), audience=NoteAudience.SHARED, text="早すぎ", by=office)


def test_factories_make_valid_rows(make):
    contract = make(ContractState.APPROVING)

    assert NoteFactory(contract=contract).audience == NoteAudience.INTERNAL
    assert ApprovalFactory(contract=contract).is_current

"""A need goes to a colleague; everything of a leaving person goes to others."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from audit.queries import entries_for
from committee.enums import Seat
from core.workflow import WrongStateError
from needs import handover, people
from needs.enums import NeedState, ParticipantKind, Source
from needs.models import Need, Participant, Transfer
from notifications.models import Message
from tests.factories.accounts import MembershipFactory
from tests.factories.committee import CommitteeFactory, MemberFactory
from tests.factories.needs import NeedFactory

MOST = 50


def names(obj):
    return [entry.action.rpartition(".")[2] for entry in entries_for(obj)]


def told(kind):
    return [m.recipient or m.email for m in Message.objects.filter(kind=f"needs.{kind}")]


def page(need):
    return reverse("needs:people", args=[need.public_id])


@pytest.fixture
def need(hospital, nurse, department):
    return NeedFactory(
        hospital=hospital, proposer=nurse, department=department, state=NeedState.SUBMITTED
    )


@pytest.fixture
def as_office(client, office):
    client.force_login(office)
    return client


def held(person, hospital):
    return handover.held_by(person, hospital, most=MOST)


def close_account(person):
    User.objects.filter(pk=person.pk).update(is_active=False)


def take_seats(person):
    person.memberships.all().delete()


LEAVING = {"account closed": close_account, "no seat any more": take_seats}

# One need, between colleagues ----------------------------------------------------------------

ANSWERS = {"accept": True, "refuse": False}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_transfer_moves_it_when_the_colleague_agrees(answer, need, nurse, other_nurse, client):
    client.force_login(nurse)
    client.post(page(need), {"act": "transfer", "email": other_nurse.email})
    offered = Transfer.objects.get()
    client.force_login(other_nurse)
    assert client.get(need.get_absolute_url()).status_code == 404
    client.post(reverse("needs:take_over", args=[offered.public_id]), {answer: "1"})

    need.refresh_from_db()
    moved = ANSWERS[answer]
    assert need.proposer == (other_nurse if moved else nurse)
    kinds = list(Participant.objects.values_list("user", "kind", "may_edit"))
    assert kinds == ([(nurse.pk, ParticipantKind.CO_SUBMITTER, False)] if moved else [])
    assert told("transfer_settled") == [nurse]
    with pytest.raises(WrongStateError):
        handover.settle_transfer(offered, accepted=True, by=other_nurse)


def _take_back(client, need):
    offered = need.transfers.get(settled_at=None)
    return client.post(page(need), {"act": "take_back", "who": offered.public_id})


def _ask_head(client, need):
    need_head = User.objects.get(pk=need.department.head_id)
    return client.post(page(need), {"act": "transfer", "email": need_head.email})


TAKEN_BACK = {
    # what the proposer does: (who is still asked, what the timeline says)
    "takes it back": (_take_back, None, ["offer_transfer", "take_back_transfer"]),
    "asks the head": (
        _ask_head,
        "head",
        ["offer_transfer", "take_back_transfer", "offer_transfer"],
    ),
}


@pytest.mark.parametrize("what", TAKEN_BACK)
def test_a_transfer_is_taken_back_and_its_link_says_so_kindly(
    what, need, nurse, other_nurse, head, client
):
    act, still, timeline = TAKEN_BACK[what]
    link = reverse(
        "needs:take_over",
        args=[handover.offer_transfer(need, to=other_nurse, by=nurse).public_id],
    )
    client.force_login(nurse)
    act(client, need)
    shown = client.get(page(need)).content.decode()
    client.force_login(other_nurse)
    answers = [client.get(link), client.post(link, {"accept": "1"})]

    assert [each.status_code for each in answers] == [410, 410]
    assert f"{nurse.name}さんがお願いを取り消しました" in answers[0].content.decode()
    assert told("transfer_taken_back") == [other_nurse]
    assert names(need) == timeline
    assert ("返事を待っています" in shown) is bool(still)
    assert [each.to for each in Transfer.objects.filter(settled_at=None)] == [head] * bool(still)
    assert Need.objects.get().proposer == nurse


def test_the_same_colleague_asked_again_keeps_her_link(need, nurse, other_nurse):
    first = handover.offer_transfer(need, to=other_nurse, by=nurse)

    assert handover.offer_transfer(need, to=other_nurse, by=nurse) == first
    assert told("transfer_taken_back") == []


TOO_LATE = {
    # what happened in between
    "she took it over": lambda offered, to, by: handover.settle_transfer(
        offered, accepted=True, by=to
    ),
    "she refused": lambda offered, to, by: handover.settle_transfer(offered, accepted=False, by=to),
    "taken back": lambda offered, to, by: handover.take_back_transfer(offered, by=by),
}


@pytest.mark.parametrize("what", TOO_LATE)
def test_what_was_answered_is_not_taken_back(what, need, nurse, other_nurse):
    offered = handover.offer_transfer(need, to=other_nurse, by=nurse)
    TOO_LATE[what](offered, other_nurse, nurse)
    heard = told("transfer_taken_back")

    with pytest.raises(WrongStateError):
        handover.take_back_transfer(Transfer.objects.get(), by=nurse)
    assert told("transfer_taken_back") == heard


def test_only_the_proposer_takes_it_back(need, nurse, other_nurse, client):
    people.add_co_submitter(need, person=other_nurse, may_edit=True, share=None, by=nurse)
    handover.offer_transfer(need, to=other_nurse, by=nurse)
    client.force_login(other_nurse)

    assert _take_back(client, need).status_code == 403
    assert Transfer.objects.get().settled_at is None


def test_only_the_colleague_answers(need, nurse, other_nurse, head):
    offered = handover.offer_transfer(need, to=other_nurse, by=nurse)

    with pytest.raises(WrongStateError):
        handover.settle_transfer(offered, accepted=True, by=head)


@pytest.mark.parametrize("how", LEAVING)
def test_who_left_meanwhile_takes_nothing_over(how, need, nurse, other_nurse):
    offered = handover.offer_transfer(need, to=other_nurse, by=nurse)
    LEAVING[how](other_nurse)

    with pytest.raises(PermissionDenied):
        handover.settle_transfer(offered, accepted=True, by=other_nurse)
    with pytest.raises(PermissionDenied):
        handover.offer_transfer(need, to=other_nurse, by=nurse)
    need.refresh_from_db()
    assert need.proposer == nurse


def test_who_left_finds_no_page_to_take_over(need, nurse, other_nurse, client):
    offered = handover.offer_transfer(need, to=other_nurse, by=nurse)
    take_seats(other_nurse)
    client.force_login(other_nurse)

    assert client.get(reverse("needs:take_over", args=[offered.public_id])).status_code == 404


SHARES = {
    # state: the old proposer's share, the new one's
    NeedState.SCREENING: (None, 100),
    NeedState.ACCEPTED: (60, 40),
}


@pytest.mark.parametrize("state", SHARES)
def test_shares_of_the_review_stay_when_a_need_changes_hands(state, need, nurse, other_nurse):
    people.add_co_submitter(need, person=other_nurse, may_edit=True, share=40, by=nurse)
    Need.objects.filter(pk=need.pk).update(state=state)
    offered = handover.offer_transfer(need, to=other_nurse, by=nurse)
    handover.settle_transfer(offered, accepted=True, by=other_nurse)

    before = Participant.objects.get()
    assert (before.user, before.share) == (nurse, SHARES[state][0])
    assert people.own_share(Need.objects.get()) == SHARES[state][1]


def test_who_wrote_it_down_and_takes_it_over_no_longer_judges_it(need, nurse, office):
    Need.objects.filter(pk=need.pk).update(entered_by=office, source=Source.PHONE)
    offered = handover.offer_transfer(need, to=office, by=nurse)
    handover.settle_transfer(offered, accepted=True, by=office)

    assert not office.has_perm("needs.screen_need", Need.objects.get())


# Everything of a person who leaves -----------------------------------------------------------


def url_of(person):
    return f"{reverse('needs:hand_over')}?email={person.email}"


def test_what_was_chosen_is_handed_over(
    need, nurse, other_nurse, head, department, hospital, as_office
):
    kept = NeedFactory(hospital=hospital, proposer=head, state=NeedState.SCREENING)
    given = NeedFactory(hospital=hospital, proposer=head, state=NeedState.SUBMITTED)
    answers = {
        "need": [given.public_id],
        "ward": [department.pk],
        "email": other_nurse.email,
        "reason": "異動",
    }

    second = as_office.post(url_of(head), answers).content.decode()
    assert Need.objects.filter(proposer=head).count() == 2
    as_office.post(url_of(head), answers | {"confirmed": other_nurse.email})

    assert f"ニーズ1件を{other_nurse.name}さんに移します" in second
    assert [*Need.objects.filter(proposer=head)] == [kept]
    assert [*Need.objects.filter(proposer=other_nurse)] == [given]
    department.refresh_from_db()
    assert department.head == other_nurse
    assert names(department) == ["change_head"]
    assert told("handed_over") == [other_nurse]
    assert told("handed_on") == [head]
    assert entries_for(given).get().data["reason"] == "異動"


@pytest.fixture
def leaver(hospital):
    """Somebody of the office who goes to another ward."""
    return MembershipFactory(
        organisation=hospital, role=Role.OFFICE, user__name="異動 する子", user__email="ido@a.jp"
    ).user


@pytest.fixture
def looked_after(need, hospital, nurse, leaver):
    other = NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.IN_REVIEW)
    Need.objects.filter(pk__in=[need.pk, other.pk]).update(assignee=leaver)
    return [need, other]


@pytest.mark.parametrize("how", [None, *LEAVING])
def test_what_the_leaver_looks_after_for_the_office_is_handed_over_too(
    how, looked_after, leaver, office, as_office
):
    if how:
        LEAVING[how](leaver)
    moved, kept = looked_after
    before = Need.objects.get(pk=moved.pk)
    answers = {"assigned": [moved.public_id], "email": office.email, "reason": "異動"}

    first = as_office.get(url_of(leaver)).content.decode()
    second = as_office.post(url_of(leaver), answers).content.decode()
    as_office.post(url_of(leaver), answers | {"confirmed": office.email})

    assert all(each.number in first for each in looked_after)
    assert f"事務局のニーズ1件で、{office.name}さんが担当になります" in second
    after = Need.objects.get(pk=moved.pk)
    assert (after.assignee, Need.objects.get(pk=kept.pk).assignee) == (office, leaver)
    assert (after.version, after.updated_at, after.proposer) == (
        before.version,
        before.updated_at,
        before.proposer,
    )
    assert entries_for(moved).get().data["reason"] == "異動"
    assert told("handed_over") == [office]
    assert told("handed_on") == [leaver] * (how != "account closed")
    assert Message.objects.get(kind="needs.handed_over").url.endswith("?assignee=me")


UNFIT = {
    # who is to look after it, or who moves it: is it refused?
    "colleague of the office": False,
    "colleague on a ward": True,
    "her own need": True,
    "the mover's own need": True,
}


@pytest.mark.parametrize("who", UNFIT)
def test_only_who_may_judge_a_need_looks_after_it(
    who, looked_after, leaver, hospital, office, other_nurse, as_office
):
    need, _other = looked_after
    colleague = MembershipFactory(organisation=hospital, role=Role.OFFICE).user
    to = other_nurse if who == "colleague on a ward" else colleague
    own = {"her own need": colleague, "the mover's own need": office}
    if who in own:
        Need.objects.filter(pk=need.pk).update(proposer=own[who])
    answers = {"assigned": [need.public_id], "email": to.email, "reason": "異動"}

    page = as_office.post(url_of(leaver), answers | {"confirmed": to.email})

    refused = f"チェックを外すか、支援オフィスのほかの人を選んでください: {need.number}"
    assert (refused in page.content.decode()) is UNFIT[who]
    assert page.status_code == (422 if UNFIT[who] else 302)
    assert Need.objects.get(pk=need.pk).assignee == (leaver if UNFIT[who] else to)
    if UNFIT[who]:
        with pytest.raises(PermissionDenied):
            handover.hand_over(held(leaver, hospital), to=to, reason="異動", by=office)


def test_what_somebody_else_looks_after_meanwhile_stays_hers(
    looked_after, leaver, hospital, office
):
    colleague = MembershipFactory(organisation=hospital, role=Role.OFFICE).user
    found = held(leaver, hospital)
    Need.objects.update(assignee=colleague)

    assert handover.hand_over(found, to=office, reason="異動", by=office) == 0
    assert not Need.objects.filter(assignee=office).exists()
    assert told("handed_over") == []


def test_another_address_on_the_page_of_the_question_is_asked_about_again(
    need, nurse, other_nurse, head, hospital, as_office
):
    given = NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.SUBMITTED)
    answers = {"need": [given.public_id], "email": other_nurse.email, "reason": "異動"}

    asked = as_office.post(url_of(nurse), answers)
    changed = {"email": head.email, "confirmed": other_nurse.email}
    again = as_office.post(url_of(nurse), answers | changed)

    assert [asked.status_code, again.status_code] == [200, 200]
    assert f"{head.name}さんに移します" in again.content.decode()
    given.refresh_from_db()
    assert given.proposer == nurse


def test_nothing_chosen_moves_nothing(need, other_nurse, head, department, as_office):
    answers = {"email": other_nurse.email, "reason": "異動", "confirmed": other_nurse.email}

    refused = as_office.post(url_of(head), answers)

    assert refused.status_code == 422
    assert "引き継ぐものを選んでください" in refused.content.decode()
    department.refresh_from_db()
    assert (department.head, names(department)) == (head, [])


def test_a_draft_is_nobody_elses_while_its_author_works_here(
    nurse, other_nurse, office, hospital, as_office
):
    draft = NeedFactory(hospital=hospital, proposer=nurse, title="書きかけの秘密")
    answers = {"need": [draft.public_id], "reason": "異動"}

    shown = as_office.get(url_of(nurse)).content.decode()
    for to in (office, other_nurse):
        as_office.post(url_of(nurse), answers | {"email": to.email, "confirmed": to.email})

    assert draft.public_id not in shown
    draft.refresh_from_db()
    assert draft.proposer == nurse


@pytest.mark.parametrize("how", LEAVING)
def test_drafts_of_who_left_go_to_a_colleague_and_not_to_the_mover(
    how, nurse, other_nurse, office, hospital, as_office
):
    draft = NeedFactory(hospital=hospital, proposer=nurse, title="書きかけの秘密")
    LEAVING[how](nurse)
    answers = {"need": [draft.public_id], "reason": "退職"}

    shown = as_office.get(url_of(nurse)).content.decode()
    own = as_office.post(
        url_of(nurse), answers | {"email": office.email, "confirmed": office.email}
    )
    as_office.post(
        url_of(nurse), answers | {"email": other_nurse.email, "confirmed": other_nurse.email}
    )

    assert draft.public_id in shown
    assert "書きかけの秘密" not in shown
    assert own.status_code == 422
    assert "下書きは、あなた以外の職員に移してください" in own.content.decode()
    draft.refresh_from_db()
    assert draft.proposer == other_nurse


def test_the_action_refuses_drafts_too(nurse, other_nurse, office, hospital):
    draft = NeedFactory(hospital=hospital, proposer=nurse)
    close_account(nurse)
    found = held(User.objects.get(pk=nurse.pk), hospital)
    assert found.needs == [draft]

    with pytest.raises(PermissionDenied):
        handover.hand_over(found, to=office, reason="x", by=office)
    User.objects.filter(pk=nurse.pk).update(is_active=True)
    with pytest.raises(PermissionDenied):
        handover.hand_over(found, to=other_nurse, reason="x", by=office)


def test_what_stands_open_is_ended_and_those_concerned_are_told(
    need, nurse, other_nurse, head, hospital, as_office
):
    people.add_co_submitter(need, person=head, may_edit=False, share=20, by=nurse)
    asked = handover.offer_transfer(need, to=head, by=nurse)
    answers = {"email": other_nurse.email, "reason": "退職", "confirmed": other_nurse.email}

    shown = as_office.get(url_of(head)).content.decode()
    as_office.post(url_of(head), answers)

    assert need.get_absolute_url() in shown
    assert told("co_submitter_left") == [nurse]
    assert told("transfer_dropped") == [nurse]
    asked.refresh_from_db()
    assert asked.settled_at
    assert names(need)[-1] == "drop_transfer"
    assert Participant.objects.get().user == head


def test_seats_in_committees_are_shown_with_the_way_to_their_page(
    need, nurse, hospital, other_hospital, as_office
):
    committee = CommitteeFactory(hospital=hospital, name="抽出委員会")
    MemberFactory(committee=committee, user=nurse, seat=Seat.CHAIR)
    elsewhere = CommitteeFactory(hospital=other_hospital, name="よその委員会")
    MemberFactory(committee=elsewhere, user=nurse)

    shown = as_office.get(url_of(nurse)).content.decode()

    assert f'<a href="{committee.get_absolute_url()}">抽出委員会(委員長)</a>' in shown
    assert "よその委員会" not in shown


def test_after_the_review_the_leavers_name_and_share_stay(need, nurse, other_nurse, office):
    Need.objects.filter(pk=need.pk).update(state=NeedState.ACCEPTED)
    handover.hand_over(held(nurse, need.hospital), to=other_nurse, reason="退職", by=office)

    before = Participant.objects.get()
    assert (before.user, before.share, before.kind) == (nurse, 100, ParticipantKind.CO_SUBMITTER)


STAND_INS = {"other member of the office": True, "colleague on a ward": False}


@pytest.mark.parametrize("who", STAND_INS)
def test_what_the_office_wrote_down_is_still_for_somebody(who, hospital, office, nurse, director):
    need = NeedFactory(
        hospital=hospital, proposer=office, source=Source.IMPORT, state=NeedState.SUBMITTED
    )
    to = nurse
    if STAND_INS[who]:
        nurse.memberships.update(role="office")
        to = User.objects.get(pk=nurse.pk)
    handover.hand_over(held(office, hospital), to=to, reason="異動", by=director)

    assert to.has_perm("needs.screen_need", Need.objects.get(pk=need.pk)) is STAND_INS[who]
    assert not Participant.objects.exists()


def test_nothing_goes_to_another_hospital(need, nurse, other_office, office, hospital):
    with pytest.raises(PermissionDenied):
        handover.hand_over(held(nurse, hospital), to=other_office, reason="x", by=office)
    with pytest.raises(PermissionDenied):
        handover.offer_transfer(need, to=other_office, by=nurse)


@pytest.mark.parametrize("who", ["nurse", "director", "partner"])
def test_only_the_office_hands_over(who, client, request):
    client.force_login(request.getfixturevalue(who))

    for name in ("needs:hand_over", "needs:on_behalf"):
        assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", ["accounts:person", "accounts:deactivate"])
def test_closing_an_account_leads_to_the_hand_over(name, nurse, hospital, as_office):
    shown = as_office.get(reverse(name, args=[nurse.pk])).content.decode()

    address = f"{reverse('needs:hand_over')}?hospital={hospital.public_id}&amp;email="
    assert address in shown


def test_the_pages_queries_do_not_grow(nurse, hospital, as_office, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as few:
        as_office.get(url_of(nurse))
    NeedFactory.create_batch(3, hospital=hospital, proposer=nurse, state=NeedState.SUBMITTED)
    NeedFactory.create_batch(3, hospital=hospital, assignee=nurse, state=NeedState.SUBMITTED)
    for each in NeedFactory.create_batch(3, hospital=hospital, state=NeedState.SUBMITTED):
        Participant.objects.create(need=each, user=nurse, kind=ParticipantKind.CO_SUBMITTER)
        Transfer.objects.create(need=each, to=nurse, by=each.proposer)

    with django_assert_max_num_queries(len(few)):
        as_office.get(url_of(nurse))

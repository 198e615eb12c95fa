"""Who stands behind a need: on behalf of somebody, co-submitters, transfer, hand-over."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from audit.queries import entries_for
from core.workflow import WrongStateError
from needs import people
from needs.enums import NeedState, ParticipantKind, Source
from needs.models import Confirmation, Need, Participant, Transfer
from notifications.actions import sweep
from notifications.models import Message
from tests.factories.needs import NeedFactory

TOLD = {
    "source": "phone",
    "name": "田中 花子",
    "title": "点滴の残量が廊下から見えない",
    "problem": "夜勤で点滴の残量を確かめるために、何度も病室に入っている。",
    "place": "ward",
    "frequency": "daily",
}


def names(need):
    return [entry.action.rpartition(".")[2] for entry in entries_for(need)]


def told(kind):
    return [m.recipient or m.email for m in Message.objects.filter(kind=f"needs.{kind}")]


@pytest.fixture
def need(hospital, nurse, department):
    return NeedFactory(
        hospital=hospital, proposer=nurse, department=department, state=NeedState.SUBMITTED
    )


@pytest.fixture
def as_office(client, office):
    client.force_login(office)
    return client


# On behalf of somebody -----------------------------------------------------------------------


def _link():
    sweep()
    return re.search(r"/needs/confirm/\S+", mail.outbox[-1].body).group()


@pytest.fixture
def written_down(as_office, nurse):
    """A need that the office wrote down for somebody without a seat; and the link she got."""
    as_office.post(reverse("needs:on_behalf"), TOLD | {"email": "tanaka@example.jp"})
    as_office.logout()
    return Need.objects.get(), _link()


def test_the_office_writes_down_what_it_heard(as_office, office):
    as_office.post(reverse("needs:on_behalf"), TOLD)

    need = Need.objects.get()
    assert (need.state, need.source, need.number) == (
        NeedState.SUBMITTED,
        Source.PHONE,
        f"N-{timezone.localdate().year}-0001",
    )
    assert (need.proposer, need.entered_by, need.origin_note) == (office, office, "本人: 田中 花子")
    assert not Confirmation.objects.exists()
    assert office.has_perm("needs.screen_need", need)


def test_a_member_is_the_proposer_at_once(as_office, nurse, office):
    as_office.post(reverse("needs:on_behalf"), TOLD | {"email": nurse.email.upper()})

    need = Need.objects.get()
    assert (need.proposer, need.entered_by) == (nurse, office)
    assert not nurse.has_perm("needs.screen_need", need)


BAD = {
    "problem": ("短い", "20字以上で入力してください"),
    "source": ("portal", "「何から登録しますか」を選びなおしてください"),
    "email": ("田中", "メールアドレス"),
    "title": ("", "「ひとことで」を入力してください"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_said_and_kept(name, as_office):
    value, message = BAD[name]

    answer = as_office.post(reverse("needs:on_behalf"), TOLD | {name: value})

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert "田中 花子" in answer.content.decode()
    assert not Need.objects.exists()


def test_personal_information_needs_a_reason_here_too(as_office):
    problem = "山田太郎さんの点滴の残量が、廊下から見えずに困っている。"
    refused = as_office.post(reverse("needs:on_behalf"), TOLD | {"problem": problem})
    [key] = re.findall(r'name="(reason-\w+)"', refused.content.decode())
    as_office.post(reverse("needs:on_behalf"), TOLD | {"problem": problem, key: "架空の名前"})

    assert refused.status_code == 422
    assert Need.objects.get().clearances.get().reason == "架空の名前"


def test_the_link_shows_this_need_without_signing_in(client, written_down, office):
    need, link = written_down

    page = client.get(link).content.decode()
    client.post(link, {"confirm": "1"})

    assert TOLD["problem"] in page
    assert Confirmation.objects.get().confirmed_at
    assert names(need) == ["enter_on_behalf", "ask_clinician", "clinician_confirm"]
    assert told("clinician_answered") == [office]


def test_she_says_what_is_wrong(client, written_down, office):
    need, link = written_down

    refused = client.post(link, {"correct": "1", "correction": ""})
    client.post(link, {"correct": "1", "correction": "病棟ではなく外来です"})

    assert refused.status_code == 422
    client.force_login(office)
    assert "病棟ではなく外来です" in client.get(need.get_absolute_url()).content.decode()


CLOSED = {"used": timedelta(0), "late": timedelta(days=14, minutes=1)}


@pytest.mark.parametrize("why", CLOSED)
def test_a_link_works_once_and_for_fourteen_days(why, client, written_down):
    _need, link = written_down
    if why == "used":
        client.post(link, {"confirm": "1"})

    with time_machine.travel(timezone.now() + CLOSED[why]):
        for answer in (client.get(link), client.post(link, {"confirm": "1"})):
            assert answer.status_code == 410
            assert "このリンクは使えません" in answer.content.decode()


def test_an_unknown_link_says_nothing(client, db):
    assert client.get(reverse("needs:confirm", args=["x" * 32])).status_code == 410


def test_a_new_link_closes_the_old_one(client, written_down, office):
    need, old = written_down
    people.ask_clinician(need, by=office, name="田中", email="tanaka@example.jp")
    new = _link()

    assert (client.get(old).status_code, client.get(new).status_code) == (410, 200)


def test_signed_in_with_that_address_she_becomes_the_proposer(
    client, as_office, office, nurse, hospital
):
    need = NeedFactory(
        hospital=hospital, state=NeedState.SUBMITTED, proposer=office, source=Source.IMPORT
    )
    ask = reverse("needs:ask_clinician", args=[need.public_id])
    as_office.post(ask, {"name": nurse.name, "email": nurse.email})
    client.force_login(nurse)
    client.post(_link(), {"confirm": "1"})

    need.refresh_from_db()
    assert (need.proposer, need.entered_by) == (nurse, office)


# Co-submitters -------------------------------------------------------------------------------


def page(need):
    return reverse("needs:people", args=[need.public_id])


def add(need, person, by, *, share=None, may_edit=False):
    return people.add_co_submitter(need, person=person, share=share, may_edit=may_edit, by=by)


def test_a_co_submitter_reads_and_agrees(need, nurse, other_nurse, client):
    client.force_login(nurse)
    client.post(page(need), {"act": "add", "email": other_nurse.email, "share": "40"})
    assert told("asked_to_agree") == [other_nurse]

    client.force_login(other_nurse)
    assert client.get(need.get_absolute_url()).status_code == 200
    assert "貢献の割合は40%です" in client.get(page(need)).content.decode()
    client.post(page(need), {"act": "agree"})

    added = Participant.objects.get()
    assert (added.share, bool(added.agreed_at)) == (40, True)
    assert names(need) == ["add_co_submitter", "agree"]


REFUSED = {
    "partner": "この病院の職員として登録されたメールアドレスを入力してください",
    "other_office": "この病院の職員として登録されたメールアドレスを入力してください",
    "nurse": "ほかの職員のメールアドレスを入力してください",
}


@pytest.mark.parametrize("who", REFUSED)
def test_who_cannot_be_added(who, need, nurse, client, request):
    client.force_login(nurse)

    answer = client.post(page(need), {"act": "add", "email": request.getfixturevalue(who).email})

    assert answer.status_code == 422
    assert REFUSED[who] in answer.content.decode()
    assert not Participant.objects.exists()


RIGHTS = {
    # may_edit: (reads, writes, submits, keeps the people)
    False: (True, False, False, False),
    True: (True, True, False, False),
}


@pytest.mark.parametrize("may_edit", RIGHTS)
def test_what_a_co_submitter_may(may_edit, need, nurse, other_nurse):
    Need.objects.filter(pk=need.pk).update(state=NeedState.RETURNED)
    add(need, other_nurse, nurse, may_edit=may_edit)
    need = Need.objects.get()

    rights = ("view_need", "change_need", "submit_need", "keep_people_of_need")
    assert (
        tuple(other_nurse.has_perm(f"needs.{right}", need) for right in rights)
        == (RIGHTS[may_edit])
    )


def test_shares_are_at_most_the_whole_and_a_new_one_is_asked_again(
    need, nurse, other_nurse, head, client
):
    first = add(need, other_nurse, nurse, share=60)
    people.agree(need, by=other_nurse)
    with pytest.raises(people.SharesError):
        add(need, head, nurse, share=50)
    second = add(need, head, nurse, share=40)
    client.force_login(nurse)

    too_much = client.post(
        page(need),
        {"act": "share", f"share-{first.public_id}": "90", f"share-{second.public_id}": "20"},
    )
    assert too_much.status_code == 422
    first.refresh_from_db()
    assert (first.share, bool(first.agreed_at)) == (60, True)
    client.post(
        page(need),
        {"act": "share", f"share-{first.public_id}": "30", f"share-{second.public_id}": "40"},
    )

    first.refresh_from_db()
    assert (first.share, first.agreed_at) == (30, None)
    assert people.own_share(Need.objects.get()) == 30


def test_only_the_proposer_keeps_the_list(need, nurse, other_nurse, office, head, client):
    added = add(need, other_nurse, nurse)

    for person in (office, head):
        client.force_login(person)
        assert client.get(page(need)).status_code == 403
    client.force_login(other_nurse)
    assert client.post(page(need), {"act": "add", "email": head.email}).status_code == 403
    client.post(page(need), {"act": "remove", "who": added.public_id})
    assert not Participant.objects.exists()
    assert client.get(need.get_absolute_url()).status_code == 404


# Transfer and hand-over ----------------------------------------------------------------------


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
        people.settle_transfer(offered, accepted=True, by=other_nurse)


def test_only_the_colleague_answers(need, nurse, other_nurse, head):
    offered = people.offer_transfer(need, to=other_nurse, by=nurse)

    with pytest.raises(WrongStateError):
        people.settle_transfer(offered, accepted=True, by=head)


def test_everything_of_a_leaving_person_is_handed_over(
    need, nurse, other_nurse, head, department, hospital, as_office, office
):
    draft = NeedFactory(hospital=hospital, proposer=head, title="書きかけの秘密")
    held = NeedFactory(hospital=hospital, proposer=head, state=NeedState.SUBMITTED)
    url = f"{reverse('needs:hand_over')}?email={head.email}"
    answers = {
        "need": [draft.public_id, held.public_id],
        "email": other_nurse.email,
        "reason": "異動",
    }

    first = as_office.get(url).content.decode()
    second = as_office.post(url, answers).content.decode()
    assert Need.objects.filter(proposer=head).count() == 2
    as_office.post(url, answers | {"confirmed": "1"})

    assert "書きかけの秘密" not in first + second
    assert f"2件を{other_nurse.name}さんに移します" in second
    assert Need.objects.filter(proposer=other_nurse).count() == 2
    department.refresh_from_db()
    assert department.head == other_nurse
    assert told("handed_over") == [other_nurse]
    assert entries_for(held).get().data["reason"] == "異動"


def test_nothing_goes_to_another_hospital(need, nurse, other_office, office, hospital):
    with pytest.raises(PermissionDenied):
        people.hand_over(
            hospital=hospital, leaving=nurse, to=other_office, needs=[need], reason="x", by=office
        )
    with pytest.raises(PermissionDenied):
        people.offer_transfer(need, to=other_office, by=nurse)


@pytest.mark.parametrize("who", ["nurse", "director", "partner"])
def test_only_the_office_hands_over(who, client, request):
    client.force_login(request.getfixturevalue(who))

    for name in ("needs:hand_over", "needs:on_behalf"):
        assert client.get(reverse(name)).status_code == 403

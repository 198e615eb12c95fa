"""Who stands behind a need: on behalf of somebody, and co-submitters."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.queries import entries_for
from contributions.models import Contribution
from core.todo import todos_for
from core.workflow import WrongStateError
from needs import handover, people
from needs.enums import BEFORE_REVIEW, NeedState, Source
from needs.models import Confirmation, Need, Participant
from notifications.actions import sweep
from notifications.models import Message
from tests.factories.needs import NeedFactory

NOT_OWN = {"not_own": "on"}
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
    as_office.post(reverse("needs:on_behalf"), TOLD | NOT_OWN)

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


def test_a_worry_of_nobody_known_needs_a_word_that_it_is_not_ones_own(as_office):
    refused = as_office.post(reverse("needs:on_behalf"), TOLD)

    assert refused.status_code == 422
    assert "メールアドレスを入力するか、「自分の困りごとではありません」を選んでください" in (
        refused.content.decode()
    )
    assert not Need.objects.exists()


def _by_address(client, office):
    client.post(reverse("needs:on_behalf"), TOLD | {"email": office.email.upper()})


def _by_confirming_what_she_wrote_down(client, office):
    client.post(reverse("needs:on_behalf"), TOLD | NOT_OWN)
    ask = reverse("needs:ask_clinician", args=[Need.objects.get().public_id])
    client.post(ask, {"name": office.name, "email": office.email})
    client.post(_link(), {"confirm": "1"})


def _by_confirming_without_signing_in(client, office):
    client.post(reverse("needs:on_behalf"), TOLD | NOT_OWN)
    ask = reverse("needs:ask_clinician", args=[Need.objects.get().public_id])
    client.post(ask, {"name": office.name, "email": office.email})
    client.logout()
    client.post(_link(), {"confirm": "1"})


OWN = [_by_address, _by_confirming_what_she_wrote_down, _by_confirming_without_signing_in]


@pytest.mark.parametrize("way", OWN)
def test_nobody_judges_her_own_worry_by_writing_it_down_for_somebody(way, as_office, office):
    way(as_office, office)

    need = Need.objects.get()
    assert (need.proposer, need.entered_by) == (office, None)
    for right in ("screen_need", "arrange_need", "enrich_need", "reopen_need"):
        assert not office.has_perm(f"needs.{right}", need)


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
    told = TOLD | NOT_OWN | {"problem": "山田太郎さんの点滴の残量が、廊下から見えずに困っている。"}
    refused = as_office.post(reverse("needs:on_behalf"), told)
    [key] = re.findall(r'name="(reason-\w+)"', refused.content.decode())
    as_office.post(reverse("needs:on_behalf"), told | {key: "架空の名前"})

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


@pytest.mark.parametrize("email", ["", "tanaka@example.jp"])
def test_what_is_known_of_the_clinician_is_not_asked_again(email, as_office):
    as_office.post(reverse("needs:on_behalf"), TOLD | NOT_OWN | {"email": email})
    need = Need.objects.get()

    shown = as_office.get(reverse("needs:ask_clinician", args=[need.public_id]))

    form = shown.context["form"]
    assert (form["name"].value(), form["email"].value() or "") == (TOLD["name"], email)


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
    shown = client.get(page(need)).content.decode()
    assert "貢献の割合は40%です" in shown
    assert "連名を断る" in shown
    client.post(page(need), {"act": "agree"})

    added = Participant.objects.get()
    assert (added.share, bool(added.agreed_at)) == (40, True)
    assert names(need) == ["add_co_submitter", "agree"]


ANSWERED = {
    # what she does: what still waits for her on her home page
    "nothing": ["「点滴」の連名に入るか答える", "「点滴」を引き継ぐか答える"],
    "agrees": ["「点滴」を引き継ぐか答える"],
    "refuses to take over": ["「点滴」の連名に入るか答える"],
    "left the hospital": [],
}


@pytest.mark.parametrize("what", ANSWERED)
def test_what_a_colleague_asks_waits_on_the_home_page(what, need, nurse, other_nurse):
    Need.objects.filter(pk=need.pk).update(title="点滴")
    add(need, other_nurse, nurse)
    transfer = handover.offer_transfer(need, to=other_nurse, by=nurse)
    if what == "agrees":
        people.agree(need, by=other_nurse)
    elif what == "refuses to take over":
        handover.settle_transfer(transfer, accepted=False, by=other_nurse)
    elif what == "left the hospital":
        other_nurse.memberships.all().delete()

    assert [each.label for each in todos_for(User.objects.get(pk=other_nurse.pk))] == ANSWERED[what]


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


PRESSED = {
    # her right before: (the button where she stands, what it says afterwards, her right then)
    False: ("さんが、本文を直せるようにする", "さんは、本文を直せるようになりました。", True),
    True: ("さんを、読むだけにする", "さんは、読むだけになりました。", False),
}


@pytest.mark.parametrize("before", PRESSED)
def test_the_right_of_a_co_submitter_changes_where_she_stands(
    before, need, nurse, other_nurse, client
):
    button, said, after = PRESSED[before]
    named = add(need, other_nurse, nurse, share=40, may_edit=before)
    people.agree(need, by=other_nurse)
    client.force_login(nurse)
    shown = client.get(page(need)).content.decode()
    press = {"act": "right", "who": named.public_id, "may_edit": "1" if after else ""}
    answer = client.post(page(need), press, follow=True).content.decode()
    client.post(page(need), press)

    assert other_nurse.name + button in shown
    assert other_nurse.name + said in answer
    named.refresh_from_db()
    assert (named.may_edit, named.share, bool(named.agreed_at)) == (after, 40, True)
    assert names(need) == ["add_co_submitter", "agree", "set_right"], "pressed twice, changed once"
    assert told("asked_to_agree") == [other_nurse], "her name and share are as she agreed"


def test_a_co_submitter_does_not_give_herself_the_right(need, nurse, other_nurse, client):
    named = add(need, other_nurse, nurse)
    client.force_login(other_nurse)

    press = {"act": "right", "who": named.public_id, "may_edit": "1"}
    assert client.post(page(need), press).status_code == 403
    assert Participant.objects.get().may_edit is False


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
    assert 'value="90"' in too_much.content.decode()
    first.refresh_from_db()
    assert (first.share, bool(first.agreed_at)) == (60, True)
    client.post(
        page(need),
        {"act": "share", f"share-{first.public_id}": "30", f"share-{second.public_id}": "40"},
    )

    first.refresh_from_db()
    assert (first.share, first.agreed_at) == (30, None)
    assert people.own_share(Need.objects.get()) == 30


SHARES = {
    # typed: (answer of the page, share afterwards)
    "40": (302, 40),
    "４０％": (302, 40),
    " 40 % ": (302, 40),
    "0": (302, 0),
    "": (302, None),
    "140": (422, 60),
    "-1": (422, 60),
    "3.5": (422, 60),
    "半分くらい": (422, 60),
}


@pytest.mark.parametrize("typed", SHARES)
def test_a_share_is_read_kindly_and_nothing_that_was_typed_is_lost(
    typed, need, nurse, other_nurse, client
):
    status, share = SHARES[typed]
    added = add(need, other_nurse, nurse, share=60)
    client.force_login(nurse)

    answer = client.post(page(need), {"act": "share", f"share-{added.public_id}": typed})

    added.refresh_from_db()
    assert (answer.status_code, added.share) == (status, share)
    assert status == 302 or f'value="{typed}"' in answer.content.decode()


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


FROZEN = [state for state in NeedState if state not in BEFORE_REVIEW]


@pytest.mark.parametrize("state", NeedState)
def test_names_and_shares_change_until_the_review_begins(state, hospital, nurse, other_nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=state)

    assert nurse.has_perm("needs.keep_people_of_need", need) is (state in BEFORE_REVIEW)
    assert nurse.has_perm("needs.transfer_need", need)


CHANGES = {
    "add": lambda need, named, by, head: add(need, head, by),
    "share": lambda need, named, by, _head: people.set_shares(need, shares={named.pk: 10}, by=by),
    "right": lambda need, named, by, _head: people.set_right(
        need, participant=named, may_edit=True, by=by
    ),
    "remove": lambda need, named, by, _head: people.remove_participant(
        need, participant=named, by=by
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_tab_may_have_sent_it_to_the_review(change, need, nurse, other_nurse, head):
    named = add(need, other_nurse, nurse, share=40)
    people.agree(need, by=other_nurse)
    Need.objects.filter(pk=need.pk).update(state=NeedState.IN_REVIEW)

    with pytest.raises(WrongStateError):
        CHANGES[change](need, named, nurse, head)
    assert list(Participant.objects.values_list("user", "share")) == [(other_nurse.pk, 40)]


@pytest.mark.parametrize("state", [NeedState.IN_REVIEW, NeedState.ACCEPTED])
def test_the_page_says_that_the_names_are_fixed(state, need, nurse, other_nurse, head, client):
    named = add(need, other_nurse, nurse, share=40)
    people.agree(need, by=other_nurse)
    Need.objects.filter(pk=need.pk).update(state=state)

    client.force_login(nurse)
    shown = client.get(page(need)).content.decode()
    refused = client.post(page(need), {"act": "add", "email": head.email})
    client.force_login(other_nurse)
    gone = client.post(page(need), {"act": "remove", "who": named.public_id})

    assert "審査が始まったため、連名と割合は変えられません" in shown
    assert "引き継ぎを頼む" in shown
    assert (refused.status_code, gone.status_code) == (403, 403)
    assert Participant.objects.get() == named


def test_who_never_agreed_answers_at_any_time(need, nurse, other_nurse, head, client):
    add(need, other_nurse, nurse)
    named = add(need, head, nurse)
    Need.objects.filter(pk=need.pk).update(state=NeedState.ACCEPTED)

    client.force_login(other_nurse)
    client.post(page(need), {"act": "agree"})
    client.force_login(head)
    client.post(page(need), {"act": "remove", "who": named.public_id})

    agreed = Participant.objects.get()
    assert (agreed.user, bool(agreed.agreed_at)) == (other_nurse, True)


REMOVALS = {"nurse": "other_nurse", "other_nurse": "nurse"}


@pytest.mark.parametrize("who", REMOVALS)
def test_the_other_one_hears_of_a_removal(who, need, nurse, other_nurse, client, request):
    named = add(need, other_nurse, nurse)
    client.force_login(request.getfixturevalue(who))
    client.post(page(need), {"act": "remove", "who": named.public_id})

    assert told("name_removed") == [request.getfixturevalue(REMOVALS[who])]


def test_a_name_that_was_taken_off_is_no_contribution(need, nurse, other_nurse):
    named = add(need, other_nurse, nurse)
    people.agree(need, by=other_nurse)
    assert Contribution.objects.get().person == other_nurse

    people.remove_participant(need, participant=named, by=nurse)

    assert not Contribution.objects.exists()


def test_only_who_still_works_here_is_named_and_agrees(need, nurse, other_nurse, client):
    add(need, other_nurse, nurse)
    other_nurse.memberships.all().delete()
    left = User.objects.get(pk=other_nurse.pk)

    with pytest.raises(PermissionDenied):
        people.agree(need, by=left)
    with pytest.raises(PermissionDenied):
        add(need, other_nurse, nurse)

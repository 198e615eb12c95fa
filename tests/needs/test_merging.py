"""Bringing needs together and taking them apart."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from audit.queries import entries_for
from core.workflow import WrongStateError
from needs import actions, merging
from needs.enums import NeedState, ParticipantKind, RelationKind
from needs.models import Need, Participant, Relation
from needs.promise import kept_by_year
from notifications.models import Message
from tests.factories.needs import NeedFactory

TITLE = "点滴の残量が廊下から見えない"
PROBLEM = "夜勤で点滴の残量を確かめるために、何度も病室に入る。患者さんが目を覚ます。"


def names(need):
    return [entry.action.rpartition(".")[2] for entry in entries_for(need)]


def told(kind):
    return {m.recipient for m in Message.objects.filter(kind=f"needs.{kind}")}


@pytest.fixture
def into(hospital, nurse, department):
    return NeedFactory(
        hospital=hospital,
        proposer=nurse,
        department=department,
        state=NeedState.IN_REVIEW,
        title=TITLE,
        problem=PROBLEM,
    )


@pytest.fixture
def need(hospital, other_nurse, head, into):
    for n in range(5):
        NeedFactory(
            hospital=hospital,
            state=NeedState.DECLINED,
            title=f"別の件{n}",
            problem="別の困りごと。",
        )
    need = NeedFactory(
        hospital=hospital,
        proposer=other_nurse,
        state=NeedState.SUBMITTED,
        title="点滴の残りが分からない",
        problem="廊下から点滴の残量が見えず、夜勤で何度も病室に入っている。",
        place="icu",
    )
    Participant.objects.create(
        need=need, user=head, kind=ParticipantKind.JOINED, place="ward", note="同じです"
    )
    return need


def test_merging_keeps_everybody_and_the_history(need, into, office, other_nurse, head, client):
    client.force_login(office)
    url = reverse("needs:transition", args=[need.public_id, "merge"])
    offered = client.get(url).content.decode()
    client.post(url, {"into": into.number})

    need.refresh_from_db()
    assert into.number in offered
    assert (need.state, need.merged_into) == (NeedState.MERGED, into)
    rows = Participant.objects.filter(need=into).values_list("user", "place", "note")
    assert set(rows) == {(other_nurse.pk, "icu", ""), (head.pk, "ward", "同じです")}
    assert told("need_merged") == {other_nurse, head}
    assert (names(need), names(into)) == (["merge"], ["absorb"])
    assert into.title in client.get(need.get_absolute_url()).content.decode()


def test_who_proposed_both_hears_of_it_and_does_not_join_herself(hospital, nurse, office):
    second, first = (
        NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.SCREENING)
        for _each in range(2)
    )

    merging.merge(second, by=office, into=first)

    assert told("need_merged") == {nurse}
    assert not first.participants.exists()


SAME = {
    # who proposed the need that goes on, whose name stands beside hers, who followed it before:
    # who hears that it absorbed another one, and how many people came with it
    ("nurse", (), ()): ({"nurse"}, 2),
    ("nurse", ("legal",), ()): ({"nurse", "legal"}, 2),
    ("nurse", ("head",), ()): ({"nurse"}, 1),
    ("nurse", (), ("head",)): ({"nurse"}, 1),
    ("nurse", (), ("head", "other_nurse")): (set(), None),
    ("head", (), ()): (set(), None),
    ("office", (), ()): (set(), None),
}


@pytest.mark.parametrize("goes_on", SAME)
def test_whose_need_goes_on_hears_how_many_stand_behind_it_now(
    goes_on, need, into, office, request
):
    proposer, together, joined = goes_on
    into.proposer = request.getfixturevalue(proposer)
    into.save()
    for who in together + joined:
        kind = ParticipantKind.CO_SUBMITTER if who in together else ParticipantKind.JOINED
        person = request.getfixturevalue(who)
        Participant.objects.create(need=into, user=person, kind=kind, agreed_at=timezone.now())

    merging.merge(need, by=office, into=Need.objects.get(pk=into.pk))

    hear, total = SAME[goes_on]
    assert told("need_absorbed") == {request.getfixturevalue(who) for who in hear}
    assert not told("need_absorbed") & told("need_merged")
    for message in Message.objects.filter(kind="needs.need_absorbed"):
        assert f"{total}人加わりました" in message.subject


def test_the_people_of_a_merged_need_follow_the_other(need, into, office, other_nurse, client):
    merging.merge(need, by=office, into=into)
    client.force_login(other_nurse)

    assert PROBLEM not in client.get(into.get_absolute_url(), follow=True).content.decode()
    assert client.get(need.get_absolute_url()).status_code == 200
    assert other_nurse.has_perm("needs.follow_need", Need.objects.get(pk=into.pk))


BAD_TARGETS = {
    "itself": lambda need, _into: need.number,
    "unknown": lambda _need, _into: "N-1999-0001",
    "nothing": lambda _need, _into: "",
}


@pytest.mark.parametrize("name", BAD_TARGETS)
def test_a_target_that_does_not_exist(name, need, into, office, client):
    client.force_login(office)
    url = reverse("needs:transition", args=[need.public_id, "merge"])

    answer = client.post(url, {"number": BAD_TARGETS[name](need, into)})

    assert answer.status_code == 422
    need.refresh_from_db()
    assert need.state == NeedState.SUBMITTED


def test_another_hospitals_number_is_unknown(need, other_hospital, office, client):
    foreign = NeedFactory(hospital=other_hospital, state=NeedState.SUBMITTED, number="N-2026-9999")
    client.force_login(office)
    url = reverse("needs:transition", args=[need.public_id, "merge"])

    assert client.post(url, {"number": foreign.number}).status_code == 422


def test_a_head_whose_need_was_merged_into_one_of_her_ward_reads_both(
    department, head, need, into, office, client
):
    merging.merge(need, by=office, into=into)
    client.force_login(head)

    answer = client.get(into.get_absolute_url())

    assert answer.status_code == 200
    assert PROBLEM in answer.content.decode()


def test_a_merge_is_an_answer_and_counts_in_the_yearly_figure(need, into, office, hospital):
    Need.objects.filter(pk__in=[need.pk, into.pk]).update(answer_due=date(2020, 1, 10))
    merging.merge(need, by=office, into=into)

    assert (need.answered_on, need.answered_late) == (timezone.localdate(), True)


def test_a_target_that_stopped_meanwhile_takes_nothing_in(need, into, office):
    Need.objects.filter(pk=into.pk).update(state=NeedState.NOT_ACCEPTED)

    with pytest.raises(WrongStateError):
        merging.merge(need, by=office, into=into)
    need.refresh_from_db()
    assert (need.state, need.answered_on) == (NeedState.SUBMITTED, None)


SECOND = {"title": "二つ目", "problem": "夜勤の記録に時間がかかり、患者さんを待たせる。"}


def test_a_split_counts_as_one_answer(need, office, hospital):
    actions.take_in(need, by=office)
    before = kept_by_year(hospital)
    new = merging.split(need, by=office, **SECOND)
    after = kept_by_year(hospital)
    actions.send_back(
        new, by=office, question="夜勤?", asked_sections=[], reply_due=date(2030, 1, 10)
    )

    assert before == after == kept_by_year(hospital)


def test_another_tab_may_have_sent_it_to_the_review(need, office, client):
    actions.take_in(need, by=office)
    stale = Need.objects.get(pk=need.pk)
    Need.objects.filter(pk=need.pk).update(state=NeedState.IN_REVIEW)

    with pytest.raises(WrongStateError):
        merging.split(stale, by=office, **SECOND)
    assert not Relation.objects.exists()


def test_a_merge_is_taken_back(need, into, office):
    merging.merge(need, by=office, into=into)
    actions.flow.perform("reopen", need, by=office)

    assert (need.state, need.merged_into) == (NeedState.SCREENING, None)


def test_splitting_makes_a_second_need_for_the_same_people(need, office, other_nurse, head, client):
    actions.take_in(need, by=office)
    client.force_login(office)
    url = reverse("needs:split", args=[need.public_id])
    short = client.post(url, {"title": "二つ目", "problem": "短い"})
    client.post(
        url, {"title": "二つ目", "problem": "夜勤の記録に時間がかかり、患者さんを待たせる。"}
    )

    new = Need.objects.get(title="二つ目")
    assert short.status_code == 422
    assert (new.state, new.proposer, new.number != need.number) == (
        NeedState.SCREENING,
        other_nurse,
        True,
    )
    assert [each.user for each in new.participants.all()] == [head]
    assert need.participants.count() == 1
    assert Relation.objects.get().kind == RelationKind.SPLIT
    assert told("need_split") == {other_nurse, head}


def test_related_needs_are_shown_to_those_who_may_read_them(need, into, office, nurse, client):
    client.force_login(office)
    url = reverse("needs:relate", args=[into.public_id])
    client.post(url, {"number": need.number, "note": "同じ病棟"})
    client.post(url, {"number": need.number, "note": "同じ病棟"})

    assert Relation.objects.count() == 1
    assert need.title in client.get(into.get_absolute_url()).content.decode()
    client.force_login(nurse)
    assert need.title not in client.get(into.get_absolute_url()).content.decode()
    client.force_login(office)
    client.post(url, {"remove": Relation.objects.get().public_id})
    assert not Relation.objects.exists()


@pytest.mark.parametrize("who", ["nurse", "director", "head"])
@pytest.mark.parametrize("name", ["split", "relate"])
def test_only_the_office_arranges(who, name, into, client, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse(f"needs:{name}", args=[into.public_id])).status_code == 403


def test_nobody_merges_her_own(office, hospital, into):
    own = NeedFactory(hospital=hospital, proposer=office, state=NeedState.SUBMITTED)

    with pytest.raises(PermissionDenied):
        actions.flow.perform("merge", own, by=office, into=into)


def test_without_a_near_need_the_number_is_all_that_is_asked(hospital, office, client):
    alone = NeedFactory(hospital=hospital, state=NeedState.SUBMITTED, title=TITLE, problem=PROBLEM)
    client.force_login(office)
    url = reverse("needs:transition", args=[alone.public_id, "merge"])

    page, refused = client.get(url), client.post(url, {"number": ""})

    assert "統合先の受付番号" in page.content.decode()
    assert "上にないときに" not in page.content.decode()
    assert refused.status_code == 422
    assert "「統合先の受付番号」を入力してください" in refused.content.decode()

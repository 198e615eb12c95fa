"""「同じ困りごと」: what a colleague is told while she writes, and what joining gives her."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from disclosure.search import PublicationIndex
from needs import actions, joining
from needs.enums import JOINABLE_STATES, NeedState, ParticipantKind
from needs.models import Need, Participant
from needs.similar import for_colleague, published_elsewhere, similar_needs
from notifications.models import Message
from search.engine import find
from search.index import registry
from tests.factories.disclosure import PublicationFactory
from tests.factories.needs import NeedFactory

TITLE = "点滴の残量が廊下から見えない"
PROBLEM = "夜勤で点滴の残量を確かめるために、何度も病室に入る。患者さんが目を覚ます。"
SAME = "廊下から点滴の残量が分からない。夜勤のたびに病室に入り、患者さんを起こしてしまう。"
OTHER = "車いすのブレーキをかけ忘れて、移乗のときに動いてしまい危ない。"
EVIDENCE = {"place": "icu", "frequency": "weekly", "note": ""}
MARK = "ZQXJVアイデアの印"


@pytest.fixture
def need(hospital, nurse, department):
    for title in ("車いすのブレーキ", "おむつ交換の時期", "採血のあとの止血"):
        NeedFactory(
            hospital=hospital,
            state=NeedState.NOT_ACCEPTED,
            title=title,
            problem=f"{title}のことで困っている。",
        )
    return NeedFactory(
        hospital=hospital,
        proposer=nurse,
        department=department,
        state=NeedState.SUBMITTED,
        title=TITLE,
        problem=PROBLEM,
        idea=MARK,
    )


@pytest.fixture
def as_other(client, other_nurse):
    client.force_login(other_nurse)
    return client


def page(need):
    return reverse("needs:join", args=[need.public_id])


def written(client, text):
    new = reverse("needs:new")
    return client.post(new, {"title": "点滴", "problem": text, "go": "auto"}, follow=True)


HINTED = {SAME: True, OTHER: False, "点滴": False}


@pytest.mark.parametrize("text", HINTED)
def test_a_colleague_is_told_of_the_same_worry(text, need, as_other):
    shown = written(as_other, text).content.decode()

    assert (page(need) in shown) == HINTED[text]
    assert PROBLEM not in shown


STATES = {state: state in JOINABLE_STATES for state in NeedState if state != NeedState.DRAFT}


@pytest.mark.parametrize("state", STATES)
def test_what_can_be_joined_is_offered(state, need, hospital):
    need.state = state
    need.save()

    assert [each.pk for each in similar_needs(SAME, hospital.pk)] == [need.pk] * STATES[state]


def test_other_hospitals_are_a_number(need, other_hospital, client, other_office):
    Need.objects.filter(pk=need.pk).update(state=NeedState.ACCEPTED)
    need.refresh_from_db()
    publication = PublicationFactory(need=need, title=TITLE, summary=PROBLEM, state="published")
    publication.save()

    assert published_elsewhere(SAME, other_hospital.pk) == 1
    assert published_elsewhere(SAME, need.hospital_id) == 0
    client.force_login(other_office)
    shown = written(client, SAME).content.decode()
    assert "似た困りごとが1件公開されています" in shown
    assert TITLE not in shown
    assert client.get(page(need)).status_code == 404


def test_what_an_agreement_opens_is_not_searched(need, partner):
    Need.objects.filter(pk=need.pk).update(state=NeedState.ACCEPTED)
    publication = PublicationFactory(need=need, title=TITLE, summary=PROBLEM, state="published")
    publication.fields.create(code="background", text=MARK, tier="nda", order=9)
    publication.save()

    assert find(PublicationIndex, partner, "廊下 点滴").ids == [publication.pk]
    assert find(PublicationIndex, partner, MARK).ids == []
    assert find(registry["need"], partner, "廊下 点滴").ids == []


def test_before_joining_one_knows_the_title_the_place_and_the_frequency(need, as_other, department):
    """As the proposer was told in step 3; her ward would tell who she is."""
    shown = as_other.get(page(need)).content.decode()

    told = (need.title, need.get_place_display(), need.get_frequency_display())
    assert all(each in shown for each in told)
    assert department.name not in shown
    assert need.proposer.name not in shown


def test_joining_adds_the_person_and_her_evidence(need, as_other, other_nurse, nurse):
    before = as_other.get(page(need)).content.decode()
    as_other.post(page(need), EVIDENCE | {"note": "ICUでも同じです"})

    joined = Participant.objects.get()
    assert TITLE in before
    assert PROBLEM not in before
    assert (joined.user, joined.kind, joined.place) == (
        other_nurse,
        ParticipantKind.JOINED,
        "icu",
    )
    assert [m.recipient for m in Message.objects.filter(kind="needs.somebody_joined")] == [nurse]


def test_who_joined_follows_without_reading(need, as_other, other_nurse):
    joining.join(need, by=other_nurse, evidence=EVIDENCE)

    own = as_other.get(reverse("needs:list") + "?view=own").content.decode()
    followed = as_other.get(need.get_absolute_url(), follow=True)

    assert TITLE in own
    assert followed.redirect_chain[-1][0] == page(need)
    for text in (PROBLEM, MARK):
        assert text not in followed.content.decode()
    assert find(registry["need"], other_nurse, "点滴 残量").ids == []
    assert need not in Need.objects.visible_to(other_nurse)


def test_who_joined_gets_the_same_notices(need, office, nurse, other_nurse):
    joining.join(need, by=other_nurse, evidence=EVIDENCE)
    actions.take_in(need, by=office)

    told = Message.objects.filter(kind="needs.need_taken_in")
    assert {message.recipient for message in told} == {nurse, other_nurse}
    assert other_nurse.has_perm(told[0].permission, need)


REFUSED = {
    # reason:      what she reads, where it leads
    "exists": ("すでに製品がある", "院内で試用や購入を相談できます", ""),
    "duplicate": ("同じニーズがすでにある", "先に届いたニーズに", "先に届いたニーズに加わる"),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_who_joined_reads_why_it_does_not_go_on(reason, need, office, other_nurse, as_other):
    label, advice, step = REFUSED[reason]
    earlier = NeedFactory(hospital=need.hospital, state=NeedState.SCREENING)
    joining.join(need, by=other_nurse, evidence=EVIDENCE)
    actions.decline(
        need,
        by=office,
        decline_reason=reason,
        explanation=MARK,
        earlier=earlier if reason == "duplicate" else None,
    )

    shown = as_other.get(page(need)).content.decode()

    assert label in shown
    assert advice in shown
    assert (page(earlier) in shown) == bool(step)
    assert MARK not in shown


def test_the_draft_gives_way(need, as_other, other_nurse, hospital):
    draft = NeedFactory(hospital=hospital, proposer=other_nurse, problem=SAME)

    as_other.post(f"{page(need)}?draft={draft.public_id}", EVIDENCE | {"withdraw_draft": "on"})

    draft.refresh_from_db()
    assert draft.state == NeedState.WITHDRAWN


def test_joining_twice_and_leaving_twice_change_nothing_more(need, other_nurse, as_other):
    for _each in range(2):
        joining.join(need, by=other_nurse, evidence=EVIDENCE)
    assert Participant.objects.count() == 1

    for _each in range(2):
        as_other.post(reverse("needs:leave", args=[need.public_id]))
    assert not Participant.objects.exists()


NOT_JOINING = ["nurse", "other_office", "partner"]


@pytest.mark.parametrize("who", NOT_JOINING)
def test_who_cannot_join(who, need, request):
    with pytest.raises(PermissionDenied):
        joining.join(need, by=request.getfixturevalue(who), evidence=EVIDENCE)


def test_who_joined_does_not_judge(need, office):
    joining.join(need, by=office, evidence=EVIDENCE)

    assert not office.has_perm("needs.screen_need", need)


def test_the_hint_costs_a_fixed_number_of_queries(
    need, hospital, other_nurse, django_assert_max_num_queries
):
    NeedFactory.create_batch(
        30, hospital=hospital, state=NeedState.DECLINED, title="別のこと", problem="別のこと。"
    )
    for _each in range(5):
        NeedFactory(hospital=hospital, state=NeedState.SUBMITTED, title=TITLE, problem=PROBLEM)
    draft = NeedFactory(hospital=hospital, proposer=other_nurse, problem=SAME)
    other_nurse.hospitals  # noqa: B018 -- loaded once for each request

    # One for each of the sixteen rarest words at most.
    with django_assert_max_num_queries(21):
        assert for_colleague(SAME, draft, other_nurse)


READERS = {
    # who joined before she got a post from which she reads the need
    "head": "department",
    "office": "hospital",
    "director": "hospital",
}


@pytest.mark.parametrize("who", READERS)
def test_who_joined_and_has_a_post_reads_the_need_and_may_leave(who, need, client, request):
    reader = request.getfixturevalue(who)
    Participant.objects.create(need=need, user=reader, kind=ParticipantKind.JOINED, place="ward")
    client.force_login(reader)

    answer = client.get(page(need), follow=True)
    shown = answer.content.decode()

    assert answer.redirect_chain == [(need.get_absolute_url(), 302)]
    assert PROBLEM in shown
    assert reverse("needs:leave", args=[need.public_id]) in shown
    client.post(reverse("needs:leave", args=[need.public_id]))
    assert not Participant.objects.exists()

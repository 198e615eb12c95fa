"""What was put aside comes back when something new speaks for it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from core.todo import todos_for
from needs import actions, revival
from needs.enums import PUT_ASIDE, NeedState, RevivalCause
from needs.models import Revival
from notifications.models import Message
from taxonomy.models import Term
from tests.factories.needs import NeedFactory
from tests.factories.partners import ProfileFactory

TITLE = "点滴の残量が廊下から見えない"
PROBLEM = "夜勤で点滴の残量を確かめるために、何度も病室に入る。患者さんが目を覚ます。"
SAME = "廊下から点滴の残量が分からない。夜勤のたびに病室に入り、患者さんを起こしてしまう。"
LONG_AGO = timezone.now() - timedelta(days=300)


@pytest.fixture
def aside(hospital, nurse):
    for n in range(6):
        NeedFactory(
            hospital=hospital,
            state=NeedState.WITHDRAWN,
            number=f"N-2019-000{n}",
            submitted_at=LONG_AGO,
            title=f"別の件{n}",
            problem="車いすのことで困っている。",
        )
    return NeedFactory(
        hospital=hospital,
        proposer=nurse,
        state=NeedState.DECLINED,
        decline_reason="exists",
        title=TITLE,
        problem=PROBLEM,
        submitted_at=LONG_AGO,
    )


def arrive(hospital, problem=SAME):
    return NeedFactory(hospital=hospital, state=NeedState.SUBMITTED, title="点滴", problem=problem)


def came_back():
    return Message.objects.filter(kind="needs.needs_came_back")


def test_a_similar_need_speaks_for_it(aside, hospital, office, client):
    new = arrive(hospital)
    for _run in range(2):
        revival.follow_revivals()

    reason = Revival.objects.get()
    assert (reason.need, reason.similar, reason.cause) == (
        aside,
        new,
        RevivalCause.SIMILAR_NEED,
    )
    assert [message.recipient for message in came_back()] == [office]
    client.force_login(office)
    listed = client.get(reverse("needs:list") + "?view=revived").content.decode()
    assert TITLE in listed
    assert new.title in client.get(aside.get_absolute_url()).content.decode()


NOT_ENOUGH = {
    "another worry": "エレベーターを待つ時間が長くて、検査に遅れる。",
    "too short": "点滴",
}


@pytest.mark.parametrize("name", NOT_ENOUGH)
def test_what_does_not_speak_for_it(name, aside, hospital):
    arrive(hospital, NOT_ENOUGH[name])

    revival.follow_revivals()

    assert not Revival.objects.exists()


def test_another_hospitals_need_says_nothing(aside, other_hospital):
    arrive(other_hospital)

    revival.follow_revivals()

    assert not Revival.objects.exists()


def test_what_goes_on_does_not_come_back(aside, hospital):
    for state in set(NeedState) - {*PUT_ASIDE, NeedState.DRAFT}:
        aside.state = state
        aside.save()
        arrive(hospital)
        revival.follow_revivals()
        assert not Revival.objects.filter(need=aside).exists(), state


def test_a_fitting_partner_speaks_for_it(aside, office):
    category = Term.objects.of("need_category").first()
    aside.category = category
    aside.save()
    profile = ProfileFactory(strengths="点滴の残量を廊下から見えるようにする技術")
    profile.interests.add(category)
    ProfileFactory(strengths="建物の清掃")

    revival.follow_revivals()

    reason = Revival.objects.get()
    assert (reason.organisation, reason.cause) == (profile.organisation, RevivalCause.PARTNER)


@pytest.mark.parametrize("answer", ["keep_aside", "reopen"])
def test_the_office_answers_once(answer, aside, hospital, office, client):
    arrive(hospital)
    revival.follow_revivals()
    client.force_login(office)
    if answer == "reopen":
        actions.flow.perform("reopen", aside, by=office)
    else:
        client.post(reverse("needs:keep_aside", args=[aside.public_id]))
    revival.follow_revivals()

    assert not Revival.objects.filter(settled_at=None).exists()
    assert came_back().count() == 1


def test_after_a_missed_night_it_is_still_found(aside, hospital):
    arrive(hospital)

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        revival.follow_revivals()

    assert Revival.objects.exists()


def test_the_office_is_reminded_on_its_first_page(aside, hospital, office):
    arrive(hospital)
    revival.follow_revivals()

    assert any("view=revived" in todo.url for todo in todos_for(office))

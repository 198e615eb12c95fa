"""What happens while a case is discussed: members' screens, votes, notes."""

import pytest

from committee import meetings
from committee.models import (
    Ballot,
    Meeting,
    Member,
    Vote,
)
from tests.committee.around_the_table import address, conflicted, decide, leave
from tests.committee.conftest import SECRET_TITLE
from tests.forms import once_key

pytestmark = pytest.mark.django_db


# What members see -------------------------------------------------------------------------------


def screen(client, user, meeting):
    client.force_login(user)
    return client.get(address("meeting_live", meeting)).content.decode()


def test_members_screens_follow_and_hide_what_a_conflict_closes(
    client, item, meeting, chair, reviewer, other_reviewer
):
    conflicted(item.case, reviewer)
    item.case.conflicts.filter(member=other_reviewer).delete()

    open_, out, unanswered = (
        screen(client, user, meeting) for user in (chair, reviewer, other_reviewer)
    )

    assert SECRET_TITLE in open_
    for said in (out, unanswered):
        assert item.case.number in said
        assert SECRET_TITLE not in said
    assert "この議事のあいだ退席してください" in out
    assert "委員 花子" not in out.split('id="now"')[1].split("</div>")[0]
    assert "利益相反に答える" in unanswered


def test_a_screen_is_drawn_again_only_when_something_changed(client, item, meeting, reviewer):
    client.force_login(reviewer)
    url = address("meeting_live", meeting)
    htmx = {"HX-Request": "true"}
    stamp = client.get(url).context["stamp"]

    same = client.get(url, {"seen": stamp}, headers=htmx)
    Vote.objects.create(item=item, question="採択してよいか")
    changed = client.get(url, {"seen": stamp}, headers=htmx)

    assert same.status_code == 204
    assert (changed.status_code, "<html" in changed.content.decode()) == (200, False)
    assert "採択してよいか" in changed.content.decode()


# Votes ------------------------------------------------------------------------------------------


@pytest.fixture
def vote(item, secretary):
    return meetings.open_vote(item, by=secretary, question="採択してよいか")


def test_members_vote_once_change_their_mind_and_see_the_count_after_the_end(
    client, vote, meeting, chair, deputy, reviewer, secretary
):
    for user, choice in [(chair, "yes"), (deputy, "no"), (reviewer, "no"), (reviewer, "abstain")]:
        client.force_login(user)
        client.post(address("vote_cast", vote), {"choice": choice})
    before = screen(client, reviewer, meeting)
    client.force_login(secretary)
    client.post(address("vote_close", vote))
    after = screen(client, reviewer, meeting)

    assert "4名中3名が投票しました" in before
    assert "賛成1" not in before
    assert "賛成1・反対1・棄権1" in after


def test_a_second_press_is_the_first_one(client, vote, meeting, reviewer):
    client.force_login(reviewer)
    page = client.get(address("meeting_live", meeting))
    sent = {"choice": "yes", "_once": once_key(page)}

    answers = [client.post(address("vote_cast", vote), sent).status_code for _press in range(2)]

    assert answers == [302, 302]
    assert [each.choice for each in Ballot.objects.all()] == ["yes"]


NO_BALLOT = {
    # who: what she hears (None: the page is not hers)
    "absent": "あなたはこの議事に出席の委員になっていません",
    "in conflict": "あなたはこの議事に出席の委員になっていません",
    "secretary": "あなたはこの議事に出席の委員になっていません",
    "too late": "この採決は締め切られました",
    "removed": None,
}


@pytest.mark.parametrize("who", NO_BALLOT)
def test_whose_ballot_is_refused(client, vote, meeting, reviewer, secretary, who):
    user = secretary if who == "secretary" else reviewer
    if who == "absent":
        leave(meeting, reviewer)
    elif who == "in conflict":
        conflicted(vote.item.case, reviewer)
    elif who == "too late":
        meetings.close_vote(vote, by=secretary)
    elif who == "removed":
        Member.objects.filter(user=reviewer).delete()
    client.force_login(user)

    page = client.post(address("vote_cast", vote), {"choice": "yes"}, follow=True)

    sentence = NO_BALLOT[who]
    assert page.status_code == (200 if sentence else 404)
    assert sentence is None or sentence in page.content.decode()
    assert not Ballot.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("quorum lost", "定足数に足りない"),
        ("another case", "いまの議事ではありません"),
        ("second vote", "採決が続いています"),
    ],
)
def test_a_vote_that_cannot_be_opened_says_why(
    client, item, meeting, secretary, reviewer, other_reviewer, wrong, sentence
):
    if wrong == "quorum lost":
        leave(meeting, reviewer, other_reviewer)
    elif wrong == "another case":
        Meeting.objects.update(current=None)
    else:
        meetings.open_vote(item, by=secretary, question="採択してよいか")
    count = Vote.objects.count()
    client.force_login(secretary)

    page = client.post(address("vote_open", item), {"question": "保留でよいか"}, follow=True)

    assert sentence in page.content.decode()
    assert Vote.objects.count() == count


# Notes ------------------------------------------------------------------------------------------


def test_notes_are_kept_while_typing_and_never_overwritten(client, item, secretary, office):
    url, json = address("item_notes", item), {"Accept": "application/json"}
    client.force_login(secretary)
    first = client.post(url, {"notes": "書記のメモ", "version": item.version}, headers=json)
    client.force_login(office)
    stale = {"notes": "事務局のメモ", "version": item.version}
    quiet = client.post(url, stale, headers=json)
    page = client.post(url, stale)

    said = page.content.decode()
    assert (first.status_code, "に保存しました" in first.json()["message"]) == (200, True)
    assert (quiet.status_code, quiet.json()["compare"]) == (409, True)
    assert page.status_code == 409
    assert ("書記のメモ" in said, "事務局のメモ" in said) == (True, True)
    item.refresh_from_db()
    assert item.notes == "書記のメモ"
    assert first.json()["version"] == item.version


def test_deciding_and_moving_do_not_make_the_notes_page_stale(client, item, chair, secretary):
    client.force_login(chair)
    decide(client, item)
    client.post(address("item_move", item), {"to": "down"})
    client.force_login(secretary)

    page = client.post(address("item_notes", item), {"notes": "要点", "version": item.version})

    assert page.status_code == 302


def test_a_scribe_in_conflict_writes_no_notes(client, item, secretary):
    conflicted(item.case, secretary)
    client.force_login(secretary)

    assert client.get(address("item_notes", item)).status_code == 403

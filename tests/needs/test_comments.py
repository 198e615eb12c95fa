"""Comments, each for a named circle."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from audit.queries import entries_for
from needs import comments
from needs.enums import CommentAudience, NeedState, ParticipantKind
from needs.models import Comment, Participant
from notifications.models import Message
from tests.factories.accounts import MembershipFactory
from tests.factories.needs import NeedFactory

MARK = "ZQXJVの印"


@pytest.fixture
def need(hospital, nurse, department):
    return NeedFactory(
        hospital=hospital, proposer=nurse, department=department, state=NeedState.SUBMITTED
    )


def write(need, by, audience, *mentions):
    return comments.write(need, text=MARK, audience=audience, mentions=mentions, by=by)


def page(need):
    return reverse("needs:comment", args=[need.public_id])


READS = {
    # audience:   who reads it (of those who open the page of the need)
    "office": {"office"},
    "internal": {"office", "director", "head"},
    "proposer": {"office", "director", "head", "nurse"},
}
EVERYBODY = ["office", "director", "head", "nurse", "other_nurse", "other_office", "partner"]


@pytest.mark.parametrize("audience", READS)
@pytest.mark.parametrize("who", EVERYBODY)
def test_who_reads_it(audience, who, need, office, request, client):
    write(need, office, audience)
    client.force_login(request.getfixturevalue(who))

    shown = client.get(need.get_absolute_url(), follow=True).content.decode()
    timeline = [str(entry.data) + entry.action for entry in entries_for(need)]

    assert (MARK in shown) == (who in READS[audience])
    assert not any("comment" in line for line in timeline)


def test_a_co_submitter_reads_what_the_proposer_reads_and_a_joiner_nothing(
    need, office, other_nurse, client
):
    for audience in READS:
        write(need, office, audience)
    kinds = {ParticipantKind.CO_SUBMITTER: 1, ParticipantKind.JOINED: 0}
    for kind, count in kinds.items():
        Participant.objects.update_or_create(
            need=need, user=other_nurse, defaults={"kind": kind, "place": "ward"}
        )
        client.force_login(other_nurse)
        shown = client.get(need.get_absolute_url(), follow=True).content.decode()
        assert shown.count(MARK) == count


def test_an_office_person_does_not_read_what_is_said_of_her_own_need(hospital, office, client):
    own = NeedFactory(hospital=hospital, proposer=office, state=NeedState.SUBMITTED)
    Comment.objects.create(need=own, author=office, audience=CommentAudience.OFFICE, text=MARK)
    client.force_login(office)

    assert MARK not in client.get(own.get_absolute_url()).content.decode()


CAN_BE_NAMED = {
    "office": {"office"},
    "internal": {"office", "director", "head"},
    "proposer": {"office", "director", "head", "nurse"},
}


@pytest.mark.parametrize("audience", CAN_BE_NAMED)
def test_who_can_be_named(audience, need, office, director, head, nurse, other_office, request):
    named = {each.pk for each in comments.mentionable(need, audience)}

    expected = {request.getfixturevalue(name).pk for name in CAN_BE_NAMED[audience]}
    assert named == expected
    right = comments.READERS[CommentAudience(audience)]
    for person in (office, director, head, nurse, other_office):
        assert person.has_perm(right, need) == (person.pk in named)


def test_a_name_outside_the_circle_is_refused(need, office, nurse, other_office, client):
    for person in (nurse, other_office):
        with pytest.raises(PermissionDenied):
            write(need, office, "office", person)
    client.force_login(office)

    answer = client.post(page(need), {"text": MARK, "audience": "office", "mentions": [nurse.pk]})

    assert answer.status_code == 422
    assert f"{nurse.name}さんは、この範囲のコメントを読めません" in answer.content.decode()
    assert MARK in answer.content.decode()
    assert not Comment.objects.exists()


TOLD = {
    # audience, named → who gets a mail
    ("office", ()): set(),
    ("internal", ("head",)): {"head"},
    ("proposer", ()): {"nurse"},
    ("proposer", ("director",)): {"nurse", "director"},
}


@pytest.mark.parametrize(("audience", "named"), TOLD)
def test_who_gets_a_mail_and_what_it_says(audience, named, need, office, request):
    write(need, office, audience, *map(request.getfixturevalue, named))

    told = {message.recipient for message in Message.objects.all()}
    assert told == {request.getfixturevalue(name) for name in TOLD[audience, named]}
    assert not any(MARK in message.body + message.subject for message in Message.objects.all())


HEARD = {
    # who writes, where, who looks after the need → who gets a mail
    ("nurse", "proposer", None): {"office", "second", "other_nurse"},
    ("nurse", "proposer", "second"): {"second", "other_nurse"},
    ("nurse", "proposer", "other_office"): {"office", "second", "other_nurse"},
    ("other_nurse", "proposer", "office"): {"office", "nurse"},
    ("head", "proposer", "office"): {"office", "nurse", "other_nurse"},
    ("head", "internal", "office"): set(),
    ("office", "proposer", "second"): {"nurse", "other_nurse"},
}


@pytest.mark.parametrize(("who", "audience", "in_charge"), HEARD)
def test_a_word_to_the_office_is_heard(
    who, audience, in_charge, need, hospital, other_nurse, request
):
    people = {name: request.getfixturevalue(name) for name in EVERYBODY}
    people["second"] = MembershipFactory(role=Role.OFFICE, organisation=hospital).user
    Participant.objects.create(need=need, user=other_nurse, kind=ParticipantKind.CO_SUBMITTER)
    need.assignee = people.get(in_charge)
    need.save()

    write(need, people[who], audience)

    told = {message.recipient for message in Message.objects.all()}
    assert told == {people[name] for name in HEARD[who, audience, in_charge]}


def test_the_proposer_reads_that_the_office_is_told(need, nurse, office, client):
    for person, said in ((nurse, True), (office, False)):
        client.force_login(person)
        page = client.get(need.get_absolute_url()).content.decode()
        assert ("事務局と、提案者、連名者にメールで知らせます。" in page) == said


def test_nobody_writes_to_a_circle_that_she_is_not_in(need, nurse, client):
    with pytest.raises(PermissionDenied):
        write(need, nurse, "office")
    client.force_login(nurse)

    answer = client.post(page(need), {"text": MARK, "audience": "internal"})

    assert answer.status_code == 422


@pytest.mark.parametrize(("minutes", "gone"), [(14, True), (16, False)])
def test_it_is_taken_back_within_a_quarter_of_an_hour(
    minutes, gone, need, office, director, client
):
    comment = write(need, office, "internal", director)
    url = reverse("needs:comment_take_back", args=[need.public_id, comment.public_id])
    with pytest.raises(PermissionDenied):
        comments.take_back(comment, by=director)

    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        client.force_login(office)
        client.post(url)

    comment.refresh_from_db()
    assert (comment.text == "") == gone


@pytest.mark.parametrize("count", [1, 20])
def test_the_page_needs_a_fixed_number_of_queries(
    count, need, office, director, client, django_assert_max_num_queries
):
    for _each in range(count):
        write(need, office, "internal", director)
    client.force_login(office)
    client.get(need.get_absolute_url())

    with django_assert_max_num_queries(48):
        client.get(need.get_absolute_url())

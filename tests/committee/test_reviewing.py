"""A member's queue: saving while she types, going on, giving a case up and taking it back."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.queries import entries_for
from committee import queries
from committee.assignment import make_plan
from committee.enums import ConflictAnswer, RoundState
from committee.models import Case, Conflict, Review, Round
from committee.todo import cases_to_score, rounds_to_move
from contributions.models import Contribution
from needs.models import Need
from tests.factories.committee import CaseFactory, ConflictFactory, ReviewFactory

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def open_case(case, reviewer):
    """``reviewer`` has said that there is no conflict."""
    ConflictFactory(case=case, member=reviewer)
    return case


@pytest.fixture
def as_reviewer(client, reviewer):
    client.force_login(reviewer)
    return client


def at(name, case):
    return reverse(f"committee:{name}", args=[case.public_id])


def points(criteria, *values):
    return {f"score_{each.pk}": value for each, value in zip(criteria, values, strict=False)}


def send(client, case, **typed):
    """What the browser sends of itself."""
    return client.post(case.get_absolute_url(), {"go": "auto", **typed}, headers=JSON)


def drawn(client, case):
    """The hidden fields of the page as it is drawn now."""
    form = client.get(case.get_absolute_url()).context["form"]
    return {name: form[name].value() for name in ("version", "basis")}


def stored():
    """Points by criterion and both comments, as they are stored."""
    review = Review.objects.get()
    marks = dict(review.scores.values_list("criterion__label", "value"))
    return marks, review.note_to_committee, review.note_to_proposer


def lines(review):
    """(verb, marks) of the review's timeline."""
    return [
        (entry.action.rpartition(".")[2], entry.data.get("marks")) for entry in entries_for(review)
    ]


# Saving while she types ------------------------------------------------------------------------


def test_points_and_words_are_kept_as_they_come(as_reviewer, open_case, criteria):
    send(as_reviewer, open_case, **points(criteria, "4"))
    here = drawn(as_reviewer, open_case)
    answer = send(
        as_reviewer, open_case, **points(criteria, "4", "none"), **here, note_to_proposer="助言"
    )

    assert answer.status_code == 200
    assert answer.json()["message"].endswith("に保存しました")
    assert stored() == ({"必要性": 4, "効果": None}, "", "助言")


def test_a_page_goes_on_after_each_save(as_reviewer, open_case, criteria):
    here = drawn(as_reviewer, open_case)
    for value in ("1", "2", "3"):
        answer = send(as_reviewer, open_case, **here, **points(criteria, value))
        assert answer.status_code == 200
        here = {name: answer.json()[name] for name in ("version", "basis")}

    page = as_reviewer.post(
        open_case.get_absolute_url(), {**here, **points(criteria, "4", "4"), "go": "next"}
    )

    assert page.status_code == 302
    assert stored()[0] == {"必要性": 4, "効果": 4}


def test_only_a_button_hands_a_review_in(as_reviewer, open_case, reviewer, criteria):
    send(as_reviewer, open_case, **points(criteria, "4", "5"))
    before = (Review.objects.get().completed_at, queries.progress(open_case.round, reviewer).done)

    as_reviewer.post(open_case.get_absolute_url(), {**points(criteria, "4", "5"), "go": "next"})

    assert before == (None, 0)
    assert Review.objects.get().completed_at
    assert queries.progress(open_case.round, reviewer).done == 1


def test_nothing_is_read_of_others_before_it_is_handed_in(
    client, as_reviewer, open_case, other_reviewer, criteria
):
    Round.objects.update(shows_others=True)
    ConflictFactory(case=open_case, member=other_reviewer)
    ReviewFactory(
        case=open_case, reviewer=other_reviewer, values=[5, 5], note_to_committee="人の意見"
    )

    send(as_reviewer, open_case, **points(criteria, "4", "5"))
    before = as_reviewer.get(open_case.get_absolute_url()).content.decode()
    as_reviewer.post(open_case.get_absolute_url(), {**points(criteria, "4", "5"), "go": "stay"})
    after = as_reviewer.get(open_case.get_absolute_url()).content.decode()

    assert ("人の意見" in before, "人の意見" in after) == (False, True)


def test_each_new_mark_of_what_counts_is_on_record_and_drafts_are_not(
    as_reviewer, open_case, criteria
):
    send(as_reviewer, open_case, **points(criteria, "1", "2"))
    here = drawn(as_reviewer, open_case)
    as_reviewer.post(
        open_case.get_absolute_url(), {**points(criteria, "1", "2"), **here, "go": "stay"}
    )
    send(as_reviewer, open_case, **points(criteria, "1", "5"), **drawn(as_reviewer, open_case))
    send(
        as_reviewer,
        open_case,
        **points(criteria, "1", "5"),
        **drawn(as_reviewer, open_case),
        note_to_committee="ことば",
    )

    review = Review.objects.get()
    assert lines(review) == [("score", {"必要性": 1, "効果": 2}), ("score", {"効果": 5})]
    assert review.note_to_committee == "ことば"


@pytest.mark.parametrize("value", ["6", "0", "none", "x"])
def test_points_beyond_the_scale_are_refused_and_the_rest_is_kept(
    as_reviewer, open_case, criteria, value
):
    criteria[0].allows_na = False
    criteria[0].save()

    answer = send(as_reviewer, open_case, **points(criteria, value, "3")).json()
    page = as_reviewer.post(
        open_case.get_absolute_url(), {**points(criteria, value, "3"), "go": "next"}
    )

    assert answer["errors"]
    assert "「必要性」を選びなおしてください" in answer["message"]
    assert stored()[0] == {"効果": 3}
    assert page.status_code == 422


def test_a_larger_scale_is_offered_and_kept(as_reviewer, open_case, criteria):
    criteria[0].scale = 10
    criteria[0].save()

    send(as_reviewer, open_case, **points(criteria, "10"))

    assert stored()[0] == {"必要性": 10}


def test_words_beyond_the_limit_are_refused_and_nothing_is_cut(as_reviewer, open_case, criteria):
    answer = send(
        as_reviewer, open_case, **points(criteria, "2"), note_to_proposer="あ" * 2001
    ).json()

    assert "「提案者に伝わります」は2000字以内で" in answer["message"].replace(",", "")
    assert stored() == ({"必要性": 2}, "", "")


def test_two_pages_of_one_case_notice_each_other(as_reviewer, open_case, criteria):
    here = drawn(as_reviewer, open_case)
    send(as_reviewer, open_case, **here, **points(criteria, "5"), note_to_proposer="先の言葉")

    later = {**here, **points(criteria, "1"), "note_to_proposer": "後の言葉"}
    answer = send(as_reviewer, open_case, **later)
    page = as_reviewer.post(open_case.get_absolute_url(), later | {"go": "stay"})

    assert answer.status_code == 409
    assert answer.json() == {"message": "ほかの画面で変更されました。", "compare": True}
    said = page.content.decode()
    assert page.status_code == 409
    assert "先の言葉" in said
    assert "後の言葉" in said
    assert "data-autosave" not in said
    assert stored() == ({"必要性": 5}, "", "先の言葉")


def test_a_letter_that_arrives_twice_is_no_conflict(as_reviewer, open_case, criteria):
    typed = drawn(as_reviewer, open_case) | points(criteria, "3")

    answers = [send(as_reviewer, open_case, **typed) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["version"] == answers[1].json()["version"]


def _past_the_deadline(_case):
    Round.objects.update(deadline=timezone.now() - timedelta(seconds=1))


def _closed(_case):
    Round.objects.update(state=RoundState.DISCUSSING)


def _given_up(case):
    Review.objects.update(abstained_at=timezone.now(), abstain_reason="専門外です")


def _in_conflict(case):
    Conflict.objects.update(answer=ConflictAnswer.CONFLICT)


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (_past_the_deadline, "を過ぎました。いまの入力は保存していません"),
        (_closed, "採点は締め切られました。いまの入力は保存していません"),
        (_given_up, "審査は辞退しています。いまの入力は保存していません"),
        (_in_conflict, "いまは審査できません"),
    ],
)
def test_an_old_page_is_refused_with_a_reason_and_what_was_saved_stays(
    as_reviewer, open_case, criteria, happens, sentence
):
    send(as_reviewer, open_case, **points(criteria, "2"), note_to_committee="間に合った言葉")
    here = drawn(as_reviewer, open_case)
    happens(open_case)

    answer = send(as_reviewer, open_case, **here, **points(criteria, "5"), note_to_committee="遅い")

    assert answer.status_code == 409
    assert sentence in answer.json()["message"]
    assert not answer.json()["compare"]
    assert stored() == ({"必要性": 2}, "間に合った言葉", "")


@pytest.mark.parametrize("go", ["next", "stay", "later", "abstain"])
def test_every_button_of_a_late_page_keeps_what_was_typed_on_the_page(
    as_reviewer, open_case, criteria, go
):
    _past_the_deadline(open_case)

    page = as_reviewer.post(
        open_case.get_absolute_url(),
        {**points(criteria, "4", "4"), "note_to_proposer": "遅れた言葉", "go": go},
    )

    assert page.status_code == 422
    assert "いまの入力は保存していません" in page.content.decode()
    assert "遅れた言葉" in page.content.decode()
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("secretary", 403), ("nurse", 404), ("office", 409), ("stranger", 404)]
)
def test_only_a_scoring_member_autosaves(client, request, open_case, secretary, who, status):
    ConflictFactory(case=open_case, member=secretary)
    client.force_login(request.getfixturevalue(who))

    assert send(client, open_case, note_to_committee="x").status_code == status
    assert not Review.objects.exists()


def test_an_autosave_is_cheap(as_reviewer, open_case, criteria, django_assert_max_num_queries):
    send(as_reviewer, open_case, **points(criteria, "1"))

    with django_assert_max_num_queries(31):
        send(as_reviewer, open_case, **points(criteria, "2", "3"))


# The queue -------------------------------------------------------------------------------------


def test_later_keeps_what_was_typed_and_hands_nothing_in(
    as_reviewer, open_case, criteria, reviewer
):
    other = CaseFactory(round=open_case.round)

    page = as_reviewer.post(
        open_case.get_absolute_url(),
        {**points(criteria, "4", "4"), "note_to_committee": "途中", "go": "later"},
        follow=True,
    )

    assert page.redirect_chain[-1][0] == other.get_absolute_url()
    assert stored() == ({"必要性": 4, "効果": 4}, "途中", "")
    assert Review.objects.get().completed_at is None


def test_later_without_a_word_leaves_no_review(as_reviewer, open_case):
    as_reviewer.post(open_case.get_absolute_url(), {"go": "later"})

    assert not Review.objects.exists()


def test_the_queue_walks_her_own_order_and_ends_where_all_is_done(as_reviewer, round_, reviewer):
    cases = CaseFactory.create_batch(4, round=round_)
    mine = queries.in_personal_order(cases, reviewer)
    for case in cases:
        ConflictFactory(case=case, member=reviewer)
    ReviewFactory(case=mine[1], reviewer=reviewer)

    walked = []
    case = queries.next_case(round_, reviewer)
    while case:
        walked.append(case)
        ReviewFactory(case=case, reviewer=reviewer)
        case = queries.next_case(round_, reviewer, after=case)

    assert walked == [mine[0], mine[2], mine[3]]


def test_neighbours_are_her_cases_without_those_closed_to_her(round_, reviewer):
    cases = CaseFactory.create_batch(4, round=round_)
    first, conflicted, own, last = queries.in_personal_order(cases, reviewer)
    ConflictFactory(case=conflicted, member=reviewer, answer=ConflictAnswer.CONFLICT)
    own.need.proposer = reviewer
    own.need.save()

    assert queries.neighbours(round_, reviewer, first) == {"previous": None, "next": last}
    assert queries.neighbours(round_, reviewer, last) == {"previous": first, "next": None}
    assert queries.neighbours(round_, reviewer, own) == {"previous": None, "next": None}


def test_the_header_counts_and_says_until_when(as_reviewer, open_case, reviewer):
    ReviewFactory(case=CaseFactory(round=open_case.round), reviewer=reviewer)

    said = as_reviewer.get(open_case.get_absolute_url()).content.decode()

    assert "1 / 2件・締切" in said


@pytest.mark.parametrize(
    ("values", "mark"),
    [([4, 1], "2.00"), ([4, None], "4.00"), ([4], None), ([None, None], "–")],
)
def test_her_own_total_waits_for_the_last_answer(as_reviewer, open_case, reviewer, values, mark):
    ReviewFactory(case=open_case, reviewer=reviewer, values=values)

    said = as_reviewer.get(open_case.get_absolute_url()).content.decode()

    place = said[said.index('class="own-mark"') :]
    assert place.startswith('class="own-mark" hidden') == (mark in {None, "–"})
    if mark:
        assert f">{mark}</output>" in place


# Abstaining ------------------------------------------------------------------------------------


def abstain(client, case, reason="専門が違います"):
    return client.post(at("abstain", case), {"reason": reason}, follow=True)


def test_who_abstains_is_done_with_the_case_and_counts_nowhere(
    as_reviewer, open_case, reviewer, office, chair, criteria
):
    ReviewFactory(case=open_case, reviewer=reviewer, values=[5, 5])

    abstain(as_reviewer, open_case)

    case = Case.objects.for_pages().get()
    fresh = User.objects.get(pk=reviewer.pk)
    assert queries.progress(case.round, reviewer) == queries.Progress(done=0, total=0)
    assert dict(queries.progress_of_members(case.round, [case]))[reviewer].total == 0
    assert queries.counted_reviews([case])[case.pk] == []
    assert queries.next_case(case.round, reviewer) is None
    assert list(cases_to_score(fresh)) == []
    ReviewFactory(case=open_case, reviewer=chair)
    assert "採点を締め切る" in str(next(iter(rounds_to_move(office))).label)


def test_what_was_typed_stays_and_can_be_taken_up_again(as_reviewer, open_case, criteria):
    page = as_reviewer.post(
        open_case.get_absolute_url(),
        {**points(criteria, "4"), "note_to_committee": "考え中", "go": "abstain"},
    )
    assert page["Location"] == at("abstain", open_case)
    abstain(as_reviewer, open_case)
    closed = as_reviewer.get(open_case.get_absolute_url()).content.decode()

    as_reviewer.post(at("resume", open_case))
    again = as_reviewer.get(open_case.get_absolute_url()).content.decode()

    review = Review.objects.get()
    assert ("専門が違います" in closed, "辞退を取り消す" in closed) == (True, True)
    assert 'name="go"' not in closed
    assert "考え中" in again
    assert (review.abstained_at, review.abstain_reason) == (None, "")
    assert [verb for verb, _marks in lines(review)] == ["abstain", "resume"]
    assert stored() == ({"必要性": 4}, "考え中", "")


def test_the_ledger_follows_what_counts(as_reviewer, open_case, reviewer, criteria):
    def written():
        return Contribution.objects.filter(person=reviewer, kind="committee.scored").count()

    send(as_reviewer, open_case, **points(criteria, "4", "4"))
    counts = [written()]
    as_reviewer.post(open_case.get_absolute_url(), {**points(criteria, "4", "4"), "go": "next"})
    counts.append(written())
    abstain(as_reviewer, open_case)
    counts.append(written())
    as_reviewer.post(at("resume", open_case))
    counts.append(written())

    assert counts == [0, 1, 0, 1]


def test_who_abstained_leaves_a_place_for_somebody_else(
    as_reviewer, open_case, reviewer, chair, office
):
    Round.objects.update(reviewers_per_case=1)
    open_case.assignments.create(user=reviewer, by=office)
    abstain(as_reviewer, open_case)

    plan = make_plan(Round.objects.get())

    assert list(plan.pairs) == [(open_case.pk, chair.pk)]


def test_abstaining_asks_for_a_reason(as_reviewer, open_case):
    page = abstain(as_reviewer, open_case, reason=" ")

    assert page.status_code == 422
    assert "「辞退の理由」を入力してください" in page.content.decode()
    assert not Review.objects.exists()


@pytest.mark.parametrize("happens", [_past_the_deadline, _closed])
def test_after_the_end_nobody_abstains_or_comes_back(as_reviewer, open_case, reviewer, happens):
    happens(open_case)

    page = abstain(as_reviewer, open_case, reason="遅れた理由")
    ReviewFactory(case=open_case, reviewer=reviewer, abstained_at=timezone.now())
    back = as_reviewer.post(at("resume", open_case), follow=True)

    assert page.status_code == 422
    assert "もう辞退できません" in page.content.decode()
    assert "遅れた理由" in page.content.decode()
    assert "すでに状況が変わっています" in back.content.decode()
    assert Review.objects.get().abstained_at


READERS = {
    # who → whether she reads the reason on the round's page and on the case's page
    "office": (True, True),
    "chair": (True, True),
    "other_reviewer": (False, False),
}


@pytest.mark.parametrize("who", READERS)
def test_office_and_chair_read_the_reason(
    client, request, open_case, reviewer, chair, other_reviewer, who
):
    for person in (chair, other_reviewer):
        ConflictFactory(case=open_case, member=person)
        ReviewFactory(case=open_case, reviewer=person)
    ReviewFactory(
        case=open_case,
        reviewer=reviewer,
        abstained_at=timezone.now(),
        abstain_reason="ひみつの理由",
    )
    Round.objects.update(state=RoundState.DISCUSSING, shows_others=True)
    client.force_login(request.getfixturevalue(who))

    said = [
        client.get(url).content.decode()
        for url in (open_case.round.get_absolute_url(), at("decision", open_case))
    ]

    assert tuple("ひみつの理由" in page for page in said) == READERS[who]


@pytest.mark.parametrize("answer", [ConflictAnswer.CONFLICT, None])
def test_a_chair_outside_the_case_does_not_read_why_another_left_it(
    client, open_case, reviewer, chair, answer
):
    if answer:
        ConflictFactory(case=open_case, member=chair, answer=answer)
    ReviewFactory(
        case=open_case, reviewer=reviewer, abstained_at=timezone.now(), abstain_reason="ひみつ"
    )
    client.force_login(chair)

    assert "ひみつ" not in client.get(open_case.round.get_absolute_url()).content.decode()


def test_the_list_says_what_she_began_and_what_she_gave_up(as_reviewer, round_, reviewer):
    begun, given_up = CaseFactory.create_batch(2, round=round_)
    ReviewFactory(case=begun, reviewer=reviewer, completed_at=None)
    ReviewFactory(case=given_up, reviewer=reviewer, abstained_at=timezone.now())

    said = as_reviewer.get(round_.get_absolute_url()).content.decode()

    assert ("途中" in said, "辞退した" in said) == (True, True)


@pytest.mark.parametrize("name", ["abstain", "resume"])
@pytest.mark.parametrize(
    ("who", "status"), [("secretary", 403), ("chair", 403), ("office", 403), ("nurse", 404)]
)
def test_only_who_scores_and_reads_the_case_gives_it_up(
    client, request, open_case, secretary, chair, name, who, status
):
    ConflictFactory(case=open_case, member=secretary)
    client.force_login(request.getfixturevalue(who))

    assert client.post(at(name, open_case), {"reason": "x"}).status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_needs_a_fixed_number_of_queries(
    as_reviewer, open_case, reviewer, count, django_assert_num_queries
):
    CaseFactory.create_batch(count, round=open_case.round)

    ContentType.objects.get_for_model(Need)  # the photos', remembered by the process

    with django_assert_num_queries(25):
        as_reviewer.get(open_case.get_absolute_url())

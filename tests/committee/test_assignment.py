"""Assignments: who is expected to score, the plan and its keeping, one case by hand."""

import pytest
from django.urls import reverse

from committee import assignment
from committee.enums import ConflictAnswer, RoundState, Seat
from committee.models import Assignment, Case, Conflict, Member, Round
from committee.queries import cases_waiting_for_scores, progress, scorers
from committee.readiness import not_ready_to_open
from core.workflow import WrongStateError
from notifications.models import Message
from tests.factories.committee import CaseFactory, ConflictFactory, ReviewFactory
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_two(round_, other_reviewer):
    """Four cases in ``round_``, each for two of its three scoring members."""
    Round.objects.update(reviewers_per_case=2)
    round_.refresh_from_db()
    CaseFactory.create_batch(4, round=round_)
    return round_


def give(case, *people, by):
    Assignment.objects.bulk_create(Assignment(case=case, user=each, by=by) for each in people)


def test_only_who_was_given_a_case_is_expected_to_score_it(by_two, chair, reviewer, office):
    first, second, *_rest = by_two.cases.order_by("pk")
    give(first, reviewer, by=office)
    give(second, reviewer, chair, by=office)
    ConflictFactory(case=first, member=reviewer)
    ConflictFactory(case=first, member=chair)

    may = {
        person: Case.objects.for_pages().get(pk=first.pk)
        for person in (reviewer, chair)
        if person.has_perm("committee.review_case", Case.objects.for_pages().get(pk=first.pk))
    }

    assert list(may) == [reviewer]
    assert [progress(by_two, each).total for each in (chair, reviewer)] == [1, 2]
    assert set(scorers(by_two)) == {chair, reviewer}
    assert set(cases_waiting_for_scores()) == {first, second}


def test_who_may_read_reads_also_what_others_score(by_two, chair, reviewer, office):
    case = by_two.cases.order_by("pk").first()
    give(case, reviewer, by=office)
    ConflictFactory(case=case, member=chair)

    assert chair.has_perm("committee.read_case", Case.objects.for_pages().get(pk=case.pk))


def test_scoring_does_not_begin_while_a_case_has_nobody(by_two, office, chair, reviewer):
    Round.objects.update(state=RoundState.PLANNED)
    first, *rest = by_two.cases.order_by("order", "pk")
    for case in rest:
        give(case, chair, reviewer, by=office)
        case.need.state = "screening"
        case.need.save()
    first.need.state = "screening"
    first.need.save()

    (reason,) = not_ready_to_open(Round.objects.get())

    assert first.number in reason


def test_the_plan_respects_conflicts_own_needs_and_caps(by_two, chair, reviewer, other_reviewer):
    own, doubted, *_rest = by_two.cases.order_by("pk")
    own.need.proposer = chair
    own.need.save()
    Conflict.objects.create(case=doubted, member=reviewer, answer=ConflictAnswer.UNSURE)
    Member.objects.filter(user=other_reviewer).update(load_cap=3)

    plan = assignment.make_plan(by_two)

    assert len(plan.pairs) == 8
    assert plan.gaps == {}
    assert (own.pk, chair.pk) not in plan.pairs
    assert (doubted.pk, reviewer.pk) not in plan.pairs
    assert sum(who == other_reviewer.pk for _case, who in plan.pairs) <= 3


def test_a_plan_is_kept_once_and_tells_the_new_reviewers(by_two, office, chair, reviewer):
    pairs = assignment.make_plan(by_two).pairs

    added = [assignment.keep_plan(by_two, pairs, by=office) for _again in range(2)]

    assert added == [len(pairs), 0]
    assert set(assignment.given_pairs(by_two)) == set(pairs)
    told = Message.objects.filter(kind="committee.cases_assigned").values_list("recipient")
    assert {pk for (pk,) in told} == {person for _case, person in pairs}


CHANGED = {
    "a conflict was declared": lambda case, who: Conflict.objects.create(
        case=case, member=who, answer=ConflictAnswer.CONFLICT
    ),
    "the member left": lambda _case, who: Member.objects.filter(user=who).delete(),
    "the case was taken off": lambda case, _who: case.delete(),
    "her seat changed to secretary": lambda _case, who: Member.objects.filter(user=who).update(
        seat=Seat.SECRETARY
    ),
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_a_plan_that_no_longer_holds_changes_nothing(by_two, office, reviewer, change):
    pairs = assignment.make_plan(by_two).pairs
    case = next(pk for pk, who in pairs if who == reviewer.pk)
    change(Case.objects.get(pk=case), reviewer)

    with pytest.raises(assignment.PlanChangedError):
        assignment.keep_plan(by_two, pairs, by=office)

    assert not Assignment.objects.exists()


def test_after_scoring_nobody_is_assigned(by_two, office):
    pairs = assignment.make_plan(by_two).pairs
    Round.objects.update(state=RoundState.DISCUSSING)

    with pytest.raises(WrongStateError):
        assignment.keep_plan(by_two, pairs, by=office)


def test_a_second_plan_fills_only_the_gap(by_two, office, chair, reviewer, other_reviewer):
    assignment.keep_plan(by_two, assignment.make_plan(by_two).pairs, by=office)
    before = assignment.given_pairs(by_two)
    new = CaseFactory(round=by_two)

    plan = assignment.make_plan(by_two)

    assert {case for case, _who in plan.pairs} == {new.pk}
    assert len(plan.pairs) == 2
    assert not set(plan.pairs) & before


def test_by_hand_who_has_scored_stays(by_two, office, chair, reviewer, other_reviewer):
    case = by_two.cases.order_by("pk").first()
    give(case, chair, reviewer, by=office)
    ReviewFactory(case=case, reviewer=chair)

    assignment.assign(case, [other_reviewer], by=office)

    assert set(case.assignments.values_list("user", flat=True)) == {chair.pk, other_reviewer.pk}


def test_the_pages_from_plan_to_case(client, by_two, office, reviewer):
    client.force_login(office)
    page = client.get(reverse("committee:assignment_plan", args=[by_two.public_id]))
    kept = client.post(
        reverse("committee:assignment_plan", args=[by_two.public_id]),
        {"pairs": page.context["pairs"]},
    )
    listed = client.get(kept.url).content.decode()
    case = by_two.cases.order_by("pk").first()
    one = client.post(reverse("committee:assign", args=[case.public_id]), {"people": [reviewer.pk]})

    assert reviewer.name in listed
    assert one.status_code == 302
    assert [each.user for each in case.assignments.all()] == [reviewer]


@pytest.mark.parametrize("pairs", ["1", "1:2:3", "a:b", "1:-"])
def test_rubbish_instead_of_pairs_is_refused(client, by_two, office, pairs):
    client.force_login(office)

    answer = client.post(
        reverse("committee:assignment_plan", args=[by_two.public_id]), {"pairs": pairs}
    )

    assert answer.status_code == 400
    assert not Assignment.objects.exists()


def test_the_chair_does_not_touch_a_case_in_which_she_has_a_conflict(client, by_two, chair):
    case = by_two.cases.order_by("pk").first()
    Conflict.objects.create(case=case, member=chair, answer=ConflictAnswer.CONFLICT)
    client.force_login(chair)

    page = client.get(reverse("committee:assignments", args=[by_two.public_id]))
    one = client.get(reverse("committee:assign", args=[case.public_id]))

    assert page.content.decode().count("変える") == by_two.cases.count() - 1
    assert one.status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_table_needs_a_fixed_number_of_queries(
    client, round_, office, count, django_assert_num_queries
):
    Round.objects.update(reviewers_per_case=2)
    for case in CaseFactory.create_batch(count, round=round_):
        give(case, office, by=office)
    client.force_login(office)

    with django_assert_num_queries(17):
        client.get(reverse("committee:assignments", args=[round_.public_id]))


@pytest.mark.django_db(transaction=True)
def test_two_people_keep_the_same_plan_at_once(by_two, office, chair):
    pairs = assignment.make_plan(by_two).pairs

    def keep():
        return assignment.keep_plan(Round.objects.get(), pairs, by=office)

    assert sorted(together(keep, keep)) == [0, len(pairs)]

    assert len(assignment.given_pairs(by_two)) == Assignment.objects.count() == len(pairs)

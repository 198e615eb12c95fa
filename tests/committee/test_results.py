"""The table of results: its figures, its lines, its file, cases side by side, other weights."""

import csv
import io
import statistics

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from audit.queries import entries_for
from committee import actions, queries, results, scoring
from committee.enums import ConflictAnswer, Outcome, RoundState
from committee.models import Case, CaseResult, Conflict, Review, Round, Score
from core.exporting import BOM
from needs.models import Need
from taxonomy.models import Term
from tests.committee.conftest import SECRET_TITLE
from tests.factories.committee import (
    CaseFactory,
    ConflictFactory,
    DecisionFactory,
    ReviewFactory,
)
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db
MARKS = st.lists(st.integers(1, 5), min_size=1, max_size=9)


def address(name, round_, **more):
    return reverse(f"committee:{name}", kwargs={"public_id": round_.public_id, **more})


def scored(case, marks):
    """``case`` with the marks of its members: {person: (必要性, 効果)}."""
    for person, values in marks.items():
        ConflictFactory(case=case, member=person)
        ReviewFactory(case=case, reviewer=person, values=values)
    return case


# The figures -----------------------------------------------------------------------------------


@given(MARKS)
def test_spread_and_median_are_those_of_the_statistics_module(values):
    found = scoring.summarise(values)

    assert found.median == statistics.median(values)
    assert float(found.mean) == pytest.approx(statistics.fmean(values))
    if len(values) == 1:
        assert found.spread is None
    else:
        assert found.spread == pytest.approx(statistics.stdev(values))
        assert found.spread == pytest.approx(np.std(values, ddof=1))


@pytest.mark.parametrize(
    ("values", "is_split"),
    [
        ([3, 4, 5], True),  # exactly one point
        ([1, 5], False),  # two members are too few to speak of
        ([4, 4, 5], False),
        ([1, 1, 5, 5], True),
        ([3], False),
    ],
)
def test_members_disagree_from_a_standard_deviation_of_one_point(values, is_split):
    assert scoring.summarise(values).is_split is is_split


def places_by_hand(values):
    """The mean of all places that a value could take among its equals."""
    return [
        sum(other < value for other in values) + (sum(other == value for other in values) + 1) / 2
        for value in values
    ]


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 4)), min_size=2, max_size=20))
def test_rank_correlation_is_that_of_numpy_on_ranks(pairs):
    found = scoring.rank_correlation(pairs)

    first, second = (places_by_hand([pair[at] for pair in pairs]) for at in (0, 1))
    if len(set(first)) == 1 or len(set(second)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(np.corrcoef(first, second)[0, 1])


# What is stored --------------------------------------------------------------------------------


def figures_by_hand(case):
    """n, mean, median, spread from the rows of the tables, with plain loops."""
    own = {case.need.proposer_id, *case.need.participants.values_list("user", flat=True)}
    free = set(Conflict.objects.filter(case=case, answer="none").values_list("member", flat=True))
    marks = []
    for review in Review.objects.filter(case=case, completed_at__isnull=False):
        if review.reviewer_id in own or review.reviewer_id not in free or review.abstained_at:
            continue
        rows = [
            (score.criterion.weight, score.value)
            for score in Score.objects.filter(review=review, value__isnull=False)
        ]
        if rows:
            marks.append(sum(w * v for w, v in rows) / sum(w for w, _v in rows))
    return {
        "n": len(marks),
        "mean": statistics.fmean(marks) if marks else None,
        "median": statistics.median(marks) if marks else None,
        "spread": statistics.stdev(marks) if len(marks) > 1 else None,
    }


STEPS = st.lists(
    st.tuples(
        st.integers(0, 1),  # which case
        st.integers(0, 1),  # which member
        st.sampled_from(["none", "conflict", "unsure", "score", "join"]),
        st.integers(1, 5),
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_what_is_stored_is_what_the_rows_say(
    steps, client, round_, criteria, chair, reviewer, django_capture_on_commit_callbacks
):
    with transaction.atomic():
        cases = CaseFactory.create_batch(2, round=round_)
        for which, who, step, mark in steps:
            case, member = cases[which], [chair, reviewer][who]
            client.force_login(member)
            with django_capture_on_commit_callbacks(execute=True):
                if step == "score":
                    marks = {f"score_{each.pk}": str(mark) for each in criteria}
                    client.post(case.get_absolute_url(), {**marks, "then": "stay"})
                elif step == "join":
                    case.need.participants.get_or_create(
                        user=member, defaults={"kind": "joined", "added_by": member}
                    )
                else:
                    actions.answer_conflict(
                        Case.objects.get(pk=case.pk), by=member, answer=step, note="親族"
                    )
        for result in CaseResult.objects.all():
            fresh = results.computed(round_, only=[result.case_id])[0]
            assert {name: getattr(result, name) for name in results.FIGURES} == {
                name: getattr(fresh, name) for name in results.FIGURES
            }
            for name, value in figures_by_hand(result.case).items():
                assert getattr(result, name) == pytest.approx(value)
            assert result.case.mean == result.mean
        transaction.set_rollback(True)


def test_the_adjusted_score_comes_with_the_end_of_scoring_and_goes_with_its_return(
    round_, chair, reviewer, other_reviewer, office
):
    strict = scored(CaseFactory(round=round_), {chair: [2, 2], reviewer: [4, 4]})
    lucky = scored(CaseFactory(round=round_), {reviewer: [4, 4], other_reviewer: [4, 4]})
    assert not CaseResult.objects.filter(adjusted__isnull=False).exists()

    actions.close_scoring(round_, by=office)
    strict.result.refresh_from_db()
    lucky.result.refresh_from_db()
    # The chair gives two points less than the reviewer: her case rises to that of the others.
    assert (strict.result.mean, lucky.result.mean) == (3, 4)
    assert strict.result.adjusted == pytest.approx(lucky.result.adjusted)

    # A conflict that is declared in the meeting takes the strict score out for everybody.
    actions.answer_conflict(
        Case.objects.get(pk=strict.pk), by=chair, answer=ConflictAnswer.CONFLICT, note="親族"
    )
    strict.result.refresh_from_db()
    assert (strict.result.n, strict.result.mean) == (1, 4)

    later = round_.deadline.replace(year=round_.deadline.year + 1)
    actions.reopen_scoring(round_, by=office, reason="欠席", deadline=later)
    assert not CaseResult.objects.filter(adjusted__isnull=False).exists()


def test_rebuilding_repairs_what_is_wrong(case, reviewer):
    scored(case, {reviewer: [5, 2]})
    CaseResult.objects.update(mean=1, n=9, marks=[1], points={})
    Case.objects.update(mean=1)

    call_command("rebuild_results", verbosity=0)

    assert CaseResult.objects.values_list("n", "mean", "marks").get() == (1, 3, [3])
    assert list(CaseResult.objects.get().points.values()) == [[5], [2]]
    assert Case.objects.get(pk=case.pk).mean == 3


def test_the_pictures_show_the_marks_that_count_and_no_names(
    client, round_, case, criteria, chair, reviewer, office
):
    """必要性 weighs 1, 効果 weighs 2; the need is in no category that 効果 is asked about."""
    criteria[1].categories.add(Term.objects.of("need_category").last())
    scored(case, {chair: [5, 1], reviewer: [3, 1]})
    client.force_login(office)

    page = client.get(address("results", round_))

    [line] = page.context["lines"]
    assert (line.figures.marks, line.figures.points) == ([3, 5], {str(criteria[0].pk): [3, 5]})
    assert 'aria-label="必要性: 3.00、5.00"' in page.content.decode()
    assert 'data-label="効果">–</td>' in page.content.decode()


def test_words_in_the_table_are_only_words(client, round_, case, criteria, chair, office):
    Need.objects.update(title="<b>'\"&")
    scored(case, {chair: [5, 1]})
    criteria[0].label = '<i>"'
    criteria[0].save()
    client.force_login(office)

    page = client.get(address("results", round_)).content.decode()

    assert "&lt;b&gt;&#x27;&quot;&amp;" in page
    assert 'data-label="&lt;i&gt;&quot;"' in page
    assert "<b>" not in page
    assert "<i>" not in page


# Which lines -----------------------------------------------------------------------------------


@pytest.fixture
def mixed(round_, case, chair, reviewer, other_reviewer, secretary, office):
    """Six cases: the own one of ``reviewer``, a conflict, a doubt, no answer, no score, a free one."""
    own = CaseFactory(
        round=round_,
        need=NeedFactory(
            hospital=round_.committee.hospital,
            proposer=reviewer,
            state="in_review",
        ),
    )
    others = CaseFactory.create_batch(4, round=round_)
    for each in [case, own, *others]:
        scored(each, {chair: [5, 5], other_reviewer: [2, 3]})
        ConflictFactory(case=each, member=secretary)
    ConflictFactory(case=case, member=reviewer, answer=ConflictAnswer.CONFLICT)
    ConflictFactory(case=others[0], member=reviewer, answer=ConflictAnswer.UNSURE)
    ConflictFactory(case=others[1], member=reviewer)
    scored(others[2], {reviewer: [1, 1]})
    return round_


@pytest.mark.parametrize("state", [RoundState.REVIEWING, RoundState.DISCUSSING])
@pytest.mark.parametrize("who", ["office", "chair", "reviewer", "secretary"])
def test_the_lines_are_those_that_the_rules_allow(request, mixed, who, state):
    Round.objects.update(state=state, shows_others=True)
    mixed.refresh_from_db()
    user = request.getfixturevalue(who)

    found = set(Case.objects.filter(round=mixed).with_scores_for(user, mixed))

    cases = Case.objects.for_pages()
    assert found == {each for each in cases if user.has_perm("committee.see_scores_case", each)}
    assert all(user.has_perm("committee.name_case", each) for each in cases if each in found)
    assert set(Review.objects.counted()) == {
        review for rows in queries.counted_reviews(cases).values() for review in rows
    }


def test_a_closed_case_leaves_no_gap_and_no_trace(client, mixed, case, chair, reviewer):
    """The closed case has the highest mean; the reader's ranks begin with 1 all the same."""
    Round.objects.update(state=RoundState.DISCUSSING, shows_others=True)
    Score.objects.filter(review__case=case).update(value=5)
    results.refresh(case)
    client.force_login(reviewer)

    page = client.get(address("results", mixed))

    assert [line.rank for line in page.context["lines"]] == [1, 2]
    assert page.context["closed_total"] == 4
    said = [
        page,
        client.get(address("results_file", mixed, kind="csv")),
        client.get(address("what_if", mixed)),
        client.get(address("looking_back", mixed)),
        client.get(address("compare", mixed), {"case": [case.public_id]}, follow=True),
    ]
    assert all(SECRET_TITLE not in each.content.decode() for each in said)
    assert case.number not in said[1].content.decode() + said[2].content.decode()


def test_equal_means_share_a_rank(client, round_, office, chair):
    for values in ([5, 2], [1, 4], [5, 5]):
        scored(CaseFactory(round=round_), {chair: values})
    client.force_login(office)

    lines = client.get(address("results", round_)).context["lines"]

    assert [(line.rank, line.figures.mean) for line in lines] == [(1, 5), (2, 3), (2, 3)]


# Sort, narrow, take out ------------------------------------------------------------------------


@pytest.fixture
def three(round_, office, client, chair, reviewer, other_reviewer):
    """A case that divides the members, one that pleases them, one that few have scored."""
    Round.objects.update(state=RoundState.DISCUSSING)
    people = [chair, reviewer, other_reviewer]
    split, fine, few = CaseFactory.create_batch(3, round=round_)
    scored(split, dict(zip(people, ([1, 1], [5, 5], [3, 3]), strict=True)))
    scored(fine, {person: [4, 4] for person in people})
    scored(few, {chair: [2, 2]})
    DecisionFactory(case=fine, outcome=Outcome.ACCEPTED)
    client.force_login(office)
    return split, fine, few


@pytest.mark.parametrize(
    ("query", "order", "sorted_by"),
    [
        ("", "fine split few", ("mean", "descending")),
        ("sort=mean", "few split fine", ("mean", "ascending")),
        ("sort=-spread", "split fine few", ("spread", "descending")),
        ("sort=n", "few split fine", ("n", "ascending")),
        ("sort=order", "split fine few", ("order", "ascending")),
        ("sort=nonsense", "fine split few", ("mean", "descending")),
        ("marks=split", "split", ("mean", "descending")),
        ("marks=few", "few", ("mean", "descending")),
        ("decision=accepted", "fine", ("mean", "descending")),
        ("decision=none", "split few", ("mean", "descending")),
    ],
)
def test_sorting_and_narrowing_live_in_the_address(client, round_, three, query, order, sorted_by):
    names = dict(zip(three, ["split", "fine", "few"], strict=True))

    page = client.get(f"{address('results', round_)}?{query}")

    assert " ".join(names[line.case] for line in page.context["lines"]) == order
    heads = page.context["heads"]
    assert [(slug, head.direction) for slug, head in heads.items() if head.direction] == [sorted_by]
    assert page.content.decode().count("aria-sort") == 1


def test_the_file_has_the_lines_of_the_page_and_nothing_to_run(client, round_, three, office):
    split, _fine, _few = three
    split.need.title = "=HYPERLINK(1)"
    split.need.save()
    query = "?marks=split&sort=-spread"

    text = client.get(address("results_file", round_, kind="csv") + query)
    book = client.get(address("results_file", round_, kind="xlsx") + query)

    heads, row = csv.reader(io.StringIO(text.content.decode().removeprefix(BOM)))
    assert dict(zip(heads, row, strict=True)) == {
        "順位": "2",
        "受付番号": split.number,
        "件名": "'=HYPERLINK(1)",
        "平均": "3.0",
        "調整後": "",
        "中央値": "3.0",
        "ばらつき": "2.0",
        "最小": "1.0",
        "最大": "5.0",
        "人数": "3",
        "注意": "評価が割れた",
        "決定": "",
        "必要性": "3.0",
        "効果": "3.0",
    } | {"調整後": row[heads.index("調整後")]}
    cells = list(load_workbook(io.BytesIO(book.content)).active.values)
    assert cells[1][:4] == (2, split.number, "'=HYPERLINK(1)", 3)
    taken = [each.data for each in entries_for(round_) if each.action.endswith("export_results")]
    assert [(each["kind"], each["rows"]) for each in taken] == [("csv", 1), ("xlsx", 1)]


@pytest.mark.parametrize("sort", ["", "&sort=mean", "&sort=-spread", "&marks=few"])
def test_every_case_is_on_exactly_one_page(client, round_, office, chair, sort):
    """Sixty cases, of which every third has a mark."""
    cases = CaseFactory.create_batch(60, round=round_)
    for number, case in enumerate(cases[::3]):
        scored(case, {chair: [number % 5 + 1, 3]})
    client.force_login(office)

    pages = [client.get(f"{address('results', round_)}?page={at}{sort}") for at in (1, 2, 3)]

    assert [len(page.context["lines"]) for page in pages] == [25, 25, 10]
    lines = [line for page in pages for line in page.context["lines"]]
    assert {line.case for line in lines} == set(cases)
    means = [line.figures.mean for line in lines if line.figures]
    ranks = [line.rank for line in lines if line.figures]
    assert ranks == [1 + sum(other > mean for other in means) for mean in means]
    assert client.get(f"{address('results', round_)}?page=99{sort}").context["page_obj"].number == 3


@pytest.mark.parametrize("chosen", [1, 2, 3, 4])
def test_two_or_three_cases_side_by_side(client, round_, three, chosen):
    extra = CaseFactory(round=round_)
    ticked = [each.public_id for each in [*three, extra][:chosen]]

    page = client.get(address("compare", round_), {"case": ticked}, follow=True)

    if chosen in {2, 3}:
        assert [each["case"] for each in page.context["pairs"]] == list(three[:chosen])
        assert [each["line"].case for each in page.context["pairs"]] == list(three[:chosen])
    else:
        assert "くらべる案件を2つか3つ選んでください" in page.content.decode()


# Other weights ---------------------------------------------------------------------------------


def test_other_weights_are_a_trial_and_change_nothing(client, round_, office, criteria, chair):
    """必要性 weighs 1, 効果 weighs 2. With 必要性 alone the other case is first."""
    needed = scored(CaseFactory(round=round_), {chair: [5, 2]})
    useful = scored(CaseFactory(round=round_), {chair: [2, 5]})
    before = [list(model.objects.order_by("pk").values()) for model in (CaseResult, Score, Round)]
    client.force_login(office)
    url = address("what_if", round_)

    as_recorded = client.get(url)
    page = client.get(url, {f"w{criteria[0].pk}": 10, f"w{criteria[1].pk}": 0})

    assert [line.case for line in as_recorded.context["page_obj"]] == [useful, needed]
    assert [(line.case, line.before, line.rank) for line in page.context["page_obj"]] == [
        (needed, 2, 1),
        (useful, 1, 2),
    ]
    said = page.content.decode()
    assert "試算" in said
    assert "↑1" in said
    assert "↓1" in said
    after = [list(model.objects.order_by("pk").values()) for model in (CaseResult, Score, Round)]
    assert before == after


@pytest.mark.parametrize("weights", [("0", "0"), ("11", "1"), ("x", "1"), ("-1", "1")])
def test_weights_that_cannot_be(client, round_, office, criteria, weights):
    client.force_login(office)
    query = {f"w{each.pk}": weight for each, weight in zip(criteria, weights, strict=True)}

    assert client.get(address("what_if", round_), query).status_code == 422


@pytest.mark.parametrize("name", ["what_if", "compare", "results_file", "looking_back", "year"])
def test_a_longer_round_needs_no_more_queries(client, round_, criteria, office, chair, name):
    def ask():
        more = {"kind": "csv"} if name == "results_file" else {}
        url = reverse("committee:year") if name == "year" else address(name, round_, **more)
        with CaptureQueriesContext(connection) as captured:
            client.get(url, {"case": [each.public_id for each in Case.objects.all()]})
        return len(captured)

    client.force_login(office)
    Round.objects.update(state=RoundState.RELEASED, released_at=timezone.now())
    criteria[1].categories.add(Term.objects.of("need_category").last())
    for each in CaseFactory.create_batch(2, round=round_):
        scored(each, {chair: [4, 2]})
    ask()  # the timeline's content type is remembered by the process
    with_two = ask()
    scored(CaseFactory(round=round_), {chair: [4, 2]})

    assert ask() == with_two

"""A full round from the first seat to the award: is all of it counted right, does anything leak?

What somebody in a hospital learns here. Sixty needs are judged by nine members on six criteria
(two of them with a scale and a weight of their own, one shown and not counted, one for some needs
only, one with 「判断できない」), the way they would do it: on the real pages. Five of them fall out
of a case: the chair (her deputy takes over), one who notices it while reading, one whom the chair
takes out, one whose own need it is, one who does not know.

1. Every figure of the table and of the Excel file is computed once more from what was written down
   on paper, with plain fractions.
2. Every text carries a mark. Eleven people open everything they can, at each stage, in an open and
   in a blind round, and no mark turns up before somebody who must not meet it
   (``who_reads.py`` says who may), while those that belong there do.
3. What goes wrong is refused in words, and nothing is lost. The tests stand where the rule does:

| what happens | test |
|---|---|
| two members save at once | tests/test_races.py::test_two_members_who_score_at_once_disturb_nobody |
| … and both are counted | tests/test_races.py::test_of_two_members_at_once_the_result_counts_both |
| one member in two tabs that save themselves | tests/test_races.py::test_of_two_tabs_that_save_themselves_the_later_hears_of_the_other |
| one member in two tabs, with the button | tests/committee/test_views.py::test_second_tab_sees_both_texts |
| scoring after the deadline on an old page | tests/committee/test_reviewing.py::test_every_button_of_a_late_page_keeps_what_was_typed_on_the_page |
| … while it saves itself | tests/committee/test_reviewing.py::test_an_old_page_is_refused_with_a_reason_and_what_was_saved_stays |
| a score at the moment of the end | tests/test_races.py::test_a_score_is_saved_before_the_end_or_refused_after_it |
| a member is removed while she writes | tests/committee/test_conflicts.py::test_an_open_page_answers_clearly_when_the_seat_has_ended |
| the quorum is lost before the decision | tests/committee/test_meetings.py::test_a_decision_that_cannot_be_is_refused_with_all_that_was_typed |
| … before a vote | tests/committee/test_discussion.py::test_a_vote_that_cannot_be_opened_says_why |
| an award beyond its quota | tests/committee/test_honours.py::test_an_award_beyond_its_quota_is_refused_in_words |
| … at the same moment | tests/committee/test_honours.py::test_who_comes_second_to_the_last_award_keeps_her_words_on_the_page |
"""

import io
import logging
import re
import statistics
from collections import defaultdict
from email.header import decode_header, make_header
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from django.db import transaction
from django.urls import reverse
from openpyxl import load_workbook

from committee.enums import RoundState
from committee.models import Letter, Round
from notifications.models import Message
from tests.committee.full_round import play
from tests.committee.reading import read_as, said
from tests.committee.sixty import (
    ABSTAINED,
    ACCEPTED,
    CASES,
    CRITERIA,
    HALF,
    OUT,
    OWN,
    PEOPLE,
    SAMPLE,
    SCORERS,
    SOME,
    UNANSWERED,
    has_category,
    marks_in,
    points,
)
from tests.committee.who_reads import Look, belongs, may_meet

# One worker: the round is played once for all of them.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.xdist_group("full round"),
]
ROOT = Path(__file__).parents[2]
# Who stands apart from the others in a way of her own.
APART = ["chair", "doctor", "seated office", "secretary", "office"]
LOOKS = [
    Look(str(state), is_blind, who)
    for state, is_blind, people in (
        (RoundState.REVIEWING, False, PEOPLE),
        (RoundState.REVIEWING, True, APART),
        (RoundState.DISCUSSING, False, PEOPLE),
        (RoundState.DISCUSSING, True, PEOPLE),
        (RoundState.DECIDED, False, ["chair", "doctor", "seated office"]),
        (RoundState.DECIDED, True, [*APART, "deputy", "nurse", "pharmacist"]),
        (RoundState.RELEASED, True, ["chair", "nurse", "seated office", "office"]),
    )
    for who in people
]


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    """The story, told once and undone at the end; in ``seen`` what each look came across."""
    logging.disable()
    with django_db_blocker.unblock(), transaction.atomic():
        seen = {}

        def look_around(story, state):
            for is_blind in (False, True):  # the round itself is blind
                Round.objects.update(is_blind=is_blind)
                for look in LOOKS:
                    if (look.state, look.is_blind) == (state, is_blind):
                        seen[look] = read_as(story, look.who, state)

        story = play(station=look_around)
        story.seen = seen
        yield story
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


# 1. The figures --------------------------------------------------------------------------------


def criteria_of(case):
    return [each for at, each in enumerate(CRITERIA) if at != SOME or has_category(case)]


def mark_of(case, sheet):
    """One member's mark: each criterion from 1 to 5, weighted, without what she could not judge."""
    given = [
        (each["weight"], 1 + Fraction(4 * (value - 1), each["scale"] - 1))
        for each, value in zip(criteria_of(case), sheet, strict=True)
        if value is not None and each.get("counts", "on")
    ]
    return sum(weight * value for weight, value in given) / sum(weight for weight, _v in given)


def marks_of(story):
    """Case → member → mark, of everybody who counts."""
    found = defaultdict(dict)
    for (case, who), sheet in story.sheets.items():
        found[case][who] = mark_of(case, sheet)
    return found


def adjusted(marks):
    """Case → score: the least squares of mark = case + member, all at once, members summing to 0."""
    pairs = [(case, who) for case in marks for who in marks[case]]
    design = np.zeros((len(pairs) + 1, len(CASES) + len(SCORERS)))
    for line, (case, who) in enumerate(pairs):
        design[line, case - 1] = design[line, len(CASES) + SCORERS.index(who)] = 1
    design[-1, len(CASES) :] = 1
    right = [*(float(marks[case][who]) for case, who in pairs), 0]
    return dict(zip(CASES, np.linalg.lstsq(design, right, rcond=None)[0], strict=False))


def figures(story, who):
    """Case → what this person's table must say, of the cases that are open to her."""
    marks = marks_of(story)
    scores = adjusted(marks)
    closed = {case for each in (OUT, UNANSWERED) for case in each if each[case] == who}
    means = {case: statistics.mean(marks[case].values()) for case in CASES if case not in closed}
    return {
        case: {
            "n": len(marks[case]),
            "mean": float(mean),
            "median": float(statistics.median(marks[case].values())),
            "spread": statistics.stdev(map(float, marks[case].values())),
            "low": float(min(marks[case].values())),
            "high": float(max(marks[case].values())),
            "adjusted": scores[case],
            "is_split": statistics.variance(marks[case].values()) >= 1,
            "rank": 1 + sum(other > mean for other in means.values()),
            "criteria": criteria_figures(story, case),
            "strip": sorted(map(float, marks[case].values())),
        }
        for case, mean in means.items()
    }


def criteria_figures(story, case):
    """Label → (n, mean) in points of its own scale."""
    sheets = [story.sheets[case, who] for who in SCORERS if (case, who) in story.sheets]
    found = {}
    for each, values in zip(criteria_of(case), zip(*sheets, strict=True), strict=True):
        given = [value for value in values if value is not None]
        found[each["label"]] = (len(given), statistics.fmean(given))
    return found


READERS = ["office", "chair", "doctor", "seated office", "nurse", "secretary", "expert"]
COLUMNS = {
    "平均": "mean",
    "調整後": "adjusted",
    "中央値": "median",
    "ばらつき": "spread",
    "最小": "low",
    "最大": "high",
}
FIELDS = ["n", "mean", "median", "spread", "low", "high", "adjusted", "is_split"]


def lines_of(story, who):
    """The lines of all pages of the table, as the page draws them."""
    url, last, number = story.url("results", story.round), 1, 0
    while number < last:
        number += 1
        page = story.clients[who].get(f"{url}?page={number}").context
        last = page["page_obj"].paginator.num_pages
        yield from page["lines"]


@pytest.mark.parametrize("who", READERS)
def test_every_line_of_the_table_is_what_paper_and_pencil_give(told, who):
    found = {
        told.case_of(line.case): {name: getattr(line.figures, name) for name in FIELDS}
        | {
            "rank": line.rank,
            "strip": sorted(map(float, line.total.values)),
            "criteria": {
                str(each): (summary.n, float(summary.mean))
                for each, summary in line.criteria
                if summary
            },
        }
        for line in lines_of(told, who)
    }

    expected = figures(told, who)
    assert set(found) == set(expected)
    for case, line in expected.items():
        assert found[case].pop("criteria") == {
            label: (n, pytest.approx(mean)) for label, (n, mean) in line.pop("criteria").items()
        }
        assert found[case].pop("strip") == pytest.approx(line.pop("strip"))
        assert found[case] == pytest.approx(line), case


@pytest.mark.parametrize("who", READERS)
def test_the_excel_file_says_the_same(told, who):
    answer = told.clients[who].get(told.url("results_file", told.round, "xlsx"))
    book = load_workbook(io.BytesIO(answer.getvalue()))
    heads, *rows = book.active.iter_rows(values_only=True)
    lines = [dict(zip(heads, row, strict=True)) for row in rows]
    found = {int(line["受付番号"][-4:]): line for line in lines}

    expected = figures(told, who)
    assert set(found) == set(expected)
    for case, line in expected.items():
        assert (found[case]["順位"], found[case]["人数"]) == (line["rank"], line["n"])
        for head, name in COLUMNS.items():
            assert found[case][head] == pytest.approx(line[name], abs=0.0051), (case, head)
        for each in CRITERIA:
            _n, mean = line["criteria"].get(each["label"], (0, None))
            assert found[case][each["label"]] == pytest.approx(mean, abs=0.0051), (case, each)
        assert ("評価が割れた" in (found[case]["注意"] or "")) == line["is_split"]


def test_the_round_has_ties_disagreement_and_what_could_not_be_judged(told):
    lines = figures(told, "office")
    ranks = [line["rank"] for line in lines.values()]

    assert len(set(ranks)) < len(ranks)
    assert {line["is_split"] for line in lines.values()} == {True, False}
    assert any(None in sheet for sheet in told.sheets.values())


def test_who_fell_out_counts_nowhere(told):
    lines, marks = figures(told, "office"), marks_of(told)

    assert {case: line["n"] for case, line in lines.items() if line["n"] < len(SCORERS)} == (
        dict.fromkeys([*OUT, *ABSTAINED, *HALF], len(SCORERS) - 1)
    )
    for case, who in ((2, "doctor"), (3, "seated office"), (6, "engineer")):  # had handed in
        hers = mark_of(case, points(case, who))
        with_her = statistics.mean([*marks[case].values(), hers])
        assert lines[case]["mean"] != pytest.approx(float(with_her))


# 2. Nothing leaks ------------------------------------------------------------------------------


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_nobody_meets_what_she_must_not(told, look):
    met = [
        (page, each)
        for page, marks in told.seen[look].items()
        for each in sorted(marks, key=str)
        if not may_meet(look, each, page)
    ]

    assert met == []


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_everybody_finds_what_is_hers_to_read(told, look):
    seen = told.seen[look]
    missing = [
        (page, kind)
        for page, kind in belongs(look)
        if kind not in {each for _case, each, _writer in seen[page]}
    ]

    assert missing == []


def test_the_deputy_has_led_the_chairs_case(told):
    case = told.cases[1]

    decision = case.decisions.get()
    conflict = case.conflicts.get(member=told.people["chair"])
    assert decision.decided_by == told.people["deputy"]
    assert decision.attendance["leader"] == "副委員長 副委員長 花子"
    assert decision.attendance["outside"] == ["委員長 花子"]
    assert conflict.confirmed_by == told.people["deputy"]


def test_no_mail_to_the_committee_says_what_a_need_is(told):
    hers = told.people["nurse"].email
    for each in told.mails:
        heads = [str(make_header(decode_header(v))) for _k, v in each.message().items()]
        found = marks_in(each.subject + each.body + " ".join(heads))
        if each.to == [hers]:  # the result of her own need
            found = {each for each in found if each[0] != OWN}
        if each.to[0] in {person.email for person in told.people.values()}:
            assert found == set(), (each.to, each.subject)


def test_each_proposer_hears_of_her_own_case_only(told):
    by_address = {told.needs[case].proposer.email: case for case in CASES}
    results = Message.objects.filter(kind="committee.result_released")

    assert {each.email: by_address[each.email] for each in results} == by_address
    for each in told.mails:
        about = {case for case, _kind, _writer in marks_in(each.subject + each.body)}
        assert about <= {by_address.get(each.to[0])}, each.subject


def test_who_was_asked_and_told_on_the_way(told):
    heard = defaultdict(list)
    names = {person.pk: key for key, person in told.people.items()}
    for each in Message.objects.filter(recipient__in=names).order_by("pk"):
        heard[each.kind].append(names[each.recipient_id])

    assert sorted(heard["committee.review_asked"]) == sorted(SCORERS)
    assert (
        sorted(heard["committee.conflict_declared"])
        == ["office", "office", "office"] + ["seated office"] * 3
    )
    assert heard["committee.conflict_settled"] == ["seated office"]
    assert sorted(heard["committee.awards_announced"]) == sorted(PEOPLE)


@pytest.mark.parametrize("case", [SAMPLE, 1, 2])
def test_a_letter_is_its_proposers_alone(told, case):
    proposer, other = told.needs[case].proposer, told.needs[case + 10].proposer
    letter = told.url("letter", Letter.objects.get(case=told.cases[case]))
    hers, others = (told.browser(person) for person in (proposer, other))

    page = marks_in(said(hers.get(letter)))
    assert others.get(letter).status_code == 404
    assert {each for each in page if each[0] != case} == set()
    assert {kind for _case, kind, _writer in page} >= {"lett", "reas", "coun", "titl"}
    assert not {kind for _case, kind, _writer in page} & {"note", "minu", "conf", "corr", "abst"}
    # What the members wrote to her, without those who fell out.
    assert {writer for _case, kind, writer in page if kind == "advi"} == {
        who for each, who in told.sheets if each == case
    }


def test_the_winners_are_known_to_the_house_and_nobody_else_is(told):
    stranger = told.browser(told.needs[2].proposer)

    page = marks_in(said(stranger.get(reverse("committee:winners"))))

    assert {case for case, kind, _writer in page if kind == "titl"} == ACCEPTED
    assert {kind for _case, kind, _writer in page} == {"titl", "pass", "name", "dept"}


# 3. What goes wrong ----------------------------------------------------------------------------


def test_the_tests_of_the_table_above_are_there():
    named = re.findall(r"\| (tests/\S+)::(\w+) \|", __doc__)

    assert named
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), name

"""What a round writes into the ledger of contributions."""

import pytest

from committee import actions as committee_actions
from committee import contributions
from committee.enums import ConflictAnswer, Outcome, RoundState
from committee.models import Case, Review, Round
from contributions.models import Contribution
from tests.factories.committee import AwardFactory, ConflictFactory, DecisionFactory, LetterFactory

pytestmark = pytest.mark.django_db


def ledger():
    """{(person, kind, label), …}: everything that is written."""
    rows = Contribution.objects.select_related("person")
    return {(row.person, row.kind.split(".")[1], row.label) for row in rows}


@pytest.fixture
def scored(case, round_, reviewer):
    """The reviewer scored ``case`` and advised its proposer."""
    ConflictFactory(case=case, member=reviewer)
    review = Review.objects.create(
        case=case,
        reviewer=reviewer,
        note_to_proposer="図を加えると伝わります。",
        completed_at=case.need.updated_at,
    )
    contributions.scored(review)
    return review


def test_a_conflict_declared_later_takes_the_score_back(case, scored, reviewer):
    committee_actions.answer_conflict(
        case, by=reviewer, answer=ConflictAnswer.CONFLICT, note="親族"
    )
    taken = ledger()
    committee_actions.answer_conflict(case, by=reviewer, answer=ConflictAnswer.NONE)

    assert taken == set()
    assert ledger() == {(reviewer, "scored", case.need.number)}


def test_the_release_counts_advice_and_awards(case, scored, reviewer, nurse, other_nurse, office):
    Round.objects.update(state=RoundState.DECIDED)
    co_author = case.need.participants.create(
        user=other_nurse, kind="co_submitter", agreed_at=case.need.updated_at, added_by=nurse
    )
    DecisionFactory(case=case, outcome=Outcome.ACCEPTED)
    LetterFactory(case=case)
    award = AwardFactory(case=case)

    committee_actions.release(Round.objects.get(), by=office)

    number = Case.objects.get().need.number
    assert ledger() == {
        (reviewer, "scored", number),
        (reviewer, "advised", number),
        (nurse, "won", award.kind.ja),
        (co_author.user, "won", award.kind.ja),
    }

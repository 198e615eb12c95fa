from datetime import timedelta

import pytest
from django.utils import timezone

from audit.queries import entries_for
from committee import actions
from committee.decision_forms import DecisionForm, LetterForm
from committee.enums import ConflictAnswer, Outcome, RoundState
from committee.forms import ReleaseForm
from committee.honours_forms import AwardForm
from committee.models import Award, Case, Conflict, Letter, Round
from committee.queries import in_personal_order
from committee.todo import cases_to_score, rounds_to_move
from core.workflow import WrongStateError
from needs.enums import NeedState
from notifications.models import Message
from taxonomy.models import Term
from tests.factories.accounts import UserFactory
from tests.factories.committee import (
    AwardFactory,
    CaseFactory,
    ConflictFactory,
    DecisionFactory,
    MemberFactory,
    ReviewFactory,
    RoundFactory,
)
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(round_):
    Round.objects.update(state=RoundState.PLANNED)
    round_.refresh_from_db()
    CaseFactory.create_batch(2, round=round_)
    return round_


@pytest.fixture
def discussed(case, round_):
    Round.objects.update(state=RoundState.DISCUSSING)
    round_.refresh_from_db()
    return Case.objects.get(pk=case.pk)


def decide(case, by, outcome=Outcome.ACCEPTED, **answers):
    current = case.decisions.filter(is_current=True).first()
    data = {"outcome": outcome, "reason": "理由です。", "correction": "訂正です。"}
    seen = {"seen": current.pk if current else ""}
    form = DecisionForm({**data, **seen, **answers}, case=case, current=current)
    assert form.is_valid(), form.errors
    return actions.record_decision(form, case=case, by=by)


def mails(kind):
    return list(Message.objects.filter(kind=f"committee.{kind}").order_by("email"))


def test_opening_hands_the_needs_over_and_asks_every_scoring_member(
    planned, office, chair, reviewer, secretary
):
    MemberFactory(committee=planned.committee, since=timezone.localdate() + timedelta(days=1))

    actions.round_flow.perform("open", planned, by=office)

    assert {case.need.state for case in planned.cases.all()} == {NeedState.IN_REVIEW}
    assert {mail.recipient for mail in mails("review_asked")} == {chair, reviewer}


BLOCKERS = {
    "no case": lambda round_: round_.cases.all().delete(),
    "a need moved on": lambda round_: NeedFactory._meta.model.objects.filter(
        pk=round_.cases.first().need_id
    ).update(state=NeedState.RETURNED),
    "no criterion": lambda round_: round_.rubric.criteria.all().delete(),
    "deadline passed": lambda round_: Round.objects.filter(pk=round_.pk).update(
        deadline=timezone.now()
    ),
    "nobody scores": lambda round_: round_.committee.members.all().delete(),
}


@pytest.mark.parametrize("blocker", BLOCKERS)
def test_opening_is_refused_whole(planned, office, blocker):
    BLOCKERS[blocker](planned)

    with pytest.raises(WrongStateError):
        actions.open(planned, by=office)

    planned.refresh_from_db()
    assert planned.state == RoundState.PLANNED
    assert not NeedFactory._meta.model.objects.filter(state=NeedState.IN_REVIEW).exists()
    assert mails("review_asked") == []


def test_a_conflict_is_told_to_the_office_and_so_is_its_end(case, office, reviewer):
    actions.answer_conflict(case, by=reviewer, answer=ConflictAnswer.NONE)
    assert mails("conflict_declared") == []

    actions.answer_conflict(case, by=reviewer, answer=ConflictAnswer.CONFLICT, note="家族です")
    actions.answer_conflict(case, by=reviewer, answer=ConflictAnswer.NONE)

    told = mails("conflict_declared")
    assert [mail.recipient for mail in told] == [office, office]
    assert not any(case.need.title in mail.subject + mail.body for mail in told)
    assert Conflict.objects.get().answer == ConflictAnswer.NONE
    assert [entry.data["reason"] for entry in entries_for(case)] == ["", "家族です", ""]


def test_a_correction_is_a_new_entry_and_the_old_one_stays(discussed, chair):
    decide(discussed, chair)
    decide(discussed, chair, Outcome.ON_HOLD)

    rows = discussed.decisions.order_by("pk")
    assert [(row.outcome, row.is_current) for row in rows] == [
        (Outcome.ACCEPTED, False),
        (Outcome.ON_HOLD, True),
    ]
    assert [entry.data["reason"] for entry in entries_for(discussed)] == [
        "理由です。",
        "訂正です。",
    ]


@pytest.mark.parametrize("outcome", Outcome)
def test_letter_is_drafted_from_the_decision(discussed, chair, reviewer, other_reviewer, outcome):
    ConflictFactory(case=discussed, member=reviewer)
    ConflictFactory(case=discussed, member=other_reviewer, answer=ConflictAnswer.CONFLICT)
    ReviewFactory(case=discussed, reviewer=reviewer, note_to_proposer="現場の声が伝わります。")
    ReviewFactory(case=discussed, reviewer=other_reviewer, note_to_proposer="外れた人の声。")

    decide(discussed, chair, outcome, advice="写真を添えてください。")

    letter = discussed.letter
    for words in (
        str(outcome.label),
        "理由です。",
        "写真を添えて",
        "現場の声が",
        discussed.need.title,
    ):
        assert words in letter.body
    assert "外れた人の声" not in letter.body
    assert "\n\n\n" not in letter.body
    assert letter.released_at is None


def test_new_decision_does_not_overwrite_the_office_s_words_but_holds_the_release(
    discussed, chair, office
):
    decide(discussed, chair)
    letter = Letter.objects.get()
    form = LetterForm(
        {"subject": "お知らせ", "body": "事務局のことば", "version": letter.version},
        instance=letter,
    )
    assert form.is_valid()
    actions.edit_letter(form, by=office)

    decide(discussed, chair, Outcome.NOT_ACCEPTED)

    assert Letter.objects.get().body == "事務局のことば"
    actions.decide(discussed.round, by=chair)
    with pytest.raises(WrongStateError):
        actions.release(discussed.round, by=office)
    check = ReleaseForm({}, obj=discussed.round, by=office)
    assert check.errors["__all__"] == [
        f"手紙を直したあとで決定が変わりました。手紙を確認してください: {discussed.number}"
    ]

    actions.rewrite_letter(Letter.objects.get(), by=office)
    actions.release(discussed.round, by=office)
    assert "不採択" in Letter.objects.get().body


def test_every_case_needs_a_decision_before_the_meeting_ends(discussed, chair):
    with pytest.raises(WrongStateError):
        actions.decide(discussed.round, by=chair)


TARGETS = {
    Outcome.ACCEPTED: NeedState.ACCEPTED,
    Outcome.CONDITIONAL: NeedState.CONDITIONALLY_ACCEPTED,
    Outcome.ON_HOLD: NeedState.ON_HOLD,
    Outcome.NOT_ACCEPTED: NeedState.NOT_ACCEPTED,
}


def test_release_lets_everything_out_at_once_and_only_once(discussed, chair, office, nurse):
    cases = [discussed, *CaseFactory.create_batch(3, round=discussed.round)]
    for case, outcome in zip(cases, Outcome, strict=True):
        decide(case, chair, outcome)
    award = AwardFactory(case=discussed)
    actions.decide(discussed.round, by=chair)
    assert discussed.need.state == NeedState.IN_REVIEW
    assert mails("result_released") == []

    actions.round_flow.perform("release", discussed.round, by=office)

    for case, outcome in zip(cases, Outcome, strict=True):
        case.need.refresh_from_db()
        assert case.need.state == TARGETS[outcome]
        assert Letter.objects.get(case=case).released_at
    award.refresh_from_db()
    assert award.awarded_on == timezone.localdate()
    told = mails("result_released")
    assert {mail.recipient for mail in told} == {case.need.proposer for case in cases}
    assert len(told) == 4
    with pytest.raises(WrongStateError):
        actions.release(discussed.round, by=office)
    assert len(mails("result_released")) == 4


def test_a_failure_in_the_middle_releases_nothing(discussed, chair, office):
    late = CaseFactory(round=discussed.round)
    for case in (discussed, late):
        decide(case, chair)
    actions.decide(discussed.round, by=chair)
    late.need.state = NeedState.SCREENING
    late.need.save()

    with pytest.raises(WrongStateError):
        actions.release(discussed.round, by=office)

    discussed.need.refresh_from_db()
    assert discussed.need.state == NeedState.IN_REVIEW
    assert mails("result_released") == []


def test_an_award_needs_a_yes(discussed, chair, office):
    decide(discussed, chair)
    kind = Term.objects.of("award").first()
    form = AwardForm({"kind": kind.pk, "citation": ""}, case=discussed)
    assert form.is_valid()
    award = actions.give_award(form, case=discussed, by=office)

    current = discussed.decisions.get()
    refused = DecisionForm(
        {"outcome": "on_hold", "reason": "x", "correction": "x", "seen": current.pk},
        case=discussed,
        current=current,
    )
    again = AwardForm({"kind": kind.pk}, case=discussed)

    assert award.awarded_on is None
    assert "outcome" in refused.errors
    assert "kind" in again.errors


def test_award_numbers_count_per_hospital_and_year(discussed, other_hospital):
    year = timezone.localdate().year
    AwardFactory(case=discussed, number=f"表彰第{year}-009号")
    AwardFactory(case=CaseFactory(), hospital=other_hospital, number=f"表彰第{year}-050号")

    assert actions.next_award_number(discussed.round.hospital_id) == f"表彰第{year}-010号"


def test_a_withdrawn_award_is_gone_with_a_record(discussed, office):
    award = AwardFactory(case=discussed)

    actions.withdraw_award(award, by=office)

    assert not Award.objects.exists()
    assert entries_for(discussed).get().data["number"] == award.number


def test_todo_follows_the_round(case, office, reviewer, chair, round_):
    def labels(source, person):
        return [str(todo.label) for todo in source(type(person).objects.get(pk=person.pk))]

    assert labels(cases_to_score, reviewer) == ["「第1回審査会」を審査する(残り1件)"]
    assert labels(rounds_to_move, office) == []

    ReviewFactory(case=case, reviewer=reviewer)
    ConflictFactory(case=case, member=chair, answer=ConflictAnswer.UNSURE)
    assert labels(cases_to_score, reviewer) == []
    assert labels(cases_to_score, chair) == []
    assert labels(rounds_to_move, office) == ["「第1回審査会」の採点を締め切る"]

    Round.objects.update(state=RoundState.DISCUSSING)
    assert labels(rounds_to_move, office) == ["「第1回審査会」の決定を記録する"]
    DecisionFactory(case=case)
    assert labels(rounds_to_move, office) == ["「第1回審査会」の決定をまとめる"]
    Round.objects.update(state=RoundState.DECIDED)
    assert labels(rounds_to_move, office) == ["「第1回審査会」の結果を通知する"]


def test_agenda_is_fixed_once_scoring_began(round_, case, office):
    with pytest.raises(WrongStateError):
        actions.add_cases(round_, [NeedFactory()], by=office)
    with pytest.raises(WrongStateError):
        actions.remove_case(case, by=office)


def test_personal_order_is_stable_and_differs(round_):
    cases = CaseFactory.create_batch(8, round=round_)
    orders = [
        [case.pk for case in in_personal_order(cases, person)]
        for person in UserFactory.create_batch(4)
    ]

    assert len({tuple(order) for order in orders}) > 1
    assert all(sorted(order) == sorted(case.pk for case in cases) for order in orders)


def test_a_deleted_or_other_round_does_not_count(round_, case, reviewer):
    RoundFactory(committee=round_.committee, state=RoundState.PLANNED)

    assert len(list(cases_to_score(reviewer))) == 1

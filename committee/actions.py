"""Everything that changes committees, rounds, scores, decisions and awards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import Organisation
from audit.actions import record
from committee import conflicts, contributions, letters, queries, readiness, results
from committee.enums import OUT_ANSWERS, ConflictAnswer, Outcome, RoundState
from committee.forms import (
    BackToDiscussionForm,
    CloseScoringForm,
    DecideForm,
    OpenForm,
    ReleaseForm,
    ReopenScoringForm,
)
from committee.honours import QuotaError, quota_is_full
from committee.models import (
    Award,
    Case,
    Conflict,
    Decision,
    Letter,
    Member,
)
from committee.notifications import ConflictDeclared, ResultReleased, ReviewAsked
from core.workflow import Flow, WrongStateError, action_labels, lock
from needs import actions as need_actions
from needs.clearance import uncleared
from needs.models import Need
from notifications.actions import notify

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from committee.decision_forms import DecisionForm, LetterForm
    from committee.forms import CommitteeForm, MemberForm, RoundForm
    from committee.honours_forms import AwardForm
    from committee.models import Committee, Round

round_flow = Flow("committee.round", record=record)
action_labels.update(
    {
        "committee.committee.save": _("委員会を保存した"),
        "committee.committee.seat": _("委員を登録した"),
        "committee.committee.unseat": _("委員を外した"),
        "committee.round.save": _("審査会を保存した"),
        "committee.round.add_cases": _("議題に加えた"),
        "committee.round.remove_case": _("議題から外した"),
        "committee.case.answer_conflict": _("利益相反に答えた"),
        "committee.case.record_decision": _("決定を記録した"),
        "committee.case.give_award": _("表彰を決めた"),
        "committee.case.withdraw_award": _("表彰を取り消した"),
        "committee.letter.edit": _("手紙を直した"),
        "committee.letter.write": _("手紙の下書きを作った"),
    }
)
SETTLE = {
    Outcome.ACCEPTED: need_actions.accept,
    Outcome.CONDITIONAL: need_actions.accept_conditionally,
    Outcome.ON_HOLD: need_actions.hold,
    Outcome.NOT_ACCEPTED: need_actions.not_accept,
}


def _insist(reasons: list[str]) -> None:
    """The page says these sentences first; here they stop what changed in between."""
    if reasons:
        raise WrongStateError(" ".join(reasons))


@round_flow.transition(
    source=RoundState.PLANNED,
    target=RoundState.REVIEWING,
    permission="committee.manage_round",
    label=_("採点を始める"),
    done=_("採点を始めた"),
    form=OpenForm,
    note=_("委員に採点のお願いを送ります。"),
)
def open(round_: Round, /, *, by: Any) -> None:  # noqa: A001 -- the verb of the table
    """Hand the cases to the members. Raises WrongStateError when something is missing."""
    lock(round_.rubric)  # whoever changes it now makes a new version, or was faster
    _insist(readiness.not_ready_to_open(round_))
    for case in round_.cases.select_related("need").order_by("need"):
        need_actions.send_to_review(case.need, by=by)
    notify(ReviewAsked(round=round_))


@round_flow.transition(
    source=RoundState.REVIEWING,
    target=RoundState.DISCUSSING,
    permission="committee.lead_round",
    label=_("採点を締め切る"),
    done=_("採点を締め切った"),
    form=CloseScoringForm,
    note=_("このあと採点はできません。合議に移ります。"),
)
def close_scoring(round_: Round, /, *, by: Any) -> None:
    """End scoring and let the meeting begin."""
    round_.updated_by = by
    results.refresh_round(round_)


@round_flow.transition(
    source=RoundState.DISCUSSING,
    target=RoundState.DECIDED,
    permission="committee.lead_round",
    label=_("決定をまとめる"),
    done=_("決定をまとめた"),
    form=DecideForm,
    note=_("決定を締めます。提案者にはまだ何も届きません。"),
)
def decide(round_: Round, /, *, by: Any) -> None:
    """Close the meeting. Raises WrongStateError when a decision or a confirmation is missing."""
    _insist(readiness.not_ready_to_decide(round_) + conflicts.not_ready_to_decide(round_))
    round_.updated_by = by


@round_flow.transition(
    source=RoundState.DISCUSSING,
    target=RoundState.REVIEWING,
    permission="committee.lead_round",
    label=_("採点に戻す"),
    done=_("採点に戻した"),
    form=ReopenScoringForm,
    note=_("委員に採点のお願いを送ります。"),
)
def reopen_scoring(round_: Round, /, *, by: Any, reason: str, deadline: datetime) -> None:
    """Let the members score again, until a new deadline."""
    round_.deadline = deadline
    round_.updated_by = by
    results.refresh_round(round_)
    notify(ReviewAsked(round=round_))


@round_flow.transition(
    source=RoundState.DECIDED,
    target=RoundState.RELEASED,
    permission="committee.manage_round",
    label=_("結果を通知する"),
    done=_("結果を通知した"),
    form=ReleaseForm,
    note=_("提案者に結果の手紙を送ります。取り消せません。"),
)
def release(round_: Round, /, *, by: Any) -> None:
    """Let everything out at once: states, letters, awards, mails. Raises WrongStateError."""
    _insist(readiness.not_ready_to_release(round_))
    now = timezone.now()
    round_.released_at = now
    round_.updated_by = by
    Award.objects.filter(case__round=round_).update(awarded_on=timezone.localdate(now))
    for case in round_.cases.for_pages().select_related("letter", "need__proposer"):
        SETTLE[Outcome(case.current_decision.outcome)](case.need, by=by)
        case.letter.released_at = now
        case.letter.save(update_fields=["released_at"])
        awards = tuple(case.awards.select_related("kind"))
        contributions.released(case, awards)
        notify(ResultReleased(letter=case.letter, awards=awards))


@round_flow.transition(
    source=RoundState.DECIDED,
    target=RoundState.DISCUSSING,
    permission="committee.lead_round",
    label=_("合議に戻す"),
    done=_("合議に戻した"),
    form=BackToDiscussionForm,
    note=_("決定を変えられるようになります。提案者には何も届きません。"),
)
def back_to_discussion(round_: Round, /, *, by: Any, reason: str) -> None:
    """Take up the decisions again."""
    round_.updated_by = by


@transaction.atomic
def save_committee(form: CommitteeForm, *, by: Any) -> Committee:
    """Keep a committee's name and whether it is at work."""
    committee: Committee = form.save(by=by)
    record(committee, "save", by=by, fields=form.changed_data)
    return committee


@transaction.atomic
def seat(form: MemberForm, *, by: Any) -> Member:
    """Give somebody a seat, or change it."""
    member: Member = form.save(commit=False)
    if not member.appointment_number:
        member.appointment_number = next_number(
            "委嘱第",
            Member.objects.filter(committee__hospital=member.committee.hospital_id),
            "appointment_number",
            hospital_id=member.committee.hospital_id,
        )
    member.save()
    form.save_m2m()
    record(
        member.committee, "seat", by=by, person=member.user, seat=member.seat, until=member.until
    )
    return member


@transaction.atomic
def unseat(member: Member, *, by: Any) -> None:
    """Take a seat away; scores already given stay, with the name of who gave them."""
    record(member.committee, "unseat", by=by, person=member.user)
    member.delete()


@transaction.atomic
def save_round(form: RoundForm, *, by: Any) -> Round:
    """Keep what the round is called, whom it belongs to and until when."""
    form.instance.hindered_at = None
    round_: Round = form.save(by=by)
    record(round_, "save", by=by, fields=form.changed_data)
    return round_


@transaction.atomic
def add_cases(round_: Round, needs: Iterable[Need], *, by: Any) -> int:
    """Put needs on the agenda, behind what is there; returns how many were new.

    A need that another agenda took meanwhile stays there; one with words that look like personal
    information waits until the office has answered for them (``readiness.held_back`` says which).
    """
    _only_while_planned(round_)
    wanted = [need.pk for need in needs]
    locked = Need.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    taken = set(locked.values_list("pk", flat=True)) - set(
        queries.candidates(round_).filter(pk__in=wanted).values_list("pk", flat=True)
    )
    taken |= {need.pk for need in uncleared(Need.objects.filter(pk__in=wanted))}
    fresh = [need for need in needs if need.pk not in taken]
    last = round_.cases.order_by("-order").values_list("order", flat=True).first() or 0
    Case.objects.bulk_create(
        Case(round=round_, need=need, order=last + n) for n, need in enumerate(fresh, start=1)
    )
    if fresh:
        record(round_, "add_cases", by=by, numbers=[need.number for need in fresh])
    return len(fresh)


@transaction.atomic
def remove_case(case: Case, *, by: Any) -> None:
    """Take a need off the agenda while the round is planned; a second call finds nothing to do."""
    _only_while_planned(case.round)
    if not Case.objects.filter(pk=case.pk).exists():
        return
    record(case.round, "remove_case", by=by, numbers=[case.need.number])
    case.delete()


def _only_while_planned(round_: Round) -> None:
    lock(round_)
    if round_.state != RoundState.PLANNED:
        msg = "the agenda is fixed once scoring has begun"
        raise WrongStateError(msg)


@transaction.atomic
def answer_conflict(case: Case, *, by: Any, answer: str, note: str = "") -> None:
    """Open the case to her, or close it; the office hears of every doubt and its end.

    A new answer has to be confirmed anew. Raises WrongStateError when she was taken out meanwhile.
    """
    lock(case.round)
    before = Conflict.objects.filter(case=case, member=by).values_list("answer", flat=True).first()
    if before == ConflictAnswer.RECUSED:
        raise WrongStateError
    unconfirmed = {"confirmed_by": None, "confirmed_at": None, "confirm_note": ""}
    conflict, _new = Conflict.objects.update_or_create(
        case=case,
        member=by,
        defaults={"answer": answer, "note": note, "at": timezone.now(), **unconfirmed},
    )
    record(case, "answer_conflict", by=by, answer=conflict.get_answer_display(), reason=note)
    if answer in OUT_ANSWERS:
        contributions.lost_score(by, case)
    elif (review := case.reviews.filter(reviewer=by).first()) and review.is_handed_in:
        contributions.scored(review)
    results.refresh(case)
    if answer in OUT_ANSWERS or before in OUT_ANSWERS:
        notify(ConflictDeclared(conflict=conflict))


@transaction.atomic
def record_decision(form: DecisionForm, *, case: Case, by: Any) -> Decision:
    """Add what was decided; an earlier decision stays, as history. Rewrites the letter draft."""
    case.decisions.filter(is_current=True).update(is_current=False)
    decision: Decision = form.save(commit=False)
    decision.case, decision.decided_by = case, by
    decision.save()
    record(
        case,
        "record_decision",
        by=by,
        outcome=decision.label,
        reason=form.cleaned_data.get("correction") or decision.reason,
    )
    letter = Letter.objects.filter(case=case).first() or Letter(case=case)
    if not letter.is_edited:
        write_letter(letter, decision)
    return decision


def write_letter(letter: Letter, decision: Decision) -> None:
    """Draft the letter from the decision, in Japanese: it is a document of the hospital."""
    case = Case.objects.for_pages().get(pk=decision.case_id)
    words = [
        review.note_to_proposer
        for review in queries.counted_reviews([case])[case.pk]
        if review.note_to_proposer
    ]
    with override("ja"):
        letter.subject, letter.body = letters.draft(case, decision, words)
    letter.updated_by = None
    letter.save()


@transaction.atomic
def rewrite_letter(letter: Letter, *, by: Any) -> None:
    """Throw the office's words away and draft again from the current decision.

    Raises WrongStateError when it has been sent meanwhile.
    """
    lock(letter)
    if letter.released_at:
        raise WrongStateError
    write_letter(letter, letter.case.decisions.get(is_current=True))
    record(letter, "write", by=by)


@transaction.atomic
def edit_letter(form: LetterForm, *, by: Any) -> Letter:
    """Keep the office's own words."""
    letter: Letter = form.save(by=by)
    record(letter, "edit", by=by, fields=form.changed_data)
    return letter


@transaction.atomic
def give_award(form: AwardForm, *, case: Case, by: Any) -> Award:
    """Prepare an award with its document number; it is announced by the release.

    Raises WrongStateError when the results are out, QuotaError when somebody else was faster with
    the last one of its kind.
    """
    _only_before_release(case.round)
    award: Award = form.save(commit=False)
    if quota_is_full(case.round, award.kind):
        raise QuotaError
    award.case = case
    plan = case.round.award_plans.filter(kind=award.kind).first()
    award.prize = plan.prize if plan else ""
    award.hospital_id = case.round.hospital_id
    award.number = next_award_number(award.hospital_id)
    award.save()
    record(case, "give_award", by=by, award=award.kind, number=award.number)
    return award


@transaction.atomic
def withdraw_award(award: Award, *, by: Any) -> None:
    """Take back an award that nobody outside the office has heard of.

    Raises WrongStateError when the results are out.
    """
    _only_before_release(award.case.round)
    record(award.case, "withdraw_award", by=by, award=award.kind, number=award.number)
    award.delete()


def _only_before_release(round_: Round) -> None:
    lock(round_)
    if round_.state == RoundState.RELEASED:
        msg = "the results are out"
        raise WrongStateError(msg)


def next_award_number(hospital_id: int) -> str:
    """The next number of the hospital and year, such as 表彰第2026-001号."""
    awards = Award.objects.filter(hospital_id=hospital_id)
    return next_number("表彰第", awards, "number", hospital_id=hospital_id)


def next_number(prefix: str, rows: QuerySet[Any], field: str, *, hospital_id: int) -> str:
    """The document number behind the last one that ``field`` of ``rows`` has in this year.

    Holds the hospital's row until the transaction ends, so that no number is given twice.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=hospital_id)
    head = f"{prefix}{timezone.localdate().year}-"
    given = rows.filter(**{f"{field}__startswith": head}).values_list(field, flat=True)
    last = max((int(number[len(head) : -1]) for number in given), default=0)
    return f"{head}{last + 1:03}号"

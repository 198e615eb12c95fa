"""A hospital's own questions, in versions, and which version a need keeps.

A version is written as a draft, a copy of the one in use, and never changes once it is in use.
A need gets the version in use when its draft begins (or when the office hands it in for somebody)
and keeps it from its first answer on, at the latest from its submission: whoever began with a
form finishes with that form. Until then opening the task list, or submitting, brings the draft to
the newest version. A need handed in before there were questions, or brought in from a table, has
none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.workflow import WrongStateError, action_labels, lock
from needs.answers import is_answered
from needs.enums import QuestionChange
from needs.models import Need, Question, QuestionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accounts.models import Organisation
    from needs.questions_forms import QuestionForm

COMPARED = ["label", "kind", "choices", "help_text"]
COPIED = [*COMPARED, "order"]

action_labels.update(
    {
        "needs.questionset.start": _("次の版を作り始めた"),
        "needs.questionset.add_question": _("質問を加えた"),
        "needs.questionset.change_question": _("質問を直した"),
        "needs.questionset.remove_question": _("質問を外した"),
        "needs.questionset.move_question": _("質問の順番を変えた"),
        "needs.questionset.publish": _("使い始めた"),
    }
)


class UnchangedError(Exception):
    """The draft asks exactly what the version in use asks."""


class Change(NamedTuple):
    """One difference between two versions; ``parts`` names what of a question was changed."""

    kind: QuestionChange
    label: str = ""
    parts: tuple[str, ...] = ()


# Versions ------------------------------------------------------------------------------------


def current(hospital_id: int) -> QuestionSet | None:
    """The version in use."""
    return QuestionSet.objects.filter(hospital=hospital_id).published().first()


@transaction.atomic
def start_draft(hospital: Organisation, *, by: Any) -> QuestionSet:
    """The draft of the next version: the one that exists, or a copy of the version in use."""
    lock(hospital)
    newest = QuestionSet.objects.filter(hospital=hospital).order_by("-number").first()
    if newest and newest.is_draft:
        return newest
    number = newest.number + 1 if newest else 1
    draft = QuestionSet.objects.create(hospital=hospital, number=number, created_by=by)
    for each in newest.questions.all() if newest else ():
        copied = {name: getattr(each, name) for name in COPIED}
        Question.objects.create(question_set=draft, previous=each, **copied)
    record(draft, "start", by=by)
    return draft


@transaction.atomic
def save_question(form: QuestionForm, *, by: Any) -> Question:
    """Put a new question behind the others, or change one. Raises WrongStateError when in use."""
    draft = _unpublished(form.instance.question_set)
    name = "change_question" if form.instance.pk else "add_question"
    if form.instance.pk is None:
        last = draft.questions.last()
        form.instance.order = last.order + 1 if last else 1
    question: Question = form.save()
    record(draft, name, by=by, question=question.label)
    return question


@transaction.atomic
def remove_question(question: Question, *, by: Any) -> None:
    """Take it out of the next version; older ones keep theirs. Raises WrongStateError."""
    draft = _unpublished(question.question_set)
    record(draft, "remove_question", by=by, question=question.label)
    question.delete()


@transaction.atomic
def move_question(question: Question, *, up: bool, by: Any) -> None:
    """One place up or down; at the end of the list nothing happens. Raises WrongStateError."""
    draft = _unpublished(question.question_set)
    questions = list(draft.questions.all())
    here = questions.index(question)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(questions):
        return
    questions[here], questions[there] = questions[there], questions[here]
    for order, each in enumerate(questions, start=1):
        each.order = order
    Question.objects.bulk_update(questions, ["order"])
    record(draft, "move_question", by=by, question=question.label)


@transaction.atomic
def publish(draft: QuestionSet, *, by: Any) -> None:
    """Use it from now on; it never changes again. Raises WrongStateError or UnchangedError."""
    _unpublished(draft)
    if not changes_of(draft):
        raise UnchangedError
    draft.published_at = timezone.now()
    draft.save(update_fields=["published_at"])
    record(draft, "publish", by=by, number=draft.number)


def _unpublished(question_set: QuestionSet) -> QuestionSet:
    """The locked draft. Raises WrongStateError when it is in use."""
    lock(question_set)
    if not question_set.is_draft:
        msg = "a version in use never changes"
        raise WrongStateError(msg)
    return question_set


def changes_of(question_set: QuestionSet) -> list[Change]:
    """How it differs from the version before it."""
    older = QuestionSet.objects.filter(
        hospital=question_set.hospital_id, number__lt=question_set.number
    )
    before = older.order_by("-number").first()
    return changes(before.questions.all() if before else [], question_set.questions.all())


def changes(before: Iterable[Question], after: Iterable[Question]) -> list[Change]:
    """What was added, changed, removed and moved between two versions, in the order of the page."""
    old = {each.pk: each for each in before}
    new = list(after)
    kept = [each for each in new if each.previous_id in old]
    found = []
    for each in new:
        if each.previous_id not in old:
            found.append(Change(QuestionChange.ADDED, each.label))
        elif parts := _parts(old[each.previous_id], each):
            found.append(Change(QuestionChange.CHANGED, each.label, parts))
    ids = [each.previous_id for each in kept]
    found += [
        Change(QuestionChange.REMOVED, each.label) for each in old.values() if each.pk not in ids
    ]
    if ids != [pk for pk in old if pk in ids]:
        found.append(Change(QuestionChange.MOVED))
    return found


def _parts(before: Question, after: Question) -> tuple[str, ...]:
    return tuple(
        str(Question._meta.get_field(name).verbose_name)
        for name in COMPARED
        if getattr(before, name) != getattr(after, name)
    )


def histories(
    hospitals: Sequence[Organisation],
) -> dict[int, list[tuple[QuestionSet, list[Change]]]]:
    """Each hospital's versions with what changed, the newest first; two queries."""
    sets = QuestionSet.objects.filter(hospital__in=hospitals).order_by("hospital", "number")
    found: dict[int, list[tuple[QuestionSet, list[Change]]]] = {each.pk: [] for each in hospitals}
    before: dict[int, QuestionSet] = {}
    for each in sets.prefetch_related("questions"):
        older = before.get(each.hospital_id)
        changed = changes(older.questions.all() if older else [], each.questions.all())
        found[each.hospital_id].insert(0, (each, changed))
        before[each.hospital_id] = each
    return found


# The version of a need -----------------------------------------------------------------------


def keep_up(need: Need) -> None:
    """Give a draft without an answer the newest version. The caller holds the row and saves it."""
    if need.number is None and not is_answered(need):
        need.question_set = current(need.hospital_id)


@transaction.atomic
def open_draft(need: Need) -> None:
    """As ``keep_up``, for somebody who opens the task list; no version of the need is counted."""
    newest = current(need.hospital_id) if need.number is None else None
    if newest is None or newest.pk == need.question_set_id:
        return
    list(Need.objects.select_for_update(no_key=True).filter(pk=need.pk).values_list("pk"))
    if not is_answered(need):
        need.question_set = newest
        Need.objects.filter(pk=need.pk, number=None).update(question_set=newest)

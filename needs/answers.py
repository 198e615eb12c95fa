"""What was answered to the hospital's own questions: read, never written, here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from core.templatetags.ui import jdate
from documents.queries import documents_of
from needs.enums import QuestionKind
from needs.models import QUESTION_PREFIX, Question
from needs.sheet import SheetRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from documents.models import Document
    from needs.models import Need


class Given(NamedTuple):
    """A question with its answer: a text ("" for none), or the file it asked for."""

    question: Question
    value: str
    document: Document | None

    @property
    def words(self) -> str:
        """The answer as it is read; for a file its name."""
        if self.document:
            return str(self.document.history[0].name)  # type: ignore[attr-defined]
        if self.value and self.question.kind == QuestionKind.NUMBER:
            return f"{Decimal(self.value):,}"
        if self.value and self.question.kind == QuestionKind.DATE:
            return jdate(date.fromisoformat(self.value))
        return self.value


def questions_of(need: Need) -> list[Question]:
    """The questions of the version that this need keeps; one query, none without a version."""
    if need.question_set_id is None:
        return []
    return list(Question.objects.filter(question_set=need.question_set_id))


def given(need: Need, questions: Sequence[Question]) -> list[Given]:
    """Each question with its answer; one query, three when one of them asks for a file."""
    values, files = {}, {}
    if need.pk and questions:
        values = dict(need.extra_answers.values_list("question", "value"))
        if any(each.kind == QuestionKind.FILE for each in questions):
            files = {each.slot: each for each in files_of(need)}
    return [Given(each, values.get(each.pk, ""), files.get(each.slug)) for each in questions]


def files_of(need: Need) -> Iterable[Document]:
    """The files that answer a question."""
    return documents_of(need).filter(slot__startswith=QUESTION_PREFIX)


def is_answered(need: Need) -> bool:
    """At least one answer or file is there."""
    return need.extra_answers.exists() or files_of(need).exists()  # type: ignore[attr-defined,no-any-return]


def rows(need: Need, questions: Sequence[Question] | None = None) -> list[SheetRow]:
    """The answers in words, also the empty ones; a file's row leads to the file."""
    questions = questions_of(need) if questions is None else questions
    return [
        SheetRow(
            each.question.slug,
            each.question.label,
            each.words,
            file=each.document.history[0].get_absolute_url() if each.document else "",  # type: ignore[attr-defined]
        )
        for each in given(need, questions)
    ]


def texts_of(need: Need) -> dict[str, str]:
    """The free texts by the slug of their question; one query, none without questions."""
    return _values(need, QuestionKind.TEXT)


def searched(need: Need) -> list[str]:
    """The texts and chosen words by which a need is found."""
    return list(_values(need, QuestionKind.TEXT, QuestionKind.CHOICE).values())


def label_of_question(need: Need, slug: str) -> str:
    """The question behind a slug; no query when it is answered and the answers are prefetched."""
    answered = (each.question for each in need.extra_answers.all() if each.question.slug == slug)
    public_id = slug.removeprefix(QUESTION_PREFIX)
    return str(next(answered, None) or Question.objects.get(public_id=public_id))


def _values(need: Need, *kinds: QuestionKind) -> dict[str, str]:
    if not need.pk or need.question_set_id is None:
        return {}
    answers = [each for each in need.extra_answers.all() if each.question.kind in kinds]
    answers.sort(key=lambda each: each.question.order)
    return {each.question.slug: each.value for each in answers}

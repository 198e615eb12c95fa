"""The hospital's questions as a section of the task list."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from needs import answers
from needs.questions_forms import AnswersForm
from needs.sections import Section, extra_section

SLUG = "questions"


@dataclass(frozen=True, kw_only=True)
class QuestionsSection(Section):
    """The questions of the version that the need keeps."""

    questions: tuple

    def form(self, data=None, files=None, *, need, lenient=False):
        return AnswersForm(
            data, files, instance=need, slug=self.slug, lenient=lenient, questions=self.questions
        )

    def values(self, need):
        return [each.words for each in answers.given(need, self.questions)]

    def rows(self, need):
        return answers.rows(need, self.questions)


@extra_section
def hospital_questions(need):
    """Present when the version of this need asks anything."""
    if questions := tuple(answers.questions_of(need)):
        yield section_of(questions)


def section_of(questions):
    """The section that asks ``questions``; also for the office's preview."""
    return QuestionsSection(
        slug=SLUG,
        title=_("病院からの質問"),
        help=_("この病院の事務局が知りたいことです。答えられるものだけでかまいません。"),
        questions=tuple(questions),
    )

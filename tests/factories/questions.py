"""A version of a hospital's questions, as its office writes it."""

from needs import questions
from needs.models import Question
from needs.questions_forms import QuestionForm

# By kind: the question and its choices.
ASKED = {
    "text": ("部署で話し合ったこと", ""),
    "choice": ("道具を選んだ人", "自分の部署\n物品管理\nわからない"),
    "number": ("1回にかかる分数", ""),
    "date": ("困り始めた日", ""),
    "file": ("参考になる資料", ""),
}


def add_question(draft, kind="text", label="", *, by):
    """Put a question of this kind into a draft, through the office's form."""
    words, lines = ASKED[kind]
    typed = {"label": label or words, "kind": kind, "lines": lines, "help_text": ""}
    form = QuestionForm(typed, instance=Question(question_set=draft))
    assert form.is_valid(), form.errors
    return questions.save_question(form, by=by)


def version_in_use(hospital, *kinds, by):
    """Write the next version with a question of each kind behind the older ones, and use it."""
    draft = questions.start_draft(hospital, by=by)
    for kind in kinds:
        add_question(draft, kind, by=by)
    questions.publish(draft, by=by)
    return draft

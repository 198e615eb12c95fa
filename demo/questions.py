"""The extra questions of hospital A, and what its nurse answered."""

from demo.clock import days_ago
from needs import questions
from needs.actions import save_answers
from needs.answers import questions_of
from needs.models import Question
from needs.questions_forms import QuestionForm
from needs.questions_section import section_of

PUBLISHED_AGO = 400
ASKED = [
    ("その作業に、1回何分くらいかかりますか", "number", "", "分。だいたいでかまいません。"),
    ("いまの道具を選んだ人", "choice", "自分の部署\n物品管理の部署\nわからない", ""),
    ("部署で話し合ったことがあれば", "text", "", ""),
    ("いつから困っていますか", "date", "", "覚えていなければ、だいたいの日でかまいません。"),
    ("参考になる資料", "file", "", "院内の手順書や、メモなど。"),
]
ANSWERED = ["12", "物品管理の部署", "朝の申し送りで月に1回話題になります。", "2024年4月1日"]


def publish_questions(hospital, *, office):
    """Write and use the first version."""
    with days_ago(PUBLISHED_AGO):
        draft = questions.start_draft(hospital, by=office)
        for label, kind, lines, help_text in ASKED:
            typed = {"label": label, "kind": kind, "lines": lines, "help_text": help_text}
            form = QuestionForm(typed, instance=Question(question_set=draft))
            form.full_clean()
            questions.save_question(form, by=office)
        questions.publish(draft, by=office)


def answer_questions(need):
    """Answer all but the file, as the proposer does on the page."""
    asked = questions_of(need)
    typed = dict(zip((each.slug for each in asked), ANSWERED, strict=False))
    form = section_of(asked).form(typed, need=need)
    form.full_clean()
    save_answers(form, by=need.proposer)

"""The form that writes a question, and the form that answers a version."""

from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.fields import (
    JapaneseDateField,
    LongTextField,
    NamedErrorsMixin,
    NumberField,
    name_required,
)
from documents import actions as documents
from documents.fields import CheckedFileField
from needs.answers import given
from needs.enums import QuestionKind
from needs.forms import SectionForm
from needs.models import QUESTION_PREFIX, Answer, Question
from needs.personal_data import findings
from search import index as search

MOST_QUESTIONS = 20
MOST_CHOICES = 20
LONGEST_CHOICE = 60
LONGEST_TEXT = 2000
# What a file is called whose own name would tell of somebody.
NAMELESS = "添付"
FILE_RIGHTS = {
    "view_permission": "needs.see_photos_need",
    "change_permission": "needs.describe_need",
}


class QuestionForm(NamedErrorsMixin, forms.ModelForm):
    """One question of a draft; ``instance.question_set`` says of which."""

    kind = forms.ChoiceField(
        label=gettext_lazy("答え方"),
        choices=QuestionKind,
        widget=forms.RadioSelect(attrs={"class": "tiles"}),
    )
    lines = LongTextField(
        label=gettext_lazy("選択肢"),
        help_text=gettext_lazy("「選択」のときだけ使います。1行に1つ書いてください。"),
        required=False,
    )

    class Meta:
        model = Question
        fields = ["label", "kind", "help_text"]
        help_texts = {
            "label": gettext_lazy("例: その作業に、1日に何分くらいかかりますか"),
            "help_text": gettext_lazy("質問の下に小さく出ます。例や単位などを書けます。"),
        }

    field_order = ["label", "kind", "lines", "help_text"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["lines"] = "\n".join(self.instance.choices)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") == QuestionKind.CHOICE:
            self._check_choices(self._choices())
        questions = self.instance.question_set.questions
        if self.instance.pk is None and questions.count() >= MOST_QUESTIONS:
            message = _("質問は%(most)s問までです。どれかを外してから加えてください")
            raise ValidationError(message, params={"most": MOST_QUESTIONS})
        return cleaned

    def _choices(self):
        """The lines that say something, each once."""
        lines = self.cleaned_data.get("lines", "").splitlines()
        return list(dict.fromkeys(line.strip() for line in lines if line.strip()))

    def _check_choices(self, choices):
        too_long = next((each for each in choices if len(each) > LONGEST_CHOICE), None)
        if len(choices) < 2:  # noqa: PLR2004 -- with one there is nothing to choose
            self.add_error("lines", _("「選択肢」を2つ以上、1行に1つずつ入力してください"))
        elif len(choices) > MOST_CHOICES:
            message = _("「選択肢」は%(most)s個までにしてください(いま%(now)s個です)")
            self.add_error("lines", message % {"most": MOST_CHOICES, "now": len(choices)})
        elif too_long:
            message = _("選択肢「%(choice)s」は%(limit)s字以内にしてください(いま%(now)s字です)")
            params = {"choice": too_long, "limit": LONGEST_CHOICE, "now": len(too_long)}
            self.add_error("lines", message % params)

    def save(self, commit=True):
        is_choice = self.cleaned_data["kind"] == QuestionKind.CHOICE
        self.instance.choices = self._choices() if is_choice else []
        return super().save(commit=commit)


def _field(question):
    """The form field for the answer, by the kind of the question."""
    common = {"label": question.label, "help_text": question.help_text, "required": False}
    if question.kind == QuestionKind.TEXT:
        return LongTextField(max_length=LONGEST_TEXT, **common)
    if question.kind == QuestionKind.CHOICE:
        choices = [(each, each) for each in question.choices]
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    if question.kind == QuestionKind.NUMBER:
        return NumberField(**common)
    if question.kind == QuestionKind.DATE:
        return JapaneseDateField(**common)
    field = CheckedFileField(label=question.label, required=False)
    field.help_text = f"{question.help_text} {field.help_text}".strip()
    return field


def _typed(question, value):
    """What the field takes, from what is stored."""
    if value and question.kind == QuestionKind.NUMBER:
        return Decimal(value)
    if value and question.kind == QuestionKind.DATE:
        return date.fromisoformat(value)
    return value


def _stored(value):
    """What is stored, from what the field gives."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value or ""


def _by_slug(need, questions):
    return {each.question.slug: each for each in given(need, questions)}


class AnswersForm(SectionForm):
    """The hospital's questions as a section of the sheet; a file stays whatever else is wrong."""

    class Meta(SectionForm.Meta):
        pass

    def __init__(self, *args, questions, **kwargs):
        self.given = _by_slug(kwargs["instance"], questions)
        self.checked = {slug: slug for slug in self._slugs(QuestionKind.TEXT)}
        self.file_slugs = self._slugs(QuestionKind.FILE)
        super().__init__(*args, **kwargs)
        for slug, (question, value, document) in self.given.items():
            self.fields[slug] = _field(question)
            self.fields[slug].document = document
            if slug not in self.file_slugs:
                self.initial[slug] = self._current[slug] = _typed(question, value)
        self.order_fields([*self.given, "finished"])
        name_required(self)

    def _slugs(self, kind):
        return [slug for slug, each in self.given.items() if each.question.kind == kind]

    def texts(self, cleaned):
        """As of the sheet: what was changed, once others read it."""
        changed = set(self.changed_data) & self.checked.keys() if self.instance.number else set()
        return {slug: cleaned[slug] for slug in changed & cleaned.keys()}

    def stored(self):
        values = {
            slug: each.value for slug, each in self.given.items() if slug not in self.file_slugs
        }
        return {**super().stored(), **values}

    @property
    def changed_data(self):
        """Without the files, which have lines of their own on the timeline."""
        return [name for name in super().changed_data if name not in self.file_slugs]

    def clean(self):
        cleaned = super().clean()
        # A page that was open while another one moved the draft to a newer version.
        lost = [
            text
            for name, text in self.data.items()
            if name.startswith(QUESTION_PREFIX) and name not in self.fields and text.strip()
        ]
        if lost:
            message = _(
                "質問が新しくなりました。前の質問に書いた文を、必要なら書き写してください: %(texts)s"
            )
            self.add_error(None, ValidationError(message, params={"texts": _("、").join(lost)}))
        return cleaned

    def store(self):
        """Write the answers that changed; an emptied one goes."""
        changed = [slug for slug in self.changed_data if slug in self.given]
        for slug in changed:
            if slug not in self.cleaned_data:
                continue
            where = {"need": self.instance, "question": self.given[slug].question}
            if value := _stored(self.cleaned_data[slug]):
                # The row of the need is locked: nobody else answers it meanwhile.
                if not Answer.objects.filter(**where).update(value=value):
                    Answer.objects.create(**where, value=value)
            else:
                Answer.objects.filter(**where).delete()
        if changed:
            search.keep(self.instance)
            self._read_again()

    def _read_again(self):
        """What the page shows next, and the fingerprint, follow what is stored now."""
        self.given = _by_slug(self.instance, [each.question for each in self.given.values()])
        for slug, each in self.given.items():
            self.fields[slug].document = each.document

    def keep_files(self, *, by):
        self.is_valid()
        for slug in self.file_slugs:
            document = self.fields[slug].document
            upload = self.cleaned_data.get(slug)
            # One that is replaced is destroyed too (decision 0007).
            if document and (upload or self.data.get("remove") == document.public_id):
                documents.remove(document, by=by)
            if upload:
                if findings(slug, upload.name):
                    upload.name = f"{NAMELESS}{PurePosixPath(upload.name).suffix}"
                documents.store(
                    target=self.instance,
                    slot=slug,
                    title=self.given[slug].question.label,
                    upload=upload,
                    by=by,
                    **FILE_RIGHTS,
                )
        if self.file_slugs:
            self._read_again()

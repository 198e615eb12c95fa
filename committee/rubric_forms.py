"""The builder of a rubric: its name, its criteria, and the buttons that move them."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from committee.forms import HospitalMixin
from committee.models import Criterion, Rubric
from committee.models.rubrics import LARGEST_SCALE, SMALLEST_SCALE, USUAL_SCALE
from committee.presets import criterion_terms
from core.fields import NamedErrorsMixin, name_required
from core.forms import VersionedModelForm
from taxonomy.models import Term, TermKind

CRITERIA_MAX = 12
ANCHOR_MAX = 120
PREFIX = "criteria"
SCALES = range(SMALLEST_SCALE, LARGEST_SCALE + 1)
MARKS = range(1, LARGEST_SCALE + 1)


class PresetForm(NamedErrorsMixin, forms.Form):
    """Which preset criteria a new rubric starts with."""

    preset = forms.ModelMultipleChoiceField(
        Term.objects.none(),
        to_field_name="code",
        label=_("評価項目のひな形"),
        help_text=_("4〜6つをおすすめします。重みと採点のめやすは、次の画面で直せます。"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["preset"].queryset = criterion_terms()

    def clean_preset(self):
        chosen = self.cleaned_data["preset"]
        if len(chosen) > CRITERIA_MAX:
            raise ValidationError(
                _("「評価項目のひな形」は%(max)sつまで選んでください(いま%(now)sつです)"),
                params={"max": CRITERIA_MAX, "now": len(chosen)},
            )
        return chosen


class RubricForm(HospitalMixin, VersionedModelForm):
    """The name of a rubric; its criteria are ``CriterionFormSet``."""

    class Meta:
        model = Rubric
        fields = ["hospital", "name"]

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.limit_hospitals(by)


def anchored(scale):
    """The scores that need words: the first, the middle and the last."""
    return {1, (1 + scale) // 2, scale}


class CriterionForm(forms.ModelForm):
    """One criterion. It shows a box for the words of each score; words beyond the scale wait."""

    scale = forms.TypedChoiceField(
        label=Criterion._meta.get_field("scale").verbose_name,
        choices=[(each, _("1〜%(max)s点") % {"max": each}) for each in SCALES],
        coerce=int,
        initial=USUAL_SCALE,
    )
    categories = forms.MultipleChoiceField(
        label=Criterion._meta.get_field("categories").verbose_name,
        help_text=_("選ばなければ、すべてのニーズで使います。"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Criterion
        fields = ["label", "weight", "scale", "allows_na", "counts"]
        labels = {"label": _("項目の名前")}
        widgets = {"weight": forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": 10})}
        help_texts = {
            "weight": _("1〜10。大きいほど、平均に強く効きます。"),
            "counts": _("外すと、結果に別に示し、合計には入れません。"),
        }

    def __init__(self, *args, categories, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = categories
        for mark in MARKS:
            self.fields[f"anchor_{mark}"] = forms.CharField(
                label=_("%(mark)s点のめやす") % {"mark": mark},
                max_length=ANCHOR_MAX,
                required=mark in anchored(self.shown_scale),
                widget=forms.HiddenInput if mark > self.shown_scale else forms.TextInput,
            )
        name_required(self)

    @property
    def shown_scale(self):
        """The scale that the page is drawn for, also when nonsense was sent."""
        value = self["scale"].value()
        return int(value) if str(value) in {str(each) for each in SCALES} else USUAL_SCALE

    @property
    def anchor_fields(self):
        """The boxes for the words, from 1 to the scale; those beyond it are hidden."""
        return [self[f"anchor_{mark}"] for mark in MARKS]

    def answers(self):
        """The criterion as ``rubrics.save_rubric`` takes it."""
        names = ["label", "weight", "scale", "allows_na", "counts", "categories"]
        words = {mark: self.cleaned_data[f"anchor_{mark}"] for mark in MARKS}
        return {name: self.cleaned_data[name] for name in names} | {
            "anchors": {
                str(mark): text
                for mark, text in words.items()
                if text and mark <= self.cleaned_data["scale"]
            }
        }


class BaseCriterionFormSet(forms.BaseFormSet):
    """One to twelve criteria, each with its own label. A row left as it was drawn is none."""

    def __init__(self, data=None, *, rows=None, **kwargs):
        terms = Term.objects.of(TermKind.NEED_CATEGORY)
        categories = [(str(term.pk), str(term)) for term in terms]
        super().__init__(
            data,
            initial=rows or ([{}] if data is None else None),
            prefix=PREFIX,
            form_kwargs={"categories": categories},
            **kwargs,
        )

    def initial_form_count(self):
        """Rows are written anew each time; none is "already there"."""
        return 0 if self.is_bound else super().initial_form_count()

    def clean(self):
        if any(self.errors):
            return
        labels = [each["label"] for each in self.answers()]
        if not labels:
            raise ValidationError(_("評価項目を1つ以上入力してください"))
        if len(labels) != len(set(labels)):
            raise ValidationError(_("同じ名前の評価項目があります。名前を分けてください"))
        if not any(each["counts"] for each in self.answers()):
            raise ValidationError(_("合計に入れる評価項目を1つ以上にしてください"))

    def answers(self):
        """The criteria in their order."""
        return [form.answers() for form in self.forms if form.cleaned_data]

    def as_criteria(self):
        """The criteria as they would be, unsaved, for the preview."""
        return [
            Criterion(
                pk=number, **{name: value for name, value in each.items() if name != "categories"}
            )
            for number, each in enumerate(self.answers(), start=1)
        ]


CriterionFormSet = forms.formset_factory(
    CriterionForm,
    formset=BaseCriterionFormSet,
    extra=0,
    max_num=CRITERIA_MAX,
    validate_max=True,
)


def as_row(answers):
    """A criterion's answers as the builder draws them."""
    words = {f"anchor_{mark}": text for mark, text in answers["anchors"].items()}
    return {name: value for name, value in answers.items() if name != "anchors"} | words


def rearranged(data: QueryDict) -> tuple[list[dict], int]:
    """What was typed, after the button ``do`` (add, remove-2, up-2, down-2, redraw-2).

    Returns the rows and the row to look at next. An unknown or impossible move changes nothing.
    """
    rows = _typed_rows(data)
    verb, _dash, text = data.get("do", "").partition("-")
    at = int(text) if text.isdecimal() and int(text) < len(rows) else None
    if verb == "add" and len(rows) < CRITERIA_MAX:
        return [*rows, {}], len(rows)
    if at is None:
        return rows, 0
    if verb == "remove":
        return rows[:at] + rows[at + 1 :], max(0, at - 1)
    to = at + {"up": -1, "down": 1}.get(verb, 0)
    if 0 <= to < len(rows):
        rows.insert(to, rows.pop(at))
        return rows, to
    return rows, at


def _typed_rows(data):
    total = data.get(f"{PREFIX}-TOTAL_FORMS", "")
    count = min(int(total), CRITERIA_MAX) if total.isascii() and total.isdecimal() else 0
    return [_typed_row(data, f"{PREFIX}-{number}-") for number in range(count)]


def _typed_row(data, prefix):
    single = ["label", "weight", "scale", *(f"anchor_{mark}" for mark in MARKS)]
    return {
        **{name: data.get(prefix + name, "") for name in single},
        **{name: prefix + name in data for name in ("allows_na", "counts")},
        "categories": data.getlist(f"{prefix}categories"),
    }

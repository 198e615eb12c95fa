"""What people fill in: the three steps, the sections, a table to bring in."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Organisation
from core.fields import JapaneseDateField, LongTextField, name_required
from core.forms import AutosavedModelForm
from documents.checks import IMAGES
from documents.fields import CheckedFilesField
from needs.clearance import TEXTS
from needs.clearance_forms import ClearanceMixin
from needs.enums import Audience, Frequency, Impact, IpStatus, Place, SafetyReview
from needs.models import SHORTEST_PROBLEM, Need
from taxonomy.models import Term

# What the button says, and what it inserts behind the word that was typed.
STARTERS = [
    (_("〜のとき"), _("のとき、")),
    (_("〜に時間がかかる"), _("に時間がかかる。")),
    (_("〜が心配"), _("が心配。")),
]


LONG_TEXTS = [
    *("background", "current_practice", "existing_products", "ideal_state", "desired_spec"),
    *("patients", "impact_note", "safety_note", "ip_note", "idea"),
]


class StarterTextarea(forms.Textarea):
    """A text box with words to begin with; tapping one inserts it, nothing more."""

    template_name = "needs/starter_textarea.html"

    def get_context(self, name, value, attrs):
        return {**super().get_context(name, value, attrs), "starters": STARTERS}


class SheetForm(ClearanceMixin, AutosavedModelForm):
    """One page of the sheet, which is saved while somebody types.

    ``lenient`` keeps whatever was typed, for those who go back or go on later.
    """

    # Without these the page does not know where it belongs; also a lenient one asks for them.
    indispensable = frozenset()

    def __init__(self, *args, lenient=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.lenient = lenient

    def full_clean(self):
        """A lenient page asks for nothing now, and still says what will be asked in the end."""
        spared = [
            field
            for name, field in self.fields.items()
            if self.lenient and field.required and name not in self.indispensable
        ]
        for field in spared:
            field.required = False
        super().full_clean()
        for field in spared:
            field.required = True

    @property
    def need(self):
        """The need that is being written."""
        return self.instance

    def texts(self, cleaned):
        """A draft is its proposer's alone; once it was handed in, others read each change at once."""
        changed = set(self.changed_data) & set(TEXTS) if self.instance.number else set()
        return {name: cleaned[name] for name in changed & cleaned.keys()}

    def typed_reasons(self, found):
        """A half-typed reason that an autosave brings is none."""
        return {} if self.data.get("go") == "auto" else super().typed_reasons(found)

    def save(self, commit=True, *, by=None):
        need = super().save(commit=commit, by=by)
        self.keep_reasons(need, by=by)
        self.store()
        return need

    def save_kept(self, *, by):
        """Save the acceptable answers; a refused one stays as it was stored."""
        self.instance.updated_by = by
        self.instance.save()
        self.store()
        return self.instance

    def store(self):
        """Write what is not a column of the need; for pages with questions of their own."""

    def keep_files(self, *, by):
        """Keep or take off files, also when another answer of the page has to be repaired."""


class ProblemForm(SheetForm):
    """Step 1: what the worry is."""

    problem = LongTextField(
        label=Need._meta.get_field("problem").verbose_name,
        help_text=_("20〜1,000字。患者さんの名前や日付は書かないでください。"),
        max_length=1000,
        widget=StarterTextarea,
    )

    class Meta:
        model = Need
        fields = ["title", "problem"]
        widgets = {"title": forms.TextInput(attrs={"enterkeyhint": "next", "autocomplete": "off"})}
        help_texts = {"title": _("40字まで。例: 点滴の残量が廊下から分からない")}

    def clean_problem(self):
        text = self.cleaned_data["problem"]
        if not self.lenient and len(text) < SHORTEST_PROBLEM:
            message = _("「%(label)s」は%(limit)s字以上で入力してください(いま%(now)s字です)")
            params = {
                "label": self.fields["problem"].label,
                "limit": SHORTEST_PROBLEM,
                "now": len(text),
            }
            raise ValidationError(message, code="min_length", params=params)
        return text


class StartForm(ProblemForm):
    """Step 1 of a new need; asks for the hospital when the proposer works in several."""

    hospital = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("病院"), widget=forms.RadioSelect, empty_label=None
    )

    field_order = ["hospital", "title", "problem"]
    indispensable = frozenset({"hospital"})

    class Meta(ProblemForm.Meta):
        pass

    def __init__(self, *args, hospitals, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hospital"].queryset = hospitals
        if len(hospitals) == 1:
            del self.fields["hospital"]


class SceneForm(SheetForm):
    """Step 2: where, how often, what suffers."""

    place = forms.ChoiceField(
        label=_("場所"), choices=Place, widget=forms.RadioSelect(attrs={"class": "tiles"})
    )
    frequency = forms.ChoiceField(
        label=_("どのくらい起きますか"),
        choices=Frequency,
        widget=forms.RadioSelect(attrs={"class": "tiles"}),
    )
    impacts = forms.MultipleChoiceField(
        label=_("何に影響しますか"),
        help_text=_("いくつでも選べます。"),
        choices=Impact,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "tiles"}),
    )

    class Meta:
        model = Need
        fields = ["place", "frequency", "impacts", "department", "specialty"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.filter(
            hospital=self.instance.hospital_id
        ).order_by("order", "name")
        self.fields["specialty"].queryset = Term.objects.of("specialty")
        for name in ("department", "specialty"):
            self.fields[name].empty_label = _("選ばない")


def audience_choices():
    """Each choice with the sentence that says who reads what."""
    return [
        (each.value, format_html("<strong>{}</strong>\n{}", each.label, each.readers))
        for each in Audience
    ]


class AudienceForm(SheetForm):
    """Step 3: who may read it, and the promise about patients. Photos go by themselves."""

    audience = forms.ChoiceField(
        label=_("どこまで公開してよいですか"),
        help_text=_("企業に公開する前に、もう一度あなたに確かめます。"),
        choices=audience_choices,
        widget=forms.RadioSelect(attrs={"class": "boxes"}),
    )
    no_patient_data = forms.BooleanField(
        label=_("患者さんを特定できる情報は書いていません"),
        help_text=_(
            "名前、日付、年齢と病名の組み合わせなどです。写真に写ったものも確認してください。"
        ),
    )

    class Meta:
        model = Need
        fields = ["audience", "no_patient_data"]

    def clean_audience(self):
        return self.cleaned_data["audience"] or self.instance.audience


class PhotosForm(forms.Form):
    """Photos beside step 3; ``room`` is how many more may come."""

    photos = CheckedFilesField(label=_("追加する写真"), accept=IMAGES, required=False)

    def __init__(self, *args, room, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["photos"].most = room
        name_required(self)

    @property
    def accepted(self):
        """The good photos, also when others were refused; after validation."""
        return self.fields["photos"].accepted


class SectionForm(SheetForm):
    """One section of the task list; none of its answers is required.

    ``slug`` is the section's. Subclasses for a section's own fields say so with ``Meta.fields``.
    """

    safety_review = forms.ChoiceField(
        label=Need._meta.get_field("safety_review").verbose_name,
        choices=SafetyReview,
        widget=forms.RadioSelect(attrs={"class": "tiles"}),
        required=False,
    )
    ip_status = forms.ChoiceField(
        label=Need._meta.get_field("ip_status").verbose_name,
        choices=IpStatus,
        widget=forms.RadioSelect,
        required=False,
    )
    finished = forms.BooleanField(
        label=_("この項目は書き終えました"),
        help_text=_("一覧に「完了」と出ます。あとから直すこともできます。"),
        required=False,
    )

    class Meta:
        model = Need
        fields = []
        field_classes = {
            **dict.fromkeys(LONG_TEXTS, LongTextField),
            "presentation_on": JapaneseDateField,
        }
        help_texts = {
            "background": _("困るようになったきっかけや、病棟の事情など。"),
            "current_practice": _("いまはどうやってしのいでいますか。"),
            "existing_products": _("試した製品や道具があれば、名前と足りない点を書いてください。"),
            "ideal_state": _("どうなっていれば助かりますか。"),
            "desired_spec": _("大きさ、重さ、洗えること、値段など。"),
            "users": _("使う人の職種です。例: 看護師、臨床工学技士"),
            "patients": _("月に何人くらい、年に何件くらい。数だけを書いてください。"),
            "impact_note": _("どんなことが、どのくらい起きていますか。"),
            "safety_note": _("出た意見や、決まった対策など。"),
            "ip_note": _("見つけた特許や論文、相談した人など。"),
            "presentation_on": _(
                "2027/3/20 のように入力してください。予定がなければ空けておきます。"
            ),
        }

    def __init__(self, *args, slug, **kwargs):
        self.slug = slug
        super().__init__(*args, **kwargs)
        for name in {"safety_review", "ip_status"} - set(self._meta.fields):
            del self.fields[name]
        if "category" in self.fields:
            self.fields["category"].queryset = Term.objects.of("need_category")
            self.fields["category"].empty_label = _("選ばない")
        self.initial["finished"] = self._current["finished"] = slug in self.instance.sections_done
        self.order_fields([*self._meta.fields, "finished"])

    def stored(self):
        return {**super().stored(), "finished": self.slug in self.instance.sections_done}

    def _post_clean(self):
        super()._post_clean()
        done = [slug for slug in self.instance.sections_done if slug != self.slug]
        if self.cleaned_data.get("finished"):
            done.append(self.slug)
        self.instance.sections_done = done


def section_form(fields):
    """The form of a section that asks these fields of the need."""
    return forms.modelform_factory(Need, form=SectionForm, fields=fields)


class ImportForm(forms.Form):
    """The table to bring in."""

    hospital = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("病院"), widget=forms.RadioSelect, empty_label=None
    )
    file = forms.FileField(
        label=_("表のファイル"), help_text=_("CSVかExcel(.xlsx)。1つ10MBまで、5,000行まで。")
    )
    all_or_nothing = forms.BooleanField(
        label=_("1行でも誤りがあれば、1件も取り込まない"), required=False
    )

    def __init__(self, *args, hospitals, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hospital"].queryset = hospitals
        if len(hospitals) == 1:
            del self.fields["hospital"]
        name_required(self)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.DOCUMENT_MAX_BYTES:
            message = _("「%(name)s」は%(limit)dMBより小さくしてください")
            limit = settings.DOCUMENT_MAX_BYTES // 1024 // 1024
            raise ValidationError(message, params={"name": file.name, "limit": limit})
        return file


class ConfirmImportForm(forms.Form):
    """What becomes of the rows that look like personal information, when there are any."""

    LEAVE_OUT, BRING_IN = "leave_out", "bring_in"

    flagged = forms.ChoiceField(
        label=_("個人情報かもしれないことばのある行をどうしますか"),
        choices=[
            (LEAVE_OUT, _("取り込まない。表を直して、もう一度ファイルを選ぶ")),
            (BRING_IN, _("取り込んで、1件ずつ確かめる。それまで審査会には出さない")),
        ],
        widget=forms.RadioSelect(attrs={"class": "boxes"}),
    )

    def __init__(self, *args, run, **kwargs):
        super().__init__(*args, **kwargs)
        if not run.findings:
            del self.fields["flagged"]
        name_required(self)

    @property
    def leaves_out(self):
        """Whether those rows stay outside; after validation."""
        return self.cleaned_data.get("flagged") == self.LEAVE_OUT

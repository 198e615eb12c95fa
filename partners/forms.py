"""What partners and applicants fill in."""

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from core.fields import (
    AmountField,
    JapaneseDateField,
    LongTextField,
    ManyChoicesField,
    NamedErrorsMixin,
    TolerantEmailField,
)
from core.forms import TransitionForm, VersionedModelForm
from partners.models import Application, Licence, Profile
from taxonomy.models import Term, TermKind

CHOOSE = _("選んでください")


def terms(kind):
    """The choices of one code list."""
    return Term.objects.of(kind)


class EmployeesField(AmountField):
    """A number of people: 全角, 「120名」 and 「約1,200人」 are understood."""

    default_error_messages = {
        "invalid": _("「%(label)s」は 120 のように数字で入力してください"),
    }

    def to_python(self, value):
        """A whole number, or None."""
        return super().to_python(value.strip("約名人 ") if isinstance(value, str) else value)


class ProfileForm(VersionedModelForm):
    """A partner's own description, as hospitals will read it."""

    strengths = LongTextField(
        label=_("技術・製品"),
        max_length=2000,
        required=False,
        help_text=_(
            "得意な加工、製品、設備など。ニーズの文と重なる言葉があると、候補に挙がりやすくなります。"
        ),
    )
    experience = LongTextField(
        label=_("医工連携の実績"),
        max_length=1000,
        required=False,
        help_text=_("公表してよいものだけを書いてください。"),
    )
    employees = EmployeesField(label=_("従業員数"), required=False, max_value=1_000_000)
    website = forms.URLField(label=_("ウェブサイト"), required=False, assume_scheme="https")

    class Meta:
        model = Profile
        fields = [
            "company_type",
            "tagline",
            "strengths",
            "experience",
            "technologies",
            "interests",
            "employees",
            "website",
            "is_listed",
        ]
        field_classes = {"technologies": ManyChoicesField, "interests": ManyChoicesField}
        widgets = {
            "technologies": forms.CheckboxSelectMultiple,
            "interests": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "tagline": _("一覧に出る1行です。例: 「極細の樹脂チューブを1本から作ります」"),
            "is_listed": _("外すと、病院の職員の一覧に出ません。支援オフィスには見えます。"),
        }

    CODE_LISTS = {
        "company_type": TermKind.COMPANY_TYPE,
        "technologies": TermKind.TECHNOLOGY,
        "interests": TermKind.NEED_CATEGORY,
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, kind in self.CODE_LISTS.items():
            self.fields[name].queryset = terms(kind)
        self.fields["company_type"].empty_label = CHOOSE

    @property
    def chosen_technologies(self):
        """The labels ticked now, for the line above the folded boxes."""
        return self._chosen("technologies")

    @property
    def chosen_interests(self):
        """The same for the fields of interest."""
        return self._chosen("interests")

    def _chosen(self, name):
        ticked = {str(getattr(each, "pk", each)) for each in self[name].value() or []}
        return [label for value, label in self.fields[name].choices if str(value) in ticked]

    def theirs_in_words(self):
        """(label, text) of what is stored now, for a stale page; codes as words."""
        return [
            (label, self._in_words(name, current))
            for name, label, current in self.theirs
            if name in self.CODE_LISTS
        ]

    def _in_words(self, name, current):
        current = current if isinstance(current, list) else [current]
        ids = {getattr(each, "pk", each) for each in current}
        return _("、").join(str(term) for term in self.fields[name].queryset if term.pk in ids)


class LicenceForm(NamedErrorsMixin, forms.Form):
    """One licence of a partner; a row without a kind is no licence."""

    kind = forms.ModelChoiceField(
        label=_("許可・認証の種類"), queryset=Term.objects.none(), required=False
    )
    number = forms.CharField(label=_("許可・登録番号"), max_length=60, required=False)
    valid_until = JapaneseDateField(
        label=_("有効期限"), required=False, help_text=_("例: 2028/3/31、令和10年3月31日")
    )

    def __init__(self, *args, choices=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = terms(TermKind.LICENCE)
        if choices is not None:
            # The rows share one list: the query does not grow with them.
            self.fields["kind"].choices = choices

    @property
    def held(self):
        """What is stored in this row, in one line; empty for a new row."""
        kinds = {str(value): label for value, label in self.fields["kind"].choices}
        parts = [kinds.get(str(self.initial.get("kind")), ""), self.initial.get("number")]
        return " ".join(filter(None, parts)) if self.initial else ""

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("kind") and (cleaned.get("number") or cleaned.get("valid_until")):
            self.add_error("kind", _("「許可・認証の種類」を選んでください"))
        return cleaned


class LicenceFormSet(BaseFormSet):
    """The licences of one profile; saved by replacing them all."""

    def add_fields(self, form, index):
        """The box to take a row away speaks our language."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("この許可・認証を外す")

    def clean(self):
        """Refuse the same licence twice."""
        seen = set()
        for form in self.forms:
            key = (form.cleaned_data.get("kind"), form.cleaned_data.get("number"))
            if key[0] and not form.cleaned_data.get("DELETE"):
                if key in seen:
                    form.add_error("kind", _("同じ許可・認証が2回入っています。1つにしてください"))
                seen.add(key)

    def rows(self):
        """The licences that stay, as dicts."""
        return [
            {name: form.cleaned_data.get(name) for name in ("kind", "number", "valid_until")}
            for form in self.forms
            if form.cleaned_data.get("kind") and not form.cleaned_data.get("DELETE")
        ]


LICENCES_MAX = 20
_LicenceRows = formset_factory(
    LicenceForm,
    formset=LicenceFormSet,
    extra=1,
    can_delete=True,
    max_num=LICENCES_MAX,
    validate_max=True,
)


def licence_rows(profile, data=None):
    """The rows of ``profile`` and an empty one."""
    held = Licence.objects.filter(profile=profile).order_by("kind__order", "pk")
    initial = list(held.values("kind", "number", "valid_until"))
    choices = [("", CHOOSE), *((term.pk, str(term)) for term in terms(TermKind.LICENCE))]
    return _LicenceRows(data, initial=initial, prefix="licences", form_kwargs={"choices": choices})


class ApplicationForm(NamedErrorsMixin, forms.ModelForm):
    """A company knocks at the door. ``homepage`` is a trap for machines: people never see it."""

    email = TolerantEmailField(
        label=_("メールアドレス"), help_text=_("招待はこのアドレスに届きます。")
    )
    message = LongTextField(
        label=_("できること・関心のあること"),
        max_length=1000,
        help_text=_("どんな技術や製品で、どんな困りごとに役立ちたいか。数行で構いません。"),
    )
    homepage = forms.CharField(required=False, label=_("この欄は空のままにしてください"))

    class Meta:
        model = Application
        fields = ["company", "prefecture", "name", "email", "message"]
        help_texts = {"company": _("「株式会社」なども含めて入力してください。")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["prefecture"].queryset = terms(TermKind.PREFECTURE)
        self.fields["prefecture"].empty_label = CHOOSE
        self.fields["company"].widget.attrs["autocomplete"] = "organization"
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["homepage"].widget.attrs |= {"tabindex": "-1", "autocomplete": "off"}

    @property
    def is_machine(self):
        """Somebody filled in what nobody sees."""
        return bool(self.cleaned_data.get("homepage"))


class InviteForm(TransitionForm):
    """Invite the applicant; a company of that name that is known already needs a second look."""

    same_company = forms.BooleanField(
        label=_(
            "同じ名前の企業がすでに登録されています。申込者がその企業の人であることを確かめました"
        ),
        error_messages={
            "required": _("申込者がその企業の人であることを確かめて、チェックを入れてください")
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = Organisation.objects.filter(
            kind=OrganisationKind.COMPANY, name=self.obj.company.strip()
        ).first()
        if self.known is None:
            del self.fields["same_company"]

    def clean(self):
        """A company that was closed is not opened again by an invitation. No details are kept."""
        super().clean()
        if self.known and not self.known.is_active:
            self.add_error(
                None, _("この名前の企業は利用を止めています。システム管理者に確認してください。")
            )
        return {}


class DeclineForm(TransitionForm):
    """What the applicant will read."""

    comment = LongTextField(
        label=_("申込者に伝えること"), max_length=500, help_text=_("このままメールで届きます。")
    )

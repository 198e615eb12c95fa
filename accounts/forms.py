from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import HOSPITAL_ROLES, ROLES_BY_KIND
from accounts.models import Department, Membership, Organisation, User
from core.fields import KanaField, NamedErrorsMixin, TolerantEmailField, name_required
from taxonomy.models import Term, TermKind


class SeatForm(NamedErrorsMixin, forms.Form):
    """A seat in an organisation: in a hospital with roles to choose, elsewhere with its one role.

    ``by`` decides which organisations are offered; ``roles`` in ``cleaned_data`` is never empty.
    """

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("組織"),
        queryset=Organisation.objects.none(),
        empty_label=gettext_lazy("選んでください"),
    )
    department = forms.ModelChoiceField(
        label=gettext_lazy("病院での部署"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=gettext_lazy("決めない"),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("病院での役割"),
        choices=[(role.value, role.label) for role in HOSPITAL_ROLES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("病院の人のときだけ選んでください。"),
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        offered = Organisation.objects.invitable_by(by)
        self.fields["organisation"].queryset = offered.order_by("-kind", "name")
        if len(by.offices) == 1:
            self.fields["organisation"].initial = min(by.offices)
        departments = Department.objects.filter(hospital__in=offered).select_related("hospital")
        self.fields["department"].queryset = departments.order_by("hospital", "order", "pk")
        self.fields["department"].label_from_instance = _with_hospital

    def clean(self):
        cleaned = super().clean()
        if organisation := cleaned.get("organisation"):
            check = self._clean_hospital if organisation.is_hospital else self._clean_outside
            check(cleaned, organisation)
        return cleaned

    def _clean_hospital(self, cleaned, hospital):
        department = cleaned.get("department")
        if department and department.hospital_id != hospital.pk:
            self.add_error("department", _("「病院での部署」は、選んだ病院の部署にしてください"))
        if not cleaned.get("roles"):
            self.add_error("roles", _("「病院での役割」を選んでください"))

    def _clean_outside(self, cleaned, organisation):
        for name in ("department", "roles"):
            if cleaned.get(name):
                self.add_error(
                    name,
                    _("「%(label)s」は、病院の人のときだけ選べます。選択を外してください")
                    % {"label": self.fields[name].label},
                )
        cleaned["roles"] = [role.value for role in ROLES_BY_KIND[organisation.kind]]


def _with_hospital(department):
    return f"{department.hospital.name} {department.name}"


class InviteForm(SeatForm):
    """Whom to invite, and to which seat."""

    email = TolerantEmailField(label=gettext_lazy("メールアドレス"))
    name = forms.CharField(label=gettext_lazy("氏名"), max_length=80, required=False)

    field_order = ["email", "name", "organisation", "department", "roles"]

    def clean(self):
        cleaned = super().clean()
        if not self.errors and self._has_every_role(cleaned):
            self.add_error("email", _("この人は、すでにこの組織に同じ役割で登録されています"))
        return cleaned

    @staticmethod
    def _has_every_role(cleaned):
        held = Membership.objects.filter(
            user__email=cleaned["email"].lower(),
            organisation=cleaned["organisation"],
            role__in=cleaned["roles"],
        )
        return held.count() == len(cleaned["roles"])


class PersonForm(NamedErrorsMixin, forms.ModelForm):
    """What people say about themselves."""

    kana = KanaField(label=gettext_lazy("フリガナ"), max_length=120, required=False)

    class Meta:
        model = User
        fields = ["name", "kana", "profession"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["profession"].queryset = Term.objects.of(TermKind.PROFESSION)
        self.fields["profession"].empty_label = _("選ばない")


class SettingsForm(PersonForm):
    """One's own name and language, and whether single keys do something (WCAG 2.1.4)."""

    class Meta(PersonForm.Meta):
        fields = ["name", "kana", "profession", "language", "shortcuts"]
        widgets = {"language": forms.RadioSelect}


class NewPersonForm(PersonForm):
    """An invited person makes her account."""

    password = forms.CharField(
        label=gettext_lazy("パスワード"),
        strip=False,
        help_text=gettext_lazy("10文字以上にしてください。長い文でもかまいません。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=gettext_lazy("パスワード(もう一度)"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, email, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email
        name_required(self)

    def clean_password(self):
        password = self.cleaned_data["password"]
        person = User(email=self.email, name=self.cleaned_data.get("name", ""))
        password_validation.validate_password(password, person)
        return password

    def clean(self):
        cleaned = super().clean()
        first, second = cleaned.get("password"), cleaned.get("password_again")
        if first and second and first != second:
            self.add_error(
                "password_again", _("2つのパスワードが違います。同じものを入力してください")
            )
        return cleaned

    def details(self):
        """What ``accounts.actions.accept`` needs to know."""
        return {
            name: self.cleaned_data[name] for name in ("name", "kana", "profession", "password")
        }


class PeopleFilter(forms.Form):
    """Which people the office wants to see."""

    q = forms.CharField(label=gettext_lazy("氏名・フリガナ・メールアドレス"), required=False)
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("組織"),
        queryset=Organisation.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("すべて"),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("状況"),
        required=False,
        choices=[
            ("", gettext_lazy("すべて")),
            ("active", gettext_lazy("利用中")),
            ("inactive", gettext_lazy("停止中")),
        ],
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        offered = Organisation.objects.invitable_by(by)
        self.fields["organisation"].queryset = offered.order_by("-kind", "name")

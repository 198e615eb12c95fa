"""What is asked about the people of a need."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, Organisation
from core.fields import LongTextField, NumberField, TolerantEmailField, name_required
from needs.clearance_forms import ClearanceMixin
from needs.enums import Frequency, Place, Source
from needs.handover import leaving_person
from needs.models import SHORTEST_PROBLEM, Need
from needs.people import WHOLE, member_of

TOLD_BY = [Source.PAPER, Source.ROUND, Source.PHONE]


class ColleagueForm(forms.Form):
    """Somebody of the same hospital, by her exact address; nobody is listed."""

    email = TolerantEmailField(label=gettext_lazy("職員のメールアドレス"))

    def __init__(self, *args, hospital, but=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.hospital, self.but = hospital, but
        name_required(self)

    def clean_email(self):
        person = member_of(self.hospital, self.cleaned_data["email"])
        if person is None:
            raise forms.ValidationError(
                _("この病院の職員として登録されたメールアドレスを入力してください")
            )
        if person == self.but:
            raise forms.ValidationError(_("ほかの職員のメールアドレスを入力してください"))
        self.cleaned_data["person"] = person
        return self.cleaned_data["email"]


class ShareField(NumberField):
    """A whole number of percent; empty while nobody has agreed on one. 全角 and a % are welcome."""

    inputmode = "numeric"
    default_error_messages = {
        "invalid": gettext_lazy("「%(label)s」は 40 のように0から100までの数字で入力してください"),
    }

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)

    def to_python(self, value):
        """An int from 0 to 100, or None."""
        share = super().to_python(value.rstrip("%％ ") if isinstance(value, str) else value)
        if share is None:
            return None
        if share != int(share) or not 0 <= share <= WHOLE:
            raise self.error("invalid")
        return int(share)


class CoSubmitterForm(ColleagueForm):
    """A co-submitter, her right to write and her share."""

    share = ShareField(
        label=gettext_lazy("貢献の割合(%)"),
        help_text=gettext_lazy("決まっていなければ空けておきます。本人が同意すると決まります。"),
    )
    may_edit = forms.BooleanField(label=gettext_lazy("本文を直せるようにする"), required=False)


class SharesForm(forms.Form):
    """The shares of all co-submitters at once; which field is whose: ``named``."""

    def __init__(self, *args, co_submitters, **kwargs):
        super().__init__(*args, **kwargs)
        self.named = {f"share-{each.public_id}": each for each in co_submitters}
        for name, each in self.named.items():
            label = _("%(name)sさんの割合(%%)") % {"name": each.user.name}
            self.fields[name] = ShareField(label=label, initial=each.share)
        name_required(self)

    @property
    def shares(self):
        """The share by the id of the participant, of those that were sent; after validation."""
        return {
            each.pk: self.cleaned_data[name]
            for name, each in self.named.items()
            if name in self.data
        }


class OnBehalfForm(ClearanceMixin, forms.ModelForm):
    """A need that somebody told the office."""

    hospital = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("病院"),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    source = forms.ChoiceField(
        label=gettext_lazy("何から登録しますか"),
        choices=[(each.value, each.label) for each in TOLD_BY],
        widget=forms.RadioSelect(attrs={"class": "tiles"}),
    )
    name = forms.CharField(label=gettext_lazy("困っている人の氏名"), max_length=80)
    email = TolerantEmailField(
        label=gettext_lazy("その人のメールアドレス"),
        help_text=gettext_lazy("内容を確かめるリンクを送ります。分からなければ空けておきます。"),
        required=False,
    )
    not_own = forms.BooleanField(
        label=gettext_lazy("自分の困りごとではありません"),
        help_text=gettext_lazy(
            "メールアドレスを空けるときに確かめます。自分の困りごとは、自分では受け付けも審査もできません。"
        ),
        required=False,
    )
    problem = LongTextField(label=Need._meta.get_field("problem").verbose_name, max_length=1000)
    place = forms.ChoiceField(
        label=gettext_lazy("場所"),
        choices=Place,
        widget=forms.RadioSelect(attrs={"class": "tiles"}),
        required=False,
    )
    frequency = forms.ChoiceField(
        label=gettext_lazy("どのくらい起きますか"),
        choices=Frequency,
        widget=forms.RadioSelect(attrs={"class": "tiles"}),
        required=False,
    )

    class Meta:
        model = Need
        fields = ["title", "problem", "place", "frequency", "department"]

    field_order = ["hospital", "source", "name", "email", "not_own"]
    checked = {"title": "title", "problem": "problem"}

    def __init__(self, *args, hospitals, **kwargs):
        super().__init__(*args, **kwargs)
        self.hospitals = hospitals
        self.need = self.instance
        self.fields["hospital"].queryset = hospitals
        self.fields["department"].queryset = Department.objects.filter(
            hospital__in=hospitals
        ).order_by("hospital", "order", "name")
        if len(hospitals) == 1:
            del self.fields["hospital"]
        name_required(self)

    def clean_problem(self):
        text = self.cleaned_data["problem"]
        if len(text) < SHORTEST_PROBLEM:
            message = _("「%(label)s」は%(limit)s字以上で入力してください(いま%(now)s字です)")
            params = {
                "label": self.fields["problem"].label,
                "limit": SHORTEST_PROBLEM,
                "now": len(text),
            }
            raise forms.ValidationError(message, params=params)
        return text

    def clean(self):
        cleaned = super().clean()
        cleaned.setdefault("hospital", self.hospitals[0] if len(self.hospitals) == 1 else None)
        department = cleaned.get("department")
        if department and cleaned["hospital"] and department.hospital != cleaned["hospital"]:
            self.add_error("department", _("「部署」は、選んだ病院のものにしてください"))
        if not (cleaned.get("email") or cleaned.get("not_own") or "email" in self.errors):
            message = _("メールアドレスを入力するか、「%(label)s」を選んでください")
            self.add_error(
                "not_own",
                forms.ValidationError(message, params={"label": self.fields["not_own"].label}),
            )
        return cleaned


class AskClinicianForm(forms.Form):
    """Whom to ask about a need that the office wrote down."""

    name = forms.CharField(label=gettext_lazy("困っている人の氏名"), max_length=80)
    email = TolerantEmailField(label=gettext_lazy("その人のメールアドレス"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_required(self)


class CorrectionForm(forms.Form):
    """What is wrong with what the office wrote."""

    correction = LongTextField(
        label=gettext_lazy("直してほしいところ"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_required(self)


class LeavingForm(forms.Form):
    """Whose things are to be handed over, by the exact address; her account may be closed."""

    email = TolerantEmailField(label=gettext_lazy("異動・退職する人のメールアドレス"))

    def __init__(self, *args, hospital, **kwargs):
        super().__init__(*args, **kwargs)
        self.hospital = hospital
        name_required(self)

    def clean_email(self):
        person = leaving_person(self.hospital, self.cleaned_data["email"])
        if person is None:
            raise forms.ValidationError(
                _("この病院の職員として登録されたメールアドレスを入力してください")
            )
        self.cleaned_data["person"] = person
        return self.cleaned_data["email"]


class HandOverForm(ColleagueForm):
    """Who goes on with what was ``chosen``, and why."""

    reason = LongTextField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("例: 異動、退職。記録に残ります。"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, chosen, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.chosen, self.by = chosen, by

    def clean(self):
        cleaned = super().clean()
        if not self.chosen:
            raise forms.ValidationError(_("引き継ぐものを選んでください"))
        if cleaned.get("person") == self.by and any(
            need.number is None for need in self.chosen.needs
        ):
            self.add_error("email", _("下書きは、あなた以外の職員に移してください"))
        if "person" in cleaned and (unfit := self._not_for(cleaned["person"])):
            text = _(
                "この人には担当を移せないニーズがあります。チェックを外すか、支援オフィスのほかの人を選んでください: %(numbers)s"
            )
            self.add_error("email", text % {"numbers": _("、").join(unfit)})
        return cleaned

    def _not_for(self, person):
        """The numbers of what she may not look after, or what the mover may not hand out."""
        fit = Need.objects.judged_by(person).filter(pk__in=Need.objects.judged_by(self.by))
        fit = set(fit.filter(assignee=self.chosen.person).values_list("pk", flat=True))
        return [need.number for need in self.chosen.assigned if need.pk not in fit]

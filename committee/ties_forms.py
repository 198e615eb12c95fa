"""What a member declares about companies, and from which sums on it counts."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from committee import ties
from committee.enums import TieKind
from committee.models import Tie
from core.fields import AmountField, NamedErrorsMixin, name_required


class TieForm(NamedErrorsMixin, forms.ModelForm):
    """One company, one kind, one fiscal year."""

    amount = AmountField(
        label=_("1年の金額(円)"),
        help_text=_("1,200,000 や 120万円 のように。報酬のない役職などは空けてください。"),
        min_value=1,
        max_value=10**12,
        required=False,
    )

    class Meta:
        model = Tie
        fields = ["company_name", "kind", "year", "amount", "is_family", "note"]
        help_texts = {
            "company_name": _("例: 株式会社○○。会社の正式な名前を書いてください。"),
            "year": _("4月から翌年3月まで。この年度と、その前の3年度が対象です。"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("year", ties.this_year())

    def clean_company_name(self):
        return self.cleaned_data["company_name"].strip()

    def clean_year(self):
        year, last = self.cleaned_data["year"], ties.this_year()
        if not last - ties.LOOKS_BACK <= year <= last:
            raise ValidationError(
                _("「年度」は%(first)sから%(last)sまでの数字で入力してください"),
                params={"first": last - ties.LOOKS_BACK, "last": last},
            )
        return year


class ThresholdsForm(forms.Form):
    """One sum for each kind of tie; empty counts from the first yen."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for kind in TieKind:
            self.fields[kind.value] = AmountField(
                label=kind.label, min_value=1, max_value=10**12, required=False
            )
        name_required(self)

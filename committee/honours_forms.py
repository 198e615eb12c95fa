"""What is filled in for awards."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from committee.honours import quota_is_full
from committee.models import Award, AwardPlan
from core.fields import LongTextField, NamedErrorsMixin
from documents.checks import IMAGES
from documents.fields import CheckedFileField, limits
from taxonomy.models import Term, TermKind

QUOTA_MAX = 50


class PlanForm(NamedErrorsMixin, forms.Form):
    """One award of a round: how many, and what comes with it."""

    kind = forms.ModelChoiceField(Term.objects.none(), label=_("賞"))
    quota = forms.IntegerField(
        label=_("数"),
        min_value=0,
        max_value=QUOTA_MAX,
        help_text=_("0にすると、予定から外します。"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    prize = forms.CharField(
        label=_("副賞"), max_length=80, required=False, help_text=_("例: 図書カード 5,000円分")
    )

    def __init__(self, *args, round_, **kwargs):
        super().__init__(*args, **kwargs)
        self.round = round_
        self.fields["kind"].queryset = Term.objects.of(TermKind.AWARD)

    def clean(self):
        cleaned = super().clean()
        kind, quota = cleaned.get("kind"), cleaned.get("quota")
        if kind and quota is not None:
            given = Award.objects.filter(case__round=self.round, kind=kind).count()
            if quota < given:
                self.add_error(
                    "quota",
                    ValidationError(
                        _("この賞はすでに%(given)s件決まっています。先に表彰を取り消してください"),
                        params={"given": given},
                    ),
                )
        return cleaned


class NominationForm(NamedErrorsMixin, forms.Form):
    """Which award, and why."""

    kind = forms.ModelChoiceField(Term.objects.none(), label=_("賞"))
    reason = LongTextField(
        label=_("推す理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, round_, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = offered_awards(round_)


def offered_awards(round_):
    """The awards that the round gives; every award while nothing is planned."""
    planned = AwardPlan.objects.filter(round=round_).values("kind")
    every = Term.objects.of(TermKind.AWARD)
    return every.filter(pk__in=planned) if planned.exists() else every


class SealForm(NamedErrorsMixin, forms.Form):
    """The picture of the seal."""

    upload = CheckedFileField(
        label=_("印影の画像"),
        accept=IMAGES,
        help_text=format_lazy(
            _("{limits}。背景が白か透明の、正方形の画像が向きます。"), limits=limits(IMAGES)
        ),
    )


class AwardForm(NamedErrorsMixin, forms.ModelForm):
    """Which award, and the words that praise."""

    class Meta:
        model = Award
        fields = ["kind", "citation"]
        field_classes = {"citation": LongTextField}
        widgets = {"citation": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"citation": _("表彰状に載ります。空けると、決まった文になります。")}

    def __init__(self, *args, case, **kwargs):
        super().__init__(*args, **kwargs)
        given = case.awards.values("kind")
        self.case = case
        self.fields["kind"].queryset = offered_awards(case.round).exclude(pk__in=given)

    def clean_kind(self):
        kind = self.cleaned_data["kind"]
        if quota_is_full(self.case.round, kind):
            raise ValidationError(
                _(
                    "「%(kind)s」は予定の数だけ決まっています。ほかの案件の表彰を取り消すか、数を増やしてください"
                ),
                params={"kind": kind},
            )
        return kind

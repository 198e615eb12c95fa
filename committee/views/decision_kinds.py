"""The office's page for its hospital's own words for decisions."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from committee import decision_kinds
from committee.enums import Outcome
from committee.models import DecisionKind
from committee.views.parts import insist, status_of
from core.fields import NamedErrorsMixin

RIGHT = "accounts.keep_decision_kinds_organisation"


class KindForm(NamedErrorsMixin, forms.Form):
    """A word, and which of the four it counts as."""

    label = forms.CharField(
        label=gettext_lazy("決定の名前"), max_length=20, help_text=gettext_lazy("例: 継続審査")
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("どの決定として扱いますか"),
        choices=Outcome,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("手紙の文と、そのあとの進み方が決まります。"),
    )

    def __init__(self, *args, hospital, **kwargs):
        super().__init__(*args, **kwargs)
        self.hospital = hospital

    def clean_label(self):
        label = self.cleaned_data["label"]
        known = DecisionKind.objects.filter(hospital=self.hospital, label=label).exists()
        if known or label in Outcome.labels:
            message = _("「%(label)s」はすでにあります。別の名前にしてください")
            raise ValidationError(message, params={"label": label})
        return label


def index(request, public_id):
    """The kinds, one more, and which are still used."""
    hospitals = Organisation.objects.hospitals().filter(pk__in=request.user.hospitals)
    hospital = get_object_or_404(hospitals, public_id=public_id)
    insist(request.user, RIGHT, hospital)
    kinds = DecisionKind.objects.filter(hospital=hospital)
    if request.method == "POST" and "switch" in request.POST:
        kind = get_object_or_404(kinds, public_id=request.POST["switch"])
        decision_kinds.switch_kind(kind, by=request.user)
        if kind.is_active:
            text = _("「%(label)s」をまた使えるようにしました。")
        else:
            text = _("「%(label)s」を使わないことにしました。これまでの決定には残ります。")
        messages.success(request, text % {"label": kind.label})
        return redirect("committee:decision_kinds", hospital.public_id)
    form = KindForm(request.POST or None, hospital=hospital)
    if form.is_valid():
        kind = decision_kinds.add_kind(hospital, by=request.user, **form.cleaned_data)
        messages.success(request, _("「%(label)s」を加えました。") % {"label": kind.label})
        return redirect("committee:decision_kinds", hospital.public_id)
    context = {"hospital": hospital, "form": form, "kinds": kinds.order_by("order", "pk")}
    return render(request, "committee/decision_kinds.html", context, status=status_of(form))

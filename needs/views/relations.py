"""The office brings needs together, takes them apart, or leaves them aside."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.fields import LongTextField, name_required
from core.views import INVALID, moved_on
from core.workflow import WrongStateError
from needs import comparing, merging, revival
from needs.clearance_forms import ClearanceMixin
from needs.enums import RelationKind
from needs.models import SHORTEST_PROBLEM, Need

RIGHT = "needs.arrange_need"


class SplitForm(ClearanceMixin, forms.ModelForm):
    """The second worry in its own words."""

    problem = LongTextField(
        label=Need._meta.get_field("problem").verbose_name,
        help_text=gettext_lazy("もとの本文を写してあります。2つ目の困りごとだけを残してください。"),
        max_length=1000,
        min_length=SHORTEST_PROBLEM,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    class Meta:
        model = Need
        fields = ["title", "problem"]

    checked = {"title": "title", "problem": "problem"}

    def __init__(self, *args, need, **kwargs):
        super().__init__(*args, **kwargs)
        self.need = need
        name_required(self)


class RelateForm(ClearanceMixin, forms.Form):
    """Another need of the hospital, and why."""

    number = forms.CharField(
        label=gettext_lazy("関連するニーズの受付番号"),
        help_text=gettext_lazy("例: N-2026-0012"),
        max_length=20,
    )
    note = forms.CharField(label=gettext_lazy("理由"), max_length=200, required=False)

    checked = {"note": "relation"}

    def __init__(self, *args, need, **kwargs):
        super().__init__(*args, **kwargs)
        self.need = need
        name_required(self)

    def clean_number(self):
        number = self.cleaned_data["number"].strip()
        others = Need.objects.filter(hospital=self.need.hospital_id).exclude(pk=self.need.pk)
        other = others.filter(number__iexact=number).first()
        if other is None:
            raise ValidationError(
                _("「%(number)s」は見つかりません。受付番号を確かめてください"),
                params={"number": number},
            )
        self.cleaned_data["other"] = other
        return number


def split(request, public_id):
    """Two worries in one: the second becomes a need of its own."""
    need = _need(request, public_id, "needs.divide_need")
    posted = request.POST if request.method == "POST" else None
    form = SplitForm(posted, need=need, initial={"title": need.title, "problem": need.problem})
    if posted and form.is_valid():
        try:
            with transaction.atomic():
                new = merging.split(need, by=request.user, **form.cleaned_data)
                form.keep_reasons(new, by=request.user)
        except WrongStateError:
            return moved_on(request, need)
        messages.success(request, _("%(number)s を作りました。") % {"number": new.number})
        return redirect(new)
    context = {"need": need, "form": form, "people": len({person.pk for person in need.everybody})}
    return render(request, "needs/split.html", context, status=INVALID if posted else 200)


def relate(request, public_id):
    """Name a related need, or take a relation back."""
    need = _need(request, public_id, RIGHT)
    if "remove" in request.POST:
        rows = merging.relations_of(need).filter(kind=RelationKind.RELATED)
        merging.unrelate(get_object_or_404(rows, public_id=request.POST["remove"]), by=request.user)
        messages.success(request, _("関連から外しました。"))
        return redirect(need)
    posted = request.POST if request.method == "POST" else None
    form = RelateForm(posted, need=need)
    if posted and form.is_valid():
        answers = form.cleaned_data
        with transaction.atomic():
            merging.relate(need, other=answers["other"], note=answers["note"], by=request.user)
            form.keep_reasons(need, by=request.user)
        messages.success(request, _("関連するニーズに加えました。"))
        return redirect(need)
    rows = merging.relations_of(need).filter(kind=RelationKind.RELATED)
    context = {"need": need, "form": form, "relations": rows}
    return render(request, "needs/relate.html", context, status=INVALID if posted else 200)


@require_POST
def tell_apart(request, public_id):
    """They look alike, but are two matters."""
    need = _need(request, public_id, RIGHT)
    others = Need.objects.visible_to(request.user).filter(hospital=need.hospital_id)
    other = get_object_or_404(
        others.exclude(pk=need.pk), number=request.POST.get("number", "")[:20]
    )
    comparing.tell_apart(need, other=other, by=request.user)
    messages.success(request, _("別件として記録しました。"))
    return redirect(need)


@require_POST
def keep_aside(request, public_id):
    """Looked at the reasons, and left it."""
    need = _need(request, public_id, "needs.reopen_need")
    revival.keep_aside(need, by=request.user)
    messages.success(request, _("いまは取り上げないことにしました。"))
    return redirect(need)


def _need(request, public_id, right):
    needs = Need.objects.visible_to(request.user).select_related(
        "hospital", "department", "proposer"
    )
    need = get_object_or_404(needs, public_id=public_id)
    if not request.user.has_perm(right, need):
        raise PermissionDenied
    return need

"""Join a need with the same worry, and follow it without reading it."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.fields import LongTextField, name_required
from core.views import INVALID
from needs import joining
from needs.clearance_forms import ClearanceMixin
from needs.declining import advice_for
from needs.enums import Frequency, NeedState, ParticipantKind, Place
from needs.models import Need, Participant
from needs.progress import next_step, with_stages

JOIN = "needs.join_need"


class JoinForm(ClearanceMixin, forms.ModelForm):
    """The evidence of one's own ward."""

    place = forms.ChoiceField(
        label=gettext_lazy("あなたの現場"),
        choices=Place,
        widget=forms.RadioSelect(attrs={"class": "tiles"}),
    )
    frequency = forms.ChoiceField(
        label=gettext_lazy("どのくらい起きますか"),
        choices=Frequency,
        widget=forms.RadioSelect(attrs={"class": "tiles"}),
    )
    note = LongTextField(
        label=gettext_lazy("現場の様子"),
        help_text=gettext_lazy("患者さんの名前や日付は書かないでください。"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    withdraw_draft = forms.BooleanField(
        label=gettext_lazy("書きかけの下書きは取り下げる"), required=False, initial=True
    )

    class Meta:
        model = Participant
        fields = ["place", "frequency", "note"]

    checked = {"note": "join_note"}

    def __init__(self, *args, need, draft=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.need = need
        name_required(self)
        if draft is None:
            del self.fields["withdraw_draft"]


def join(request, public_id):
    """What a colleague may know of it, and a form; for those who joined, how far it is."""
    colleagues = Need.objects.handed_in().filter(hospital__in=request.user.hospitals)
    need = get_object_or_404(colleagues.select_related("department"), public_id=public_id)
    if request.user.has_perm("needs.view_need", need):
        return redirect(need)
    if request.user.pk in need.people:
        return _followed(request, need)
    if not request.user.has_perm(JOIN, need):
        raise PermissionDenied
    return _join(request, need)


def _join(request, need):
    draft = _own_draft(request)
    posted = request.POST if request.method == "POST" else None
    initial = {"place": draft.place} if draft else None
    form = JoinForm(posted, need=need, draft=draft, initial=initial)
    if posted and form.is_valid():
        instead = draft if form.cleaned_data.pop("withdraw_draft", False) else None
        with transaction.atomic():
            joining.join(need, by=request.user, evidence=form.cleaned_data, instead_of=instead)
            form.keep_reasons(need, by=request.user)
        messages.success(
            request, _("同じ困りごとの1人として加わりました。進み具合をお知らせします。")
        )
        return redirect("needs:join", need.public_id)
    context = {
        "need": need,
        "form": form,
        "draft": draft,
        "together": 1 + need.participants.filter(kind=ParticipantKind.JOINED).count(),
    }
    return render(request, "needs/join.html", context, status=INVALID if posted else 200)


def _followed(request, need):
    context = {
        "need": with_stages([need])[0],
        "next_step": next_step(need, request.user),
        "decline_advice": advice_for(need, request.user),
        "mine": need.people[request.user.pk],
        "together": 1 + need.participants.filter(kind=ParticipantKind.JOINED).count(),
    }
    return render(request, "needs/joined.html", context)


@require_POST
def leave(request, public_id):
    """Stop following."""
    need = get_object_or_404(Need.objects.joined_by(request.user), public_id=public_id)
    joining.leave(need, by=request.user)
    messages.success(request, _("このニーズから離れました。お知らせはもう届きません。"))
    return redirect("needs:list")


def _own_draft(request):
    """The draft that she was writing when she saw the other one."""
    mine = Need.objects.filter(proposer=request.user, state=NeedState.DRAFT)
    return mine.filter(public_id=request.GET.get("draft", "")[:20]).first()

"""Who is late: reminders on request, and a longer deadline for one member."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.models import User
from committee import extensions, queries, reminders
from committee.enums import RoundState
from committee.fields import DeadlineMixin
from committee.models import Extension
from committee.views.parts import round_for, status_of
from core.fields import LongTextField, NamedErrorsMixin
from core.views import moved_on
from core.workflow import WrongStateError

RIGHT = "committee.lead_round"


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One member on the page of a round, for those who lead it."""

    person: User
    progress: queries.Progress
    extension: Extension | None
    reminded_at: datetime | None


def member_lines(round_, cases):
    """Who has scored how much, until when, and when she was last reminded."""
    members = queries.progress_of_members(round_, cases)
    longer = {each.user_id: each for each in round_.extensions.all()}
    reminded = reminders.last_reminders([person.pk for person, _progress in members])
    return [
        MemberLine(person, progress, longer.get(person.pk), reminded.get(person.pk))
        for person, progress in members
    ]


class ExtendForm(DeadlineMixin, NamedErrorsMixin, forms.Form):
    """Who may score until when, and why."""

    person = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("委員"))
    reason = LongTextField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("本人に届き、審査会の経過に残ります。"),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ["person", "deadline_day", "deadline_time", "reason"]

    def __init__(self, *args, round_, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.round = round_
        self.fields["person"].queryset = people
        self.fields["person"].label_from_instance = lambda person: person.name

    def check_deadline(self, deadline):
        """Later than now, and than everybody's deadline."""
        super().check_deadline(deadline)
        if "deadline_day" not in self.errors and deadline <= self.round.deadline:
            self.add_error(
                "deadline_day", _("「採点の締切の日」と時刻は、全員の締切より後にしてください")
            )


def extend(request, public_id):
    """Give one member a later deadline. Nobody gives it to herself."""
    round_ = round_for(request, public_id, RIGHT)
    if round_.state != RoundState.REVIEWING:
        return moved_on(request, round_)
    people = queries.scorers(round_).exclude(pk=request.user.pk)
    initial = {"person": request.GET.get("person")}
    form = ExtendForm(request.POST or None, round_=round_, people=people, initial=initial)
    if form.is_valid():
        return _extended(request, round_, form.cleaned_data)
    context = {"round": round_, "form": form}
    return render(request, "committee/extend.html", context, status=status_of(form))


def _extended(request, round_, said):
    try:
        extensions.extend(
            round_,
            said["person"],
            by=request.user,
            until=said["deadline"],
            reason=said["reason"],
        )
    except WrongStateError:
        return moved_on(request, round_)
    text = _("%(name)sさんの締切をのばし、本人に知らせました。")
    messages.success(request, text % {"name": said["person"].name})
    return redirect(round_)


@require_POST
def remind(request, public_id):
    """Tell everybody who is late, now."""
    round_ = round_for(request, public_id, RIGHT)
    members = queries.progress_of_members(round_, list(round_.cases.for_pages()))
    late = [person for person, progress in members if progress.left]
    try:
        count = reminders.remind_late(round_, late, by=request.user)
    except WrongStateError:
        return moved_on(request, round_)
    if count:
        text = ngettext("%(count)d名に知らせました。", "%(count)d名に知らせました。", count)
        messages.success(request, text % {"count": count})
    else:
        messages.info(
            request, _("いま知らせる人はいません。済んだ人と、きょうもう知らせた人には送りません。")
        )
    return redirect(round_)

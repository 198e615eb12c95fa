"""What is filled in around a meeting."""

from datetime import datetime, time

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from committee import room
from committee.decision_forms import DecisionForm
from committee.enums import BallotChoice, Presence
from committee.fields import JapaneseTimeField
from committee.forms import ReadyForm
from committee.models import Case, Meeting, MeetingItem, Vote
from core.fields import JapaneseDateField, LongTextField, ManyChoicesField, NamedErrorsMixin
from core.forms import VersionedModelForm


class CasesField(ManyChoicesField):
    """Cases by their number, and by their title where she may know it (``named`` set it)."""

    def label_from_instance(self, case):
        """Its number, such as N-2026-0001, and its title."""
        return f"{case.number} {self.titles.get(case.pk, '')}".strip()


class MeetingForm(VersionedModelForm):
    """When, where, and which cases."""

    day = JapaneseDateField(label=_("会議の日"), help_text=_("例: 2026/12/5、令和8年12月5日、12/5"))
    hour = JapaneseTimeField(label=_("開始の時刻"), initial=time(14))
    cases = CasesField(
        Case.objects.none(),
        label=_("議事"),
        help_text=_("まだ決定していない案件を選んであります。"),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ["day", "hour", "place", "cases"]

    class Meta:
        model = Meeting
        fields = ["place"]

    def __init__(self, *args, cases, **kwargs):
        super().__init__(*args, **kwargs)
        meeting = self.instance
        self.fields["cases"].queryset = meeting.round.cases.order_by("order", "pk").select_related(
            "need"
        )
        self.fields["cases"].titles = {case.pk: case.title for case in cases}
        if meeting.pk:
            starts = timezone.localtime(meeting.starts_at)
            self.initial |= {"day": starts.date(), "hour": starts.time()}
            chosen = Case.objects.filter(meeting_items__meeting=meeting)
            self.initial["cases"] = list(chosen.values_list("public_id", flat=True))
        else:
            self.initial["cases"] = [c.public_id for c in cases if not c.current_decision]

    def save(self, commit=True, *, by=None):
        at = datetime.combine(self.cleaned_data["day"], self.cleaned_data["hour"])
        self.instance.starts_at = timezone.make_aware(at)
        return super().save(commit=commit, by=by)


class AttendanceForm(NamedErrorsMixin, forms.Form):
    """Here, online or absent for everybody with a seat."""

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.members = {f"member_{each.public_id}": each for each in people.members}
        for name, member in self.members.items():
            self.fields[name] = forms.ChoiceField(
                label=f"{member.user.name}({member.get_seat_display()})",
                choices=Presence,
                widget=forms.RadioSelect,
                required=False,
                initial=people.presence.get(member.user_id),
            )

    def presence(self):
        """Member → answer."""
        return {member: self.cleaned_data[name] for name, member in self.members.items()}


class OpenMeetingForm(ReadyForm):
    """Begin."""

    def reasons(self):
        return room.not_ready_to_open(self.obj)


class CloseMeetingForm(ReadyForm):
    """End."""

    def reasons(self):
        return room.not_ready_to_close(self.obj)

    @property
    def note(self):
        """What is left."""
        left = self.obj.items.filter(done_at__isnull=True).count()
        if left:
            return _("まだ決定していない議事が%(left)s件あります。次の会議に回ります。") % {
                "left": left
            }
        return _("すべての議事が済みました。出席した委員が議事録を確認します。")


class ReopenMeetingForm(ReadyForm):
    """Why the meeting goes on."""

    reason = LongTextField(label=_("再開する理由"), max_length=300)

    def reasons(self):
        return room.not_ready_to_go_on(self.obj)


class DeskDecisionForm(DecisionForm):
    """The decision outside a meeting: only for rounds that have none."""

    def clean(self):
        cleaned = super().clean()
        if self.case.round.meetings.exists():
            raise ValidationError(
                _(
                    "この審査会は会議で決めます。会議の画面で決定を記録してください。いまの入力は保存していません。"
                )
            )
        return cleaned


class MeetingDecisionForm(DecisionForm):
    """The decision at a meeting: with a quorum, and when those in conflict have left."""

    recusals_confirmed = forms.BooleanField(
        label=_("利益相反で外れる人が部屋にいないことを確かめました"),
        error_messages={"required": _("退席を確かめて、チェックを入れてください")},
    )
    field_order = [
        "correction",
        "outcome",
        "reason",
        "next_person",
        "next_date",
        "advice",
        "recusals_confirmed",
    ]

    def __init__(self, *args, item, standing, **kwargs):
        super().__init__(*args, **kwargs)
        self.item, self.standing = item, standing
        self.fields["reason"].widget.attrs["rows"] = 2
        self.fields["advice"].widget.attrs["rows"] = 2

    def clean(self):
        cleaned = super().clean()
        if shortage := self.standing.shortage:
            self.add_error(None, ValidationError(shortage, code="quorum"))
        if Vote.objects.filter(item=self.item, closed_at__isnull=True).exists():
            self.add_error(None, _("採決が続いています。先に採決を締めてください。"))
        self.instance.meeting = self.item.meeting
        self.instance.attendance = self.standing.as_record()
        return cleaned


class NotesForm(VersionedModelForm):
    """The scribe's notes about one case."""

    class Meta:
        model = MeetingItem
        fields = ["notes"]
        field_classes = {"notes": LongTextField}
        widgets = {"notes": forms.Textarea(attrs={"rows": 12})}
        help_texts = {"notes": _("議事録に載ります。だれが何を言ったかより、要点を書きます。")}


class VoteForm(NamedErrorsMixin, forms.ModelForm):
    """The question that is put."""

    class Meta:
        model = Vote
        fields = ["question"]


class BallotForm(forms.Form):
    """One button of three."""

    choice = forms.ChoiceField(choices=BallotChoice)

"""What office, members and chair fill in."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import HOSPITAL_ROLES, Role
from accounts.models import Organisation, User
from accounts.queries import people
from committee import conflicts, queries, readiness
from committee.enums import (
    ConflictAnswer,
    RoundState,
    Seat,
)
from committee.fields import DeadlineMixin, OpeningMixin
from committee.models import (
    Award,
    Committee,
    Member,
    Round,
    Rubric,
)
from core.fields import JapaneseDateField, LongTextField, ManyChoicesField, NamedErrorsMixin
from core.forms import TransitionForm, VersionedModelForm
from taxonomy.models import Term, TermKind

EXPERT_ROLES = [Role.ADVISOR, Role.COORDINATOR]


class HospitalMixin:
    """Asks for the hospital only when something is new and the office serves several."""

    def limit_hospitals(self, user):
        """Offer the hospitals of this office."""
        hospitals = Organisation.objects.hospitals().filter(pk__in=user.offices).order_by("name")
        if self.instance.pk or len(hospitals) == 1:
            self.instance.hospital = self.instance.hospital if self.instance.pk else hospitals[0]
            del self.fields["hospital"]
        else:
            self.fields["hospital"].queryset = hospitals


class CommitteeForm(HospitalMixin, VersionedModelForm):
    """A committee and whether it is at work."""

    class Meta:
        model = Committee
        fields = ["hospital", "name", "quorum", "is_active"]
        labels = {"is_active": _("この委員会は活動しています")}

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.limit_hospitals(by)
        if not self.instance.pk:
            del self.fields["is_active"]


class MemberForm(NamedErrorsMixin, forms.ModelForm):
    """A seat: who, what, from when until when."""

    since = JapaneseDateField(label=_("就任日"))
    until = JapaneseDateField(
        label=_("任期の終わり"),
        help_text=_("この日まで委員です。決まっていなければ空けてください。"),
        required=False,
    )

    class Meta:
        model = Member
        fields = ["user", "seat", "since", "until", "affiliation", "expertise", "load_cap"]
        field_classes = {"expertise": ManyChoicesField}
        widgets = {"expertise": forms.SelectMultiple(attrs={"size": 8})}
        help_texts = {
            "expertise": _("割り当ての案で、この分野・診療科の案件を優先します。"),
            "load_cap": _("空ければ、上限はありません。"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        committee = self.instance.committee
        self.fields["expertise"].queryset = Term.objects.filter(
            kind__in=[TermKind.NEED_CATEGORY, TermKind.SPECIALTY], is_active=True
        ).order_by("kind", "order", "code")
        if self.instance.pk:
            del self.fields["user"]
        else:
            seated = committee.members.values("user")
            self.fields["user"].queryset = (
                _who_may_sit(committee).exclude(pk__in=seated).order_by("kana", "name", "pk")
            )

    def clean_seat(self):
        seat = self.cleaned_data["seat"]
        chair = self.instance.committee.members.filter(seat=Seat.CHAIR).exclude(pk=self.instance.pk)
        if seat == Seat.CHAIR and (other := chair.select_related("user").first()):
            message = _("委員長は%(name)sさんです。先に%(name)sさんの役を変えてください。")
            raise ValidationError(message, params={"name": other.user.name})
        return seat

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("「任期の終わり」は就任日以降の日付にしてください"))
        if (user := self._person(cleaned)) and (seat := cleaned.get("seat")):
            is_staff = self.instance.committee.hospital_id in user.hospitals
            if not is_staff and seat != Seat.EXPERT:
                self.add_error("seat", _("院外の人は「外部の専門家」としてだけ加えられます"))
        return cleaned

    def _person(self, cleaned):
        return self.instance.user if self.instance.pk else cleaned.get("user")


def _who_may_sit(committee):
    """The staff of the hospital, and the advisers of agencies and associations as experts."""
    staff = people(*HOSPITAL_ROLES, at=committee.hospital_id).values("pk")
    return User.objects.filter(
        Q(pk__in=staff)
        | Q(
            is_active=True,
            memberships__role__in=EXPERT_ROLES,
            memberships__organisation__is_active=True,
        )
    ).distinct()


class RoundForm(OpeningMixin, DeadlineMixin, VersionedModelForm):
    """A round. Committee and rubric are fixed once it has begun."""

    field_order = [
        "title",
        "committee",
        "rubric",
        "deadline_day",
        "deadline_time",
        "closes_by_itself",
        "opens_day",
        "opens_time",
        "reviewers_per_case",
        "is_blind",
        "shows_others",
    ]

    class Meta:
        model = Round
        fields = [
            *("title", "committee", "rubric", "closes_by_itself", "reviewers_per_case"),
            *("is_blind", "shows_others"),
        ]

    def __init__(self, *args, by, **kwargs):
        initial = kwargs.pop("initial", None) or {}
        if (instance := kwargs.get("instance")) and instance.pk:
            deadline = timezone.localtime(instance.deadline)
            initial |= {"deadline_day": deadline.date(), "deadline_time": deadline.time()}
            if instance.opens_at:
                opens = timezone.localtime(instance.opens_at)
                initial |= {"opens_day": opens.date(), "opens_time": opens.time()}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["committee"].queryset = Committee.objects.filter(
            hospital__in=by.offices, is_active=True
        ).order_by("name", "pk")
        self.fields["rubric"].queryset = Rubric.objects.visible_to(by).newest().for_list()
        if self.instance.pk and self.instance.state != RoundState.PLANNED:
            del self.fields["committee"]
            del self.fields["rubric"]
            del self.fields["reviewers_per_case"]
            del self.fields["is_blind"]
            del self.fields["opens_day"]
            del self.fields["opens_time"]

    def check_deadline(self, deadline):
        """An unchanged deadline may have passed: the title can still be corrected."""
        if not self.instance.pk or deadline != self.instance.deadline.replace(
            second=0, microsecond=0
        ):
            super().check_deadline(deadline)

    def clean(self):
        cleaned = super().clean()
        committee, rubric = cleaned.get("committee"), cleaned.get("rubric")
        if committee and rubric and committee.hospital_id != rubric.hospital_id:
            self.add_error("rubric", _("「評価表」は、委員会と同じ病院のものを選んでください"))
        return cleaned

    def save(self, commit=True, *, by=None):
        self.instance.deadline = self.cleaned_data["deadline"]
        if "opens_day" in self.fields:
            self.instance.opens_at = self.cleaned_data["opens_at"]
        return super().save(commit=commit, by=by)


class AgendaSearchForm(forms.Form):
    """Find needs to put on the agenda."""

    q = forms.CharField(label=_("番号・件名"), required=False)


class ReadyForm(TransitionForm):
    """Says everything that is missing before a round moves on; ``note`` counts who hears of it."""

    def reasons(self):
        """Sentences; empty when the round may go on."""
        return []

    def clean(self):
        if reasons := self.reasons():
            raise ValidationError(reasons)
        return super().clean()


class OpenForm(ReadyForm):
    """Begin scoring."""

    def reasons(self):
        return readiness.not_ready_to_open(self.obj)

    @property
    def note(self):
        """Who gets mail, and what happens to the needs."""
        return _(
            "採点する委員%(people)s名に、お願いのメールを送ります。議題の%(cases)s件は「審査中」になり、提案者は本文を直せなくなります。"
        ) % {"people": queries.scorers(self.obj).count(), "cases": self.obj.cases.count()}


class CloseScoringForm(TransitionForm):
    """End scoring."""

    @property
    def note(self):
        """Who has not finished."""
        lines = queries.progress_of_members(self.obj, list(self.obj.cases.for_pages()))
        late = sum(1 for _person, progress in lines if progress.left)
        if not late:
            return _("全員の採点が終わっています。締め切ると合議に移ります。メールは送りません。")
        return _(
            "まだ採点が終わっていない委員が%(late)s名います。締め切ると採点できなくなります。メールは送りません。"
        ) % {"late": late}


class ReopenScoringForm(DeadlineMixin, TransitionForm):
    """Why the members shall score again, and until when."""

    reason = LongTextField(label=_("採点に戻す理由"), max_length=300)
    field_order = ["reason", "deadline_day", "deadline_time"]

    def clean(self):
        cleaned = super().clean()
        cleaned.pop("deadline_day", None)
        cleaned.pop("deadline_time", None)
        return cleaned

    @property
    def note(self):
        """Who gets mail."""
        return _(
            "採点する委員%(people)s名に、お願いのメールを送ります。記録した決定は、そのまま残ります。"
        ) % {"people": queries.scorers(self.obj).count()}


class DecideForm(ReadyForm):
    """Close the meeting."""

    def reasons(self):
        return readiness.not_ready_to_decide(self.obj) + conflicts.not_ready_to_decide(self.obj)


class BackToDiscussionForm(TransitionForm):
    """Why the decisions are taken up again."""

    reason = LongTextField(label=_("合議に戻す理由"), max_length=300)


class ReleaseForm(ReadyForm):
    """Send everything."""

    def reasons(self):
        return readiness.not_ready_to_release(self.obj)

    @property
    def note(self):
        """How many letters go to how many people, with how many awards."""
        cases = self.obj.cases.all()
        return _(
            "提案者%(people)s名に、結果の手紙%(letters)s通のメールを送ります。表彰%(awards)s件もあわせて知らせます。取り消せません。"
        ) % {
            "people": cases.values("need__proposer").distinct().count(),
            "letters": cases.count(),
            "awards": Award.objects.filter(case__round=self.obj).count(),
        }


class ConflictForm(NamedErrorsMixin, forms.Form):
    """The question before the content."""

    answer = forms.ChoiceField(
        label=_("この案件との利益相反はありますか"),
        choices=[
            (ConflictAnswer.NONE, _("ない\n審査に進みます")),
            (ConflictAnswer.CONFLICT, _("ある\nこの案件は閉じます。事務局に知らせます")),
            (ConflictAnswer.UNSURE, _("わからない\nこの案件は閉じます。事務局が確かめます")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("理由"),
        help_text=_("「ある」のときに書いてください。事務局と委員長が読みます。"),
        max_length=300,
        required=False,
    )

    def __init__(self, *args, is_blind=False, **kwargs):
        super().__init__(*args, **kwargs)
        if is_blind:
            self.fields["note"].help_text = _("「ある」のときに書いてください。事務局が読みます。")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("answer") == ConflictAnswer.CONFLICT and not cleaned.get("note"):
            self.add_error("note", _("「理由」を入力してください"))
        return cleaned

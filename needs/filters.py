"""What a list of needs can be narrowed by; everything lives in the address."""

from datetime import date, datetime, time, timedelta

import django_filters
from django import forms
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Department, Organisation
from core.fields import JapaneseDateField
from core.templatetags.ui import jdate
from needs.enums import ENDED_STATES, Frequency, NeedState, Place, Source
from needs.models import Need
from search.filters import WordsFilter
from taxonomy.models import Term

VIEWS = {
    "mine": _("自分の番"),
    "overdue": _("期限超過"),
    "week": _("今週動いたもの"),
    "revived": _("もう一度"),
    "": _("すべて"),
}
# The columns of the hospital's page (needs/promise.html), whose numbers lead here; and what the
# office's home page counts.
PROMISES = {
    "counted": _("数えたもの"),
    "answered": _("一次回答があったもの"),
    "late": _("期限のあとのもの"),
    "stopped": _("14日以上止めているもの"),
}
YEARS = range(2000, 2100)
# What the heads of the columns lead to: the field that is sorted by, and whether the first press
# begins with the most (the newest, the highest number).
SORTS = {
    "updated": ("updated_at", True),
    "number": ("number", True),
    "submitted": ("submitted_at", True),
    "age": ("submitted_at", True),
    "due": ("due_now", False),
}
ORDERS = [
    ("-updated", _("更新が新しい順")),
    ("updated", _("更新が古い順")),
    ("-number", _("受付番号が新しい順")),
    ("number", _("受付番号が古い順")),
    ("-submitted", _("提出が新しい順")),
    ("submitted", _("提出が古い順")),
    ("due", _("一次回答の期限が近い順")),
    ("-due", _("一次回答の期限が遠い順")),
    ("-age", _("待っている日数が長い順")),
    ("age", _("待っている日数が短い順")),
]
DETAILED = [*("frequency", "category", "specialty", "place", "source", "since", "until")]
ENDED = "ended"
HANDED_IN_STATES = [
    *((each.value, each.label) for each in NeedState if each != NeedState.DRAFT),
    (ENDED, _("終了したもの")),
]
IN_CHARGE = [("me", _("自分")), ("none", _("なし"))]
NOT_A_CONDITION = {"view", "sort"}


def departments_of(request):
    """The departments that the reader may choose from."""
    if request is None:
        return Department.objects.none()
    whole = request.user.organisations(Role.OFFICE, Role.DIRECTOR)
    return Department.objects.filter(Q(hospital__in=whole) | Q(head=request.user)).order_by(
        "hospital", "order", "name"
    )


class DayFilter(django_filters.Filter):
    """A day as people type it."""

    field_class = JapaneseDateField


class NeedFilter(django_filters.FilterSet):
    """Words, state, department, frequency, and one of the fixed views."""

    q = WordsFilter("need", label=_("番号・題・困っていること"))
    state = django_filters.ChoiceFilter(
        method="in_state", choices=HANDED_IN_STATES, label=_("状況"), empty_label=_("すべて")
    )
    department = django_filters.ModelChoiceFilter(
        queryset=departments_of, label=_("部署"), empty_label=_("すべて")
    )
    assignee = django_filters.ChoiceFilter(
        method="in_hands_of", choices=IN_CHARGE, label=_("担当"), empty_label=_("すべて")
    )
    frequency = django_filters.ChoiceFilter(
        choices=Frequency, label=_("頻度"), empty_label=_("すべて")
    )
    category = django_filters.ModelChoiceFilter(
        queryset=lambda _request: Term.objects.of("need_category"),
        label=_("分野"),
        empty_label=_("すべて"),
    )
    specialty = django_filters.ModelChoiceFilter(
        queryset=lambda _request: Term.objects.of("specialty"),
        label=_("診療科"),
        empty_label=_("すべて"),
    )
    place = django_filters.ChoiceFilter(choices=Place, label=_("場所"), empty_label=_("すべて"))
    source = django_filters.ChoiceFilter(choices=Source, label=_("入り口"), empty_label=_("すべて"))
    since = DayFilter(method="submitted_since", label=_("提出日(から)"))
    until = DayFilter(method="submitted_until", label=_("提出日(まで)"))
    sort = django_filters.ChoiceFilter(
        method="sorted_below", choices=ORDERS, label=_("並び順"), empty_label=_("おまかせ")
    )
    stale = django_filters.BooleanFilter(
        method="without_movement", label=_("14日以上停滞"), widget=forms.HiddenInput
    )
    hospital = django_filters.ModelChoiceFilter(
        queryset=lambda _request: Organisation.objects.hospitals(),
        to_field_name="public_id",
        label=_("病院"),
        widget=forms.HiddenInput,
    )
    year = django_filters.NumberFilter(
        field_name="submitted_at__year",
        label=_("提出した年"),
        min_value=YEARS.start,
        max_value=YEARS.stop,
        widget=forms.HiddenInput,
    )
    promise = django_filters.ChoiceFilter(
        method="of_the_promise",
        choices=list(PROMISES.items()),
        label=_("一次回答の約束"),
        widget=forms.HiddenInput,
    )
    view = django_filters.CharFilter(method="in_view", widget=forms.HiddenInput)

    class Meta:
        model = Need
        fields = [
            "q",
            "state",
            "department",
            "assignee",
            "frequency",
            "category",
            "specialty",
            "place",
            "source",
        ]

    def without_movement(self, queryset, _name, value):
        """Nothing has happened for two weeks; the count on the home page leads here."""
        return queryset.stale() if value else queryset

    def of_the_promise(self, queryset, _name, value):
        """What the yearly figure of the promise counts, and what stands for too long."""
        if value == "stopped":
            return queryset.long_stopped()
        counted = queryset.promised()
        if value == "answered":
            return counted.filter(answered_on__isnull=False)
        return counted.answered_late() if value == "late" else counted

    def filter_queryset(self, queryset):
        """Narrow, then put into the order that was asked for.

        Without a wish the queue begins with what is most late, everything else with the newest
        change.
        """
        needs = super().filter_queryset(queryset)
        chosen = self.form.cleaned_data.get("sort")
        if not chosen:
            return needs.by_lateness() if self.is_queue else needs.order_by("-updated_at", "-pk")
        name = chosen.removeprefix("-")
        field, _first = SORTS[name]
        # The older, the more days.
        backwards = chosen.startswith("-") != (name == "age")
        if field == "due_now":
            needs = needs.with_running_promise()
        wish = F(field).desc(nulls_last=True) if backwards else F(field).asc(nulls_last=True)
        return needs.order_by(wish, "-pk" if backwards else "pk")

    @property
    def is_queue(self):
        """It is the queue, which has its own columns and its own order."""
        return self.data.get("view") == "mine"

    @property
    def sorted_by(self):
        """(the sort that is in use, whether downwards), for the head of its column."""
        chosen = self.form.cleaned_data.get("sort") if self.form.is_valid() else ""
        chosen = chosen or ("due" if self.is_queue else "-updated")
        return chosen.removeprefix("-"), chosen.startswith("-")

    def in_state(self, queryset, _name, value):
        """One state, or all in which a need has come to its end."""
        return queryset.filter(state__in=ENDED_STATES if value == ENDED else [value])

    def in_hands_of(self, queryset, _name, value):
        """What she looks after herself, or what nobody does."""
        if value == "me":
            return queryset.filter(assignee=self.request.user)
        return queryset.in_nobodys_hands()

    def sorted_below(self, queryset, _name, _value):
        """The order comes last (``filter_queryset``), after everything that narrows."""
        return queryset

    def submitted_since(self, queryset, _name, value):
        """Handed in on that day or later."""
        return queryset.filter(submitted_at__gte=_midnight(value))

    def submitted_until(self, queryset, _name, value):
        """Handed in on that day or earlier."""
        return queryset.filter(submitted_at__lt=_midnight(value + timedelta(days=1)))

    def in_view(self, queryset, _name, value):
        """One of the fixed views; an unknown word means everything."""
        if value == "mine":
            return queryset.queue_of(self.request.user)
        if value == "overdue":
            return queryset.overdue()
        if value == "revived":
            return queryset.revived()
        if value == "week":
            return queryset.moved_since(monday())
        return queryset

    @property
    def is_detailed(self):
        """One of the conditions behind 「くわしい条件」 is in use."""
        return any(self.data.get(name) for name in DETAILED)

    @property
    def chosen(self):
        """The filters in use as (field, label, words), for the chips that remove them.

        Also the words whose condition nobody knows: without a chip they could not be taken away.
        """
        self.form.is_valid()
        return [
            (name, self.form.fields[name].label, self._in_words(name, value))
            for name, value in self.form.cleaned_data.items()
            if value and name not in NOT_A_CONDITION
        ]

    def _in_words(self, name, value):
        if value is True:
            return _("はい")
        if isinstance(value, date):
            return jdate(value)
        choices = dict(getattr(self.form.fields[name], "choices", [])) if name != "q" else {}
        return choices.get(value, value)


def monday():
    """The first moment of this week."""
    today = timezone.localdate()
    return _midnight(today - timedelta(days=today.weekday()))


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))

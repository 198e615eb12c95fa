"""What a list of needs can be narrowed by; everything lives in the address."""

from datetime import date, datetime, time, timedelta

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Department, Organisation
from core.fields import JapaneseDateField
from core.japanese import format_date
from needs.enums import Frequency, NeedState, Place, Source
from needs.models import Need
from search.engine import matching
from search.index import registry
from search.query import UnknownValueError
from taxonomy.models import Term

VIEWS = {
    "mine": _("自分の番"),
    "overdue": _("期限超過"),
    "revived": _("もう一度"),
    "": _("すべて"),
}
# The columns of the hospital's page (needs/promise.html), whose numbers lead here.
PROMISES = {
    "counted": _("数えたもの"),
    "answered": _("一次回答があったもの"),
    "late": _("期限のあとのもの"),
}
ORDERS = [("number", _("受付番号が新しい順")), ("due", _("一次回答の期限が近い順"))]
YEARS = range(2000, 2100)
DETAILED = [
    *("frequency", "category", "specialty", "place", "source", "since", "until", "order"),
]
HANDED_IN_STATES = [(each.value, each.label) for each in NeedState if each != NeedState.DRAFT]


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

    q = django_filters.CharFilter(method="with_words", label=_("番号・題・困っていること"))
    state = django_filters.ChoiceFilter(
        choices=HANDED_IN_STATES, label=_("状況"), empty_label=_("すべて")
    )
    department = django_filters.ModelChoiceFilter(
        queryset=departments_of, label=_("部署"), empty_label=_("すべて")
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
    order = django_filters.ChoiceFilter(
        method="in_order", choices=ORDERS, label=_("並び順"), empty_label=_("更新が新しい順")
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
            "frequency",
            "category",
            "specialty",
            "place",
            "source",
        ]

    def with_words(self, queryset, _name, value):
        """Every word must occur somewhere in the sheet; as the search reads it."""
        try:
            found = matching(registry["need"], self.request.user, value)
        except UnknownValueError:
            return queryset.none()
        return queryset.filter(pk__in=found.order_by().values("pk"))

    def without_movement(self, queryset, _name, value):
        """Nothing has happened for two weeks; the count on the home page leads here."""
        return queryset.stale() if value else queryset

    def of_the_promise(self, queryset, _name, value):
        """What the yearly figure of the promise counts."""
        counted = queryset.promised()
        if value == "answered":
            return counted.filter(answered_on__isnull=False)
        return counted.answered_late() if value == "late" else counted

    def filter_queryset(self, queryset):
        """Narrow, then put into the order that was asked for; the newest change comes first."""
        return super().filter_queryset(queryset.order_by("-updated_at", "-pk"))

    def submitted_since(self, queryset, _name, value):
        """Handed in on that day or later."""
        return queryset.filter(submitted_at__gte=_midnight(value))

    def submitted_until(self, queryset, _name, value):
        """Handed in on that day or earlier."""
        return queryset.filter(submitted_at__lt=_midnight(value + timedelta(days=1)))

    def in_order(self, queryset, _name, value):
        """Another order than that of the last change."""
        if value == "due":
            waiting = queryset.filter(state=NeedState.SUBMITTED, clock_stopped_on=None)
            return waiting.order_by("answer_due", "pk")
        return queryset.order_by("-number", "-pk")

    def in_view(self, queryset, _name, value):
        """One of the fixed views; an unknown word means everything."""
        if value == "mine":
            return queryset.awaiting_office()
        if value == "overdue":
            return queryset.overdue()
        if value == "revived":
            return queryset.revived()
        return queryset

    @property
    def is_detailed(self):
        """One of the conditions behind 「くわしい条件」 is in use."""
        return any(self.data.get(name) for name in DETAILED)

    @property
    def chosen(self):
        """The filters in use as (field, label, words), for the chips that remove them."""
        if not self.form.is_valid():
            return []
        return [
            (name, self.form.fields[name].label, self._in_words(name, value))
            for name, value in self.form.cleaned_data.items()
            if value and name not in {"view", "order"}
        ]

    def _in_words(self, name, value):
        if isinstance(value, date):
            return format_date(value)
        choices = dict(getattr(self.form.fields[name], "choices", [])) if name != "q" else {}
        return choices.get(value, value)


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))

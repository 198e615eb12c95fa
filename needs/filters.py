"""What a list of needs can be narrowed by; everything lives in the address."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Department
from needs.enums import Frequency, NeedState
from needs.models import Need
from search.engine import matching
from search.index import registry
from search.query import UnknownValueError

VIEWS = {
    "mine": _("自分の番"),
    "overdue": _("期限超過"),
    "revived": _("もう一度"),
    "": _("すべて"),
}
HANDED_IN_STATES = [(each.value, each.label) for each in NeedState if each != NeedState.DRAFT]


def departments_of(request):
    """The departments that the reader may choose from."""
    if request is None:
        return Department.objects.none()
    whole = request.user.organisations(Role.OFFICE, Role.DIRECTOR)
    return Department.objects.filter(Q(hospital__in=whole) | Q(head=request.user)).order_by(
        "hospital", "order", "name"
    )


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
    stale = django_filters.BooleanFilter(
        method="without_movement", label=_("14日以上停滞"), widget=forms.HiddenInput
    )
    view = django_filters.CharFilter(method="in_view", widget=forms.HiddenInput)

    class Meta:
        model = Need
        fields = ["q", "state", "department", "frequency", "stale", "view"]

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
    def chosen(self):
        """The filters in use as (field, label, words), for the chips that remove them."""
        if not self.form.is_valid():
            return []
        return [
            (name, self.form.fields[name].label, self._in_words(name, value))
            for name, value in self.form.cleaned_data.items()
            if value and name != "view"
        ]

    def _in_words(self, name, value):
        choices = dict(getattr(self.form.fields[name], "choices", [])) if name != "q" else {}
        return choices.get(value, value)

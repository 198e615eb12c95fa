"""How lists of publications are narrowed. Only what the reader sees anyway is searched."""

import django_filters as filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from disclosure.enums import PublicationState
from disclosure.models import Publication
from search.filters import WordsFilter
from taxonomy.models import Term

ALL = _("すべて")


class CatalogueFilter(filters.FilterSet):
    """The catalogue of outsiders. The fields of the sheet are not searched: a hit would tell."""

    q = WordsFilter("publication", label=_("ことば"))
    category = filters.ModelChoiceFilter(
        label=_("分野"), empty_label=ALL, queryset=lambda _request: Term.objects.of("need_category")
    )
    technologies = filters.ModelChoiceFilter(
        label=_("求める技術"),
        empty_label=ALL,
        queryset=lambda _request: Term.objects.of("technology"),
    )
    device_class = filters.ModelChoiceFilter(
        label=_("医療機器の分類(参考)"),
        empty_label=ALL,
        queryset=lambda _request: Term.objects.of("device_class"),
    )
    prefecture = filters.ModelChoiceFilter(
        field_name="hospital__prefecture",
        label=_("病院の都道府県"),
        empty_label=ALL,
        queryset=lambda _request: Term.objects.of("prefecture").filter(
            pk__in=Organisation.objects.hospitals().values("prefecture")
        ),
    )

    class Meta:
        model = Publication
        fields = ["q", "category", "technologies", "device_class", "prefecture"]


class OfficeFilter(filters.FilterSet):
    """The office's own list."""

    q = filters.CharFilter(label=_("件名・受付番号"), method="by_words")
    # The chips above the list choose the state; a search stays within it.
    state = filters.ChoiceFilter(choices=PublicationState, widget=forms.HiddenInput)

    class Meta:
        model = Publication
        fields = ["q", "state"]

    def by_words(self, queryset, _name, value):
        """Each word in the title or the number."""
        for word in value.split():
            queryset = queryset.filter(Q(title__icontains=word) | Q(need__number__icontains=word))
        return queryset

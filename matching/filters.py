"""The facets of the list of matches."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from matching.enums import MatchState
from matching.models import Match


class MatchFilter(django_filters.FilterSet):
    """By state and by words of the need or the partner."""

    q = django_filters.CharFilter(label=_("件名・社名"), method="with_words")
    state = django_filters.ChoiceFilter(
        label=_("状況"), choices=MatchState.choices, empty_label=_("すべて")
    )

    class Meta:
        model = Match
        fields = ["q", "state"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.request.user.offices:
            # Only an office knows that there are candidates.
            shown = [choice for choice in MatchState.choices if choice[0] != MatchState.SUGGESTED]
            self.filters["state"].extra["choices"] = shown

    def with_words(self, queryset, _name, value):
        """Every word occurs in the published title or in the partner's name."""
        for word in value.split():
            queryset = queryset.filter(
                Q(publication__title__icontains=word) | Q(partner__name__icontains=word)
            )
        return queryset

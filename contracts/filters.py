"""How the list of contracts is narrowed."""

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.enums import ContractState, Side
from contracts.kinds import choices
from contracts.models import Contract


class PartnerFilter(filters.FilterSet):
    """What the other side asks; the hospital's inner steps are no question of theirs."""

    q = filters.CharFilter(label=_("件名・組織名"), method="by_words")
    kind = filters.ChoiceFilter(label=_("種類"), choices=choices, empty_label=_("すべて"))

    class Meta:
        model = Contract
        fields = ["q", "kind"]

    def by_words(self, queryset, _name, value):
        """Each word in the title or a side's name."""
        for word in value.split():
            queryset = queryset.filter(
                Q(title__icontains=word)
                | Q(partner__name__icontains=word)
                | Q(hospital__name__icontains=word)
            )
        return queryset


class ContractFilter(PartnerFilter):
    """What the hospital asks."""

    state = filters.ChoiceFilter(
        label=_("状況"), choices=ContractState.choices, empty_label=_("すべて")
    )
    turn = filters.ChoiceFilter(
        label=_("ボール"),
        choices=[(side.value, side.label) for side in (Side.HOSPITAL, Side.PARTNER)],
        empty_label=_("すべて"),
    )

    class Meta(PartnerFilter.Meta):
        fields = ["q", "kind", "state", "turn"]

"""The facets of the catalogue; all of them live in the address."""

import unicodedata

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Licence, Profile
from taxonomy.models import Term, TermKind

SEARCHED = ["organisation__name", "organisation__kana", "tagline", "strengths", "experience"]


def _choice(label, kind, **options):
    return django_filters.ModelChoiceFilter(
        label=label,
        queryset=lambda _request: Term.objects.of(kind),
        empty_label=_("すべて"),
        **options,
    )


class ProfileFilter(django_filters.FilterSet):
    """Technology, licence, kind, prefecture and free words; they narrow each other down."""

    q = django_filters.CharFilter(label=_("社名・言葉"), method="with_words")
    technology = _choice(_("技術領域"), TermKind.TECHNOLOGY, field_name="technologies")
    licence = _choice(_("業許可・認証"), TermKind.LICENCE, method="with_licence")
    company_type = _choice(_("種別"), TermKind.COMPANY_TYPE)
    prefecture = _choice(_("都道府県"), TermKind.PREFECTURE, field_name="organisation__prefecture")

    class Meta:
        model = Profile
        fields = ["q", "technology", "licence", "company_type", "prefecture"]

    def with_words(self, queryset, _name, value):
        """Every word occurs somewhere; 全角 and 半角 are the same."""
        for word in unicodedata.normalize("NFKC", value).split():
            queryset = queryset.filter(_anywhere(word))
        return queryset

    def with_licence(self, queryset, _name, value):
        """Holds it, whatever the number of entries."""
        return queryset.filter(Exists(Licence.objects.filter(profile=OuterRef("pk"), kind=value)))


def _anywhere(word):
    found = Q()
    for field in SEARCHED:
        found |= Q(**{f"{field}__icontains": word})
    return found

"""How publications are found: by what every member may read, and nothing of the tiers below."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from disclosure.enums import PublicationState, Tier
from disclosure.models import Publication
from disclosure.querysets import INSIDE_ROLES
from needs.models import Need
from needs.similar import ALIKE, elsewhere
from search.engine import alike
from search.index import SearchIndex, keep, registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

OPEN = "open"
COUNTED = 50
ONE_DAY = timedelta(days=1)
# How long a worker may have been away.
LATELY = timedelta(days=30)


@registry.register
class PublicationIndex(SearchIndex):
    """Title, summary and the fields that all members read."""

    slug = "publication"
    label = pgettext_lazy("menu", "公開")
    template = "disclosure/search_result.html"
    related = ("fields", "need")

    @classmethod
    def model(cls) -> type[Publication]:
        return Publication

    @classmethod
    def parts(cls, obj: Publication) -> list[str]:
        """The title counts twice: it is what people remember."""
        fields = sorted(obj.fields.all(), key=lambda field: (field.order, field.pk))
        shown = [field.text for field in fields if field.tier == Tier.MEMBERS]
        texts = [obj.summary, obj.wanted, *shown]
        return [text for text in (obj.title, obj.title, *texts) if text]

    @classmethod
    def scopes(cls, obj: Publication) -> set[str]:
        """The hospital's insiders and the proposer; everybody outside while it is open to them."""
        circles = {f"h{obj.hospital_id}", f"u{obj.need.proposer_id}"}
        return circles | {OPEN} if obj.is_open else circles

    @classmethod
    def speaking_of(cls, obj: Any) -> Iterable[Publication]:
        """A need was handed to another proposer: she finds its publication from now on."""
        if not isinstance(obj, Need):
            return ()
        return Publication.objects.select_for_update(no_key=True).filter(need=obj)

    @classmethod
    def scopes_of(cls, user: Any) -> set[str]:
        """Hospitals where she works on publications, her own, and the catalogue for members."""
        circles = {f"h{pk}" for pk in user.organisations(*INSIDE_ROLES)} | {f"u{user.pk}"}
        return circles | {OPEN} if user.outside_organisations else circles

    @classmethod
    def rows(cls, user: Any) -> QuerySet[Publication]:
        return Publication.objects.visible_to(user)  # type: ignore[no-any-return]

    @classmethod
    def results(cls, ids: list[int]) -> list[Publication]:
        rows = Publication.objects.filter(pk__in=ids)
        return list(rows.select_related("hospital").prefetch_related("fields"))


def close_ended() -> None:
    """Take out of everybody's circle what ended since yesterday or lately; safe to repeat."""
    today = timezone.localdate()
    ended = Publication.objects.filter(
        state=PublicationState.PUBLISHED, open_until__range=(today - LATELY, today - ONE_DAY)
    )
    for pk in ended.values_list("pk", flat=True):
        with transaction.atomic():
            keep(*Publication.objects.select_for_update(no_key=True).filter(pk=pk))


@elsewhere
def published_elsewhere(text: str, hospital_id: int) -> int:
    """How many open publications of other hospitals say much the same."""
    ranked = alike(PublicationIndex.slug, {OPEN}, text, COUNTED)
    near = [pk for pk, share in ranked if share >= ALIKE]
    return Publication.objects.published().filter(pk__in=near).exclude(hospital=hospital_id).count()

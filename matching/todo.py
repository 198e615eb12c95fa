"""What waits for offices and partners."""

from django.utils.translation import gettext as _

from core.todo import Todo, source
from matching.enums import MatchState
from matching.models import Match

SHOWN = 5


@source
def interest_to_answer(user):
    """For an office: partners who want to talk, the longest waiting first."""
    if not user.offices:
        return
    rows = Match.objects.filter(hospital__in=user.offices, state=MatchState.INTERESTED).for_list()
    for match in rows.order_by("moved_at", "pk")[:SHOWN]:
        words = {"partner": match.partner, "title": match.publication.title}
        yield Todo(
            label=_("%(partner)sの関心に返事をする: %(title)s") % words,
            url=match.get_absolute_url(),
        )


@source
def introductions_to_answer(user):
    """For a partner: needs that an office introduced."""
    if not user.outside_organisations:
        return
    rows = Match.objects.filter(
        partner__in=user.outside_organisations, state=MatchState.INTRODUCED
    ).for_list()
    for match in rows.order_by("moved_at", "pk")[:SHOWN]:
        yield Todo(
            label=_("ニーズの紹介に返事をする: %(title)s") % {"title": match.publication.title},
            url=match.get_absolute_url(),
        )

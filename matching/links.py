"""What the page of a need says about the partners it has found."""

from django.utils.translation import gettext as _

from matching.models import Match
from needs.links import Link, source

SHOWN = 10


@source
def matches(need, user):
    """The matches that this reader may open, the newest first."""
    found = Match.objects.visible_to(user).under_way().filter(publication__need=need)
    for match in found.for_list()[:SHOWN]:
        label = _("マッチング: %(partner)s(%(state)s)") % {
            "partner": match.partner,
            "state": match.get_state_display(),
        }
        yield Link(label, match.get_absolute_url())

"""What the page of a need says about its review."""

from django.utils.translation import gettext as _

from committee.models import Award, Letter
from needs.links import Link, source


@source
def letters_and_awards(need, user):
    """The result letter and the awards, once they are this reader's."""
    letters = Letter.objects.filter(case__need=need).select_related(
        "case__need", "case__round__committee"
    )
    for letter in letters.order_by("pk"):
        if letter.released_at and user.has_perm("committee.view_letter", letter):
            yield Link(_("結果の手紙を読む"), letter.get_absolute_url())
    awards = Award.objects.visible_to(user).filter(case__need=need, awarded_on__isnull=False)
    for award in awards.select_related("kind").order_by("pk"):
        yield Link(_("表彰: %(award)s") % {"award": award.kind}, award.get_absolute_url())

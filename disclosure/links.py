"""What the page of a need says about its publication."""

from django.urls import reverse
from django.utils.translation import gettext as _

from disclosure.models import Publication
from needs.enums import CHOSEN_STATES
from needs.links import Link, source


@source
def publication(need, user):
    """The publication, or the way to begin one."""
    found = Publication.objects.visible_to(user).filter(need=need).first()
    if found:
        yield Link(_("公開のページを見る"), found.get_absolute_url())
    elif need.state in CHOSEN_STATES and user.has_perm("needs.publish_need", need):
        yield Link(_("公開の準備を始める"), reverse("disclosure:start", args=[need.public_id]))

"""What waits for offices and for partners."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.todo import Todo, source
from partners import queries
from partners.models import Application, Profile

SHOWN = 5


@source
def applications_to_answer(user):
    """For an office: companies that want to take part, the oldest first."""
    if not user.offices:
        return
    waiting = Application.objects.visible_to(user).waiting().order_by("created_at", "pk")
    for application in waiting[:SHOWN]:
        yield Todo(
            label=_("%(company)sの参加の申込に返事をする") % {"company": application.company},
            url=application.get_absolute_url(),
        )


@source
def profile_to_complete(user):
    """For a partner: what hospitals still want to know."""
    if not user.outside_organisations:
        return
    organisation = queries.own_organisation(user)
    profile = (
        Profile.objects.filter(organisation=organisation)
        .prefetch_related("technologies", "interests")
        .first()
    )
    left = len(queries.missing(profile)) if profile else len(queries.ASKED)
    if left:
        label = ngettext(
            "自社の情報を書く(あと%(left)d項目)", "自社の情報を書く(あと%(left)d項目)", left
        )
        yield Todo(label=label % {"left": left}, url=reverse("partners:own"))

"""What waits for whom around publications."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from core.todo import Todo, source
from disclosure.models import Publication
from needs.enums import Audience
from needs.models import Need

RECENT = timedelta(days=365)  # what nobody began in a year is not today's work
SHOWN = 20  # the home page shows a handful; a backlog is read in the lists


@source
def consents(user):
    """The proposer's answers."""
    for each in Publication.objects.awaiting_consent().filter(need__proposer=user)[:SHOWN]:
        yield Todo(
            label=_("「%(title)s」を公開する文を読んで、同意するか答える") % {"title": each.title},
            url=reverse("disclosure:consent", args=[each.public_id]),
        )


@source
def to_prepare(user):
    """Chosen needs that nobody began to publish; those for inside the hospital stay inside."""
    if not user.offices:
        return
    chosen = Need.objects.chosen().filter(
        hospital__in=user.offices,
        number__isnull=False,
        updated_at__gte=timezone.now() - RECENT,
        publication=None,
    )
    for need in chosen.exclude(audience=Audience.HOSPITAL).order_by("updated_at", "pk")[:SHOWN]:
        yield Todo(
            label=_("「%(title)s」の公開の準備を始める") % {"title": need.title},
            url=reverse("disclosure:start", args=[need.public_id]),
        )


@source
def to_publish(user):
    """What the proposer has agreed to."""
    if not user.offices:
        return
    ready = Publication.objects.awaiting_publication().filter(hospital__in=user.offices)
    for each in ready.order_by("consented_at", "pk")[:SHOWN]:
        yield Todo(
            label=_("同意が届いた「%(title)s」を公開する") % {"title": each.title},
            url=each.get_absolute_url(),
        )


@source
def ip_to_confirm(user):
    """Ideas that would go out."""
    hospitals = user.organisations(Role.IP_OFFICE)
    if not hospitals:
        return
    waiting = Publication.objects.awaiting_ip().filter(hospital__in=hospitals)
    for each in waiting.order_by("pk")[:SHOWN]:
        yield Todo(
            label=_("「%(title)s」のアイデアの知財を確認する") % {"title": each.title},
            url=each.get_absolute_url(),
        )

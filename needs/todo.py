"""What waits for whom: drafts and questions for the proposer, new needs for the office."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Role
from core.todo import Todo, source
from needs.enums import NeedState
from needs.models import Need

MOST = 5
MANY = 100


@source
def needs_waiting_for(user):
    """One's own unfinished needs, the office's oldest ones, and what the director has to know."""
    yield from _own(user)
    if user.offices:
        yield from _for_office(user)
    if directed := user.organisations(Role.DIRECTOR):
        yield from _for_director(Need.objects.overdue().filter(hospital__in=directed))


def _own(user):
    mine = Need.objects.filter(proposer=user, state__in=[NeedState.DRAFT, NeedState.RETURNED])
    for need in mine.order_by("-state", "updated_at", "pk")[:MOST]:
        if need.state == NeedState.RETURNED:
            words = {"number": need.number, "title": need.title}
            label = _("%(number)s「%(title)s」の質問に回答する") % words
            yield Todo(label=label, url=need.get_absolute_url(), due=need.reply_due)
        else:
            label = _("「%(title)s」の続きを入力する") % {"title": need.shown_title}
            yield Todo(label=label, url=reverse("needs:resume", args=[need.public_id]))


def _for_office(user):
    # Her own worries are a colleague's to screen; those she imported for others are hers.
    needs = Need.objects.judged_by(user)
    queue = needs.awaiting_office().by_lateness()
    submitted = queue.filter(state=NeedState.SUBMITTED)[:MOST]
    for need in submitted:
        words = {"number": need.number, "title": need.title}
        label = _("%(number)s「%(title)s」を受け付けるか決める") % words
        yield Todo(label=label, url=need.get_absolute_url(), due=need.promised_until)
    back = needs.revived().order_by()[:MANY].count()
    if back:
        label = ngettext(
            "見送ったニーズ%(count)d件を、もう一度取り上げるか決める",
            "見送ったニーズ%(count)d件を、もう一度取り上げるか決める",
            back,
        ) % {"count": back}
        yield Todo(label=label, url=f"{reverse('needs:list')}?view=revived")
    stopped = needs.long_stopped().order_by()[:MANY].count()
    if stopped:
        label = ngettext(
            "約束の日を止めて14日以上たつニーズ%(count)d件を、再開するか決める",
            "約束の日を止めて14日以上たつニーズ%(count)d件を、再開するか決める",
            stopped,
        ) % {"count": stopped}
        yield Todo(label=label, url=f"{reverse('needs:list')}?view=mine&promise=stopped")
    screening = queue.filter(state=NeedState.SCREENING)[:MOST]
    for need in screening:
        words = {"number": need.number, "title": need.title}
        label = _("%(number)s「%(title)s」を審査会にかけるか決める") % words
        yield Todo(label=label, url=need.get_absolute_url())


def _for_director(late):
    """What was escalated stays in sight until the office has answered."""
    oldest = late.order_by("answer_due", "pk").values_list("answer_due", flat=True)
    dues = list(oldest[:MANY])
    if dues:
        label = ngettext(
            "一次回答の期限を過ぎたニーズ%(count)d件について、事務局に様子を聞く",
            "一次回答の期限を過ぎたニーズ%(count)d件について、事務局に様子を聞く",
            len(dues),
        ) % {"count": len(dues)}
        yield Todo(label=label, url=f"{reverse('needs:list')}?view=overdue", due=dues[0])

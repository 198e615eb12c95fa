"""What waits for whom: drafts, questions and colleagues' requests; new needs for the office."""

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Role
from core.todo import Todo, source
from needs.enums import NeedState, ParticipantKind
from needs.models import Need, Participant, Transfer

MOST = 5
MANY = 100


@source
def needs_waiting_for(user):
    """One's own, what colleagues ask, the office's oldest, and what the director has to know."""
    yield from _own(user)
    if user.hospitals:
        yield from _asked_by_colleagues(user)
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


def _asked_by_colleagues(user):
    """To put one's name beside theirs, and to take a need over; both wait for one's own word."""
    here = {"need__hospital__in": user.hospitals}
    named = Participant.objects.filter(
        user=user, kind=ParticipantKind.CO_SUBMITTER, agreed_at=None, **here
    ).exclude(need__state=NeedState.WITHDRAWN)
    for each in named.select_related("need").order_by("created_at", "pk")[:MOST]:
        label = _("「%(title)s」の連名に入るか答える") % {"title": each.need.shown_title}
        yield Todo(label=label, url=reverse("needs:people", args=[each.need.public_id]))
    offered = Transfer.objects.filter(to=user, settled_at=None, by=F("need__proposer"), **here)
    for each in offered.select_related("need").order_by("created_at", "pk")[:MOST]:
        label = _("「%(title)s」を引き継ぐか答える") % {"title": each.need.shown_title}
        yield Todo(label=label, url=reverse("needs:take_over", args=[each.public_id]))


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
        label = _so_many(
            back,
            ngettext(
                "見送ったニーズ%(count)d件を、もう一度取り上げるか決める",
                "見送ったニーズ%(count)d件を、もう一度取り上げるか決める",
                back,
            ),
            _("見送ったニーズ%(count)d件以上を、もう一度取り上げるか決める"),
        )
        yield Todo(label=label, url=f"{reverse('needs:list')}?view=revived")
    stopped = needs.long_stopped().order_by()[:MANY].count()
    if stopped:
        label = _so_many(
            stopped,
            ngettext(
                "約束の日を止めて14日以上たつニーズ%(count)d件を、再開するか決める",
                "約束の日を止めて14日以上たつニーズ%(count)d件を、再開するか決める",
                stopped,
            ),
            _("約束の日を止めて14日以上たつニーズ%(count)d件以上を、再開するか決める"),
        )
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
        label = _so_many(
            len(dues),
            ngettext(
                "回答の期限を過ぎたニーズ%(count)d件について、事務局に様子を聞く",
                "回答の期限を過ぎたニーズ%(count)d件について、事務局に様子を聞く",
                len(dues),
            ),
            _("回答の期限を過ぎたニーズ%(count)d件以上について、事務局に様子を聞く"),
        )
        yield Todo(label=label, url=f"{reverse('needs:list')}?view=overdue", due=dues[0])


def _so_many(count, exactly, at_least):
    """Counting stops at ``MANY``: from there the list that is linked may hold more."""
    return (at_least if count == MANY else exactly) % {"count": count}

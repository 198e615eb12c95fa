"""What the committee's people have to do next."""

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from committee import ties
from committee.enums import SCORING_SEATS, MeetingState, Presence, RoundState
from committee.models import Attendance, Case, Decision, Meeting, Round
from committee.queries import cases_waiting_for_scores, rounds_being_scored
from committee.rules import current_seats
from core.todo import Todo, source


@source
def cases_to_score(user):
    """A member's unfinished rounds. One query, and one for her seats."""
    committees = {pk for pk, seat in current_seats(user) if seat in SCORING_SEATS}
    now = timezone.now()
    return [
        Todo(
            label=ngettext(
                "「%(title)s」を審査する(残り%(left)d件)",
                "「%(title)s」を審査する(残り%(left)d件)",
                each.my_total - each.my_done,
            )
            % {"title": each.title, "left": each.my_total - each.my_done},
            url=reverse("committee:next", args=[each.public_id]),
            due=timezone.localdate(each.my_deadline),
        )
        for each in rounds_being_scored(user)
        if each.committee_id in committees
        and each.my_deadline >= now
        and each.my_total > each.my_done
    ]


@source
def rounds_to_move(user):
    """An office's rounds that wait for the next step. One query."""
    if not user.offices:
        return []
    decided = Decision.objects.filter(case=OuterRef("pk"), is_current=True)
    undecided = Case.objects.filter(~Exists(decided), round=OuterRef("pk"))
    unscored = cases_waiting_for_scores().filter(round=OuterRef("pk"))
    rounds = (
        Round.objects.filter(committee__hospital__in=user.offices)
        .exclude(state__in=[RoundState.PLANNED, RoundState.RELEASED])
        .annotate(is_undecided=Exists(undecided), is_unscored=Exists(unscored))
        .order_by("deadline", "pk")
    )
    found = [(each, _step(each)) for each in rounds]
    return [
        Todo(
            label=label % {"title": each.title},
            url=each.get_absolute_url(),
            due=timezone.localdate(each.deadline) if each.state == RoundState.REVIEWING else None,
        )
        for each, label in found
        if label
    ]


def _step(round_):
    if round_.state == RoundState.REVIEWING:
        is_finished = not round_.takes_scores or not round_.is_unscored
        return _("「%(title)s」の採点を締め切る") if is_finished else ""
    if round_.state == RoundState.DISCUSSING:
        if round_.is_undecided:
            return _("「%(title)s」の決定を記録する")
        return _("「%(title)s」の決定をまとめる")
    return _("「%(title)s」の結果を通知する")


@source
def meetings_to_join(user):
    """Meetings that have been opened, for everybody with a seat. One query."""
    committees = [pk for pk, _seat in current_seats(user)]
    if not committees:
        return []
    rows = Meeting.objects.filter(state=MeetingState.OPEN, round__committee__in=committees)
    return [
        Todo(
            label=_("「%(title)s」の会議に出る") % {"title": each.round.title},
            url=reverse("committee:meeting_live", args=[each.public_id]),
            due=timezone.localdate(each.starts_at),
        )
        for each in rows.select_related("round").order_by("starts_at", "pk")
    ]


@source
def minutes_to_approve(user):
    """Minutes of meetings where she was present, until she approves. One query."""
    committees = [pk for pk, seat in current_seats(user) if seat in SCORING_SEATS]
    if not committees:
        return []
    was_present = [Presence.HERE, Presence.ONLINE]
    rows = Meeting.objects.filter(
        state=MeetingState.CLOSED,
        round__committee__in=committees,
        attendances__in=Attendance.objects.filter(user=user, presence__in=was_present),
    ).exclude(approvals__user=user)
    return [
        Todo(
            label=_("「%(title)s」の議事録を読んで承認する") % {"title": each.round.title},
            url=reverse("committee:minutes", args=[each.public_id]),
        )
        for each in rows.select_related("round").order_by("starts_at", "pk")
    ]


@source
def ties_to_declare(user):
    """A member's yearly declaration. One query for those with a seat."""
    if not current_seats(user) or ties.has_declared(user):
        return []
    label = _("%(year)s年度の「企業との関係」を申告する") % {"year": ties.this_year()}
    return [Todo(label=label, url=reverse("committee:ties"))]

"""Whether a round may take its next step: each answer is a list of sentences, empty if it may."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from committee import blind
from committee.enums import CHOSEN_OUTCOMES, MeetingState
from committee.models import Assignment, Case, Decision
from committee.queries import everybody_who_scores
from needs.clearance import uncleared
from needs.enums import NeedState
from needs.models import Need


def not_ready_to_open(round_):
    """Why scoring cannot begin, in sentences for the office; empty when it can."""
    reasons = []
    numbers = _numbers(round_.cases.exclude(need__state=NeedState.SCREENING))
    if not round_.cases.exists():
        reasons.append(
            _("議題にニーズがありません。先に「議題を決める」でニーズを加えてください。")
        )
    if numbers:
        reasons.append(
            _("受付済みでなくなったニーズが議題にあります。議題から外してください: %(numbers)s")
            % {"numbers": numbers}
        )
    if held := held_back(Need.objects.filter(cases__round=round_)):
        reasons.append(held)
    if not round_.rubric.criteria.exists():
        reasons.append(_("評価表に評価項目がありません。先に評価表を直してください。"))
    if round_.deadline <= timezone.now():
        reasons.append(_("採点の締切が過ぎています。先に締切を今より後にしてください。"))
    if not everybody_who_scores(round_).exists():
        reasons.append(_("採点する委員がいません。先に委員会へ委員を加えてください。"))
    reasons += blind.not_ready(round_)
    if numbers := _numbers(cases_without_reviewers(round_)):
        reasons.append(
            _("審査する人が決まっていない案件があります。先に割り当ててください: %(numbers)s")
            % {"numbers": numbers}
        )
    return reasons


def cases_without_reviewers(round_):
    """The cases of a round with assignments that nobody would score."""
    if not round_.reviewers_per_case:
        return Case.objects.none()
    return round_.cases.filter(~Exists(Assignment.objects.filter(case=OuterRef("pk"))))


def held_back(needs):
    """Which of these wait for an answer about personal information, as a sentence; or nothing."""
    waiting = uncleared(needs.order_by("number"))
    if not waiting:
        return ""
    return _(
        "個人情報かもしれないことばが残っているニーズがあります。"
        "ニーズのページの「個人情報を確かめる」で直すか、理由を書いてください: %(numbers)s"
    ) % {"numbers": _("、").join(need.number for need in waiting)}


def not_ready_to_decide(round_):
    """Why the meeting cannot be closed yet."""
    numbers = _numbers(round_.cases.exclude(decisions__is_current=True))
    reasons = []
    if numbers:
        reasons.append(
            _("まだ決定を記録していない案件があります: %(numbers)s") % {"numbers": numbers}
        )
    if round_.meetings.filter(state=MeetingState.OPEN).exists():
        reasons.append(_("会議が開会中です。先に閉会してください。"))
    return reasons


def not_ready_to_release(round_):
    """Why the results cannot go out yet."""
    reasons = not_ready_to_decide(round_)
    late = [
        case.number
        for case in round_.cases.for_pages().select_related("letter")
        if case.current_decision and is_outdated(case.letter, case.current_decision)
    ]
    if late:
        reasons.append(
            _("手紙を直したあとで決定が変わりました。手紙を確認してください: %(numbers)s")
            % {"numbers": _("、").join(late)}
        )
    moved = _numbers(round_.cases.exclude(need__state=NeedState.IN_REVIEW))
    if moved:
        reasons.append(_("審査中でなくなったニーズがあります: %(numbers)s") % {"numbers": moved})
    refused = Decision.objects.filter(is_current=True).exclude(outcome__in=CHOSEN_OUTCOMES)
    unfit = _numbers(round_.cases.filter(awards__isnull=False, decisions__in=refused).distinct())
    if unfit:
        reasons.append(_("採択ではない案件に表彰が付いています: %(numbers)s") % {"numbers": unfit})
    return reasons


def is_outdated(letter, decision):
    """Whether the office's own words are older than the decision they speak of."""
    return letter.is_edited and letter.updated_at < decision.decided_at


def _numbers(cases):
    return _("、").join(cases.order_by("order", "pk").values_list("need__number", flat=True))

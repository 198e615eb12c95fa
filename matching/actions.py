"""Everything that changes a match. Each step tells the other side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.workflow import Flow, action_labels, lock
from matching.enums import MatchState, Origin
from matching.forms import AnswerForm, CloseForm, DeclineForm, IntroduceForm, MeetingForm
from matching.models import Match, Requirement
from matching.notifications import InterestShown, Introduced, MatchMoved
from notifications.actions import notify
from taxonomy.models import Term, TermKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from accounts.models import Organisation
    from disclosure.models import Publication
    from matching.scoring import Reason

flow = Flow("matching.match", record=record)
action_labels["matching.match.suggest"] = _("候補に挙げた")

# 参考: which marketing licences suffice for which device class. Editable in the admin.
REQUIREMENTS = {"1": ["L1", "L2", "L3"], "2": ["L1", "L2"], "3": ["L1"], "4": ["L1"]}


def load_requirements() -> int:
    """Fill the empty table of required licences; edits by administrators are kept."""
    if Requirement.objects.exists():
        return 0
    kinds = [TermKind.DEVICE_CLASS, TermKind.LICENCE]
    terms = {(term.kind, term.code): term for term in Term.objects.filter(kind__in=kinds)}
    rows = [
        Requirement(
            device_class=terms[TermKind.DEVICE_CLASS, device_class],
            licence=terms[TermKind.LICENCE, licence],
        )
        for device_class, licences in REQUIREMENTS.items()
        for licence in licences
        if (TermKind.DEVICE_CLASS, device_class) in terms and (TermKind.LICENCE, licence) in terms
    ]
    return len(Requirement.objects.bulk_create(rows))


@transaction.atomic
def suggest(
    publication: Publication, *, partner: Organisation, reasons: Iterable[Reason], by: Any
) -> Match:
    """Note a partner as a candidate, with the reasons. Nobody outside the office sees it.

    A match that exists already is returned as it is.
    """
    found = [{"label": str(reason.label), "points": reason.points} for reason in reasons]
    match, is_new = Match.objects.get_or_create(
        publication=publication,
        partner=partner,
        defaults={
            "origin": Origin.OFFICE,
            "reasons": found,
            "score": sum(reason["points"] for reason in found),
            "updated_by": by,
        },
    )
    if is_new:
        record(match, "suggest", by=by)
    return match


@transaction.atomic
def express_interest(
    publication: Publication, *, partner: Organisation, message: str, by: Any
) -> Match:
    """A partner steps forward for a published need; doing it twice changes nothing.

    Raises PermissionDenied for somebody who may not read the need or does not speak for
    ``partner``.
    """
    is_theirs = partner.pk in by.outside_organisations
    if not is_theirs or not by.has_perm("disclosure.view_publication", publication):
        raise PermissionDenied
    match, _is_new = Match.objects.get_or_create(
        publication=publication, partner=partner, defaults={"origin": Origin.PARTNER}
    )
    lock(match)
    if match.state in flow["show_interest"].source:
        flow["show_interest"].run(match, by=by, message=message)
    return match


@flow.transition(
    source=MatchState.SUGGESTED,
    target=MatchState.INTRODUCED,
    permission="matching.introduce_match",
    label=_("紹介する"),
    done=_("紹介した"),
    form=IntroduceForm,
    note=_("紹介文と公開ニーズの件名が、企業の担当者全員にメールで届きます。提案者にも見えます。"),
)
def introduce(match: Match, /, *, by: Any, introduction: str) -> None:
    """Show the partner a need that may fit. From here the match is theirs too."""
    match.introduction = introduction
    _step(match, by=by)
    notify(Introduced(match=match))


@flow.transition(
    source=[MatchState.SUGGESTED, MatchState.INTRODUCED],
    target=MatchState.INTERESTED,
    permission="matching.answer_match",
    label=_("関心ありと伝える"),
    done=_("関心ありと伝えた"),
    form=AnswerForm,
    note=_("この文は、病院の支援オフィスと提案者に見えます。"),
)
def show_interest(match: Match, /, *, by: Any, message: str) -> None:
    """The partner wants to talk."""
    match.message = message
    _step(match, by=by)
    notify(InterestShown(match=match))


@flow.transition(
    source=[MatchState.INTERESTED, MatchState.MEETING],
    target=MatchState.MEETING,
    permission="matching.manage_match",
    label=_("面談日を決める"),
    done=_("面談日を決めた"),
    form=MeetingForm,
    note=_("面談日は、企業の担当者と提案者にメールで届きます。"),
)
def set_meeting(match: Match, /, *, by: Any, meeting_date: date) -> None:
    """Hospital and partner meet on a day; pressing again moves the day."""
    match.meeting_date = meeting_date
    _step(match, by=by)
    notify(MatchMoved(match=match, by=by))


@flow.transition(
    source=[MatchState.INTERESTED, MatchState.MEETING],
    target=MatchState.TALKING,
    permission="matching.manage_match",
    label=_("交渉を始める"),
    done=_("交渉を始めた"),
    note=_("企業の担当者と提案者に、交渉を始めることを知らせます。"),
)
def start_talks(match: Match, /, *, by: Any) -> None:
    """Both want more than a meeting."""
    _step(match, by=by)
    notify(MatchMoved(match=match, by=by))


@flow.transition(
    source=MatchState.TALKING,
    target=MatchState.AGREED,
    permission="matching.manage_match",
    label=_("合意を記録する"),
    done=_("合意を記録した"),
    note=_("企業の担当者と提案者に、合意したことを知らせます。契約は「契約」のページで進めます。"),
)
def agree(match: Match, /, *, by: Any) -> None:
    """They will work together; the rest is in the contract."""
    _step(match, by=by)
    notify(MatchMoved(match=match, by=by))


@flow.transition(
    source=[
        MatchState.INTRODUCED,
        MatchState.INTERESTED,
        MatchState.MEETING,
        MatchState.TALKING,
    ],
    target=MatchState.DECLINED,
    permission="matching.move_match",
    label=_("見送る"),
    done=_("見送った"),
    form=DeclineForm,
    danger=True,
    note=_("理由とひとことは、企業の担当者・病院の支援オフィス・提案者に見えます。"),
)
def decline(match: Match, /, *, by: Any, decline_reason: str, comment: str = "") -> None:
    """Either side ends it, with a reason that the other side reads."""
    match.decline_reason = decline_reason
    _step(match, by=by)
    notify(MatchMoved(match=match, by=by))


@flow.transition(
    source=MatchState.AGREED,
    target=MatchState.CLOSED,
    permission="matching.manage_match",
    label=_("終了する"),
    done=_("終了した"),
    form=CloseForm,
    danger=True,
    note=_("ひとことは、企業の担当者と提案者に見えます。"),
)
def close(match: Match, /, *, by: Any, comment: str = "") -> None:
    """What was agreed has come to its end."""
    _step(match, by=by)
    notify(MatchMoved(match=match, by=by))


@flow.transition(
    source=[MatchState.DECLINED, MatchState.CLOSED],
    target=MatchState.INTRODUCED,
    permission="matching.introduce_match",
    label=_("もう一度紹介する"),
    done=_("もう一度紹介した"),
    form=IntroduceForm,
    note=_("紹介文は、企業の担当者全員にメールで届きます。提案者にも見えます。"),
)
def reopen(match: Match, /, *, by: Any, introduction: str) -> None:
    """Things have changed: ask the partner again."""
    match.introduction = introduction
    match.decline_reason = ""
    match.meeting_date = None
    _step(match, by=by)
    notify(Introduced(match=match))


def _step(match: Match, *, by: Any) -> None:
    match.moved_at = timezone.now()
    match.updated_by = by

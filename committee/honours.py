"""Awards before and after the decision: plans, nominations, announcement, the public word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from committee.certificate import SEAL
from committee.enums import OUT_ANSWERS, RoundState
from committee.models import Award, AwardPlan, Nomination
from committee.notifications import AwardsAnnounced
from core.workflow import WrongStateError, action_labels, lock
from documents.actions import remove, store
from documents.queries import documents_of
from notifications.actions import notify

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import Organisation
    from committee.models import Case, Round

SEAL_RIGHT = "accounts.keep_seal_organisation"
action_labels.update(
    {
        "committee.round.plan_award": _("賞の数を決めた"),
        "committee.round.announce": _("受賞を院内に知らせた"),
        "committee.case.nominate": _("賞に推した"),
        "committee.case.take_back_nomination": _("推薦を取り消した"),
        "committee.award.publish": _("受賞を院外に公開した"),
        "committee.award.unpublish": _("受賞の公開をやめた"),
    }
)


class QuotaError(Exception):
    """Every award of this kind is given."""


@transaction.atomic
def plan_award(round_: Round, *, kind: Any, quota: int, prize: str, by: Any) -> None:
    """How many of this award the round gives, and what comes with it; 0 takes it off the plan.

    Raises WrongStateError when the results are out.
    """
    _only_before_release(round_)
    if quota:
        AwardPlan.objects.update_or_create(
            round=round_, kind=kind, defaults={"quota": quota, "prize": prize}
        )
    else:
        AwardPlan.objects.filter(round=round_, kind=kind).delete()
    record(round_, "plan_award", by=by, award=kind.ja, quota=quota)


def quota_is_full(round_: Round, kind: Any) -> bool:
    """Whether every planned award of this kind is given. A round without plans knows no limit."""
    plans = dict(AwardPlan.objects.filter(round=round_).values_list("kind", "quota"))
    given = Award.objects.filter(case__round=round_, kind=kind).count()
    return bool(plans) and given >= plans.get(kind.pk, 0)


@transaction.atomic
def nominate(case: Case, *, kind: Any, reason: str, by: Any) -> None:
    """A member's word that this case deserves an award; a second time changes the reason."""
    Nomination.objects.update_or_create(
        case=case, kind=kind, by=by, defaults={"reason": reason, "at": timezone.now()}
    )
    record(case, "nominate", by=by, award=kind.ja)


@transaction.atomic
def take_back_nomination(case: Case, *, kind: Any, by: Any) -> None:
    """She no longer names it."""
    if Nomination.objects.filter(case=case, kind=kind, by=by).delete()[0]:
        record(case, "take_back_nomination", by=by, award=kind.ja)


def nominations_of(case: Case) -> list[Nomination]:
    """Who names the case for what; the word of somebody with a conflict of interest is left out."""
    out = {each.member_id for each in case.conflicts.all() if each.answer in OUT_ANSWERS}
    rows = case.nominations.select_related("kind", "by").order_by("kind__order", "pk")
    return [each for each in rows if each.by_id not in out]


def nominations_by(user: Any, case: Case) -> QuerySet[Nomination]:
    """What she names the case for."""
    rows = Nomination.objects.filter(case=case, by=user).select_related("kind")
    return rows.order_by("kind__order", "pk")


@transaction.atomic
def announce(round_: Round, *, by: Any) -> None:
    """Tell everybody in the hospital who won; once. Raises WrongStateError otherwise."""
    lock(round_)
    if round_.state != RoundState.RELEASED or round_.announced_at:
        raise WrongStateError
    round_.announced_at = timezone.now()
    round_.save(update_fields=["announced_at"])
    record(round_, "announce", by=by)
    notify(AwardsAnnounced(round=round_))


@transaction.atomic
def set_public(award: Award, *, is_public: bool, by: Any) -> None:
    """The winner's own word that her award may stand on the public page, or no longer."""
    lock(award)
    if bool(award.public_since) == is_public:
        return
    award.public_since = timezone.now() if is_public else None
    award.save(update_fields=["public_since"])
    record(award, "publish" if is_public else "unpublish", by=by)


def keep_seal(hospital: Organisation, *, upload: Any, by: Any) -> None:
    """The picture that certificates carry from now on."""
    store(
        target=hospital,
        slot=SEAL,
        title=str(_("病院の印")),
        upload=upload,
        by=by,
        view_permission=SEAL_RIGHT,
        change_permission=SEAL_RIGHT,
    )


def remove_seal(hospital: Organisation, *, by: Any) -> None:
    """From now on certificates have a place for a stamp; nothing happens when there is no seal."""
    for seal in documents_of(hospital, slot=SEAL):
        remove(seal, by=by)


def _only_before_release(round_: Round) -> None:
    lock(round_)
    if round_.state == RoundState.RELEASED:
        raise WrongStateError

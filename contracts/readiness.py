"""What is still missing before a step: sentences for the page, and the reason of a refusal."""

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.queries import people
from contracts.enums import BEFORE_ACTIVE, Side
from contracts.kinds import registry
from contracts.models import Contract
from contracts.slots import INTERNAL_DRAFT, versions_in
from core.workflow import WrongStateError
from matching.enums import MatchState

MAY_NEGOTIATE = [
    MatchState.INTERESTED,
    MatchState.MEETING,
    MatchState.TALKING,
    MatchState.AGREED,
]


class NotReadyError(WrongStateError):
    """Something that a step needs went missing between the page and the press."""


def require(problems):
    """Raise NotReadyError unless ``problems`` is empty."""
    if problems:
        raise NotReadyError(" ".join(problems))


def before_drafting(match, kind):
    """Why no contract of ``kind`` can be begun for ``match`` now."""
    problems = []
    if match.state not in MAY_NEGOTIATE:
        problems.append(_("契約は、企業が関心を示してから、終了する前のマッチングで作れます。"))
    problems += _nobody_there(match.partner)
    if match.contracts.filter(kind=kind, state__in=BEFORE_ACTIVE).exists():
        problems.append(
            _(
                "このマッチングには、手続き中の「%(kind)s」がすでにあります。そちらを使ってください。"
            )
            % {"kind": registry[kind].label}
        )
    return problems


def before_review(contract):
    """Why nobody can read the text yet."""
    if INTERNAL_DRAFT in versions_in(contract):
        return []
    return [_("「契約書案(院内)」の書類がありません。先に登録してください。")]


def before_sending(contract):
    """Why the text cannot go to the other side now."""
    return before_review(contract) + _nobody_there(contract.partner)


def _nobody_there(partner):
    if people(Role.PARTNER, at=partner).exists():
        return []
    text = _("「%(partner)s」には企業の担当者が登録されていません。先に招待してください。")
    return [text % {"partner": partner}]


def checklist(contract, filed):
    """What activation asks for: (done, sentence when done, sentence when missing).

    ``filed`` comes from ``slots.versions_in``.
    """
    signed = {each.side for each in contract.signatures.all()}
    return [
        (
            Side.HOSPITAL in signed,
            _("病院の署名を記録しました。"),
            _("病院の署名がまだ記録されていません。"),
        ),
        (
            Side.PARTNER in signed,
            _("相手方の署名を記録しました。"),
            _("相手方の署名がまだ記録されていません。"),
        ),
        *(
            (
                slot in filed,
                _("「%(slot)s」を登録しました。") % {"slot": contract.spec.slots[slot]},
                _("「%(slot)s」の書類がまだありません。") % {"slot": contract.spec.slots[slot]},
            )
            for slot in contract.spec.required
        ),
    ]


def before_activation(contract):
    """Why it cannot come into force now."""
    return [
        missing for done, _words, missing in checklist(contract, versions_in(contract)) if not done
    ]


def lacks_secrecy(contract):
    """Whether the kind that must be in force first (an NDA) is not, for this match, today."""
    needed = contract.spec.needs_in_force
    if not needed:
        return False
    return not Contract.objects.in_force().filter(kind=needed, match=contract.match_id).exists()

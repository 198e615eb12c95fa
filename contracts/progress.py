"""How far a negotiation has come, who has the ball, and what this reader does next."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Role
from contracts.enums import BEFORE_ACTIVE, OVER, TEXT_OPEN, ContractState, Side
from contracts.kinds.base import RESEARCH, SECRECY, registry
from contracts.models import Contract
from core.templatetags.ui import jdate
from needs.progress import reached


def present(contracts, user):
    """Put on each contract what a line about it shows to ``user``: words, ball, the other side."""
    contracts = list(contracts)
    for contract in contracts:
        contract.inside = user.has_perm("contracts.view_internal_contract", contract)
        contract.words = contract.state_label if contract.inside else contract.partner_label
        contract.other_side = contract.partner if contract.inside else contract.hospital
        contract.ball = ball(contract)
    return contracts


def ball(contract):
    """「株式会社○○(3日)」, or nothing when nobody has it."""
    holder = {Side.HOSPITAL: contract.hospital, Side.PARTNER: contract.partner}.get(contract.turn)
    if holder is None:
        return ""
    days = (timezone.localdate() - timezone.localdate(contract.turn_since)).days
    if days == 0:
        return _("%(holder)s(今日から)") % {"holder": holder}
    text = ngettext("%(holder)s(%(days)s日)", "%(holder)s(%(days)s日)", days)
    return text % {"holder": holder, "days": days}


def stage_line(match, contracts):
    """相談 → NDA → 情報開示 → 条件交渉 → 共同研究契約 → 実施 → 終了, for ``ui/stage_line.html``.

    ``contracts`` are those of the match that the reader may see: a draft that the other side has
    not been sent moves nothing on its line.
    """
    today = timezone.localdate()
    secrecy = _latest(contracts, SECRECY)
    research = _latest(contracts, RESEARCH)
    any_of_them = secrecy or research
    ended = research if research and research.state in OVER else None
    dates = [
        (_("相談"), bool(any_of_them), match.meeting_date),
        (_("NDA"), _is_signed(secrecy), secrecy and secrecy.signed_on),
        (_("情報開示"), _has_begun(secrecy, today), secrecy and secrecy.starts_on),
        (_("条件交渉"), _is_agreed(research), None),
        (_("共同研究契約"), _is_signed(research), research and research.signed_on),
        (_("実施"), bool(ended and ended.signed_on), research and research.starts_on),
        (_("終了"), bool(ended), ended and ended.ended_on),
    ]
    current = next((place for place, (_l, done, _d) in enumerate(dates) if not done), None)
    if ended:
        current = None
    return [
        {
            "label": label,
            "state": "done" if done else ("current" if place == current else ""),
            "date": date if done or place == current else None,
        }
        for place, (label, done, date) in enumerate(dates)
    ]


def _latest(contracts, stage):
    """The contract that stands for a stop of the line: one in force, or else the newest."""
    found = [each for each in contracts if each.spec.stage == stage]
    return max(
        found, key=lambda each: (_is_signed(each), each.state not in OVER, each.pk), default=None
    )


def _is_signed(contract):
    return contract is not None and contract.signed_on is not None


def _has_begun(contract, today):
    return _is_signed(contract) and contract.starts_on <= today


def _is_agreed(contract):
    settled = {ContractState.APPROVING, ContractState.SIGNING}
    return contract is not None and (contract.state in settled or _is_signed(contract))


def next_step(contract, user):
    """The first line of the page: what happens next, for this reader. (mine, sentence)."""
    if not user.has_perm("contracts.view_internal_contract", contract):
        return _for_partner(contract)
    if user.has_perm("contracts.approve_contract", contract):
        return True, _("あなたの番です。内容を確認して、承認するか差し戻してください。")
    if contract.state == ContractState.APPROVING:
        role = Role(contract.next_approver).label
        return False, _("%(role)sの承認を待っています。") % {"role": role}
    if contract.state == ContractState.INTERNAL_REVIEW and user.holds(
        Role.LEGAL, contract.hospital_id
    ):
        return True, _("あなたの番です。案を確認して、気づいたことを院内メモに書いてください。")
    moves = contract.state in {*TEXT_OPEN, ContractState.SIGNING}
    return moves and user.has_perm("contracts.manage_contract", contract), _for_office(contract)


def _for_office(contract):
    return {
        ContractState.DRAFTING: _(
            "契約書案を登録して、院内の確認に回すか、相手方に送ってください。"
        ),
        ContractState.INTERNAL_REVIEW: _("案を直して新しい版を登録し、相手方に送ってください。"),
        ContractState.COUNTERPART_REVIEW: _("相手方の返事を待っています。"),
        ContractState.SIGNING: _("署名を記録し、書類をそろえて、契約を発効させてください。"),
    }.get(contract.state) or _when_quiet(contract)


def _for_partner(contract):
    if contract.state == ContractState.COUNTERPART_REVIEW:
        return True, _(
            "あなたの番です。案を確認して、合意するか、直してほしいところを知らせてください。"
        )
    if Side.PARTNER in contract.unsigned_sides:
        return True, _("あなたの番です。署名したら、署名した人と日付を記録してください。")
    if contract.state == ContractState.APPROVING:
        return False, _("病院で決裁中です。終わると、署名のお願いが届きます。")
    if contract.state in BEFORE_ACTIVE:
        return False, _("病院が手続きを進めています。")
    return False, _when_quiet(contract)


def _when_quiet(contract):
    if contract.state == ContractState.ACTIVE and contract.starts_on > timezone.localdate():
        return _("%(day)sに発効します。") % {"day": jdate(contract.starts_on)}
    if contract.state == ContractState.ACTIVE:
        return _("契約は有効です。")
    if contract.state == ContractState.EXPIRED:
        return _("契約は満了しました。")
    if contract.signed_on:
        return _("契約は解約されました。")
    return _("交渉を取りやめました。")


@reached("partnership")
def working_together(needs):
    """The needs (ids) about which a joint research contract has come into force."""
    kinds = [kind.slug for kind in registry if kind.stage == RESEARCH]
    return set(
        Contract.objects.filter(
            match__publication__need__in=needs, kind__in=kinds, signed_on__isnull=False
        ).values_list("match__publication__need_id", flat=True)
    )

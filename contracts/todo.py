"""What waits for whom about contracts."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from contracts.enums import BEFORE_ACTIVE, ContractState, Side
from contracts.models import Contract
from contracts.rules import INSIDE
from core.todo import Todo, source

ENDS_SOON = timedelta(days=60)
MOST = 100


@source
def contracts_to_move(user):
    """Three queries for those who deal with contracts, none for the others."""
    if not user.holds_any(*INSIDE, Role.PARTNER):
        return
    soon = timezone.localdate() + ENDS_SOON
    moving = Q(state__in=BEFORE_ACTIVE) | Q(state=ContractState.ACTIVE, ends_on__lte=soon)
    contracts = (
        Contract.objects.visible_to(user)
        .filter(moving)
        .select_related("hospital", "partner")
        .with_steps()
        .order_by("turn_since", "pk")[:MOST]
    )
    for contract in contracts:
        if todo := _todo(user, contract):
            words, due = todo
            label = words % {"title": contract.title, "kind": contract.spec.label}
            yield Todo(label=label, url=contract.get_absolute_url(), due=due)


def _todo(user, contract):
    """(words, due) of what ``user`` does about ``contract`` now, or None."""
    words = None
    if user.has_perm("contracts.approve_contract", contract):
        words = _("「%(title)s」の%(kind)sを承認するか決める")
    elif user.has_perm("contracts.manage_contract", contract):
        return _for_office(contract)
    elif contract.state == ContractState.INTERNAL_REVIEW and user.holds(
        Role.LEGAL, contract.hospital_id
    ):
        words = _("「%(title)s」の%(kind)sの案を確認する")
    elif user.holds(Role.PARTNER, contract.partner_id):
        words = _for_partner(contract)
    return (words, None) if words else None


def _for_office(contract):
    if contract.state == ContractState.ACTIVE:
        return _("満了が近い「%(title)s」の%(kind)sを、続けるか決める"), contract.ends_on
    words = {
        ContractState.DRAFTING: _("「%(title)s」の%(kind)sの案を用意する"),
        ContractState.INTERNAL_REVIEW: _("「%(title)s」の%(kind)sの案を直して相手方に送る"),
        ContractState.SIGNING: _("「%(title)s」の%(kind)sの署名を記録して発効させる"),
    }.get(contract.state)
    return (words, None) if words else None


def _for_partner(contract):
    if contract.state == ContractState.COUNTERPART_REVIEW:
        return _("「%(title)s」の%(kind)sの案に返事をする")
    if Side.PARTNER in contract.unsigned_sides:
        return _("「%(title)s」の%(kind)sに署名する")
    return None

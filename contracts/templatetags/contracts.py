"""What the page of a match shows of its contracts; matching itself does not know them."""

from django import template

from contracts.models import Contract
from contracts.progress import present
from contracts.readiness import MAY_NEGOTIATE

register = template.Library()


@register.inclusion_tag("contracts/on_match.html")
def contracts_of(match, user):
    """The contracts that this reader may open, and for the office the way to begin one."""
    contracts = Contract.objects.visible_to(user).filter(match=match).for_list()
    return {
        "match": match,
        "contracts": present(contracts, user),
        "may_begin": match.state in MAY_NEGOTIATE and user.has_perm("matching.manage_match", match),
    }

"""The people of a need, on its page."""

from needs.enums import ParticipantKind
from needs.panels import panel
from needs.people import own_share


@panel("needs/panels/joined.html", place="main", order=10)
def joined(need, user):
    """Those who have the same worry, with the evidence of their wards; one of them may leave."""
    rows = need.participants.filter(kind=ParticipantKind.JOINED).select_related("user")
    found = list(rows.order_by("created_at", "pk"))
    return {"need": need, "joined": found, "user": user} if found else None


@panel("needs/panels/people.html", place="aside", order=20)
def behind(need, user):
    """Proposer, co-submitters, and how far the clinician has confirmed."""
    rows = need.participants.filter(kind=ParticipantKind.CO_SUBMITTER).select_related("user")
    co_submitters = list(rows.order_by("created_at", "pk"))
    is_office = user.has_perm("needs.screen_need", need)
    shown = need.confirmations.order_by("-pk")[:3] if need.entered_by_id and is_office else []
    return {
        "need": need,
        "co_submitters": co_submitters,
        "own_share": own_share(need),
        "confirmations": list(shown),
        "stands_in": need.proposer_id == need.entered_by_id,
        "may_transfer": user.has_perm("needs.transfer_need", need),
        "may_ask": user.has_perm("needs.ask_clinician_of_need", need),
        "to_agree": any(each.user_id == user.pk and not each.agreed_at for each in co_submitters),
    }

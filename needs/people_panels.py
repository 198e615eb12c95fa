"""The people of a need, on its page."""

from needs.enums import ParticipantKind
from needs.panels import panel


@panel("needs/panels/joined.html", place="main", order=10)
def joined(need, _user):
    """Those who have the same worry, with the evidence of their wards."""
    rows = need.participants.filter(kind=ParticipantKind.JOINED).select_related("user")
    found = list(rows.order_by("created_at", "pk"))
    return {"joined": found} if found else None

"""What the office sees beside a need while it prepares it."""

from needs.clearance import KINDS
from needs.panels import panel


@panel("needs/panels/clearances.html", place="aside", order=60)
def clearances(need, user):
    """Which hints about personal information somebody answered for, and why."""
    if not user.has_perm("needs.screen_need", need):
        return None
    rows = need.clearances.select_related("by").order_by("at", "pk")
    found = [{"kind": KINDS[row.kind], "row": row} for row in rows]
    return {"found": found} if found else None

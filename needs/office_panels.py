"""What the office sees beside a need while it prepares it."""

from needs.assigning_forms import AssigneeForm
from needs.clearance import KINDS, open_findings
from needs.comparing import undecided
from needs.enums import NeedState
from needs.panels import panel
from needs.sorting import SortForm


@panel("needs/panels/assignee.html", place="aside", order=1)
def assignee(need, user):
    """Who of the office looks after it; for the office also the ways to change that."""
    may_assign = user.has_perm("needs.assign_need", need)
    if not (may_assign or need.assignee):
        return None
    form = None
    if may_assign:
        form = AssigneeForm(hospitals=[need.hospital_id], initial={"to": need.assignee_id})
    return {"need": need, "form": form, "is_mine": need.assignee_id == user.pk}


@panel("needs/panels/category.html", place="aside", order=2)
def category(need, user):
    """In which field it is, where the office may change that."""
    if not user.has_perm("needs.sort_need", need):
        return None
    return {"need": need, "form": SortForm(initial={"category": need.category_id})}


@panel("needs/panels/similar.html", place="top", order=20)
def similar(need, user):
    """For a need in the queue: what says much the same, beside it."""
    waits = need.state in {NeedState.SUBMITTED, NeedState.SCREENING}
    if not waits or not user.has_perm("needs.screen_need", need):
        return None
    near = undecided(need)
    return {"need": need, "near": near} if near else None


@panel("needs/panels/findings.html", place="top", order=3)
def findings(need, user):
    """What looks like personal information and waits for an answer; it keeps the review shut."""
    if not user.has_perm("needs.clear_need", need):
        return None
    found = open_findings(need)
    return {"need": need, "found": found} if found else None


@panel("needs/panels/clearances.html", place="aside", order=60)
def clearances(need, user):
    """Which hints about personal information somebody answered for, and why."""
    if not user.has_perm("needs.screen_need", need):
        return None
    rows = need.clearances.select_related("by").order_by("at", "pk")
    found = [{"kind": KINDS[row.kind], "row": row} for row in rows]
    return {"found": found} if found else None

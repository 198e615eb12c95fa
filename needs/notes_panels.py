"""The office's findings and the comments, on the page of a need."""

from needs.comments import circles, comments_for, may_take_back
from needs.enrichment import enrichments_of, missing_kinds
from needs.notes_forms import CommentForm
from needs.panels import panel


@panel("needs/panels/enrichment.html", place="main", order=20)
def enrichment(need, user):
    """What the office found out, marked as the office's; for the office also what is missing."""
    found = enrichments_of(need) if need.number else []
    may_enrich = user.has_perm("needs.enrich_need", need)
    if not (found or may_enrich):
        return None
    return {
        "need": need,
        "found": found,
        "may_enrich": may_enrich,
        "missing": missing_kinds(found) if may_enrich else [],
    }


@panel("needs/panels/comments.html", place="main", order=90)
def comments(need, user):
    """The remarks that this reader may read, and a form for a new one."""
    if not circles(user, need):
        return None
    rows = [(each, may_take_back(user, each)) for each in comments_for(user, need)]
    return {"need": need, "rows": rows, "form": CommentForm(need=need, by=user)}

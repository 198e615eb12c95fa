"""Related needs, and reasons to take up again what was put aside."""

from django.db.models import Q

from needs.enums import PUT_ASIDE
from needs.merging import relations_of
from needs.models import Need
from needs.panels import panel


@panel("needs/panels/revivals.html", place="top", order=5)
def revivals(need, user):
    """For the office: why a need that was put aside deserves another look."""
    if need.state not in PUT_ASIDE or not user.has_perm("needs.reopen_need", need):
        return None
    rows = need.revivals.filter(settled_at=None).select_related("similar", "organisation")
    found = list(rows.order_by("-created_at", "-pk")[:10])
    return {"need": need, "found": found} if found else None


@panel("needs/panels/relations.html", place="aside", order=30)
def relations(need, user):
    """Only those that this reader may open; for the office also the ways to change them."""
    may_arrange = user.has_perm("needs.arrange_need", need)
    pairs = [
        (each.get_kind_display(), each.other if each.need_id == need.pk else each.need, each.note)
        for each in relations_of(need)
    ]
    merged = Need.objects.filter(Q(merged_into=need) | Q(pk=need.merged_into_id))
    pairs += [("", each, "") for each in merged.order_by("pk")]
    if not (pairs or may_arrange):
        return None
    seen = set(
        Need.objects.visible_to(user)
        .filter(pk__in=[other.pk for _kind, other, _note in pairs])
        .values_list("pk", flat=True)
    )
    return {
        "need": need,
        "rows": [row for row in pairs if row[1].pk in seen],
        "may_arrange": may_arrange,
        "may_divide": user.has_perm("needs.divide_need", need),
    }

"""What the pages of this app share."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from committee.models import Case, Round
from core.views import INVALID, STALE


def insist(user, permission, obj):
    """Raise PermissionDenied unless ``user`` may."""
    if not user.has_perm(permission, obj):
        raise PermissionDenied


def round_for(request, public_id, permission="committee.view_round"):
    """The round, or 404 when it is not hers to see, 403 when she may not do this."""
    rows = Round.objects.visible_to(request.user).select_related("committee__hospital", "rubric")
    round_ = get_object_or_404(rows, public_id=public_id)
    insist(request.user, permission, round_)
    return round_


def case_for(request, public_id, permission="committee.view_case"):
    """The case with all that rules touch, or 404 or 403."""
    rows = Case.objects.visible_to(request.user).for_pages()
    case = get_object_or_404(rows, public_id=public_id)
    insist(request.user, permission, case)
    return case


def status_of(form):
    """How a page with this form answers: 200, 409 for a stale page, 422 for mistakes."""
    if not form.is_bound:
        return 200
    return STALE if getattr(form, "stale", False) else INVALID


def named(user, cases):
    """The cases with ``title`` where she may know it; "" elsewhere."""
    for case in cases:
        case.title = case.need.title if user.has_perm("committee.name_case", case) else ""
    return cases

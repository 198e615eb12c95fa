"""What the pages of this app share."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from committee import blind, queries
from committee.models import Case, Committee, Round
from core.autosave import is_autosave, refused
from core.views import FORBIDDEN, INVALID, STALE


def insist(user, permission, obj):
    """Raise PermissionDenied unless ``user`` may."""
    if not user.has_perm(permission, obj):
        raise PermissionDenied


def committee_for(request, public_id, permission="committee.view_committee"):
    """The committee, or 404 when it is not hers to see, 403 when she may not do this."""
    rows = Committee.objects.visible_to(request.user).select_related("hospital")
    committee = get_object_or_404(rows, public_id=public_id)
    insist(request.user, permission, committee)
    return committee


def round_for(request, public_id, permission="committee.view_round"):
    """The round, or 404 when it is not hers to see, 403 when she may not do this.

    The rule is asked, not ``visible_to``, which agrees with it: her seats are needed anyway.
    """
    rows = Round.objects.select_related("committee__hospital", "rubric")
    round_ = get_object_or_404(rows, public_id=public_id)
    if not request.user.has_perm("committee.view_round", round_):
        raise Http404
    insist(request.user, permission, round_)
    return round_


def case_for(request, public_id, permission="committee.view_case"):
    """The case with all that rules touch, or 404 or 403."""
    rows = Case.objects.visible_to(request.user).for_pages()
    case = get_object_or_404(rows, public_id=public_id)
    insist(request.user, permission, case)
    return case


def farewell(request, public_id):
    """The page of a case for somebody whose seat ended while it was open; 404 for all others.

    What she had typed is shown to her once more: it was not saved.
    """
    case = Case.objects.filter(public_id=public_id).select_related("round__committee").first()
    if case is None or not queries.sat_in(case.round.committee, request.user):
        raise Http404
    if is_autosave(request):
        return refused(_("委員の任期が終わったので、保存できませんでした。"))
    names = ["note_to_committee", "note_to_proposer", "note", "reason"]
    typed = [text for name in names if (text := request.POST.get(name, "").strip())]
    context = {"round": case.round, "typed": typed, "was_sent": request.method == "POST"}
    return render(request, "committee/farewell.html", context, status=FORBIDDEN)


def status_of(form):
    """How a page with this form answers: 200, 409 for a stale page, 422 for mistakes."""
    if not form.is_bound:
        return 200
    return STALE if getattr(form, "stale", False) else INVALID


def named(user, cases):
    """The cases with ``title`` where she may know it; "" elsewhere."""
    for case in cases:
        may_know = user.has_perm("committee.name_case", case)
        case.title = blind.title_of(case, case.round) if may_know else ""
    return cases

"""Lists and the page of one need."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.vary import vary_on_headers

from audit.queries import entries_for
from core.pagination import BoundedPaginator
from core.views import transition_page
from documents.queries import documents_of
from needs import sheet
from needs.actions import flow
from needs.declining import advice_for
from needs.enums import BEFORE_REVIEW, NeedState
from needs.links import links_for
from needs.models import Need
from needs.panels import panels_for
from needs.progress import next_step, with_stages
from needs.promise import with_days_left
from needs.sections import STEPS, is_open, sections_of
from needs.thread import exchanges
from needs.views.desk import PER_PAGE, desk, looks_after

# What the office has in its queue, or has just dealt with there: the way back leads to the queue.
HANDLED_IN_QUEUE = {*BEFORE_REVIEW, NeedState.DECLINED, NeedState.MERGED}


@vary_on_headers("HX-Request")
def index(request):
    """Her own needs; for those who look after a hospital or a department, everybody's."""
    if not request.user.hospitals:
        raise PermissionDenied
    if request.GET.get("view") == "own" or not looks_after(request.user):
        return _own_list(request)
    return desk(request)


def detail(request, public_id):
    """One need: whose turn it is, the sheet, what was asked and answered, what happened."""
    visible = Need.objects.visible_to(request.user).select_related(
        "proposer", "department", "hospital", "specialty", "category", "assignee"
    )
    need = visible.filter(public_id=public_id).first()
    if need is None:
        joined = Need.objects.joined_by(request.user)
        return redirect("needs:join", get_object_or_404(joined, public_id=public_id).public_id)
    entries = list(entries_for(need))
    thread = exchanges(entries)
    from_queue = need.state in HANDLED_IN_QUEUE and request.user.has_perm("needs.screen_need", need)
    context = {
        "need": with_days_left(with_stages([need]))[0],
        "flow": flow,
        "next_step": next_step(need, request.user),
        "is_mine": need.proposer_id == request.user.pk,
        "my_turn": _is_turn_of(request.user, need),
        "may_change": request.user.has_perm("needs.change_need", need) and is_open(need, STEPS),
        "may_describe": request.user.has_perm("needs.describe_need", need),
        "from_queue": from_queue,
        "next_waiting": _next_waiting(request.user, need) if from_queue else None,
        "rows": sheet.answers(need),
        "asked_steps": [each for each in thread if STEPS in each.sections],
        "sections": _sections(need, thread),
        "photos": documents_of(need, slot="photo"),
        "may_cover": request.user.has_perm("needs.cover_photos_need", need),
        "decline_advice": advice_for(need, request.user),
        "thread": thread,
        "entries": entries,
        "links": links_for(need, request.user),
        "panels": panels_for(need, request.user),
    }
    return render(request, "needs/detail.html", context)


def transition(request, public_id, name):
    """Every button of the flow."""
    needs = Need.objects.visible_to(request.user).select_related("hospital", "department")
    need = get_object_or_404(needs, public_id=public_id)
    into = {"into": request.GET["into"]} if "into" in request.GET else None
    return transition_page(request, need, flow, name, initial=into)


def _page(request, needs):
    paginator = BoundedPaginator(needs.for_list(), PER_PAGE, rows=Need.objects.for_list())
    return paginator.get_page(request.GET.get("page"))


def _own_list(request):
    needs = Need.objects.of(request.user)
    page = _page(request, needs)
    context = {
        "page_obj": page,
        "needs": with_days_left(with_stages(page.object_list)),
        "may_add": bool(request.user.hospitals),
        "looks_after": request.GET.get("view") == "own" and looks_after(request.user),
    }
    return render(request, "needs/own_list.html", context)


def _sections(need, thread):
    """(section, the answers that say something, what was asked there), where there is any."""
    found = [
        (
            section,
            [row for row in section.rows(need) if row.value],
            [each for each in thread if section.slug in each.sections],
        )
        for section in sections_of(need)
    ]
    return [(section, rows, asked) for section, rows, asked in found if rows or asked]


def _next_waiting(user, need):
    queue = Need.objects.queue_of(user).going_on_from(need)
    return queue.only("public_id", "number", "title").first()


def _is_turn_of(user, need):
    if need.state in {NeedState.DRAFT, NeedState.RETURNED}:
        return need.proposer_id == user.pk
    return need.state in {NeedState.SUBMITTED, NeedState.SCREENING} and user.has_perm(
        "needs.screen_need", need
    )

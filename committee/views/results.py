"""The results of a round: the table, its file, cases side by side, other weights on trial."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _

from committee import queries, what_if
from committee.models import Case
from committee.result_table import ResultTable, taken_out, wanted_marks
from committee.views.parts import named, round_for
from core.exporting import as_download
from core.views import INVALID

PER_PAGE = 25
CLOSED_SHOWN = 50
COMPARED = {2, 3}
RIGHT = "committee.see_results_round"


def table(request, public_id):
    """Twenty-five lines. Cases closed to her keep their number and nothing else."""
    round_ = round_for(request, public_id, RIGHT)
    found = ResultTable(round_, request.user, request.GET)
    page = Paginator(found.keys, PER_PAGE).get_page(request.GET.get("page"))
    closed = found.closed()
    context = {
        "round": round_,
        "table": found,
        "lines": found.lines(page.object_list),
        "page_obj": page,
        "heads": found.heads(),
        "wanted": wanted_marks(round_),
        "closed": closed[:CLOSED_SHOWN],
        "closed_total": len(closed),
    }
    return render(request, "committee/results.html", context)


def export(request, public_id, kind):
    """The table as CSV or XLSX: the lines, the columns and the order of the page."""
    if kind not in {"csv", "xlsx"}:
        raise Http404
    round_ = round_for(request, public_id, RIGHT)
    found = ResultTable(round_, request.user, request.GET)
    rows = taken_out(found, kind=kind, query=request.GET.urlencode(), by=request.user)
    name = f"results-{slugify(round_.public_id)}"
    return as_download(rows, name=name, kind=kind, title=_("採点の結果"))


def compare(request, public_id):
    """Two or three cases side by side."""
    round_ = round_for(request, public_id, RIGHT)
    found = ResultTable(round_, request.user, {})
    chosen = found.visible.filter(public_id__in=request.GET.getlist("case"))
    keys = list(chosen.values_list("pk", flat=True)[: max(COMPARED) + 1])
    if len(keys) not in COMPARED:
        messages.error(request, _("くらべる案件を2つか3つ選んでください。"))
        return redirect("committee:results", round_.public_id)
    cases = named(request.user, list(Case.objects.filter(pk__in=keys).for_pages()))
    counted = queries.counted_reviews(cases)
    lines = found.lines([case.pk for case in cases])
    context = {
        "round": round_,
        "table": found,
        "pairs": [
            {
                "line": line,
                "case": case,
                "notes": [
                    each.note_to_committee for each in counted[case.pk] if each.note_to_committee
                ],
            }
            for line, case in zip(lines, cases, strict=True)
        ],
        "rows": [
            (criterion, [line.criteria[at][1] for line in lines])
            for at, criterion in enumerate(found.criteria)
        ],
    }
    return render(request, "committee/compare.html", context)


def weights(request, public_id):
    """Other weights on trial; everything lives in the address, and nothing is kept."""
    round_ = round_for(request, public_id, RIGHT)
    found = ResultTable(round_, request.user, {})
    form = what_if.form_for(request.GET, found.criteria)
    is_valid = form.is_valid()
    lines = what_if.trial(found, form.weights) if is_valid else []
    context = {
        "round": round_,
        "form": form,
        "is_changed": is_valid and form.is_changed,
        "moved": sum(bool(line.moved) for line in lines),
        "page_obj": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "committee/what_if.html", context, status=200 if is_valid else INVALID)

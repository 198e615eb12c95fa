"""Looking back: at one round, and for an office at a year."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils import timezone

from accounts.enums import Role
from committee import looking_back
from committee.result_table import ResultTable
from committee.views.parts import round_for


def of_round(request, public_id):
    """How long each stage took, who took part, how the scores are spread.

    Scores of cases that are closed to her are left out; members one by one are for the leads.
    """
    round_ = round_for(request, public_id, "committee.see_results_round")
    table = ResultTable(round_, request.user, {})
    stages = looking_back.stages_of(round_, now=timezone.now())
    parts = looking_back.participation(round_)
    cases = list(table.visible.select_related("need"))
    context = {
        "round": round_,
        "stages": stages,
        "longest": max((each.hours for each in stages), default=0) or 1,
        "parts": parts if request.user.has_perm("committee.lead_round", round_) else [],
        "together": looking_back.together(parts),
        "spreads": looking_back.spreads(cases, table.criteria),
        "case_total": len(cases),
    }
    return render(request, "committee/looking_back.html", context)


def of_year(request):
    """Whether the scores foretold what was accepted, matched and contracted."""
    if not request.user.holds_any(Role.OFFICE):
        raise PermissionDenied
    years = looking_back.years_of(request.user)
    asked = request.GET.get("year", "")
    newest = years[0] if years else looking_back.fiscal_year(timezone.localdate())
    year = next((each for each in years if str(each) == asked), newest)
    context = {
        "years": years,
        "year": year,
        "found": looking_back.year_of(request.user, year),
        "stations": looking_back.STATIONS.values(),
    }
    return render(request, "committee/year.html", context)

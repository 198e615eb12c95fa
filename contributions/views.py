"""One's own contributions, year by year."""

from collections import defaultdict

from django.shortcuts import render

from contributions.kinds import every_kind
from contributions.models import Contribution


def index(request):
    """What she gave, by fiscal year and kind; nobody else opens this page. One query."""
    rows = Contribution.objects.visible_to(request.user).order_by("-on", "-pk")
    years = defaultdict(lambda: defaultdict(list))
    for row in rows.select_related("hospital"):
        years[row.fiscal_year][row.kind].append(row)
    context = {
        "years": [
            {
                "year": year,
                "lines": [
                    {"kind": kind, "rows": found[kind.slug]}
                    for kind in every_kind()
                    if kind.slug in found
                ],
            }
            for year, found in sorted(years.items(), reverse=True)
        ]
    }
    return render(request, "contributions/index.html", context)

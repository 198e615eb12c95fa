"""The office brings in a table: check it first, look at the result, then bring it in."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.models import Organisation
from core.views import INVALID
from needs import importing_actions
from needs.forms import ConfirmImportForm, ImportForm
from needs.importing import HEADINGS
from needs.models import ImportRun
from needs.personal_data import WHY

MOST_SHOWN = 200
OLDER_RUNS = 20


def upload(request):
    """Choose a file; it is checked before anything is brought in."""
    hospitals = Organisation.objects.hospitals().filter(pk__in=request.user.offices)
    hospitals = hospitals.order_by("name")
    if not hospitals:
        raise PermissionDenied
    posted = request.method == "POST"
    data, files = (request.POST, request.FILES) if posted else (None, None)
    form = ImportForm(data, files, hospitals=hospitals)
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        run = importing_actions.start_import(
            hospital=form.cleaned_data.get("hospital") or hospitals[0],
            file_name=file.name,
            content=file.read(),
            all_or_nothing=form.cleaned_data["all_or_nothing"],
            by=request.user,
        )
        return redirect(run)
    context = {
        "form": form,
        "headings": _known_headings(),
        "runs": _visible(request).order_by("-pk")[:OLDER_RUNS],
    }
    return render(request, "needs/import.html", context, status=INVALID if posted else 200)


@vary_on_headers("HX-Request")
def run(request, public_id):
    """How far it is, and what came of it. The part is asked for every two seconds."""
    found = get_object_or_404(_visible(request), public_id=public_id)
    return _page(request, found, ConfirmImportForm(run=found))


def _page(request, found, form):
    working = found.state in {ImportRun.State.WAITING, ImportRun.State.RUNNING}
    if request.htmx and not working:
        # The whole page says what happened; a part would leave the heading behind.
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {
        "run": found,
        "working": working,
        "problems": found.problems[:MOST_SHOWN],
        "noticed": [_in_words(each) for each in found.findings[:MOST_SHOWN]],
        "form": form,
        "counts": _counts(found),
        "may_confirm": _may_confirm(found),
    }
    whole = "needs/import_run.html"
    status = INVALID if form.is_bound and form.errors else 200
    template = f"{whole}#progress" if request.htmx else whole
    return render(request, template, context, status=status)


def _in_words(noticed):
    label = importing_actions.label_of(noticed["field"])
    return {**noticed, "label": label, "why": WHY[noticed["kind"]]}


@require_POST
def confirm(request, public_id):
    """Button 「この内容で取り込む」."""
    found = get_object_or_404(_visible(request), public_id=public_id)
    if _may_confirm(found):
        form = ConfirmImportForm(request.POST, run=found)
        if not form.is_valid():
            return _page(request, found, form)
        importing_actions.confirm_import(found, by=request.user, leave_out=form.leaves_out)
    return redirect(found)


def _visible(request):
    runs = ImportRun.objects.visible_to(request.user).defer("content")
    return runs.select_related("hospital", "started_by")


def _counts(run):
    new = _("新しく入る件数") if run.dry_run else _("新しく入った件数")
    return [
        {"label": _("読み取った行"), "value": run.total},
        {"label": new, "value": run.created},
        {"label": _("すでにある件数"), "value": run.known},
        {
            "label": _("誤りのある行"),
            "value": len({problem["line"] for problem in run.problems}),
        },
    ]


def _known_headings():
    """Some of the names that each column may have, without the English ones."""
    names = ([word for word in words.split() if not word.isascii()] for words in HEADINGS.values())
    return [each[:3] for each in names]


def _may_confirm(run):
    checked = run.dry_run and run.state == ImportRun.State.DONE and run.created > 0
    return checked and not (run.all_or_nothing and run.problems)

"""Pages without a domain word: transitions, health, errors."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.workflow import WrongStateError

FORBIDDEN = 403
STALE = 409
GONE = 410
INVALID = 422


def transition_page(request, obj, flow, name, *, initial=None):
    """Ask what a transition needs and perform it; one page serves every flow.

    ``obj`` must come from ``visible_to``; ``initial`` is what the page proposes. GET shows the questions, POST performs. 404 for an
    unknown name, 403 without permission, a message when the state has moved on.
    """
    if name not in flow or not flow[name].button:
        raise Http404
    row = flow[name]
    if not request.user.has_perm(row.permission, obj):
        raise PermissionDenied
    if getattr(obj, flow.field) not in row.source:
        return moved_on(request, obj)
    posted = request.method == "POST"
    data, files = (request.POST, request.FILES) if posted else (None, None)
    form = row.form(data, files, obj=obj, by=request.user, initial=initial)
    if not posted or not form.is_valid():
        status = INVALID if posted else 200
        context = {"object": obj, "transition": row, "form": form}
        return render(request, "ui/transition.html", context, status=status)
    try:
        with transaction.atomic():
            flow.perform(name, obj, by=request.user, **form.cleaned_data)
            form.performed()
    except WrongStateError:
        return moved_on(request, obj)
    messages.success(request, _("「%(label)s」を記録しました。") % {"label": row.label})
    return redirect(obj)


def moved_on(request, obj):
    """Say that the state has changed meanwhile, and show the object as it is now."""
    messages.error(request, _("すでに状況が変わっています。いまの内容を確認してください。"))
    return redirect(obj)


@login_not_required
def healthz(_request):
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def readyz(_request):
    """The database answers too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ready", content_type="text/plain")


def bad_request(request, exception=None):
    """400: not something that our pages send."""
    return render(request, "errors/not_accepted.html", status=400)


def forbidden(request, exception=None):
    """403 looks like 404: neither says whether the thing exists."""
    return render(request, "errors/not_available.html", status=403)


def not_found(request, exception=None):
    """404, with what to do next."""
    return render(request, "errors/not_available.html", status=404)


def server_error(request):
    """500, with the id to tell the office."""
    # Without context processors: one of them may be what failed.
    context = {"request_id": getattr(request, "request_id", "")}
    return HttpResponse(render_to_string("errors/server_error.html", context), status=500)

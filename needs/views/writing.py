"""What the pages share on which somebody writes: rights, leniency, and saving meanwhile."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import CharField
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from core.autosave import first_error, is_autosave, refused, saved, standing
from core.forms import HIDDEN
from core.once import once_key
from core.views import INVALID, STALE, moved_on
from core.workflow import lock
from needs import actions, advice
from needs.models import Need
from needs.sections import is_open

UNHURRIED = {"back", "later", "stay", "auto"}
CREATED = 201


def own(request, public_id, permission="needs.write_need"):
    """A need of her own, locked while it is being changed. 403 for those who may only read it."""
    needs = Need.objects.visible_to(request.user).select_related("hospital", "proposer")
    need = get_object_or_404(needs, public_id=public_id)
    if not request.user.has_perm(permission, need):
        raise PermissionDenied
    if request.method == "POST":
        with transaction.atomic():
            lock(need)
    return need


def refusal(request, need, permission, slug):
    """Why this part cannot be changed now, as an answer; None when it can."""
    if not request.user.has_perm(permission, need):
        if is_autosave(request):
            return refused(_("すでに状況が変わっています。いまの内容を確認してください。"))
        return moved_on(request, need)
    if not is_open(need, slug):
        message = _("事務局が質問した項目だけを直せます。")
        if is_autosave(request):
            return refused(message)
        messages.error(request, message)
        return redirect("needs:sections", need.public_id)
    return None


def posted(request):
    """What was sent, or None."""
    return request.POST if request.method == "POST" else None


def is_lenient(request):
    """She goes back, goes on later or takes a photo off: nothing has to be complete."""
    return request.POST.get("go") in UNHURRIED or "remove" in request.POST


def status_of(*forms):
    """The status of a page with these forms, if it has them."""
    forms = [form for form in forms if form is not None and form.is_bound]
    if any(getattr(form, "stale", False) for form in forms):
        return STALE
    return INVALID if any(not form.is_valid() for form in forms) else 200


def hints(form, user):
    """The hints about the texts on this page."""
    return advice.hints_for(form.instance, _texts(form), user)


def autosave(request, form):
    """Keep what a page of an existing need holds; GET only tells where the page stands."""
    if request.method != "POST":
        return JsonResponse(standing(form) | _address(request, request.get_full_path()))
    form.is_valid()
    if form.stale:
        return refused(_("ほかの画面で変更されました。"), compare=True)
    actions.autosave(form, by=request.user)
    return JsonResponse(standing(form) | _saved(form, form.instance, request.user))


def first_autosave(request, form, page):
    """The answer to a new page that has just got its draft; ``page`` is the draft's first step.

    Its ``Location`` makes a second sending of the same page lead there (audit.middleware).
    """
    url = reverse("needs:edit", args=[page.instance.public_id, 1])
    state = standing(page) | _address(request, url) | _saved(form, page.instance, request.user)
    return JsonResponse(state, status=CREATED, headers={"Location": url})


def nothing_saved(form):
    """The answer to a new page that cannot have a draft yet."""
    error = first_error(form)
    message = _("%(error)s。まだ保存していません。") % {"error": error} if error else ""
    return JsonResponse({"message": message, "errors": bool(error)})


def _address(request, url):
    return {"url": url, "once": once_key(request.user)}


def _saved(form, need, user):
    return saved(form) | {"advice": advice.rendered(need, _texts(form), user)}


def _texts(form):
    return {
        name: form[name].value()
        for name, field in form.fields.items()
        if name not in HIDDEN and isinstance(field, CharField)
    }

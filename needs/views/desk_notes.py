"""The office's findings and everybody's comments beside a need."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.views import INVALID
from needs import comments, enrichment
from needs.models import Enrichment, Need
from needs.notes_forms import CommentForm, EnrichmentForm

ENRICH = "needs.enrich_need"


def enrich(request, public_id, item=None):
    """Add a finding, or change one."""
    need = _need(request, public_id, ENRICH)
    known = get_object_or_404(need.enrichments, public_id=item) if item else Enrichment(need=need)
    if request.method == "POST" and "remove" in request.POST and item:
        enrichment.remove(known, by=request.user)
        messages.success(request, _("消しました。"))
        return redirect(need)
    initial = {"kind": request.GET.get("kind", "")} if not item else None
    form = EnrichmentForm(_posted(request), instance=known, initial=initial)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            enrichment.keep(form.instance, by=request.user)
            form.keep_reasons(need, by=request.user)
        messages.success(request, _("事務局の調べを保存しました。"))
        return redirect(need)
    context = {"need": need, "form": form, "known": item and known}
    return render(request, "needs/enrich.html", context, status=_status(request))


@require_POST
def comment(request, public_id):
    """Say something to a circle; a page of its own only when something is missing."""
    need = _need(request, public_id, "needs.comment_need")
    form = CommentForm(request.POST, need=need, by=request.user)
    if not form.is_valid():
        context = {"need": need, "form": form}
        return render(request, "needs/comment.html", context, status=INVALID)
    with transaction.atomic():
        written = comments.write(need, by=request.user, **form.cleaned_data)
        form.keep_reasons(need, by=request.user, told_on=written)
    messages.success(request, _("コメントを書きました。"))
    return redirect(f"{need.get_absolute_url()}#comments")


@require_POST
def take_back(request, public_id, item):
    """The author takes a remark back."""
    need = _need(request, public_id, "needs.comment_need")
    found = get_object_or_404(comments.comments_for(request.user, need), public_id=item)
    if not comments.may_take_back(request.user, found):
        messages.error(request, _("書いてから15分を過ぎたコメントは取り消せません。"))
        return redirect(need)
    comments.take_back(found, by=request.user)
    messages.success(request, _("コメントを取り消しました。"))
    return redirect(f"{need.get_absolute_url()}#comments")


def _need(request, public_id, right):
    needs = Need.objects.visible_to(request.user).select_related(
        "hospital", "department", "proposer"
    )
    need = get_object_or_404(needs, public_id=public_id)
    if not request.user.has_perm(right, need):
        raise PermissionDenied
    return need


def _posted(request):
    return request.POST if request.method == "POST" else None


def _status(request):
    return INVALID if request.method == "POST" else 200

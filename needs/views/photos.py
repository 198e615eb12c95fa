"""Hide what a photo must not show."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.views import INVALID, moved_on
from core.workflow import WrongStateError, lock
from documents import actions as documents
from documents.queries import documents_of
from needs.models import Need
from needs.photos import SLOT
from needs.photos_forms import BoxFormSet
from needs.views.propose import LAST_STEP
from needs.views.writing import posted


@transaction.atomic
def cover(request, public_id, photo):
    """Choose boxes, look where they are, and have them painted into the stored picture."""
    need = get_object_or_404(Need.objects.visible_to(request.user), public_id=public_id)
    document = get_object_or_404(documents_of(need, slot=SLOT), public_id=photo)
    if request.method == "POST":
        lock(need)
    if not request.user.has_perm("needs.cover_photos_need", need):
        return _refuse(request, need)
    boxes = BoxFormSet(posted(request), prefix="boxes")
    if boxes.is_bound and boxes.is_valid() and request.POST.get("go") != "look":
        return _paint(request, need, document, boxes.boxes)
    context = {
        "need": need,
        "photo": document,
        "current": document.history[0],
        "boxes": boxes,
        "back": _back(request, need),
    }
    status = INVALID if boxes.is_bound and not boxes.is_valid() else 200
    return render(request, "needs/cover_photo.html", context, status=status)


def _refuse(request, need):
    """Too late for those who could have; forbidden for all others."""
    user = request.user
    if not (user.has_perm("needs.write_need", need) or user.has_perm("needs.screen_need", need)):
        raise PermissionDenied
    return moved_on(request, need)


def _paint(request, need, document, boxes):
    try:
        documents.cover(document, boxes, by=request.user)
    except WrongStateError:
        return moved_on(request, need)
    words = {"title": document.title, "total": len(boxes)}
    messages.success(
        request,
        _("「%(title)s」の%(total)sか所を塗りつぶしました。元の写真は残っていません。") % words,
    )
    return redirect(request.get_full_path())


def _back(request, need):
    """Where she came from."""
    if request.GET.get("next") == "check" and request.user.has_perm("needs.submit_need", need):
        return reverse("needs:check", args=[need.public_id])
    if need.number is None:
        return reverse("needs:edit", args=[need.public_id, LAST_STEP])
    return need.get_absolute_url()

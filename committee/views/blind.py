"""The office prepares a blind round: what the members shall read of each case."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from committee import blind
from committee.blind_forms import RedactionForm
from committee.models import Redaction
from committee.views.parts import case_for, insist, round_for, status_of
from core.views import INVALID, moved_on
from core.workflow import WrongStateError, lock
from documents.queries import documents_of
from needs.enrichment import enrichments_of
from needs.photos import SLOT as PHOTO
from needs.photos_forms import BoxFormSet
from needs.views.writing import posted

RIGHT = "committee.redact_case"


def index(request, public_id):
    """Every case of the round with how far it is."""
    round_ = round_for(request, public_id, "committee.manage_round")
    if not round_.is_blind:
        return moved_on(request, round_)
    lines = [_line(request.user, case) for case in _cases(round_)]
    left = sum(line["is_open"] for line in lines)
    context = {"round": round_, "lines": lines, "left": left}
    return render(request, "committee/blind.html", context)


def _cases(round_):
    return round_.cases.for_pages().prefetch_related("need__extra_answers__question")


def _line(user, case):
    """A case that she is out of has its number only: another one of the office looks at it."""
    may = user.has_perm("committee.name_case", case)
    state = blind.state_of(case)
    return {
        "case": case,
        "state": state,
        "is_open": state != "checked",
        "title": case.need.title if may else "",
        "may_redact": user.has_perm(RIGHT, case),
    }


@transaction.atomic
def redact(request, public_id):
    """The original beside what the members shall read."""
    case = case_for(request, public_id, RIGHT)
    if request.method == "POST":
        lock(case.round)
        insist(request.user, RIGHT, case)
    redaction = getattr(case, "redaction", None) or Redaction(case=case)
    form = RedactionForm(posted(request), instance=redaction)
    if form.is_valid():
        blind.check(form, by=request.user)
        messages.success(request, _("%(number)sを確かめました。") % {"number": case.number})
        return redirect(_onwards(request.user, case))
    context = {
        "case": case,
        "round": case.round,
        "form": form,
        "state": blind.state_of(case),
        "photos": _photos(case, redaction),
        "enrichments": enrichments_of(case.need),
    }
    return render(request, "committee/redact.html", context, status=status_of(form))


def _onwards(user, case):
    """The next case that nobody has checked, or the list."""
    for each in _cases(case.round):
        if user.has_perm(RIGHT, each) and blind.state_of(each) != "checked":
            return reverse("committee:redact", args=[each.public_id])
    return reverse("committee:blind", args=[case.round.public_id])


def _photos(case, redaction):
    """(photo, its current version, the copy that the members see or None)."""
    made = {original: copy for copy, original in redaction.photos.items()}
    copies = {copy.public_id: copy.history[0] for copy in blind.copies_of(case)}
    return [
        (photo, photo.history[0], copies.get(made.get(photo.history[0].public_id)))
        for photo in documents_of(case.need, slot=PHOTO)
    ]


@require_POST
def photo(request, public_id, photo):
    """Show a photo as it is, or show it no longer."""
    case = case_for(request, public_id, RIGHT)
    document = get_object_or_404(documents_of(case.need, slot=PHOTO), public_id=photo)
    words = {"title": document.title}
    if request.POST.get("do") == "show":
        try:
            blind.show_photo(case, document, [], by=request.user)
        except WrongStateError:
            return moved_on(request, case.round)
        messages.success(request, _("「%(title)s」を委員に見せます。") % words)
    else:
        blind.hide_photo(case, document, by=request.user)
        messages.success(request, _("「%(title)s」を委員に見せません。") % words)
    return redirect(reverse("committee:redact", args=[case.public_id]) + "#photos")


@transaction.atomic
def cover(request, public_id, photo):
    """Choose what of a photo is painted over on the copy that the members see."""
    case = case_for(request, public_id, RIGHT)
    document = get_object_or_404(documents_of(case.need, slot=PHOTO), public_id=photo)
    back = reverse("committee:redact", args=[case.public_id]) + "#photos"
    boxes = BoxFormSet(posted(request), prefix="boxes")
    if boxes.is_bound and boxes.is_valid() and request.POST.get("go") != "look":
        try:
            blind.show_photo(case, document, boxes.boxes, by=request.user)
        except WrongStateError:
            return moved_on(request, case.round)
        messages.success(
            request, _("「%(title)s」の一部を隠して委員に見せます。") % {"title": document.title}
        )
        return redirect(back)
    context = {
        "case": case,
        "round": case.round,
        "need": case.need,
        "photo": document,
        "current": document.history[0],
        "boxes": boxes,
        "back": back,
    }
    status = INVALID if boxes.is_bound and not boxes.is_valid() else 200
    return render(request, "committee/blind_cover.html", context, status=status)

"""Three short steps, a check page, a receipt; then details whenever there is time."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from core.views import INVALID, STALE, moved_on
from core.workflow import WrongStateError, lock
from documents import actions as documents
from documents.queries import documents_of
from needs import actions, sheet
from needs.enums import NeedState
from needs.forms import AudienceForm, DetailsForm, PhotosForm, ProblemForm, SceneForm, StartForm
from needs.models import Need

STEPS = {
    1: (gettext_lazy("困っていること"), ProblemForm),
    2: (gettext_lazy("場面"), SceneForm),
    3: (gettext_lazy("公開の範囲"), AudienceForm),
}
LAST_STEP = max(STEPS)
MOST_PHOTOS = 5
PHOTO_RIGHTS = {
    "view_permission": "needs.see_photos_need",
    "change_permission": "needs.change_need",
}


def new(request):
    """Step 1 of a new need. The draft exists from the first 「次へ」."""
    hospitals = Organisation.objects.hospitals().filter(pk__in=request.user.hospitals)
    hospitals = hospitals.order_by("name")
    if not any(request.user.has_perm("needs.add_need", each) for each in hospitals):
        raise PermissionDenied
    form = StartForm(_posted(request), hospitals=hospitals, lenient=_is_lenient(request))
    if request.method == "POST" and form.is_valid():
        need = actions.create_draft(
            hospital=form.cleaned_data.get("hospital") or hospitals[0],
            by=request.user,
            title=form.cleaned_data["title"],
            problem=form.cleaned_data["problem"],
        )
        return _onwards(request, need, 1)
    context = {"form": form, "step": 1, "step_label": STEPS[1][0], "last_step": LAST_STEP}
    return render(request, "needs/step.html", context, status=_status(form))


@transaction.atomic
def edit(request, public_id, number):
    """One step of a draft, or of a need that the office asked about."""
    if number not in STEPS:
        raise Http404
    need = _own(request, public_id)
    if not request.user.has_perm("needs.change_need", need):
        return moved_on(request, need)
    label, form_class = STEPS[number]
    form = form_class(_posted(request), instance=need, lenient=_is_lenient(request))
    photos_form = _photos_form(request, need) if number == LAST_STEP else None
    stored = photos_form is None or _store_photos(request, need, photos_form)
    if request.method == "POST" and form.is_valid() and stored:
        actions.save_answers(form, by=request.user)
        return _onwards(request, need, number)
    context = {
        "need": need,
        "form": form,
        "step": number,
        "step_label": label,
        "last_step": LAST_STEP,
        "photos_form": photos_form,
        "photos": documents_of(need, slot="photo") if photos_form else [],
    }
    return render(request, "needs/step.html", context, status=_status(form, photos_form))


def check(request, public_id):
    """Everything at a glance before it is handed in; POST hands it in."""
    need = _own(request, public_id)
    if request.method == "POST":
        return _submit(request, need)
    if not request.user.has_perm("needs.change_need", need):
        return moved_on(request, need)
    return _check_page(request, need)


def receipt(request, public_id):
    """The number, what happens next and by when."""
    need = _own(request, public_id)
    if need.number is None:
        return redirect("needs:check", need.public_id)
    return render(request, "needs/receipt.html", {"need": need})


@transaction.atomic
def details(request, public_id):
    """What helps the committee; any time until the review begins."""
    need = _own(request, public_id)
    if not request.user.has_perm("needs.describe_need", need):
        return moved_on(request, need)
    form = DetailsForm(_posted(request), instance=need)
    if request.method == "POST" and form.is_valid():
        actions.save_answers(form, by=request.user)
        messages.success(request, _("詳しい情報を保存しました。"))
        return redirect(need)
    return render(request, "needs/details.html", {"need": need, "form": form}, status=_status(form))


def _own(request, public_id):
    """Her own need, locked while it is being changed. 403 for those who may only read it."""
    need = get_object_or_404(
        Need.objects.visible_to(request.user).select_related("hospital"), public_id=public_id
    )
    if not request.user.has_perm("needs.submit_need", need):
        raise PermissionDenied
    if request.method == "POST":
        with transaction.atomic():
            lock(need)
    return need


def _posted(request):
    return request.POST if request.method == "POST" else None


def _is_lenient(request):
    return request.POST.get("go") in {"back", "later", "stay"} or "remove" in request.POST


def _status(*forms):
    forms = [form for form in forms if form is not None and form.is_bound]
    if any(getattr(form, "stale", False) for form in forms):
        return STALE
    return INVALID if any(not form.is_valid() for form in forms) else 200


def _onwards(request, need, number):
    go = request.POST.get("go")
    if "remove" in request.POST or go == "stay":
        return redirect("needs:edit", need.public_id, number)
    if go == "later":
        messages.success(request, _("下書きを保存しました。いつでも続きを入力できます。"))
        return redirect("needs:list")
    if request.GET.get("next") == "check" or (go != "back" and number == LAST_STEP):
        return redirect("needs:check", need.public_id)
    return redirect("needs:edit", need.public_id, number - 1 if go == "back" else number + 1)


def _photos_form(request, need):
    room = MOST_PHOTOS - documents_of(need, slot="photo").count()
    files = request.FILES if request.method == "POST" else None
    return PhotosForm(_posted(request), files, room=room)


def _store_photos(request, need, form):
    """Keep the photos even when another answer has to be repaired; False when one is refused."""
    if request.method != "POST":
        return False
    if not form.is_valid():
        return False
    for upload in form.cleaned_data["photos"]:
        documents.attach(target=need, slot="photo", upload=upload, by=request.user, **PHOTO_RIGHTS)
    unwanted = request.POST.get("remove")
    for photo in documents_of(need, slot="photo"):
        if photo.public_id == unwanted:
            documents.remove(photo, by=request.user)
    return True


def _check_page(request, need, status=200):
    context = {
        "need": need,
        "rows": sheet.answers(need, changing=True),
        "missing": [row for row in sheet.answers(need, changing=True) if row.name in need.missing],
        "photos": documents_of(need, slot="photo"),
        "photos_url": reverse("needs:edit", args=[need.public_id, LAST_STEP]) + "?next=check",
        "tried": status == INVALID,
    }
    return render(request, "needs/check.html", context, status=status)


def _submit(request, need):
    if need.state == NeedState.DRAFT and need.missing:
        return _check_page(request, need, status=INVALID)
    try:
        actions.flow.perform("submit", need, by=request.user)
    except WrongStateError:
        # A second press shows the same number.
        if need.number is None:
            return moved_on(request, need)
    return redirect("needs:receipt", need.public_id)

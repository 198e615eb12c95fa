"""Three short steps, a check page, a receipt; the rest of the sheet is in views/sections.py."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from core.views import INVALID, moved_on
from core.workflow import WrongStateError
from documents import actions as documents
from documents.queries import documents_of
from needs import actions, advice, sheet
from needs.clearance import clear, open_findings, reasons_in
from needs.enums import NeedState
from needs.forms import AudienceForm, PhotosForm, ProblemForm, SceneForm, StartForm
from needs.models import Need
from needs.photos import MOST_PHOTOS, add_photo
from needs.sections import STEPS as QUICK_STEPS
from needs.sections import is_open
from needs.views.writing import (
    autosave,
    first_autosave,
    hints,
    is_autosave,
    is_lenient,
    nothing_saved,
    own,
    posted,
    refusal,
    status_of,
)

STEPS = {
    1: (gettext_lazy("困っていること"), ProblemForm),
    2: (gettext_lazy("場面"), SceneForm),
    3: (gettext_lazy("公開の範囲"), AudienceForm),
}
LAST_STEP = max(STEPS)
SUBMIT = "needs.submit_need"


def new(request):
    """Step 1 of a new need. The draft exists from the first word that was saved."""
    hospitals = Organisation.objects.hospitals().filter(pk__in=request.user.hospitals)
    hospitals = hospitals.order_by("name")
    if not any(request.user.has_perm("needs.add_need", each) for each in hospitals):
        raise PermissionDenied
    form = StartForm(
        posted(request),
        hospitals=hospitals,
        instance=_unsaved(request, hospitals),
        initial={"hospital": actions.last_hospital(request.user)},
        lenient=is_lenient(request),
    )
    if is_autosave(request):
        return _first_autosave(request, form, hospitals)
    if request.method == "POST" and form.is_valid():
        return _onwards(request, _draft(request, form, hospitals), 1)
    context = {
        "form": form,
        "step": 1,
        "step_label": STEPS[1][0],
        "last_step": LAST_STEP,
        "advice": hints(form, request.user),
    }
    return render(request, "needs/step.html", context, status=status_of(form))


@transaction.atomic
def edit(request, public_id, number):
    """One step of a draft, or of a need that the office asked about."""
    if number not in STEPS:
        raise Http404
    need = own(request, public_id)
    if no := refusal(request, need, "needs.change_need", QUICK_STEPS):
        return no
    label, form_class = STEPS[number]
    form = form_class(posted(request), instance=need, lenient=is_lenient(request))
    if is_autosave(request):
        return autosave(request, form)
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
        "advice": hints(form, request.user),
    }
    return render(request, "needs/step.html", context, status=status_of(form, photos_form))


def resume(request, public_id):
    """Where she stopped: the first step that lacks an answer, or the check."""
    need = own(request, public_id)
    step = sheet.unfinished_step(need)
    if step is None:
        return redirect("needs:check", need.public_id)
    return redirect("needs:edit", need.public_id, step)


def check(request, public_id):
    """Everything at a glance before it is handed in; POST hands it in."""
    need = own(request, public_id, SUBMIT)
    if request.method == "POST":
        return _submit(request, need)
    if need.state == NeedState.SUBMITTED:
        # 「戻る」 right after handing in.
        return redirect("needs:receipt", need.public_id)
    if not request.user.has_perm("needs.change_need", need):
        return moved_on(request, need)
    return _check_page(request, need)


def receipt(request, public_id):
    """The number, what happens next and by when."""
    need = own(request, public_id, SUBMIT)
    if need.number is None:
        return redirect("needs:check", need.public_id)
    context = {
        "need": need,
        "photos": documents_of(need, slot="photo"),
        "may_cover": request.user.has_perm("needs.cover_photos_need", need),
    }
    return render(request, "needs/receipt.html", context)


def _origin(request):
    """Her own need that this sheet begins with, because the office asked for more words."""
    mine = Need.objects.filter(proposer=request.user)
    return mine.filter(public_id=request.GET.get("from", "")[:20]).first()


def _unsaved(request, hospitals):
    """The need that this page may become."""
    known = {"hospital": hospitals[0]} if len(hospitals) == 1 else {}
    if origin := _origin(request):
        known |= {"title": origin.title, "problem": origin.problem}
    return Need(proposer=request.user, **known)


def _draft(request, form, hospitals):
    origin = _origin(request)
    answers = actions.answers_of(origin) if origin else {}
    answers |= {name: form.cleaned_data.get(name, "") for name in ("title", "problem")}
    hospital = form.cleaned_data.get("hospital") or hospitals[0]
    return actions.create_draft(hospital=hospital, by=request.user, **answers)


def _first_autosave(request, form, hospitals):
    """Begin the draft as soon as there is a word to keep and it is clear whose it is."""
    if request.method != "POST":
        raise Http404
    form.is_valid()
    if "hospital" in form.errors or not {"title", "problem"} & set(form.kept):
        return nothing_saved(form)
    need = _draft(request, form, hospitals)
    return first_autosave(request, form, ProblemForm(instance=need))


def _onwards(request, need, number):
    go = request.POST.get("go")
    if "remove" in request.POST or go in {"stay", "auto"}:
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
    return PhotosForm(posted(request), files, room=room)


def _store_photos(request, need, form):
    """Keep the good photos whatever else has to be repaired; False when one is refused."""
    if request.method != "POST":
        return False
    all_good = form.is_valid()
    for upload in form.accepted:
        add_photo(need, upload, by=request.user)
    unwanted = request.POST.get("remove")
    for photo in documents_of(need, slot="photo"):
        if photo.public_id == unwanted:
            documents.remove(photo, by=request.user)
    return all_good


def _check_page(request, need, status=200):
    rows = sheet.answers(need, changing=is_open(need, QUICK_STEPS))
    texts = {name: getattr(need, name) for name in [*sheet.STEP_FIELDS[1], *sheet.DETAIL_FIELDS]}
    context = {
        "need": need,
        "rows": rows,
        "missing": [row for row in rows if row.name in need.missing],
        "advice": advice.hints_for(need, texts, request.user),
        "findings": open_findings(need),
        "photos": documents_of(need, slot="photo"),
        "photos_url": reverse("needs:edit", args=[need.public_id, LAST_STEP]) + "?next=check",
        "tried": status == INVALID,
    }
    return render(request, "needs/check.html", context, status=status)


def _submit(request, need):
    """Hand it in, or for a question of the office go on to the answer; reasons are kept."""
    if need.state not in {NeedState.DRAFT, NeedState.RETURNED, NeedState.CLOSED}:
        return _second_press(request, need)
    found = open_findings(need)
    typed = reasons_in(request.POST, found)
    with transaction.atomic():
        for each in found:
            if each.key in typed:
                clear(need, each, reason=typed[each.key], by=request.user)
    if need.missing or len(typed) < len(found):
        return _check_page(request, need, status=INVALID)
    if need.number:
        return redirect("needs:transition", need.public_id, "resubmit")
    try:
        actions.flow.perform("submit", need, by=request.user)
    except WrongStateError:
        return _second_press(request, need)
    return redirect("needs:receipt", need.public_id)


def _second_press(request, need):
    """It shows the same number."""
    if need.number is None:
        return moved_on(request, need)
    return redirect("needs:receipt", need.public_id)

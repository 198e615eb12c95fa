"""A need goes to a colleague, or everything of a leaving person does."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.holdings import holdings_of
from accounts.models import Organisation
from core.views import GONE, INVALID
from core.workflow import WrongStateError
from needs import handover
from needs.models import Transfer
from needs.people_forms import HandOverForm, LeavingForm

MOST_MOVED = 500


def take_over(request, public_id):
    """The colleague's page: what it is, and yes or no."""
    asked = Transfer.objects.filter(to=request.user, need__hospital__in=request.user.hospitals)
    asked = asked.filter(Q(settled_at=None) | Q(taken_back=True))
    transfer = get_object_or_404(
        asked.select_related("need__hospital", "need__proposer", "by"), public_id=public_id
    )
    need = transfer.need
    if transfer.taken_back:
        return render(request, "needs/take_over_closed.html", {"transfer": transfer}, status=GONE)
    if request.method == "POST":
        accepted = "accept" in request.POST
        try:
            handover.settle_transfer(transfer, accepted=accepted, by=request.user)
        except WrongStateError:
            messages.error(request, _("この引き継ぎの依頼は、もう終わっています。"))
            return redirect("needs:list")
        if not accepted:
            messages.success(request, _("引き継ぎを断りました。"))
            return redirect("needs:list")
        messages.success(request, _("引き継ぎました。"))
        return redirect(need)
    return render(request, "needs/take_over.html", {"need": need, "transfer": transfer})


def hand_over(request):
    """Everything that a leaving person holds in this hospital, moved to a colleague."""
    hospitals = Organisation.objects.hospitals().filter(pk__in=request.user.offices)
    hospital = hospitals.filter(public_id=request.GET.get("hospital", "")).first() or (
        hospitals.order_by("name").first()
    )
    if hospital is None:
        raise PermissionDenied
    asked = LeavingForm(request.GET if "email" in request.GET else None, hospital=hospital)
    context = {"hospital": hospital, "form": asked}
    if not (asked.is_bound and asked.is_valid()):
        status = INVALID if asked.is_bound else 200
        return render(request, "needs/hand_over.html", context, status=status)
    return _hand_over_from(request, hospital, asked.cleaned_data["person"], context)


def _hand_over_from(request, hospital, leaving, context):
    held = handover.held_by(leaving, hospital, most=MOST_MOVED)
    posted = request.method == "POST"
    chosen = _chosen(request, held) if posted else held
    form = HandOverForm(
        request.POST if posted else None,
        hospital=hospital,
        but=leaving,
        auto_id="to_%s",
        chosen=chosen,
        by=request.user,
    )
    if posted and form.is_valid():
        to = form.cleaned_data["person"]
        if request.POST.get("confirmed") == to.email:
            return _hand_over(request, chosen, form.cleaned_data)
        context["to"] = to
    context |= {
        "form": form,
        "leaving": leaving,
        "held": chosen if "to" in context else held,
        "chosen": {each.pk for each in chosen.needs},
        "chosen_desk": {each.pk for each in chosen.assigned},
        "chosen_wards": {each.pk for each in chosen.wards},
        "holdings": holdings_of(leaving, hospital),
    }
    return render(request, "needs/hand_over.html", context, status=INVALID if form.errors else 200)


def _chosen(request, held):
    needs = set(request.POST.getlist("need"))
    desk = set(request.POST.getlist("assigned"))
    wards = set(request.POST.getlist("ward"))
    return replace(
        held,
        needs=[each for each in held.needs if each.public_id in needs],
        assigned=[each for each in held.assigned if each.public_id in desk],
        wards=[each for each in held.wards if str(each.pk) in wards],
    )


def _hand_over(request, chosen, answers):
    moved = handover.hand_over(
        chosen, to=answers["person"], reason=answers["reason"], by=request.user
    )
    if moved:
        text = _("ニーズ%(total)s件を%(name)sさんに引き継ぎました。")
    else:
        text = _("%(name)sさんに引き継ぎました。")
    messages.success(request, text % {"total": moved, "name": answers["person"].name})
    return redirect("needs:list")

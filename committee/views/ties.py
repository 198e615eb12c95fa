"""Ties to companies: each member's own declarations, and what the office reads of them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from committee import ties
from committee.models import Member, Tie
from committee.rules import current_seats
from committee.ties_forms import ThresholdsForm, TieForm
from committee.views.parts import committee_for, insist, status_of


def own(request):
    """What she has declared, a form for more, and the end of the year's declaration."""
    mine = Tie.objects.visible_to(request.user)
    if not current_seats(request.user) and not mine.exists():
        raise PermissionDenied
    form = TieForm(request.POST or None)
    if form.is_valid():
        ties.save_tie(form, by=request.user)
        messages.success(request, _("申告に加えました。"))
        return redirect("committee:ties")
    context = {
        "form": form,
        "ties": mine.since(ties.this_year() - ties.LOOKS_BACK).order_by(
            "-year", "company_name", "pk"
        ),
        "year": ties.this_year(),
        "first_year": ties.this_year() - ties.LOOKS_BACK,
        "has_declared": ties.has_declared(request.user),
    }
    return render(request, "committee/ties.html", context, status=status_of(form))


@require_POST
def declare(request):
    """Everything of this year is there, or there is nothing."""
    if not current_seats(request.user):
        raise PermissionDenied
    ties.finish(by=request.user)
    messages.success(request, _("今年度の申告を終えました。変わったときは、いつでも直せます。"))
    return redirect("committee:ties")


def _tie(request, public_id):
    found = get_object_or_404(Tie.objects.visible_to(request.user), public_id=public_id)
    insist(request.user, "committee.change_tie", found)
    return found


def edit(request, public_id):
    """Change one declaration."""
    tie = _tie(request, public_id)
    form = TieForm(request.POST or None, instance=tie)
    if form.is_valid():
        ties.save_tie(form, by=request.user)
        messages.success(request, _("申告を直しました。"))
        return redirect("committee:ties")
    context = {"form": form, "tie": tie}
    return render(request, "committee/tie_form.html", context, status=status_of(form))


@require_POST
def remove(request, public_id):
    """Take one declaration back."""
    ties.remove_tie(_tie(request, public_id), by=request.user)
    messages.success(request, _("申告から消しました。"))
    return redirect("committee:ties")


def of_committee(request, public_id):
    """For the office: what reaches the thresholds, and who has not declared this year."""
    committee = committee_for(request, public_id, "committee.manage_committee")
    people = {
        person.pk: person
        for person in User.objects.filter(
            pk__in=Member.objects.filter(committee=committee).values("user")
        )
    }
    context = {
        "committee": committee,
        "sums": [
            (people[each.user_id], each)
            for each in ties.sums_that_count(committee.hospital_id, people.keys())
        ],
        "waiting": ties.waiting_seats(committee),
        "year": ties.this_year(),
        "first_year": ties.this_year() - ties.LOOKS_BACK,
    }
    return render(request, "committee/committee_ties.html", context)


def thresholds(request, public_id):
    """From how many yen a tie counts; the usual sums are offered until the hospital decides."""
    committee = committee_for(request, public_id, "committee.manage_committee")
    decided = ties.thresholds_of(committee.hospital_id)
    form = ThresholdsForm(request.POST or None, initial=decided or ties.PRESET)
    if form.is_valid():
        ties.set_thresholds(committee, form.cleaned_data, by=request.user)
        messages.success(request, _("利益相反の基準を保存しました。"))
        return redirect("committee:committee_ties", committee.public_id)
    context = {"committee": committee, "form": form, "is_decided": bool(decided)}
    return render(request, "committee/thresholds.html", context, status=status_of(form))

"""Committees and who sits in them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.enums import Role
from audit.queries import entries_for
from committee import actions
from committee.appointment import appointment_pdf
from committee.forms import CommitteeForm, MemberForm
from committee.models import Committee, Member
from committee.rules import sits_in_committee
from committee.views.parts import committee_for, insist, status_of
from core.pdf import pdf_response
from core.workflow import lock


def detail(request, public_id):
    """The seats of a committee, its rounds, and for the office how it came about."""
    committee = committee_for(request, public_id)
    may_manage = request.user.has_perm("committee.manage_committee", committee)
    context = {
        "committee": committee,
        "members": committee.members.select_related("user")
        .prefetch_related("expertise")
        .order_by("until", "since", "pk"),
        "rounds": committee.rounds.visible_to(request.user).order_by("-deadline", "-pk"),
        "may_manage": may_manage,
        "sits": sits_in_committee(request.user, committee),
        "entries": entries_for(committee) if may_manage else [],
    }
    return render(request, "committee/committee.html", context)


@transaction.atomic
def edit(request, public_id=None):
    """A new committee, or its name and whether it is at work."""
    if public_id is None:
        if not request.user.holds_any(Role.OFFICE):
            raise PermissionDenied
        committee = Committee()
    else:
        committee = committee_for(request, public_id, "committee.manage_committee")
        lock(committee)
    form = CommitteeForm(request.POST or None, instance=committee, by=request.user)
    if form.is_valid():
        committee = actions.save_committee(form, by=request.user)
        messages.success(request, _("委員会を保存しました。"))
        return redirect(committee)
    context = {"form": form, "committee": committee}
    return render(request, "committee/committee_form.html", context, status=status_of(form))


@transaction.atomic
def seat(request, public_id):
    """Give somebody of the hospital a seat."""
    committee = committee_for(request, public_id, "committee.manage_committee")
    return _member_page(request, Member(committee=committee))


@transaction.atomic
def reseat(request, public_id):
    """Change a seat or its term."""
    return _member_page(request, _member(request, public_id))


def unseat(request, public_id):
    """Ask, then take a seat away."""
    member = _member(request, public_id)
    committee = member.committee
    if request.method != "POST":
        return render(request, "committee/member_remove.html", {"member": member})
    actions.unseat(member, by=request.user)
    messages.success(request, _("%(name)sさんを委員から外しました。") % {"name": member.user.name})
    return redirect(committee)


def appointment(request, public_id):
    """The letter that appoints a member, as PDF."""
    member = _visible_member(request, public_id)
    insist(request.user, "committee.see_letter_member", member)
    return pdf_response(appointment_pdf(member), "appointment.pdf", inline=True)


def _visible_member(request, public_id):
    rows = Member.objects.filter(committee__in=Committee.objects.visible_to(request.user))
    rows = rows.select_related("committee__hospital", "user")
    return get_object_or_404(rows, public_id=public_id)


def _member(request, public_id):
    member = _visible_member(request, public_id)
    insist(request.user, "committee.manage_committee", member.committee)
    return member


def _member_page(request, member):
    if request.method == "POST":
        lock(member.committee)
    form = MemberForm(request.POST or None, instance=member)
    if form.is_valid():
        member = actions.seat(form, by=request.user)
        messages.success(request, _("%(name)sさんを登録しました。") % {"name": member.user.name})
        return redirect(member.committee)
    context = {"form": form, "member": member}
    return render(request, "committee/member_form.html", context, status=status_of(form))

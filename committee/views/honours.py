"""What a round gives, who is named for it, and who hears of the winners."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import HOSPITAL_ROLES
from accounts.models import Organisation
from accounts.queries import people
from committee import honours
from committee.certificate import SEAL, certificates_pdf, sample_pdf, thanks_pdf
from committee.enums import RoundState
from committee.honours_forms import NominationForm, PlanForm, SealForm
from committee.looking_back import fiscal_year
from committee.models import Award, Letter
from committee.views.parts import case_for, insist, named, round_for, status_of
from core.pdf import pdf_response
from core.views import moved_on
from core.workflow import WrongStateError
from documents.queries import documents_of


def plan(request, public_id):
    """The awards of a round with their number and prize."""
    round_ = round_for(request, public_id, "committee.manage_round")
    form = PlanForm(request.POST or None, round_=round_)
    if form.is_valid():
        try:
            honours.plan_award(round_, by=request.user, **form.cleaned_data)
        except WrongStateError:
            return moved_on(request, round_)
        messages.success(request, _("賞の予定を保存しました。"))
        return redirect("committee:award_plan", round_.public_id)
    context = {
        "round": round_,
        "form": form if round_.state != RoundState.RELEASED else None,
        "plans": round_.award_plans.select_related("kind").order_by("kind__order", "pk"),
        "awards": Award.objects.visible_to(request.user).filter(case__round=round_).for_list(),
        "may_announce": request.user.has_perm("committee.announce_round", round_),
    }
    return render(request, "committee/award_plan.html", context, status=status_of(form))


def nominate(request, public_id):
    """A member names a case for an award, or takes her word back."""
    case = case_for(request, public_id, "committee.nominate_case")
    mine = honours.nominations_by(request.user, case)
    if request.method == "POST" and "remove" in request.POST:
        text = request.POST["remove"]
        found = get_object_or_404(mine, pk=text if text.isdecimal() else 0)
        honours.take_back_nomination(case, kind=found.kind, by=request.user)
        messages.success(request, _("推薦を取り消しました。"))
        return redirect("committee:nominate", case.public_id)
    form = NominationForm(request.POST or None, round_=case.round)
    if form.is_valid():
        honours.nominate(case, by=request.user, **form.cleaned_data)
        messages.success(request, _("賞に推しました。合議のときに、委員と事務局が読みます。"))
        return redirect(case)
    named(request.user, [case])
    context = {"case": case, "form": form, "mine": mine}
    return render(request, "committee/nominate.html", context, status=status_of(form))


@require_safe
def certificates(request, public_id):
    """Every certificate of a round as one PDF."""
    round_ = round_for(request, public_id, "committee.manage_round")
    awards = Award.objects.visible_to(request.user).filter(case__round=round_)
    awards = awards.for_list().select_related("case__round__committee")
    if not awards:
        raise Http404
    return pdf_response(certificates_pdf(round_, awards), "certificates.pdf")


@require_safe
def thanks(request, public_id):
    """The 感謝状 that comes with a released letter, whatever was decided."""
    rows = Letter.objects.visible_to(request.user).filter(released_at__isnull=False)
    letter = get_object_or_404(
        rows.select_related(
            "case__round__committee__hospital", "case__need__proposer", "case__need__department"
        ),
        public_id=public_id,
    )
    insist(request.user, "committee.view_letter", letter)
    return pdf_response(thanks_pdf(letter.case), "thanks.pdf")


def announce(request, public_id):
    """Ask, then tell the whole hospital."""
    round_ = round_for(request, public_id, "committee.announce_round")
    if round_.announced_at:
        return moved_on(request, round_)
    if request.method == "POST":
        try:
            honours.announce(round_, by=request.user)
        except WrongStateError:
            return moved_on(request, round_)
        messages.success(request, _("院内の全員に、受賞を知らせました。"))
        return redirect("committee:winners")
    context = {
        "round": round_,
        "awards": Award.objects.announced().filter(case__round=round_).for_list(),
        "people": people(*HOSPITAL_ROLES, at=round_.hospital_id).count(),
    }
    return render(request, "committee/announce.html", context)


def _by_year(awards):
    """(fiscal year, its awards), the newest first."""
    found = groupby(awards, lambda each: fiscal_year(each.awarded_on))
    return [(year, list(rows)) for year, rows in found]


def winners(request):
    """The register of awards over the years, for everybody who works in the hospital."""
    if not request.user.hospitals:
        raise PermissionDenied
    awards = Award.objects.known_inside(request.user).for_list()
    context = {
        "years": _by_year(awards),
        "offices": Organisation.objects.hospitals().filter(pk__in=request.user.offices),
    }
    return render(request, "committee/winners.html", context)


@login_not_required
@require_safe
def public_winners(request, public_id):
    """Who lets everybody know: award, name, ward and year; never the need."""
    hospital = get_object_or_404(Organisation.objects.hospitals(), public_id=public_id)
    awards = Award.objects.public().filter(hospital=hospital).for_list()
    context = {"hospital": hospital, "years": _by_year(awards)}
    return render(request, "committee/public_winners.html", context)


@require_POST
def public(request, public_id):
    """The winner lets her award stand outside, or takes it back."""
    rows = Award.objects.visible_to(request.user).select_related("case__need")
    award = get_object_or_404(rows, public_id=public_id)
    insist(request.user, "committee.publish_award", award)
    is_public = request.POST.get("public") == "1"
    honours.set_public(award, is_public=is_public, by=request.user)
    if is_public:
        messages.success(request, _("受賞を院外に公開しました。いつでもやめられます。"))
    else:
        messages.success(request, _("院外への公開をやめました。"))
    return redirect(award)


def seal(request, public_id):
    """The picture of the hospital's seal on certificates."""
    hospital = _hospital_with_seal(request, public_id)
    if request.method == "POST" and "remove" in request.POST:
        honours.remove_seal(hospital, by=request.user)
        messages.success(request, _("印影を外しました。"))
        return redirect("committee:seal", hospital.public_id)
    form = SealForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        honours.keep_seal(hospital, by=request.user, **form.cleaned_data)
        messages.success(request, _("印影を登録しました。これから作る表彰状に入ります。"))
        return redirect("committee:seal", hospital.public_id)
    context = {
        "hospital": hospital,
        "form": form,
        "seal": documents_of(hospital, slot=SEAL).last(),
    }
    return render(request, "committee/seal.html", context, status=status_of(form))


@require_safe
def seal_sample(request, public_id):
    """A certificate of nobody, to see where the seal is."""
    pdf = sample_pdf(_hospital_with_seal(request, public_id))
    return pdf_response(pdf, "certificate-sample.pdf", inline=True)


def _hospital_with_seal(request, public_id):
    hospitals = Organisation.objects.hospitals().filter(pk__in=request.user.hospitals)
    hospital = get_object_or_404(hospitals, public_id=public_id)
    insist(request.user, honours.SEAL_RIGHT, hospital)
    return hospital

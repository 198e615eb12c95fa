"""Awards: prepare, look at, download, and let anybody check a certificate."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from committee import actions
from committee.certificate import certificate_pdf, verify_url
from committee.enums import CHOSEN_OUTCOMES
from committee.honours import QuotaError
from committee.honours_forms import AwardForm
from committee.models import Award
from committee.views.parts import case_for, insist, named, status_of
from core.pdf import pdf_response
from core.views import moved_on
from core.workflow import WrongStateError


def create(request, public_id):
    """Give an award to an accepted case; it is announced with the results."""
    case = case_for(request, public_id, "committee.honour_case")
    current = case.current_decision
    if current is None or current.outcome not in CHOSEN_OUTCOMES:
        raise PermissionDenied
    form = AwardForm(request.POST or None, case=case)
    if form.is_valid():
        try:
            award = actions.give_award(form, case=case, by=request.user)
        except WrongStateError:
            return moved_on(request, case.round)
        except QuotaError:
            form.add_error("kind", _("ほかの人が先に、この賞の最後の1件を決めました。"))
        else:
            messages.success(request, _("表彰を用意しました。結果の通知と一緒に知らせます。"))
            return redirect(award)
    named(request.user, [case])
    context = {"form": form, "case": case}
    return render(request, "committee/award_form.html", context, status=status_of(form))


def _award(request, public_id, permission="committee.view_award"):
    rows = Award.objects.visible_to(request.user).select_related(
        "kind",
        "hospital",
        "case__need__proposer",
        "case__need__department",
        "case__round__committee",
    )
    award = get_object_or_404(rows, public_id=public_id)
    insist(request.user, permission, award)
    return award


def detail(request, public_id):
    """What was won, and the certificate."""
    award = _award(request, public_id)
    context = {
        "award": award,
        "need": award.case.need,
        "verify_url": verify_url(award),
        "is_winner": award.case.need.proposer_id == request.user.pk,
        "may_publish": request.user.has_perm("committee.publish_award", award),
        "may_withdraw": request.user.has_perm("committee.withdraw_award", award),
        "may_decide": request.user.has_perm("committee.see_scores_case", award.case),
    }
    return render(request, "committee/award.html", context)


@require_POST
def withdraw(request, public_id):
    """Take an award back before anybody has heard of it."""
    award = _award(request, public_id, "committee.withdraw_award")
    try:
        actions.withdraw_award(award, by=request.user)
    except WrongStateError:
        return moved_on(request, award)
    messages.success(request, _("表彰を取り消しました。"))
    return redirect("committee:decision", award.case.public_id)


@require_safe
def certificate(request, public_id):
    """The certificate as a PDF."""
    award = _award(request, public_id)
    number = "".join(each for each in award.number if each.isascii() and each != " ")
    return pdf_response(certificate_pdf(award), f"certificate-{number}.pdf")


@login_not_required
@require_safe
def verify(request, code):
    """Anybody may ask whether a certificate is genuine; nothing of the need is shown."""
    rows = Award.objects.announced().select_related("kind", "hospital")
    award = rows.filter(verification_code=code).first()
    status = 200 if award else 404
    return render(request, "committee/verify.html", {"award": award, "code": code}, status=status)

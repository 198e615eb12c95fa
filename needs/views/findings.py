"""Words that look like personal information and that nobody has answered for yet."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core.workflow import lock
from needs import actions
from needs.clearance import open_findings
from needs.findings_forms import findings_form
from needs.models import Need
from needs.views.writing import posted, status_of


@transaction.atomic
def settle(request, public_id):
    """The office corrects them or says why they may stay, before more people read the need."""
    needs = Need.objects.visible_to(request.user).select_related("hospital", "proposer")
    need = get_object_or_404(needs, public_id=public_id)
    if not request.user.has_perm("needs.clear_need", need):
        raise PermissionDenied
    if request.method == "POST":
        lock(need)
    if not open_findings(need):
        messages.success(request, _("個人情報について、確かめることは残っていません。"))
        return redirect(need)
    form = findings_form(need)(posted(request), instance=need)
    if request.method == "POST" and form.is_valid():
        actions.save_answers(form, by=request.user)
        messages.success(request, _("個人情報について、すべて確かめました。"))
        return redirect(need)
    context = {"need": need, "form": form}
    return render(request, "needs/findings.html", context, status=status_of(form))

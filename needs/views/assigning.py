"""What the office sets beside one need: who looks after it, and its field."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from needs import assigning
from needs.assigning_forms import AssigneeForm
from needs.models import Need
from needs.sorting import SortForm, sort


@require_POST
def assign(request, public_id):
    """Take it, or give it to a colleague of the office or to nobody."""
    needs = Need.objects.visible_to(request.user).select_related("hospital", "assignee")
    need = get_object_or_404(needs, public_id=public_id)
    if not request.user.has_perm("needs.assign_need", need):
        raise PermissionDenied
    form = AssigneeForm(request.POST, hospitals=[need.hospital_id])
    if not form.is_valid():
        messages.error(request, _("担当を選び直してください。"))
        return redirect(need)
    to = form.cleaned_data["to"]
    if not assigning.may_assign(need, to=to, by=request.user):
        messages.error(request, _("この人自身のニーズなので、担当にできません。"))
        return redirect(need)
    assigning.assign([need], to=to, by=request.user)
    messages.success(request, _("担当を変えました。"))
    return redirect(need)


@require_POST
def set_category(request, public_id):
    """Put it into another field."""
    needs = Need.objects.visible_to(request.user).select_related("hospital", "category")
    need = get_object_or_404(needs, public_id=public_id)
    form = SortForm(request.POST)
    if form.is_valid():
        sort(need, category=form.cleaned_data["category"], by=request.user)
        messages.success(request, _("分野を変えました。"))
    else:
        messages.error(request, _("分野を選び直してください。"))
    return redirect(need)

"""Several needs at once: a page to confirm, then one press."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from core.views import INVALID
from needs import bulk
from needs.assigning_forms import AssigneeForm
from needs.models import Need


def act(request):
    """GET asks (which cases, which mails), POST does it for those that are still ready."""
    if not request.user.holds_any(Role.OFFICE):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else request.GET
    back = f"{reverse('needs:list')}?{QueryDict(data.get('back', '')[:500]).urlencode()}"
    needs = _picked(request, data)
    if not 0 < len(needs) <= bulk.MOST:
        messages.error(
            request, _("ニーズを1件から%(most)s件まで選んでください。") % {"most": bulk.MOST}
        )
        return redirect(back)
    chosen = _chosen(request, data, needs)
    form = _form(request, chosen)
    posted = request.method == "POST"
    if posted and (form is None or not chosen.ready or form.is_valid()):
        with transaction.atomic():
            done, left = bulk.perform(
                chosen, **(form.cleaned_data if form and chosen.ready else {})
            )
            for need in chosen.ready if form else ():
                if need not in left:
                    form.keep_reasons(need, by=request.user)
        _say(request, chosen, done, [*(need for need, _why in chosen.aside), *left])
        return redirect(back)
    context = {"chosen": chosen, "form": form, "back": back, "data": data}
    return render(request, "needs/bulk.html", context, status=INVALID if posted else 200)


def _picked(request, data):
    """The ticked needs that she looks after; what has gone out of her sight is left out."""
    ids = [each for each in data.getlist("need") if each.isalnum()][: bulk.MOST + 1]
    needs = Need.objects.looked_after_by(request.user).filter(public_id__in=ids)
    rows = needs.select_related("proposer", "hospital", "assignee", "department")
    return list(rows.prefetch_related("participants", "clearances").order_by("pk"))


def _chosen(request, data, needs):
    """Raises Http404 for a verb or a colleague that the page does not offer."""
    verb, to = data.get("do", ""), None
    if verb == bulk.ASSIGN:
        form = AssigneeForm(data, hospitals=request.user.offices)
        if not form.is_valid():
            raise Http404
        to = form.cleaned_data["to"]
    elif verb not in bulk.FORMS:
        raise Http404
    return bulk.choose(verb, needs, by=request.user, to=to)


def _form(request, chosen):
    """What the verb asks, once for all of them."""
    if chosen.verb == bulk.ASSIGN:
        return None
    posted = request.POST if request.method == "POST" else None
    return bulk.FORMS[chosen.verb](posted, by=request.user)


def _say(request, chosen, done, left):
    if done:
        words = {"label": chosen.label, "done": done}
        messages.success(request, _("「%(label)s」を%(done)s件に記録しました。") % words)
    if left:
        numbers = _("、").join(need.number for need in left)
        messages.warning(
            request,
            _("状況が変わっていたなどのため、そのままにしました: %(numbers)s")
            % {"numbers": numbers},
        )

"""The hospital's page: how its promise of a first answer was kept, and its closed days."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ClosedDay, Organisation
from core.fields import JapaneseDateField, name_required
from core.views import INVALID
from needs import clock
from needs.promise import ANSWER_WITHIN_WORKING_DAYS, kept_by_year

KEEP_DAYS = "accounts.keep_closed_days_organisation"


class ClosedDayForm(forms.Form):
    """One more day on which nobody answers."""

    day = JapaneseDateField(label=gettext_lazy("日付"))
    name = forms.CharField(
        label=gettext_lazy("名前"), help_text=gettext_lazy("例: 創立記念日"), max_length=60
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_required(self)

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("「日付」は、きょうからあとの日にしてください"))
        return day


def index(request):
    """The page of one's hospital: its yearly figures, which everybody there may know.

    For those who may list the needs each number leads to exactly these.
    """
    hospitals = Organisation.objects.hospitals().filter(pk__in=request.user.hospitals)
    if not hospitals:
        raise PermissionDenied
    context = {
        "days": ANSWER_WITHIN_WORKING_DAYS,
        "hospitals": [
            {
                "hospital": hospital,
                "years": kept_by_year(hospital),
                "may_list": request.user.has_perm("needs.list_all_need", hospital),
                "may_keep_days": request.user.has_perm(KEEP_DAYS, hospital),
            }
            for hospital in hospitals.order_by("name")
        ],
    }
    return render(request, "needs/promise.html", context)


def days(request, public_id):
    """The hospital's own closed days; promises already given stay as they are."""
    mine = Organisation.objects.hospitals().filter(pk__in=request.user.hospitals)
    hospital = get_object_or_404(mine, public_id=public_id)
    if not request.user.has_perm(KEEP_DAYS, hospital):
        raise PermissionDenied
    if "open" in request.POST:
        return _open(request, hospital)
    form = ClosedDayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        clock.close_day(hospital=hospital, by=request.user, **form.cleaned_data)
        messages.success(request, _("休業日を加えました。これからの約束の日に反映します。"))
        return redirect("needs:closed_days", hospital.public_id)
    context = {
        "hospital": hospital,
        "form": form,
        "closed": ClosedDay.objects.filter(
            hospital=hospital, day__gte=timezone.localdate()
        ).order_by("day"),
    }
    status = INVALID if request.method == "POST" else 200
    return render(request, "needs/closed_days.html", context, status=status)


def _open(request, hospital):
    day = get_object_or_404(
        ClosedDay,
        hospital=hospital,
        pk=request.POST["open"] if request.POST["open"].isdigit() else 0,
    )
    clock.open_day(hospital=hospital, day=day.day, by=request.user)
    messages.success(request, _("休業日から外しました。"))
    return redirect("needs:closed_days", hospital.public_id)

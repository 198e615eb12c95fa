"""The catalogue, a partner's own page, and the door for new companies."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.mixins import UserPassesTestMixin
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.generic import ListView

from audit.queries import entries_for
from core.pagination import BoundedPaginator
from core.views import INVALID, STALE, transition_page
from core.workflow import lock
from partners import actions, queries
from partners.filters import ProfileFilter
from partners.forms import ApplicationForm, ProfileForm, licence_rows
from partners.models import Application, Profile

TOO_MANY = 429
APPLICATIONS_PER_HOUR = 10
HOUR = 3600


class ProfileList(UserPassesTestMixin, ListView):
    """The catalogue, for people of hospitals only: competitors never learn of each other."""

    template_name = "partners/list.html"
    paginate_by = 20
    paginator_class = BoundedPaginator

    def test_func(self):
        return bool(self.request.user.hospitals)

    def get_queryset(self):
        rows = Profile.objects.visible_to(self.request.user).for_list()
        self.filter = ProfileFilter(self.request.GET, rows, request=self.request)
        return self.filter.qs

    def get_context_data(self, **kwargs):
        may_handle = bool(self.request.user.offices)
        waiting = Application.objects.visible_to(self.request.user).waiting()
        return super().get_context_data(
            filter=self.filter,
            filtered=any(self.request.GET.get(name) for name in self.filter.filters),
            waiting=waiting.count() if may_handle else 0,
            may_handle=may_handle,
            **kwargs,
        )


def detail(request, public_id):
    """One partner, as hospitals see it; for the partner itself the view of the others."""
    profiles = Profile.objects.visible_to(request.user).for_list().prefetch_related("interests")
    profile = get_object_or_404(profiles, public_id=public_id)
    is_own = profile.organisation_id in request.user.outside_organisations
    context = {
        "profile": profile,
        "is_own": is_own,
        "may_change": request.user.has_perm("partners.change_profile", profile),
        "contacts": queries.contacts(profile.organisation) if request.user.offices else None,
    }
    return render(request, "partners/detail.html", context)


def own(request):
    """The page of one's own organisation; made at the first visit. 403 without one."""
    organisation = queries.own_organisation(request.user)
    if organisation is None:
        raise PermissionDenied
    return _edit(request, actions.ensure_profile(organisation, by=request.user))


def edit(request, public_id):
    """The same page for an office that helps, or for a second organisation."""
    profile = get_object_or_404(Profile.objects.visible_to(request.user), public_id=public_id)
    if not request.user.has_perm("partners.change_profile", profile):
        raise PermissionDenied
    return _edit(request, profile)


@transaction.atomic
def _edit(request, profile):
    data = request.POST if request.method == "POST" else None
    if data is not None:
        lock(profile)
    form, licences = ProfileForm(data, instance=profile), licence_rows(profile, data)
    if data is None or not (form.is_valid() & licences.is_valid()):
        # What is stored, not what was typed, decides what is still missing.
        stored = Profile.objects.select_related("organisation").get(pk=profile.pk)
        context = {
            "profile": stored,
            "form": form,
            "licences": licences,
            "missing": queries.missing(stored),
            "held": stored.licences.select_related("kind").order_by("pk") if form.stale else [],
        }
        return render(request, "partners/edit.html", context, status=_status(data, form))
    actions.save_profile(form, licences, by=request.user)
    messages.success(request, _("保存しました。"))
    return redirect(request.path)


def _status(data, form):
    if data is None:
        return 200
    return STALE if form.stale else INVALID


@login_not_required
def apply(request):
    """The door for companies: a form that anybody may send, a few times an hour."""
    posted = request.method == "POST"
    form = ApplicationForm(request.POST if posted else None)
    if not posted or not form.is_valid():
        status = INVALID if posted else 200
        return render(request, "partners/apply.html", {"form": form}, status=status)
    if _came_too_often(request):
        return render(request, "errors/too_many.html", status=TOO_MANY)
    if not form.is_machine:
        actions.apply(form.save(commit=False))
    return redirect("partners:applied")


def _came_too_often(request):
    key = f"partners.apply:{get_adapter().get_client_ip(request)}"
    cache.add(key, 0, HOUR)
    return cache.incr(key) > APPLICATIONS_PER_HOUR


@login_not_required
def applied(request):
    """The receipt: what happens next."""
    return render(request, "partners/applied.html")


class ApplicationList(UserPassesTestMixin, ListView):
    """Who wants to take part, newest first."""

    template_name = "partners/applications.html"
    paginate_by = 50

    def test_func(self):
        return bool(self.request.user.offices)

    def get_queryset(self):
        return Application.objects.visible_to(self.request.user).for_list()


def application(request, public_id):
    """One application with its answer."""
    found = _application(request, public_id)
    context = {"application": found, "flow": actions.flow, "entries": entries_for(found)}
    return render(request, "partners/application.html", context)


def transition(request, public_id, name):
    """Invite or decline."""
    return transition_page(request, _application(request, public_id), actions.flow, name)


def _application(request, public_id):
    rows = Application.objects.visible_to(request.user).for_list()
    return get_object_or_404(rows, public_id=public_id)

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required, permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import ListView

from accounts import actions
from accounts.forms import InviteForm, NewPersonForm, PeopleFilter, SeatForm, SettingsForm
from accounts.middleware import PARKED, LanguageMiddleware, park
from accounts.models import Invitation, Membership, User
from core.autosave import is_autosave
from core.views import INVALID

PAGE = 50
GONE = 410
FORBIDDEN = 403
LOOK_AFTER_PEOPLE = "accounts.look_after_people"
YEAR = 365 * 24 * 3600
SHORT = 20


class PeopleList(PermissionRequiredMixin, ListView):
    """For an office: the people of its hospital and of outside organisations."""

    permission_required = LOOK_AFTER_PEOPLE
    template_name = "accounts/people.html"
    paginate_by = PAGE

    def get_queryset(self):
        self.filter = PeopleFilter(self.request.GET, by=self.request.user)
        found = User.objects.visible_to(self.request.user)
        if self.filter.is_valid():
            found = found.matching(**self.filter.cleaned_data)
        return found.for_people_page()

    def get_context_data(self, **kwargs):
        invitations = Invitation.objects.visible_to(self.request.user).waiting().for_list()
        return super().get_context_data(
            filter_form=self.filter,
            invitations=invitations,
            visible=set(self.filter.fields["organisation"].queryset.values_list("pk", flat=True)),
            **kwargs,
        )


@permission_required(LOOK_AFTER_PEOPLE, raise_exception=True)
def invite(request):
    """Invite somebody; ``?again=`` starts from an invitation that was not answered."""
    again = Invitation.objects.visible_to(request.user).filter(
        public_id=request.GET.get("again", "")
    )
    posted = request.method == "POST"
    form = InviteForm(
        request.POST if posted else None,
        by=request.user,
        initial=again.values("email", "name", "organisation", "department", "roles").first(),
    )
    if posted and form.is_valid():
        invitation = actions.invite(by=request.user, **form.cleaned_data)
        text = _("%(email)s に招待のメールを送ります。")
        messages.success(request, text % {"email": invitation.email})
        return redirect("accounts:people")
    context = {"form": form, "days": settings.INVITATION_DAYS}
    return render(request, "accounts/invite.html", context, status=INVALID if posted else 200)


@require_POST
@permission_required(LOOK_AFTER_PEOPLE, raise_exception=True)
def cancel(request, public_id):
    """Button 「取り消す」 beside an open invitation."""
    found = Invitation.objects.visible_to(request.user)
    invitation = get_object_or_404(found, public_id=public_id)
    if not request.user.has_perm("accounts.cancel_invitation", invitation):
        raise PermissionDenied
    actions.cancel(invitation, by=request.user)
    messages.success(request, _("招待を取り消しました。"))
    return redirect("accounts:people")


@permission_required(LOOK_AFTER_PEOPLE, raise_exception=True)
def person(request, pk):
    """One person: her roles where I may change them, and a form to give one more."""
    somebody = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    posted = request.method == "POST"
    form = SeatForm(request.POST if posted else None, by=request.user)
    if posted and form.is_valid():
        seat = form.cleaned_data
        for role in seat.pop("roles"):
            actions.give_role(somebody, role=role, by=request.user, **seat)
        messages.success(request, _("役割を加えました。"))
        return redirect("accounts:person", pk=pk)
    seats = Membership.objects.filter(
        user=somebody, organisation__in=form.fields["organisation"].queryset
    )
    context = {
        "person": somebody,
        "form": form,
        "seats": seats.select_related("organisation", "department").order_by("pk"),
        "may_deactivate": request.user.has_perm("accounts.deactivate_person", somebody),
        "works_at": _hospital_of(somebody, request.user),
    }
    return render(request, "accounts/person.html", context, status=INVALID if posted else 200)


def _hospital_of(somebody, user):
    """Where she has a seat and ``user`` works in the office: there her things are handed over."""
    seats = somebody.memberships.filter(organisation__in=user.offices)
    seat = seats.select_related("organisation").order_by("pk").first()
    return seat.organisation if seat else None


@require_POST
@permission_required(LOOK_AFTER_PEOPLE, raise_exception=True)
def take_role(request, pk, seat_pk):
    """Button 「外す」 beside a role."""
    somebody = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    seat = get_object_or_404(somebody.memberships.select_related("organisation"), pk=seat_pk)
    if not request.user.has_perm("accounts.invite_to_organisation", seat.organisation):
        raise PermissionDenied
    try:
        actions.take_role(seat, by=request.user)
    except actions.LastOfficeMemberError:
        messages.error(request, _last_office_member())
    else:
        messages.success(request, _("役割を外しました。"))
    if User.objects.visible_to(request.user).filter(pk=pk).exists():
        return redirect("accounts:person", pk=pk)
    return redirect("accounts:people")


def _last_office_member():
    return _("支援オフィスの最後のひとりです。先に別の人を支援オフィスに加えてください。")


def deactivate(request, pk):
    """Confirm, then close an account; its sessions end at once."""
    return _switch(request, pk, actions.deactivate, "accounts/deactivate.html")


def activate(request, pk):
    """Confirm, then open an account again."""
    return _switch(request, pk, actions.activate, "accounts/activate.html")


@require_http_methods(["GET", "HEAD", "POST"])
def _switch(request, pk, action, template):
    if not request.user.has_perm(LOOK_AFTER_PEOPLE):
        raise PermissionDenied
    somebody = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    if not request.user.has_perm("accounts.deactivate_person", somebody):
        raise PermissionDenied
    if request.method != "POST":
        context = {"person": somebody, "works_at": _hospital_of(somebody, request.user)}
        return render(request, template, context)
    try:
        action(somebody, by=request.user)
    except actions.LastOfficeMemberError:
        messages.error(request, _last_office_member())
    else:
        messages.success(request, _("%(name)sさんの登録を変更しました。") % {"name": somebody.name})
    return redirect("accounts:person", pk=pk)


@login_not_required
@never_cache
def accept(request, secret):
    """The page behind the link of an invitation: who invites to what, and the way in."""
    invitation = (
        Invitation.objects.filter(secret_hash=Invitation.hashed(secret))
        .select_related("organisation", "department", "invited_by")
        .first()
    )
    if invitation and invitation.accepted_by_id and invitation.accepted_by == request.user:
        return redirect("home:home")
    if invitation is None or not invitation.is_open:
        return _closed(request)
    try:
        return _accept_as(request, invitation)
    except actions.InvitationClosedError:
        return _closed(request)


def _closed(request):
    return render(request, "accounts/invitation_closed.html", status=GONE)


def _accept_as(request, invitation):
    if request.user.is_authenticated:
        return _accept_signed_in(request, invitation)
    if User.objects.filter(email=invitation.email).exists():
        return render(request, "accounts/accept_sign_in.html", {"invitation": invitation})
    return _accept_as_new_person(request, invitation)


def _accept_signed_in(request, invitation):
    context = {"invitation": invitation}
    if request.user.email.lower() != invitation.email:
        return render(request, "accounts/accept_wrong_person.html", context, status=FORBIDDEN)
    if request.method != "POST":
        return render(request, "accounts/accept_signed_in.html", context)
    actions.accept(invitation, by=request.user)
    return _welcome(request, invitation)


def _accept_as_new_person(request, invitation):
    posted = request.method == "POST"
    form = NewPersonForm(
        request.POST if posted else None,
        email=invitation.email,
        initial={"name": invitation.name},
    )
    if not posted or not form.is_valid():
        context = {"invitation": invitation, "form": form}
        return render(request, "accounts/accept.html", context, status=INVALID if posted else 200)
    somebody = actions.accept(invitation, **form.details())
    login(request, somebody, backend="allauth.account.auth_backends.AuthenticationBackend")
    return _welcome(request, invitation)


def _welcome(request, invitation):
    text = _("%(organisation)sの一員として登録しました。")
    messages.success(request, text % {"organisation": invitation.organisation})
    return redirect("home:home")


def own_settings(request):
    """My own name, profession and language."""
    posted = request.method == "POST"
    # A copy: an invalid name must not appear in the header of the page that complains about it.
    myself = User.objects.get(pk=request.user.pk)
    form = SettingsForm(request.POST if posted else None, instance=myself)
    if posted and form.is_valid():
        form.save()
        messages.success(request, _("設定を保存しました。"))
        return redirect("accounts:settings")
    context = {
        "form": form,
        "seats": myself.memberships.select_related("organisation", "department"),
    }
    return render(request, "accounts/settings.html", context, status=INVALID if posted else 200)


@login_not_required
@require_POST
def language(request):
    """Japanese or English: kept with the person, or in a cookie before sign-in."""
    code = "en" if request.POST.get("language") == "en" else "ja"
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # Only a path: redirect() would take any other word for the name of a view.
    response = redirect(back if safe and back.startswith("/") else settings.LOGIN_REDIRECT_URL)
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=code)
    response.set_cookie(
        LanguageMiddleware.COOKIE,
        code,
        max_age=YEAR,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def resume(request):
    """After the session's end: what the same person was about to send, once more in her hands."""
    parked = request.session.get(PARKED)
    if parked is None or parked["owner"] != request.user.pk or request.method == "POST":
        request.session.pop(PARKED, None)
        return redirect("home:home")
    texts = [text for values in parked["data"].values() for text in values if _was_typed(text)]
    context = {"path": parked["path"], "data": parked["data"], "texts": texts}
    return render(request, "accounts/resume.html", context)


@login_not_required
def csrf_failure(request, reason=""):
    """A form that the browser cannot vouch for: its page is older than the sign-in or the cookies.

    Nothing is done; the same person gets her text back, after sign-in when she is signed out, to
    press once more.
    """
    if request.user.is_authenticated:
        if park(request):
            return redirect("accounts:resume")
    elif _is_from_our_page(request) and (park(request) or is_autosave(request)):
        return redirect_to_login(reverse("accounts:resume"))
    return render(request, "errors/not_accepted.html", status=FORBIDDEN)


def _is_from_our_page(request):
    """The browser's own word, which another site cannot forge.

    A session's cookie does not come along from another site: parking what such a form holds
    would replace the session of somebody who is signed in.
    """
    here = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") in {here, *settings.CSRF_TRUSTED_ORIGINS}


def _was_typed(text):
    """Whether a value looks like somebody's words and not like the code of a choice."""
    return bool(text.strip()) and (len(text) > SHORT or not text.isascii())

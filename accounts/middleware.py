"""Sign-in for every page, without losing what was typed; the reader's language."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.urls import reverse
from django.utils import translation
from django_htmx.http import HttpResponseClientRedirect

PARKED = "parked_form"
PARKED_MAX = 200_000


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """Every view needs a person unless it says ``@login_not_required``.

    A form sent after the session's end is parked in the new session together with the id of the
    person it belongs to; after sign-in the same person gets it back (accounts.views.resume).
    """

    def handle_no_permission(self, request, view_func):
        if self._park(request):
            response = redirect_to_login(reverse("accounts:resume"))
        else:
            response = super().handle_no_permission(request, view_func)
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(response.url)
        return response

    @staticmethod
    def _park(request):
        if request.method != "POST":
            return False
        try:
            owner, _secret = signing.loads(request.POST.get("_once", ""), salt="once")
        except (signing.BadSignature, TypeError, ValueError):
            return False
        hidden = {"_once", "csrfmiddlewaretoken"}
        data = {key: request.POST.getlist(key) for key in request.POST if key not in hidden}
        if (
            owner is None
            or sum(len(text) for texts in data.values() for text in texts) > PARKED_MAX
        ):
            return False
        request.session[PARKED] = {"owner": owner, "path": request.path, "data": data}
        return True


class LanguageMiddleware:
    """The person's language, or the cookie of the language switch; Japanese otherwise.

    The browser's Accept-Language is not asked: ward PCs are often installed in English.
    """

    COOKIE = "language"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        chosen = user.language if user.is_authenticated else request.COOKIES.get(self.COOKIE)
        language = "en" if chosen == "en" else "ja"
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

"""Sign-in for every page, without losing what was typed; privacy; the reader's language."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django_htmx.http import HttpResponseClientRedirect

PARKED = "parked_form"
PARKED_MAX = 200_000


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """Every view needs a person unless it says ``@login_not_required``.

    A form sent after the session's end is parked in the new session together with the id of the
    person it belongs to; after sign-in the same person gets it back (accounts.views.resume).
    """

    def handle_no_permission(self, request, view_func):
        if park(request):
            response = redirect_to_login(reverse("accounts:resume"))
        else:
            response = super().handle_no_permission(request, view_func)
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(response.url)
        return response


def park(request):
    """Keep a sent form in the session for the person it belongs to; False when it is not one.

    The one-time key proves that the form is from our own page and says whose it was.
    """
    if request.method != "POST":
        return False
    try:
        owner, _secret = signing.loads(request.POST.get("_once", ""), salt="once")
    except (signing.BadSignature, TypeError, ValueError):
        return False
    hidden = {"_once", "csrfmiddlewaretoken"}
    data = {key: request.POST.getlist(key) for key in request.POST if key not in hidden}
    if owner is None or sum(len(text) for texts in data.values() for text in texts) > PARKED_MAX:
        return False
    request.session[PARKED] = {"owner": owner, "path": request.path, "data": data}
    return True


class PrivatePagesMiddleware:
    """What a signed-in person reads stays in no cache: ward PCs are shared, and rights end."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated:
            patch_cache_control(response, private=True, no_store=True)
        return response


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

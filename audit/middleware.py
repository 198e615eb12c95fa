"""A form is handled once: a second press, a reload or a retry gets the first one's result."""

import hashlib

from django.core import signing
from django.db import IntegrityError, transaction
from django.shortcuts import redirect

from audit.models import Submission
from core.views import INVALID

BAD_REQUEST = 400


class OneTimeFormMiddleware:
    """Wrap each POST that carries a one-time key (``{% once %}``) in one transaction.

    The key row is written first: a second POST of the same page waits for the first one's
    transaction, then finds the row and is redirected to where the first one led. When the view
    does not redirect (invalid input, a stale page), the key is released for the next try.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Run the view here, inside the transaction, when the key is genuine."""
        token = request.POST.get("_once", "") if request.method == "POST" else ""
        key = self._key(request, token)
        if not key:
            return None
        try:
            with transaction.atomic():
                return self._first_time(key, request, view, args, kwargs)
        except _AlreadyHandledError:
            done = Submission.objects.filter(key=key).first()
            return redirect(done.result_url if done and done.result_url else request.path)

    def _first_time(self, key, request, view, args, kwargs):
        try:
            with transaction.atomic():
                submission = Submission.objects.create(key=key)
        except IntegrityError:
            raise _AlreadyHandledError from None
        response = view(request, *args, **kwargs)
        if hasattr(response, "render") and not getattr(response, "is_rendered", True):
            response = response.render()
        # htmx is told by a header where to go.
        result = response.get("Location") or response.get("HX-Redirect")
        if result and response.status_code < BAD_REQUEST:
            submission.result_url = result[:500]
            submission.save(update_fields=["result_url"])
        elif response.status_code < BAD_REQUEST or response.status_code == INVALID:
            submission.delete()
        else:
            transaction.set_rollback(True)
        return response

    @staticmethod
    def _key(request, token):
        try:
            user_pk, _secret = signing.loads(token, salt="once")
        except (signing.BadSignature, TypeError, ValueError):
            return ""
        user = getattr(request, "user", None)
        if user_pk != (user.pk if user and user.is_authenticated else None):
            return ""
        return hashlib.sha256(token.encode()).hexdigest()


class _AlreadyHandledError(Exception):
    pass

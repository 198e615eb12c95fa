"""One id per request, in every log line and on the error page; no NUL in what is sent."""

import secrets

import structlog
from django.core.exceptions import BadRequest

NUL = "\0"


class RequestIdMiddleware:
    """Bind ``request.request_id`` (eight characters, readable aloud) to the logs."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.request_id = secrets.token_hex(4)
        structlog.contextvars.bind_contextvars(request_id=request.request_id)
        try:
            response = self.get_response(request)
        finally:
            structlog.contextvars.clear_contextvars()
        response["X-Request-Id"] = request.request_id
        return response


class NoNulMiddleware:
    """Refuse an address with a NUL, and take NULs out of what is sent.

    Nobody types one and PostgreSQL cannot even look for it; a text pasted from a broken PDF may
    hold some, unseen, and loses nothing without them.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "%00" in request.META.get("QUERY_STRING", ""):
            msg = "NUL in the address"
            raise BadRequest(msg)
        if request.method == "POST" and any(
            NUL in value for _name, values in request.POST.lists() for value in values
        ):
            sent = request.POST.copy()
            for name, values in request.POST.lists():
                sent.setlist(name, [value.replace(NUL, "") for value in values])
            request.POST = sent
        return self.get_response(request)

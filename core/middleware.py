"""One id per request, in every log line and on the error page; no NUL in addresses."""

import secrets

import structlog
from django.core.exceptions import BadRequest


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
    """Refuse an address with a NUL: nobody types one, and PostgreSQL cannot even look for it.

    Forms refuse it in their fields, with a sentence beside the field.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "%00" in request.META.get("QUERY_STRING", ""):
            msg = "NUL in the address"
            raise BadRequest(msg)
        return self.get_response(request)

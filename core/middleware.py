"""One id per request, in every log line and on the error page."""

import secrets

import structlog


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

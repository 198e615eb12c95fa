"""The server's side of static/js/autosave.js: short answers to a page that saves itself."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.views import STALE


def is_autosave(request: HttpRequest) -> bool:
    """Asked by static/js/autosave.js, which reads no page.

    ``go=auto`` alone does not say so: a form that was parked at the end of a session comes back
    from a person's hand.
    """
    return not request.accepts("text/html")


def refused(message: str, *, compare: bool = False) -> JsonResponse:
    """Nothing was saved and only a person can go on; ``compare`` offers both texts."""
    return JsonResponse({"message": message, "compare": compare}, status=STALE)


def standing(form: Any) -> dict[str, Any]:
    """Where the page of this ``AutosavedModelForm`` stands now."""
    return {"version": form.instance.version, "basis": form.fingerprint()}


def saved(form: Any) -> dict[str, Any]:
    """What the line under the title says: when it was saved, or which answer was refused."""
    now = timezone.localtime().strftime("%H:%M")
    error = first_error(form)
    refusal = _("%(error)s。この欄はまだ保存していません。") % {"error": error}
    return {
        "saved_at": now,
        "message": refusal if error else _("%(time)s に保存しました") % {"time": now},
        "errors": bool(error),
    }


def first_error(form: Any) -> str:
    """The first sentence about what was typed, or nothing."""
    return next((sentences[0] for sentences in form.errors.values()), "")

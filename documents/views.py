from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from documents import actions
from documents.models import Document, Version


@require_safe
def download(request, public_id):
    """Hand out one version. Only images, which we drew ourselves, may open in the page."""
    version = get_object_or_404(
        Version.objects.select_related("document"),
        public_id=public_id,
        document__removed_at=None,
    )
    _readable(request, version.document)
    inline = version.is_image and request.GET.get("inline") == "1"
    try:
        file = version.file.open("rb")
    except FileNotFoundError:  # destroyed since the row was read
        raise Http404 from None
    response = FileResponse(
        file,
        as_attachment=not inline,
        filename=version.name,
        content_type=version.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def remove(request, public_id):
    """Button 「外す」 beside a file."""
    document = get_object_or_404(Document, public_id=public_id, removed_at=None)
    _readable(request, document)
    if not request.user.has_perm("documents.change_document", document):
        raise PermissionDenied
    actions.remove(document, by=request.user)
    messages.success(request, _("「%(title)s」を外しました。") % {"title": document.title})
    # A hospital, whose seal this was, has no page of its own.
    has_page = hasattr(document.target, "get_absolute_url")
    return redirect(document.target if has_page else "home:home")


def _readable(request, document):
    if not request.user.has_perm("documents.view_document", document):
        raise Http404

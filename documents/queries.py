"""Read the files of an object.

There is no ``visible_to`` for documents: a file has no rights of its own, it asks a sentence of
the object it belongs to, and that object may be of any model. Pages therefore list the files of
an object that they already looked up through *its* ``visible_to``, and the download asks the
sentence again for the one file.
"""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Prefetch

from documents.models import Document, Version


def documents_of(target, slot=None):
    """The current files of ``target``, oldest first, each with ``history`` (newest first).

    Two queries whatever the number of files and versions.
    """
    found = Document.objects.filter(
        target_type=ContentType.objects.get_for_model(target),
        target_id=target.pk,
        removed_at=None,
    )
    if slot is not None:
        found = found.filter(slot=slot)
    versions = Version.objects.select_related("uploaded_by").order_by("-number")
    history = Prefetch("versions", queryset=versions, to_attr="history")
    return found.prefetch_related(history).order_by("created_at", "pk")

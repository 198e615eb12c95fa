"""Keep files with their versions. Nothing is overwritten; what is taken off or covered is destroyed.

See docs/decisions/0007-what-is-taken-off-is-destroyed.md.
"""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.workflow import WrongStateError, action_labels, lock
from documents.checks import CheckedFile, check
from documents.models import Document, Version
from documents.pictures import cover_boxes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files.base import File
    from django.db import models

    from documents.pictures import Box

# On the timeline of whatever the file belongs to, so without the name of a model.
action_labels.update(
    {
        "store_file": _("ファイルを登録した"),
        "remove_file": _("ファイルを外した"),
        "cover_picture": _("写真の一部を塗りつぶした"),
    }
)


@transaction.atomic
def store(  # noqa: PLR0913 -- a file, its place, and who may
    *,
    target: models.Model,
    slot: str,
    title: str,
    upload: File[Any],
    by: Any,
    view_permission: str,
    change_permission: str,
) -> Version:
    """Put a file into a place of ``target``; the same slot and title again makes a new version.

    ``upload`` is a ``CheckedFile``, or is checked here (ValidationError).
    """
    # The row of the target, because there may be no document to lock yet.
    list(type(target)._base_manager.select_for_update(no_key=True).filter(pk=target.pk))
    document = (
        Document.objects.select_for_update()
        .filter(
            target_type=ContentType.objects.get_for_model(target),
            target_id=target.pk,
            slot=slot,
            title=title,
            removed_at=None,
        )
        .order_by("pk")
        .first()
    )
    if document is None:
        document = _new_document(target, slot, title, view_permission, change_permission)
    return _add_version(document, upload, by=by)


@transaction.atomic
def attach(  # noqa: PLR0913 -- as store
    *,
    target: models.Model,
    slot: str,
    upload: File[Any],
    by: Any,
    view_permission: str,
    change_permission: str,
    named: str = "",
) -> Version:
    """Add one more file to a place for many (photos); two of the same name are two files.

    ``named`` replaces the uploader's name, of which then nothing is kept.
    """
    checked = _checked(upload)
    if named:
        checked.name = f"{named}{PurePosixPath(str(checked.name)).suffix}"
    title = str(checked.name)[:120]
    document = _new_document(target, slot, title, view_permission, change_permission)
    return _add_version(document, checked, by=by)


@transaction.atomic
def remove(document: Document, *, by: Any) -> None:
    """Take a file off the pages and destroy it; the timeline keeps who took it off and when.

    What has to be kept gets a ``change_permission`` that nobody has.
    """
    lock(document)
    if document.removed_at is None:
        document.removed_at = timezone.now()
        document.save(update_fields=["removed_at"])
        _destroy(document.versions.all())
        _record(document, "remove_file", by=by)


@transaction.atomic
def cover(document: Document, boxes: Iterable[Box], *, by: Any) -> Version:
    """Paint over parts of a picture for good: every version from before is destroyed.

    Raises WrongStateError when it was taken off meanwhile.
    """
    lock(document)
    if document.removed_at is not None:
        raise WrongStateError
    boxes = list(boxes)
    [current, *_older] = before = list(document.versions.order_by("-number"))
    version = _new_version(document, cover_boxes(current, boxes), by=by)
    _destroy(document.versions.filter(pk__in=[each.pk for each in before]))
    _record(document, "cover_picture", by=by, boxes=len(boxes))
    return version


def _destroy(versions: models.QuerySet[Version]) -> None:
    """Forget the rows, so that no address leads there, and then the bytes.

    The bytes go after the commit: what is rolled back has its file still.
    """
    for version in versions:
        transaction.on_commit(partial(version.file.storage.delete, version.file.name))
    versions.delete()


def _new_document(
    target: models.Model, slot: str, title: str, view_permission: str, change_permission: str
) -> Document:
    return Document.objects.create(
        target=target,
        slot=slot,
        title=title,
        view_permission=view_permission,
        change_permission=change_permission,
    )


def _add_version(document: Document, upload: File[Any], *, by: Any) -> Version:
    version = _new_version(document, _checked(upload), by=by)
    _record(document, "store_file", by=by, version=version.number)
    return version


def _new_version(document: Document, checked: CheckedFile, *, by: Any) -> Version:
    digest = hashlib.sha256()
    for chunk in checked.chunks():
        digest.update(chunk)
    last = document.versions.order_by("-number").first()
    version: Version = Version.objects.create(
        document=document,
        number=last.number + 1 if last else 1,
        file=checked,
        name=str(checked.name),
        content_type=checked.content_type,
        size=checked.size,
        sha256=digest.hexdigest(),
        uploaded_by=by,
    )
    return version


def _record(document: Document, name: str, *, by: Any, **data: Any) -> None:
    target: Any = document.target
    record(target, name, by=by, title=document.title, **data)


def _checked(upload: File[Any]) -> CheckedFile:
    checked: CheckedFile = upload if isinstance(upload, CheckedFile) else check(upload)
    return checked

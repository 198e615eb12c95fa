"""The photos of a need. Their names say nothing: 「山田太郎さん.jpg」 would."""

from __future__ import annotations

from itertools import count
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from documents import actions as documents
from documents.queries import documents_of

if TYPE_CHECKING:
    from django.core.files.base import File

    from documents.models import Version
    from needs.models import Need

SLOT = "photo"
MOST_PHOTOS = 5


def add_photo(need: Need, upload: File[Any], *, by: Any) -> Version:
    """Keep a photo as 写真1, 写真2, … whatever its file was called. Lock the need first."""
    taken = {PurePosixPath(each.title).stem for each in documents_of(need, slot=SLOT)}
    names = (f"写真{number}" for number in count(1))
    return documents.attach(
        target=need,
        slot=SLOT,
        upload=upload,
        by=by,
        view_permission="needs.see_photos_need",
        change_permission="needs.change_need",
        named=next(name for name in names if name not in taken),
    )

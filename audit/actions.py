"""Write the timeline. Only actions call this."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import File
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from audit.models import Entry, Submission

KEPT = timedelta(days=30)


def record(target: models.Model, name: str, /, *, by: Any, **data: Any) -> Entry:
    """Append one line to the timeline of ``target`` and return it.

    ``name`` becomes "app.model.name"; ``data`` is kept as JSON (objects by id and text).
    """
    kind = ContentType.objects.get_for_model(target)
    with transaction.atomic():
        _stand_in_line(target)
        chain = Entry.objects.filter(target_type=kind, target_id=target.pk)
        last = chain.order_by("-sequence").first()
        entry = Entry(
            target_type=kind,
            target_id=target.pk,
            sequence=last.sequence + 1 if last else 1,
            action=f"{target._meta.label_lower}.{name}",
            actor=by,
            data=plain(data),
            at=timezone.now(),
            previous_hash=last.hash if last else "",
        )
        entry.hash = fingerprint(entry)
        entry.save()
    return entry


def forget_submissions() -> int:
    """Drop one-time keys older than any page that could still carry them; returns how many."""
    before = timezone.now() - KEPT
    count, _each = Submission.objects.filter(at__lt=before).delete()
    return count


def _stand_in_line(target: models.Model) -> None:
    """Two records of one object wait for each other, also before there is a first one."""
    if connection.features.has_select_for_update:
        # Not type(target): the person of a request is a lazy wrapper around the row's class.
        model = target._meta.model
        rows = model._base_manager.select_for_update(no_key=True).filter(pk=target.pk)
        list(rows.values_list("pk"))


def fingerprint(entry: Entry) -> str:
    """SHA-256 over the entry and its predecessor's hash: changing any older line shows."""
    content = json.dumps(
        [
            entry.previous_hash,
            entry.target_type_id,
            entry.target_id,
            entry.sequence,
            entry.action,
            entry.actor_id,
            entry.data,
            entry.at.isoformat(),
        ],
        cls=DjangoJSONEncoder,
        ensure_ascii=False,
        sort_keys=True,
    )
    return hashlib.sha256(content.encode()).hexdigest()


def plain(value: Any) -> Any:
    """Make ``value`` fit for JSON: models become id and text, files their names, lazy strings text."""
    if isinstance(value, models.Model):
        return {"id": value.pk, "text": str(value)}
    if isinstance(value, File):
        return str(value.name)
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | models.QuerySet):
        return [plain(each) for each in value]
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))

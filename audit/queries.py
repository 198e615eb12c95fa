"""Read the timeline."""

from django.contrib.contenttypes.models import ContentType

from audit.actions import fingerprint
from audit.models import Entry


def entries_for(target):
    """The timeline of ``target``, oldest first, in one query with its actors."""
    kind = ContentType.objects.get_for_model(target)
    return (
        Entry.objects.filter(target_type=kind, target_id=target.pk)
        .select_related("actor")
        .order_by("sequence")
    )


def entries_about(model):
    """What happened to objects of ``model``, the newest first, with its actors."""
    kind = ContentType.objects.get_for_model(model)
    return Entry.objects.filter(target_type=kind).select_related("actor").order_by("-at", "-pk")


def broken_links(entries=None):
    """The entries whose hash or place no longer fits; an empty list means an intact chain."""
    entries = Entry.objects.all() if entries is None else entries
    broken, last = [], None
    for entry in entries.order_by("target_type", "target_id", "sequence").iterator():
        same = last and (last.target_type_id, last.target_id) == (
            entry.target_type_id,
            entry.target_id,
        )
        expected = (last.hash, last.sequence + 1) if same else ("", 1)
        if (entry.previous_hash, entry.sequence) != expected or entry.hash != fingerprint(entry):
            broken.append(entry)
        last = entry
    return broken

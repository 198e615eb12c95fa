"""What can be found, and how it is kept current: in the transaction that saves it.

An app declares a ``SearchIndex`` in its ``search.py`` and registers it; its model calls
``keep`` when it is saved and ``drop`` when it is deleted.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.db import transaction

from core.registry import Registry
from search import tokens
from search.models import SEPARATOR, Entry, Statistic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import Model, QuerySet
    from django_stubs_ext import StrOrPromise

BATCH = 500
# Begins the words of ``Entry.scopes`` that are no circle of readers.
FACET = "0"


class Narrowed(NamedTuple):
    """What a field filter leaves: the rows, and the facets of which each of them has one.

    ``facets`` are only a short cut for the index and may be wider than the rows; None: no short cut.
    """

    rows: QuerySet[Any]
    facets: set[str] | None = None


def facet(name: str, value: object) -> str:
    """A word (letters and digits) for a property that field filters ask for."""
    return FACET + "".join(filter(str.isalnum, f"{name}{value}")).lower()


class SearchIndex:
    """One kind of thing that can be found.

    ``slug`` is a lower-case word of letters; ``fields`` maps the words of field filters
    (状態:審査中) to functions ``(queryset, value, user) -> Narrowed`` that raise
    ``search.query.UnknownValueError`` for a value they do not know.
    """

    slug: ClassVar[str]
    label: ClassVar[StrOrPromise]
    template: ClassVar[str]
    fields: ClassVar[dict[str, Callable[[Any, str, Any], Narrowed]]] = {}
    # What ``parts`` and ``scopes`` read besides the object: fetched at once for many objects.
    related: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def model(cls) -> type[Model]:
        """The model that is indexed."""
        raise NotImplementedError

    @classmethod
    def parts(cls, obj: Any) -> list[str]:
        """Its texts in the order of their weight in an excerpt; a repeated one counts twice."""
        raise NotImplementedError

    @classmethod
    def scopes(cls, obj: Any) -> set[str]:
        """Words (letters and digits) for the circles of people who may find it."""
        raise NotImplementedError

    @classmethod
    def facets(cls, obj: Any) -> set[str]:
        """Its ``facet`` words, as the filters of ``fields`` ask for them."""
        return set()

    @classmethod
    def speaking_of(cls, obj: Model) -> Iterable[Any]:
        """The objects whose entry depends on ``obj``, a thing of another kind that has changed."""
        return ()

    @classmethod
    def scopes_of(cls, user: Any) -> set[str]:
        """The circles that ``user`` belongs to now."""
        raise NotImplementedError

    @classmethod
    def conditions(cls, user: Any) -> list[str]:
        """The words of ``fields`` that are of use to ``user``: the page names them."""
        return list(cls.fields)

    @classmethod
    def aside(cls, user: Any) -> str:
        """The template for what ``user`` should know about where was looked; "" for nothing."""
        return ""

    @classmethod
    def rows(cls, user: Any) -> QuerySet[Any]:
        """The rows that ``user`` may see: asked again for everything that is shown."""
        raise NotImplementedError

    @classmethod
    def results(cls, ids: list[int]) -> list[Any]:
        """What a page of results shows: the objects of these ids, in any order.

        The ids are those of ``search.engine.find``, which has asked for the rights.
        """
        raise NotImplementedError


registry: Registry[SearchIndex] = Registry()


def keep(*objects: Model) -> None:
    """Index ``objects`` of one kind as they are now, if it is registered.

    Then, where an entry changed, what other indexes say of the same objects. Writes nothing
    without a change.
    """
    for index in registry:
        if objects and index.model() is type(objects[0]) and update_many(index, objects):
            for other in registry:
                update_many(other, [each for obj in objects for each in other.speaking_of(obj)])


@transaction.atomic
def update_many(index: type[SearchIndex], objects: Iterable[Any]) -> int:
    """Index several objects at once; returns how many entries changed."""
    fresh = {obj.pk: _entry(index, obj) for obj in objects}
    if not fresh:
        return 0
    known = {
        each.object_id: each
        for each in Entry.objects.filter(kind=index.slug, object_id__in=list(fresh))
    }
    changed = [
        (known.get(pk), entry)
        for pk, entry in fresh.items()
        if pk not in known or known[pk].digest != entry.digest
    ]
    for before, entry in changed:
        entry.pk = before.pk if before else None
    Entry.objects.bulk_create([entry for before, entry in changed if not before])
    Entry.objects.bulk_update(
        [entry for before, entry in changed if before], ["scopes", "words", "length", "digest"]
    )
    _count(changed)
    return len(changed)


@transaction.atomic
def drop(obj: Model) -> None:
    """Forget ``obj``, which is being deleted."""
    for index in registry:
        if index.model() is type(obj):
            entries = list(Entry.objects.filter(kind=index.slug, object_id=obj.pk))
            _count([(entry, None) for entry in entries])
            Entry.objects.filter(pk__in=[entry.pk for entry in entries]).delete()


def outdated(index: type[SearchIndex]) -> QuerySet[Any]:
    """The objects without an entry, or with one of an older tokeniser."""
    current = Entry.objects.filter(kind=index.slug, digest__startswith=_prefix())
    return index.model()._base_manager.exclude(pk__in=current.values("object_id"))


def _prefix() -> str:
    return f"{tokens.VERSION}:"


def _entry(index: type[SearchIndex], obj: Any) -> Entry:
    found = [word for part in index.parts(obj) for word in tokens.words(part)]
    circles = {index.slug + scope for scope in index.scopes(obj)}
    entry = Entry(
        kind=index.slug,
        object_id=obj.pk,
        scopes=" ".join(sorted(circles | index.facets(obj))),
        words=SEPARATOR.join(found),
        length=len(found),
    )
    text = f"{entry.scopes}\n{entry.words}".encode()
    entry.digest = _prefix() + hashlib.sha256(text).hexdigest()[:40]
    return entry


def _count(changes: list[tuple[Entry | None, Entry | None]]) -> None:
    """Add the differences between before and after to the statistics of every scope."""
    documents: Counter[tuple[str, str]] = Counter()
    lengths: Counter[str] = Counter()
    for before, after in changes:
        for entry, sign in ((before, -1), (after, 1)):
            if entry is None:
                continue
            for scope in entry.circles:
                lengths[scope] += sign * entry.length
                for word in {"", *entry.words.split()}:
                    documents[scope, word] += sign
    Statistic.objects.bulk_create(
        [
            Statistic(scope=scope, word=word, documents=count, length=0 if word else lengths[scope])
            for (scope, word), count in documents.items()
            if count or (not word and lengths[scope])
        ],
        batch_size=5_000,
    )

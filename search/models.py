from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Versioned

# Two spaces between the words of an entry, so that neighbours of the same word are counted.
SEPARATOR = "  "


class Entry(models.Model):
    """The words of one object, kept in the transaction that saves it.

    ``scopes`` are words for who may find it, and facets for field filters (with a 0 before them);
    ``words`` the content words in their order, with ``SEPARATOR`` between them. The database
    indexes both: FTS5 on SQLite, a tsvector column on PostgreSQL (migrations/0001_initial.py).
    """

    kind = models.CharField(max_length=20)
    object_id = models.PositiveBigIntegerField()
    scopes = models.TextField()
    words = models.TextField()
    length = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("索引")
        verbose_name_plural = _("索引")
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="one_entry_per_object")
        ]

    def __str__(self):
        return f"{self.kind} {self.object_id}"

    @property
    def circles(self):
        """The words for who may find it."""
        return [scope for scope in self.scopes.split() if not scope.startswith("0")]


class Statistic(models.Model):
    """How many texts of a scope have a word; the empty word counts texts and their length.

    Rows are only added (a change is a difference) and summed up when read, so that two savers
    never wait for each other; ``search.tasks.fold`` makes one row of many.
    """

    scope = models.CharField(max_length=40)
    word = models.CharField(max_length=100)
    documents = models.BigIntegerField()
    length = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("語の統計")
        verbose_name_plural = _("語の統計")
        indexes = [models.Index(fields=["scope", "word"], name="search_statistic_of_word")]

    def __str__(self):
        return f"{self.scope} {self.word}: {self.documents}"


class Synonym(Versioned):
    """Words that mean the same on a ward, one a line; added to a query at a lower weight.

    All hospitals of the portal share them.
    """

    words = models.TextField(_("同じ意味のことば"), max_length=500)
    note = models.CharField(_("備考"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("同義語")
        verbose_name_plural = _("同義語")

    def __str__(self):
        return "、".join(self.words.split())

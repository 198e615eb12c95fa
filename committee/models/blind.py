"""What the members of a blind round read instead of a need's own words."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from committee.models.rounds import Case
from core.models import Versioned


class Redaction(Versioned):
    """The texts of a case as the office has checked them; ``committee.blind`` reads and writes it.

    ``texts`` has each text of the need under its field's name: an empty one stays empty, whatever
    the need says. ``basis`` is a fingerprint of the need's texts that were looked at. ``photos``
    has the public id of each copy that is shown, with that of the version it was made from.
    """

    case = models.OneToOneField(
        Case, verbose_name=_("審査案件"), on_delete=models.CASCADE, related_name="redaction"
    )
    texts = models.JSONField(_("委員に見せる文章"), default=dict)
    photos = models.JSONField(_("委員に見せる写真"), default=dict)
    basis = models.CharField(max_length=64, blank=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("確かめた人"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    checked_at = models.DateTimeField(_("確かめた日時"), null=True, editable=False)

    class Meta:
        verbose_name = _("匿名化した内容")
        verbose_name_plural = _("匿名化した内容")

    def __str__(self):
        return f"{self.case_id}"

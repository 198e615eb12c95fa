from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One line of an object's timeline, chained to the one before it by a hash."""

    target_type = models.ForeignKey(
        ContentType, verbose_name=_("対象の種類"), on_delete=models.PROTECT
    )
    target_id = models.PositiveBigIntegerField(_("対象の番号"))
    target = GenericForeignKey("target_type", "target_id")
    sequence = models.PositiveIntegerField(_("通し番号"))
    action = models.CharField(_("操作"), max_length=80)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("操作した人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    data = models.JSONField(_("内容"), default=dict, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(_("日時"), default=timezone.now)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("操作の記録")
        verbose_name_plural = _("操作の記録")
        constraints = [
            models.UniqueConstraint(
                fields=["target_type", "target_id", "sequence"],
                name="entry_has_its_own_place_in_the_chain",
            )
        ]
        indexes = [models.Index(fields=["at"])]

    def __str__(self):
        return f"{self.action} #{self.sequence}"

    @property
    def label(self):
        """What happened, in the reader's language."""
        from core.workflow import action_labels  # noqa: PLC0415 -- only when drawn

        # Some verbs belong to no model, such as storing a file on any object.
        verb = self.action.rpartition(".")[2]
        return action_labels.get(self.action) or action_labels.get(verb, self.action)


class Submission(models.Model):
    """A form that was already handled: its one-time key and where it led."""

    key = models.CharField(max_length=64, unique=True)
    result_url = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("処理済みの送信")
        verbose_name_plural = _("処理済みの送信")

    def __str__(self):
        return self.key

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from accounts.models import Organisation
from core.models import PublicId, Versioned
from disclosure.models import Publication
from matching import rules
from matching.enums import DeclineReason, MatchState, Origin
from matching.querysets import MatchQuerySet


class Match(PublicId, Versioned, RulesModel):
    """A published need and a partner, and how far they have come."""

    publication = models.ForeignKey(
        Publication,
        verbose_name=_("公開ニーズ"),
        on_delete=models.PROTECT,
        related_name="matches",
    )
    partner = models.ForeignKey(
        Organisation,
        verbose_name=_("企業・支援機関"),
        on_delete=models.PROTECT,
        related_name="matches",
    )
    # The publication's hospital, which never changes: an office's list walks an index of it.
    hospital = models.ForeignKey(
        Organisation,
        verbose_name=_("病院"),
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    state = models.CharField(
        _("状況"),
        max_length=12,
        choices=MatchState,
        default=MatchState.SUGGESTED,
        editable=False,
    )
    origin = models.CharField(_("きっかけ"), max_length=10, choices=Origin)
    message = models.TextField(_("企業からのメッセージ"), max_length=1000, blank=True)
    introduction = models.TextField(_("事務局からの紹介文"), max_length=1000, blank=True)
    reasons = models.JSONField(_("一致した理由"), default=list)
    score = models.PositiveSmallIntegerField(_("一致の点"), default=0)
    meeting_date = models.DateField(_("面談日"), null=True, blank=True)
    decline_reason = models.CharField(
        _("見送りの理由"), max_length=20, choices=DeclineReason, blank=True, editable=False
    )
    moved_at = models.DateTimeField(_("最後に動いた日時"), default=timezone.now)

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("マッチング")
        verbose_name_plural = _("マッチング")
        constraints = [
            models.UniqueConstraint(fields=["publication", "partner"], name="match_once_a_pair")
        ]
        indexes = [
            models.Index(fields=["hospital", "-moved_at", "-id"], name="match_list_of_hospital"),
            models.Index(
                fields=["hospital", "state", "-moved_at", "-id"], name="match_list_of_state"
            ),
            models.Index(fields=["partner", "-moved_at", "-id"], name="match_list_of_partner"),
        ]
        rules_permissions = {
            "view": rules.is_office
            | (rules.is_partner & rules.is_shared)
            | (rules.is_proposer & rules.is_shared),
            "manage": rules.is_office,
            "introduce": rules.is_office & rules.is_published,
            "answer": rules.is_partner & rules.is_shared,
            "move": rules.is_office | (rules.is_partner & rules.is_shared),
        }

    def __str__(self):
        return f"{self.publication} × {self.partner}"

    def save(self, *args, **kwargs):
        """Save; a new match takes its hospital from the publication."""
        if self.hospital_id is None:
            self.hospital_id = self.publication.hospital_id
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("matching:detail", args=[self.public_id])


class Requirement(models.Model):
    """参考: one licence that suffices for a device class. Data, because the law changes."""

    device_class = models.ForeignKey(
        "taxonomy.Term",
        verbose_name=_("医療機器の分類"),
        on_delete=models.CASCADE,
        related_name="+",
        limit_choices_to={"kind": "device_class"},
    )
    licence = models.ForeignKey(
        "taxonomy.Term",
        verbose_name=_("足りる業許可"),
        on_delete=models.CASCADE,
        related_name="+",
        limit_choices_to={"kind": "licence"},
    )

    class Meta:
        verbose_name = _("分類ごとに要る業許可(参考)")
        verbose_name_plural = _("分類ごとに要る業許可(参考)")
        constraints = [
            models.UniqueConstraint(
                fields=["device_class", "licence"], name="requirement_stated_once"
            )
        ]

    def __str__(self):
        return f"{self.device_class}: {self.licence}"

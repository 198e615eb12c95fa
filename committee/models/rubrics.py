"""Rubrics: weighted criteria with written anchors."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from accounts.models import Organisation
from committee import rules
from committee.enums import RoundState
from committee.querysets import RubricQuerySet
from core.models import PublicId, Versioned


class Rubric(PublicId, Versioned, RulesModel):
    """A set of weighted criteria; a round keeps the one it was opened with."""

    hospital = models.ForeignKey(
        Organisation, verbose_name=_("病院"), on_delete=models.CASCADE, related_name="rubrics"
    )
    name = models.CharField(_("評価表の名前"), max_length=80)

    objects = RubricQuerySet.as_manager()

    class Meta:
        verbose_name = _("評価表")
        verbose_name_plural = _("評価表")
        rules_permissions = {
            "view": rules.is_office_of_rubric,
            "manage": rules.is_office_of_rubric,
        }

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("committee:rubric", args=[self.public_id])

    @property
    def is_fixed(self):
        """A round has begun with it: from here it is part of the record and cannot change."""
        return self.rounds.exclude(state=RoundState.PLANNED).exists()


class Criterion(models.Model):
    """One question to score from 1 to 5, with written anchors for 1, 3 and 5."""

    rubric = models.ForeignKey(
        Rubric, verbose_name=_("評価表"), on_delete=models.CASCADE, related_name="criteria"
    )
    label = models.CharField(_("評価項目"), max_length=60)
    weight = models.PositiveSmallIntegerField(
        _("重み"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    anchor_1 = models.CharField(_("1点のめやす"), max_length=120)
    anchor_3 = models.CharField(_("3点のめやす"), max_length=120)
    anchor_5 = models.CharField(_("5点のめやす"), max_length=120)
    order = models.PositiveSmallIntegerField(_("並び順"), default=0)

    class Meta:
        verbose_name = _("評価項目")
        verbose_name_plural = _("評価項目")
        constraints = [
            models.UniqueConstraint(fields=["rubric", "label"], name="criterion_once_per_rubric"),
            models.CheckConstraint(
                name="criterion_weight_from_1_to_10", condition=Q(weight__gte=1, weight__lte=10)
            ),
        ]

    def __str__(self):
        return self.label

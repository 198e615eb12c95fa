"""Rubrics: weighted criteria with written anchors, in versions."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from accounts.models import Organisation
from committee import rules
from committee.enums import RoundState
from committee.querysets import CriterionQuerySet, RubricQuerySet
from core.models import PublicId, Versioned
from taxonomy.models import Term, TermKind

SMALLEST_SCALE, USUAL_SCALE, LARGEST_SCALE = 2, 5, 10


class Rubric(PublicId, Versioned, RulesModel):
    """A set of weighted criteria; a round that has begun keeps the version it began with."""

    hospital = models.ForeignKey(
        Organisation, verbose_name=_("病院"), on_delete=models.CASCADE, related_name="rubrics"
    )
    name = models.CharField(_("評価表の名前"), max_length=80)
    number = models.PositiveSmallIntegerField(_("第何版"), default=1, editable=False)
    previous = models.OneToOneField(
        "self",
        verbose_name=_("前の版"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="following",
    )

    objects = RubricQuerySet.as_manager()

    class Meta:
        verbose_name = _("評価表")
        verbose_name_plural = _("評価表")
        rules_permissions = {
            "view": rules.is_office_of_rubric,
            "manage": rules.is_office_of_rubric,
        }

    def __str__(self):
        if self.number == 1:
            return self.name
        return _("%(name)s(第%(number)s版)") % {"name": self.name, "number": self.number}

    def get_absolute_url(self):
        return reverse("committee:rubric", args=[self.public_id])

    @property
    def is_fixed(self):
        """A round has begun with it: from here it is part of the record and cannot change."""
        return self.rounds.exclude(state=RoundState.PLANNED).exists()


class Criterion(models.Model):
    """One question to score from 1 to ``scale``, with a written anchor for a score."""

    rubric = models.ForeignKey(
        Rubric, verbose_name=_("評価表"), on_delete=models.CASCADE, related_name="criteria"
    )
    label = models.CharField(_("評価項目"), max_length=60)
    weight = models.PositiveSmallIntegerField(
        _("重み"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    scale = models.PositiveSmallIntegerField(_("何点満点か"), default=USUAL_SCALE)
    # Points as text → what they mean: {"1": "…", "3": "…", "5": "…"}.
    anchors = models.JSONField(_("採点のめやす"), default=dict)
    allows_na = models.BooleanField(_("「判断できない」を選べる"), default=True)
    counts = models.BooleanField(_("合計に入れる"), default=True)
    categories = models.ManyToManyField(
        Term,
        verbose_name=_("この分野のニーズだけで使う"),
        blank=True,
        related_name="+",
        limit_choices_to={"kind": TermKind.NEED_CATEGORY},
    )
    order = models.PositiveSmallIntegerField(_("並び順"), default=0)

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name = _("評価項目")
        verbose_name_plural = _("評価項目")
        constraints = [
            models.UniqueConstraint(fields=["rubric", "label"], name="criterion_once_per_rubric"),
            models.CheckConstraint(
                name="criterion_weight_from_1_to_10", condition=Q(weight__gte=1, weight__lte=10)
            ),
            models.CheckConstraint(
                name="criterion_scale_from_2_to_10",
                condition=Q(scale__gte=SMALLEST_SCALE, scale__lte=LARGEST_SCALE),
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def written(self):
        """(points, what they mean) for each score that has words, the lowest first."""
        return [
            (mark, self.anchors[str(mark)])
            for mark in range(1, self.scale + 1)
            if str(mark) in self.anchors
        ]

    def applies_to(self, need):
        """Whether it is asked about this need; uses prefetched ``categories``."""
        only = {each.pk for each in self.categories.all()}
        return not only or need.category_id in only

"""What the marks of a case come to; kept beside it so that long tables need no arithmetic."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from committee.models.rounds import Case


class CaseResult(models.Model):
    """The figures of a case, kept current by ``committee.results`` and by nothing else.

    A mark is a member's weighted mean, from 1 to 5. Equal means are equal numbers here too,
    because each is the nearest one to the same exact fraction.
    """

    case = models.OneToOneField(
        Case,
        verbose_name=_("審査案件"),
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="result",
    )
    n = models.PositiveSmallIntegerField(_("人数"), default=0)
    mean = models.FloatField(_("平均"), null=True)
    median = models.FloatField(_("中央値"), null=True)
    spread = models.FloatField(_("ばらつき"), null=True)
    low = models.FloatField(_("最小"), null=True)
    high = models.FloatField(_("最大"), null=True)
    # Only once scoring is over: until then strict and lenient members cannot be told apart.
    adjusted = models.FloatField(_("調整後"), null=True)
    is_split = models.BooleanField(_("評価が割れた"), default=False)
    # What the pictures show, the lowest first and without names: each member's mark, and criterion
    # id as text → the points given for it.
    marks = models.JSONField(_("委員ごとの平均"), default=list)
    points = models.JSONField(_("評価項目ごとの点"), default=dict)

    class Meta:
        verbose_name = _("採点の結果")
        verbose_name_plural = _("採点の結果")

    def __str__(self):
        return f"{self.case_id}: {self.mean}"

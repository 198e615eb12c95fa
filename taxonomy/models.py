from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.prepared import Prepared


class TermKind(models.TextChoices):
    """The code lists of taxonomy/terms.json."""

    SPECIALTY = "specialty", _("診療科")
    PROFESSION = "profession", _("職種")
    DEPARTMENT = "department", _("部署の種類")
    NEED_CATEGORY = "need_category", _("ニーズの分野")
    DEVICE_KIND = "device_kind", _("医療機器の種別")
    DEVICE_CLASS = "device_class", _("医療機器の分類")
    MARKET_ROUTE = "market_route", _("薬事の手続き")
    TECHNOLOGY = "technology", _("技術領域")
    COMPANY_TYPE = "company_type", _("企業の種別")
    LICENCE = "licence", _("業許可・認証")
    CRITERION = "criterion", _("評価項目")
    AWARD = "award", _("賞の種類")
    PREFECTURE = "prefecture", _("都道府県")
    SUPPORT = "support", _("支援の種類")


class TermQuerySet(models.QuerySet):
    """Terms as choices."""

    def of(self, kind):
        """The terms offered for ``kind``, in their order."""
        return self.filter(kind=kind, is_active=True).order_by("order", "code")

    @staticmethod
    def choices_of(kind):
        """The same as (id, words), for a drop-down list; one query."""
        at = 2 if get_language() == "en" else 1
        return [(row[0], row[at]) for row in _CHOICES.rows(kind=kind)]


class Term(models.Model):
    """One entry of a code list. Codes never change; labels may be edited by administrators."""

    kind = models.CharField(_("種類"), max_length=20, choices=TermKind)
    code = models.CharField(_("コード"), max_length=10)
    ja = models.CharField(_("日本語"), max_length=100)
    en = models.CharField(_("英語"), max_length=100)
    note = models.CharField(_("参考"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("並び順"), default=0)
    is_active = models.BooleanField(_("使う"), default=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("分類の項目")
        verbose_name_plural = _("分類の項目")
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="term_code_once_per_kind")
        ]

    def __str__(self):
        return self.en if get_language() == "en" else self.ja


_CHOICES = Prepared(lambda kind: Term.objects.of(kind).values_list("pk", "ja", "en"), "kind")

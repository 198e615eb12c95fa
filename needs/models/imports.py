from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from accounts.models import Organisation
from core.models import PublicId
from needs import rules
from needs.querysets import ImportRunQuerySet


class ImportRun(PublicId, RulesModel):
    """One upload of a spreadsheet: a row first, a task second, with progress to look at."""

    class State(models.TextChoices):
        """Where the work is."""

        WAITING = "waiting", _("待っています")
        RUNNING = "running", _("取り込んでいます")
        DONE = "done", _("終わりました")
        FAILED = "failed", _("取り込めませんでした")

    hospital = models.ForeignKey(
        Organisation, verbose_name=_("病院"), on_delete=models.CASCADE, related_name="+"
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("取り込む人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    file_name = models.CharField(_("ファイル名"), max_length=200)
    content = models.BinaryField(_("中身"))
    dry_run = models.BooleanField(_("確認だけ"), default=True)
    all_or_nothing = models.BooleanField(_("1行でも誤りがあれば取り込まない"), default=False)
    state = models.CharField(
        _("状況"), max_length=10, choices=State, default=State.WAITING, editable=False
    )
    total = models.PositiveIntegerField(_("行数"), default=0)
    done = models.PositiveIntegerField(_("済んだ行"), default=0)
    created = models.PositiveIntegerField(_("新しく入った件数"), default=0)
    known = models.PositiveIntegerField(_("すでにあった件数"), default=0)
    problems = models.JSONField(_("誤り"), default=list)
    # Words that look like personal information: line, field, kind and the words.
    findings = models.JSONField(_("個人情報かもしれないことば"), default=list)
    leave_out = models.BooleanField(_("そのことばのある行は取り込まない"), default=False)
    columns = models.JSONField(_("列の対応"), default=list)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("開始日時"), auto_now_add=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("取り込み")
        verbose_name_plural = _("取り込み")
        rules_permissions = {"view": rules.is_office}

    def __str__(self):
        return f"{self.file_name} {self.created_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self):
        return reverse("needs:import_run", args=[self.public_id])

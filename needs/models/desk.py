"""How one person likes the list of needs."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicId


class SavedView(PublicId, models.Model):
    """A name for a set of filters; ``query`` is the query string of the list."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="need_views"
    )
    name = models.CharField(_("名前"), max_length=30)
    query = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("保存した表示")
        verbose_name_plural = _("保存した表示")
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="view_name_once_per_person")
        ]

    def __str__(self):
        return self.name


class ListColumns(models.Model):
    """The columns that somebody chose, in their order."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="need_columns"
    )
    columns = models.JSONField(_("列"), default=list)

    class Meta:
        verbose_name = _("一覧の列")
        verbose_name_plural = _("一覧の列")

    def __str__(self):
        return ", ".join(self.columns)

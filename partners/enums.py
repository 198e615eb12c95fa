from django.db import models
from django.utils.translation import gettext_lazy as _


class ApplicationState(models.TextChoices):
    """Where a company's wish to take part stands."""

    RECEIVED = "received", _("確認待ち")
    INVITED = "invited", _("招待済み")
    DECLINED = "declined", _("見送り")

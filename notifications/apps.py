from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """How people hear of things: outbox, inbox and proof of sending in one row."""

    name = "notifications"
    verbose_name = _("通知")

    def ready(self):
        from notifications import todo  # noqa: F401, PLC0415 -- it registers itself

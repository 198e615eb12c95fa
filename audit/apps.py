from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what, when and why; forms that were already handled."""

    name = "audit"
    verbose_name = "記録"

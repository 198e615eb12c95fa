from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Kinds, contracts, document slots, whose turn, approvals, dates."""

    name = "contracts"
    verbose_name = "契約"

    def ready(self):
        from contracts import access, notifications, orbit, progress, todo  # noqa: F401, PLC0415 -- they register themselves

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    """Publications, tiers, consent, novelty gate, bases of access, ledger."""

    name = "disclosure"
    verbose_name = "公開"

    def ready(self):
        from disclosure import links, notifications, progress, search, todo  # noqa: F401, PLC0415 -- they register themselves

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    """The need sheet and its screening."""

    name = "needs"
    verbose_name = "ニーズ"

    def ready(self):
        from needs import advisers, clock, loop, notifications, office_panels, search, todo  # noqa: F401, PLC0415 -- they register themselves

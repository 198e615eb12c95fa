from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MatchingConfig(AppConfig):
    """Matches with their reasons: interest, suggestions, introductions."""

    name = "matching"
    verbose_name = "マッチング"

    def ready(self):
        from matching import links, notifications, orbit, progress, revival, todo  # noqa: F401, PLC0415 -- they register themselves
        from matching.actions import load_requirements  # noqa: PLC0415 -- models are ready now

        post_migrate.connect(lambda **_kwargs: load_requirements(), sender=self, weak=False)

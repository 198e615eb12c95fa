from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, organisations, and who may."""

    name = "accounts"
    verbose_name = _("人と組織")

    def ready(self):
        from accounts import notifications  # noqa: F401, PLC0415 -- it registers itself

        post_migrate.connect(_create_cache_table, sender=self)


def _create_cache_table(*, using, **_kwargs):
    """Sign-in attempts are counted there; without a database cache this does nothing."""
    call_command("createcachetable", database=using, verbosity=0)

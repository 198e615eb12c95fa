from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TaxonomyConfig(AppConfig):
    """The field's code lists, as data that administrators may edit."""

    name = "taxonomy"
    verbose_name = "分類"

    def ready(self):
        from taxonomy.actions import load_terms  # noqa: PLC0415 -- models are ready now

        post_migrate.connect(lambda **_kwargs: load_terms(), sender=self, weak=False)

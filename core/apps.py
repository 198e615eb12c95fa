from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Workflow, forms and page parts; no domain word, no tables."""

    name = "core"

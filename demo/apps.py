from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Demo story, volume data, the page of sent mails."""

    name = "demo"

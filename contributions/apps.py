from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    """Who gave what to a need, by person and fiscal year."""

    name = "contributions"
    verbose_name = "貢献"

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """One tokeniser, one scorer, two back ends."""

    name = "search"
    verbose_name = "検索"

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The first page of each role, and the frame."""

    name = "home"

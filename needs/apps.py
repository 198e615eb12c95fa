from django.apps import AppConfig


class NeedsConfig(AppConfig):
    """The need sheet and its screening."""

    name = "needs"
    verbose_name = "ニーズ"

    def ready(self):
        from needs import (  # noqa: F401, PLC0415 -- they register themselves
            advisers,
            assigning,
            clock,
            comparing,
            contributions,
            handover,
            loop,
            merging,
            notes_panels,
            notifications,
            office_panels,
            people_panels,
            questions_section,
            relations_panels,
            search,
            todo,
        )

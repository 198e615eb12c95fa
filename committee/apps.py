import rules
from django.apps import AppConfig


class CommitteeConfig(AppConfig):
    """Committees, rounds, rubrics, conflicts, reviews, decisions, awards."""

    name = "committee"
    verbose_name = "審査"

    def ready(self):
        from committee import (  # noqa: F401, PLC0415 -- they register themselves
            contributions,
            holdings,
            links,
            notifications,
            todo,
        )
        from committee.rules import reviews_need  # noqa: PLC0415 -- the models come first
        from needs.rules import may_read  # noqa: PLC0415 -- the models come first

        # Whoever may read a case sees the need's photos; needs cannot know about committees.
        rules.set_perm("needs.see_photos_need", may_read | reviews_need)

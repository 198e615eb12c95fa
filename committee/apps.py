import rules
from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class CommitteeConfig(AppConfig):
    """Committees, rounds, rubrics, conflicts, reviews, decisions, awards."""

    name = "committee"
    verbose_name = "審査"

    def ready(self):
        from committee import (  # noqa: F401, PLC0415 -- they register themselves
            contributions,
            holdings,
            links,
            meeting_notifications,
            need_panels,
            notifications,
            todo,
        )
        from committee.blind import photo_destroyed  # noqa: PLC0415 -- the models come first
        from committee.results import people_changed  # noqa: PLC0415 -- the models come first
        from committee.rules import (  # noqa: PLC0415 -- the models come first
            is_kept_from,
            reviews_need,
        )
        from documents.models import Version  # noqa: PLC0415 -- the models come first
        from needs.models import Confirmation, Participant, Transfer  # noqa: PLC0415 -- the same
        from needs.rules import may_read  # noqa: PLC0415 -- the models come first

        # Whoever may read a case sees the need's photos; needs cannot know about committees.
        rules.set_perm("needs.see_photos_need", may_read | reviews_need)
        # Who judges a need does not read its title beside the conflict question, either.
        may_join = rules.permissions.permissions["needs.join_need"]
        rules.set_perm("needs.join_need", may_join & ~is_kept_from)
        # Whose own need it is decides which scores count; needs cannot know about committees.
        for model in (Participant, Transfer, Confirmation):
            post_save.connect(people_changed, sender=model)
        post_delete.connect(people_changed, sender=Participant)
        # What was painted over or taken off is in no copy for a blind round either.
        post_delete.connect(photo_destroyed, sender=Version)

from enum import Enum

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from committee.enums import OUT_ANSWERS, ConflictAnswer, RoundState
from committee.rules import sits_in_round
from needs.models import Need, Participant


def seated(user):
    """A condition on committees: active, and ``user`` holds a seat today."""
    today = timezone.localdate()
    return Q(is_active=True, members__user=user, members__since__lte=today) & (
        Q(members__until__isnull=True) | Q(members__until__gte=today)
    )


def committees_of(user):
    """The ids of the committees where she holds a seat today, as a subquery."""
    from committee.models import Committee  # noqa: PLC0415 -- models import this module

    return Committee.objects.filter(seated(user)).values("pk")


def spoken_for(user, need="need"):
    """A condition: she stands behind the need at ``need``; the rows of ``speaks_for_herself``."""
    own = Need.objects.filter(proposer=user).exclude(entered_by=user).values("pk")
    beside = Participant.objects.filter(user=user).values("need")
    return Q(**{f"{need}__in": own}) | Q(**{f"{need}__in": beside})


def ruled_out(user):
    """A condition on what hangs on a ``case``: she is out of it; the rows of ``is_out_of_case``."""
    from committee.models import Conflict  # noqa: PLC0415 -- models import this module

    closed = Conflict.objects.filter(member=user, answer__in=OUT_ANSWERS)
    return spoken_for(user, "case__need") | Q(case__in=closed.values("case"))


class CommitteeQuerySet(models.QuerySet):
    """Committees."""

    def visible_to(self, user):
        """The rows for which ``committee.view_committee`` holds."""
        return self.filter(Q(hospital__in=user.offices) | Q(pk__in=committees_of(user)))

    def for_list(self):
        """Committees with their hospital and number of members."""
        return (
            self.select_related("hospital")
            .annotate(member_count=Count("members", distinct=True))
            .order_by("-is_active", "name", "pk")
        )


class RubricQuerySet(models.QuerySet):
    """Rubrics."""

    def visible_to(self, user):
        """The rows for which ``committee.view_rubric`` holds."""
        return self.filter(hospital__in=user.offices)

    def newest(self):
        """The last version of each; earlier ones are history."""
        return self.filter(following__isnull=True)

    def for_list(self):
        """Rubrics with the number of their criteria; the newest first."""
        return self.annotate(criterion_count=Count("criteria", distinct=True)).order_by(
            "-created_at", "-pk"
        )


class CriterionQuerySet(models.QuerySet):
    """Criteria."""

    def in_order(self):
        """As the rubric lists them, with the categories they are for; two queries."""
        return self.prefetch_related("categories").order_by("order", "pk")


class RoundQuerySet(models.QuerySet):
    """Rounds."""

    def visible_to(self, user):
        """The rows for which ``committee.view_round`` holds."""
        begun = ~Q(state=RoundState.PLANNED)
        return self.filter(
            Q(committee__hospital__in=user.offices) | (begun & Q(committee__in=committees_of(user)))
        )

    def with_progress(self, user):
        """Adds ``case_total``, of her own cases ``my_total`` and ``my_done``, and ``my_deadline``."""
        from committee.models import Case, Extension  # noqa: PLC0415 -- models import this module

        longer = Extension.objects.filter(
            round=OuterRef("pk"), user=user, until__gt=OuterRef("deadline")
        )
        cases = Case.objects.filter(round=OuterRef("pk")).order_by()
        mine = cases.open_for(user)
        return self.annotate(
            case_total=_count(cases),
            my_total=_count(mine),
            my_done=_count(mine.scored_by(user)),
            my_deadline=Coalesce(Subquery(longer.values("until")), F("deadline")),
        )

    def for_list(self, user):
        """Everything a list of rounds shows, in one query: the running ones first."""
        return (
            self.select_related("committee__hospital")
            .with_progress(user)
            .annotate(is_over=Q(state=RoundState.RELEASED))
            .order_by("is_over", "-deadline", "-pk")
        )


def _count(rows):
    total = rows.values("round").annotate(total=Count("pk", distinct=True)).values("total")
    return Coalesce(Subquery(total), 0)


class Sight(Enum):
    """Which scores of a round somebody sees."""

    FROM_OUTSIDE = "an office that does not sit in the committee: what is not closed to her"
    AFTER_ANSWER = "a member: where she has said that there is no conflict"
    AFTER_SCORING = "a member while the round is being scored: where she has scored herself, too"


def sight_of(user, round_):
    """How ``user`` sees the scores of ``round_``."""
    if not sits_in_round(user, round_):
        return Sight.FROM_OUTSIDE
    reviewing = round_.state == RoundState.REVIEWING
    return Sight.AFTER_SCORING if reviewing else Sight.AFTER_ANSWER


class CaseQuerySet(models.QuerySet):
    """Cases. A list shows number only; the text needs ``committee.read_case``."""

    def visible_to(self, user):
        """The rows for which ``committee.view_case`` holds: number and 分野, nothing else."""
        begun = ~Q(round__state=RoundState.PLANNED)
        return self.filter(
            Q(round__committee__hospital__in=user.offices)
            | (begun & Q(round__committee__in=committees_of(user)))
        )

    def readable_by(self, user):
        """The rows for which ``committee.read_case`` holds."""
        return (
            self.filter(
                round__committee__in=committees_of(user),
                conflicts__member=user,
                conflicts__answer=ConflictAnswer.NONE,
            )
            .exclude(spoken_for(user))
            .exclude(round__state=RoundState.PLANNED)
        )

    def judged_by(self, user):
        """The cases of rounds under way in the committees where she has a seat today."""
        closed = [RoundState.PLANNED, RoundState.RELEASED]
        rows = self.filter(round__committee__in=committees_of(user))
        return rows.exclude(round__state__in=closed)

    def kept_from(self, user):
        """Those of which she may not read the need as its proposer wrote it."""
        open_to_her = self.model.objects.readable_by(user).exclude_blind()
        return self.exclude(pk__in=open_to_her.values("pk"))

    def exclude_blind(self):
        """Those of which everything may be read; the rows without ``Round.hides_people``."""
        hidden = ~Q(round__state__in=[RoundState.PLANNED, RoundState.RELEASED])
        return self.exclude(hidden, round__is_blind=True)

    def open_for(self, user):
        """The cases that this member is expected to score.

        Those she was given, or all; not her own, not in conflict, not those she abstained from.
        """
        from committee.models import Assignment  # noqa: PLC0415 -- models import this module

        given = Assignment.objects.filter(case=OuterRef("pk"), user=user)
        return self.not_closed_to(user).filter(
            Q(round__reviewers_per_case__isnull=True) | Exists(given),
            ~Exists(self._reviews().filter(reviewer=user, abstained_at__isnull=False)),
        )

    def not_closed_to(self, user):
        """The rows for which ``is_out_of_case`` does not hold: neither her own nor in conflict."""
        out = self._answers().filter(member=user, answer__in=OUT_ANSWERS)
        return self.filter(~spoken_for(user), ~Exists(out))

    def scored_by(self, user):
        """The cases whose scores she has handed in."""
        handed_in = self._reviews().filter(completed_at__isnull=False, abstained_at__isnull=True)
        return self.filter(Exists(handed_in.filter(reviewer=user)))

    def with_scores_for(self, user, round_):
        """The cases of ``round_`` for which ``committee.see_scores_case`` holds.

        Whether she may open the results of the round at all is asked before.
        """
        return self.with_scores_in(sight_of(user, round_), user)

    def with_scores_in(self, sight, user):
        """``with_scores_for`` with everything that depends on the round already known."""
        from committee.models import Conflict  # noqa: PLC0415 -- models import this module

        # Sets of ids, each made once: a subquery for every row would cost a long table dearly.
        given = Conflict.objects.filter(member=user)
        rows = self.filter(
            ~spoken_for(user), ~Q(pk__in=given.filter(answer__in=OUT_ANSWERS).values("case"))
        )
        if sight == Sight.FROM_OUTSIDE:
            return rows
        rows = rows.filter(pk__in=given.filter(answer=ConflictAnswer.NONE).values("case"))
        return rows.scored_by(user) if sight == Sight.AFTER_SCORING else rows

    def for_results(self, round_):
        """What a line of the result table shows of a case of ``round_``, without its texts."""
        shown = ["public_id", "round", "order", "result"]
        shown += ["need__number", "need__title", "need__category"]
        if not round_.hides_people:
            return self.select_related("need", "result").only(*shown)
        rows = self.select_related("need", "result", "redaction")
        return rows.only(*shown, "redaction__texts")

    def for_pages(self):
        """With everything that the rules and the pages touch, in a fixed number of queries."""
        from committee.models import Decision, Review  # noqa: PLC0415 -- models import this module

        reviews = Review.objects.select_related("reviewer")
        current = Decision.objects.filter(is_current=True).select_related("decided_by", "kind")
        return (
            self.select_related(
                "round__committee",
                "need__category",
                "need__department",
                "need__specialty",
                "need__proposer",
                "redaction",
            )
            .prefetch_related(
                "assignments",
                "conflicts",
                "need__participants",
                Prefetch("reviews", reviews),
                Prefetch("decisions", current),
            )
            .order_by("order", "pk")
        )

    @staticmethod
    def _answers():
        from committee.models import Conflict  # noqa: PLC0415 -- models import this module

        return Conflict.objects.filter(case=OuterRef("pk"))

    @staticmethod
    def _reviews():
        from committee.models import Review  # noqa: PLC0415 -- models import this module

        return Review.objects.filter(case=OuterRef("pk"))


class ReviewQuerySet(models.QuerySet):
    """Reviews."""

    def counted(self):
        """Those that make n and mean: complete, not given up, no conflict, not her own need.

        The same as ``committee.queries.counted_reviews`` says about loaded cases.
        """
        from committee.models import Conflict  # noqa: PLC0415 -- models import this module
        from needs.models import Participant  # noqa: PLC0415 -- models import this module

        free = Conflict.objects.filter(
            case=OuterRef("case"), member=OuterRef("reviewer"), answer=ConflictAnswer.NONE
        )
        beside = Participant.objects.filter(need=OuterRef("case__need"), user=OuterRef("reviewer"))
        own = Q(case__need__proposer=F("reviewer")) & (
            Q(case__need__entered_by=None) | ~Q(case__need__entered_by=F("reviewer"))
        )
        return self.filter(
            Exists(free), ~Exists(beside), completed_at__isnull=False, abstained_at__isnull=True
        ).exclude(own)


class TieQuerySet(models.QuerySet):
    """Ties to companies. Nobody but the declarant reads a row; offices read sums (committee.ties)."""

    def visible_to(self, user):
        """The rows for which ``committee.change_tie`` holds."""
        return self.filter(user=user)

    def since(self, year):
        """Of this fiscal year and later."""
        return self.filter(year__gte=year)


class LetterQuerySet(models.QuerySet):
    """Letters."""

    def visible_to(self, user):
        """The rows for which ``committee.view_letter`` holds."""
        return self.filter(
            (Q(case__round__committee__hospital__in=user.offices) & ~ruled_out(user))
            | Q(case__need__proposer=user, released_at__isnull=False)
        )


class AwardQuerySet(models.QuerySet):
    """Awards."""

    def visible_to(self, user):
        """The rows for which ``committee.view_award`` holds."""
        return self.filter(
            (Q(case__round__committee__hospital__in=user.offices) & ~ruled_out(user))
            | Q(case__need__proposer=user, awarded_on__isnull=False)
        )

    def announced(self):
        """Known outside the office."""
        return self.filter(awarded_on__isnull=False)

    def known_inside(self, user):
        """The winners that everybody who works in their hospital may know."""
        return self.announced().filter(hospital__in=user.hospitals)

    def public(self):
        """What the winner lets everybody know."""
        return self.announced().filter(public_since__isnull=False)

    def for_list(self):
        """Everything a list of winners shows; the newest first."""
        return self.select_related(
            "kind", "hospital", "case__need__proposer", "case__need__department", "case__round"
        ).order_by("-awarded_on", "kind__order", "pk")


class MeetingQuerySet(models.QuerySet):
    """Meetings."""

    def visible_to(self, user):
        """The rows for which ``committee.view_meeting`` holds."""
        begun = ~Q(round__state=RoundState.PLANNED)
        return self.filter(
            Q(round__committee__hospital__in=user.offices)
            | (begun & Q(round__committee__in=committees_of(user)))
        )

    def for_pages(self):
        """With what the rules and the head of each page touch."""
        return self.select_related("round__committee__hospital").prefetch_related("attendances")

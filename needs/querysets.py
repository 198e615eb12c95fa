from datetime import timedelta

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Department, Membership
from needs.enums import CHOSEN_STATES, PUT_ASIDE, NeedState, ParticipantKind, RelationKind

STALE_DAYS = 14
AWAITING_OFFICE = [NeedState.SUBMITTED, NeedState.SCREENING]
SHOWN_IN_LISTS = [
    *("public_id", "hospital", "number", "state", "title", "source", "answer_due", "updated_at"),
    *("clock_stopped_on", "answered_on"),
]


def stale_since():
    """What has not changed since this moment stands still."""
    return timezone.now() - timedelta(days=STALE_DAYS)


def still_owed_late():
    """A condition: no first answer was given, and its day has passed."""
    return Q(
        state=NeedState.SUBMITTED,
        answered_on=None,
        clock_stopped_on=None,
        answer_due__lt=timezone.localdate(),
    )


def _looked_after_by(user):
    whole = user.organisations(Role.OFFICE, Role.DIRECTOR)
    readable = Q(hospital__in=whole)
    if elsewhere := user.hospitals - whole:
        # A subquery, not a join: the join would be paid for every row of the table.
        headed = Department.objects.filter(head=user, hospital__in=elsewhere)
        readable |= Q(department__in=headed.values("pk"))
    return Q(number__isnull=False) & readable


def _written_by(user):
    together = user.need_participations.filter(kind=ParticipantKind.CO_SUBMITTER)
    return Q(proposer=user) | Q(pk__in=together.values("need"))


def _behind(user):
    return Q(proposer=user) | Q(pk__in=user.need_participations.values("need"))


class NeedQuerySet(models.QuerySet):
    """The vocabulary of the need pages."""

    def visible_to(self, user):
        """The rows for which ``needs.view_need`` holds. Outsiders read publications instead."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(_written_by(user) | _looked_after_by(user))

    def of(self, user):
        """Her own: proposed by her, under her name too, or joined."""
        return self.filter(_behind(user))

    def joined_by(self, user):
        """Those of others that she joined: she follows them without reading them."""
        joined = user.need_participations.filter(kind=ParticipantKind.JOINED)
        return self.filter(pk__in=joined.values("need"))

    def looked_after_by(self, user):
        """The part of ``visible_to`` that her post gives her: her hospital's or department's.

        Without the OR of ``visible_to`` the database can walk an index.
        """
        return self.filter(_looked_after_by(user))

    def handed_in(self):
        """Everything but drafts."""
        return self.filter(number__isnull=False)

    def awaiting_office(self):
        """It is the office's turn."""
        return self.filter(state__in=AWAITING_OFFICE)

    def judged_by(self, user):
        """The rows for which ``needs.screen_need`` holds: of her office, and not her own worry."""
        own = Q(proposer=user) & ~Q(entered_by=user)
        return (
            self.filter(hospital__in=user.offices, number__isnull=False)
            .exclude(own)
            .exclude(pk__in=user.need_participations.values("need"))
        )

    def queue_of(self, user):
        """What waits for her: it is her office's turn, and she may judge it."""
        return self.judged_by(user).awaiting_office()

    def with_running_promise(self):
        """``due_now``: the promised day while it counts, and None when it does not."""
        running = When(state=NeedState.SUBMITTED, clock_stopped_on=None, then=F("answer_due"))
        return self.annotate(due_now=Case(running, default=None))

    def by_lateness(self):
        """The latest promise first, then what has waited longest."""
        return self.with_running_promise().order_by(
            F("due_now").asc(nulls_last=True), "submitted_at", "pk"
        )

    def going_on_from(self, need):
        """The queue from ``need`` on, without it; what stands before it comes last.

        A running promise does not wait for that: behind a need without one it comes first.
        """
        rows = self.with_running_promise().exclude(pk=need.pk)
        earlier = Q(submitted_at__lt=need.submitted_at) | Q(
            submitted_at=need.submitted_at, pk__lt=need.pk
        )
        if due := need.promised_until:
            passed = Q(due_now__lt=due) | (Q(due_now=due) & earlier)
        elif need.state in AWAITING_OFFICE:
            passed = Q(due_now=None) & earlier
        else:
            return rows.by_lateness()
        return rows.annotate(is_passed=Case(When(passed, then=1), default=0)).order_by(
            "is_passed", F("due_now").asc(nulls_last=True), "submitted_at", "pk"
        )

    def moved_since(self, moment):
        """Something changed at or after ``moment``."""
        return self.filter(updated_at__gte=moment)

    def in_nobodys_hands(self):
        """Nobody is in charge; somebody who has left the office does not count."""
        in_office = Membership.objects.filter(
            role=Role.OFFICE,
            user=OuterRef("assignee"),
            user__is_active=True,
            organisation=OuterRef("hospital"),
        )
        return self.filter(~Exists(in_office))

    def overdue(self):
        """The promised day has passed and the office still owes its first answer."""
        return self.filter(
            state=NeedState.SUBMITTED,
            answer_due__lt=timezone.localdate(),
            clock_stopped_on=None,
        )

    def long_stopped(self):
        """The clock of the promise has stood for ``STALE_DAYS``: no day says any more when."""
        since = timezone.localdate() - timedelta(days=STALE_DAYS)
        return self.filter(state=NeedState.SUBMITTED, clock_stopped_on__lte=since)

    def promised(self):
        """What the yearly figure counts: handed in with the promise of a first answer.

        A need that was split off another one was answered with it, and is counted there.
        """
        promised = self.handed_in().filter(answer_due__isnull=False)
        return promised.exclude(relations_to_it__kind=RelationKind.SPLIT)

    def answered_late(self):
        """The first answer came behind its day, or is still owed."""
        return self.filter(Q(answered_late=True) | still_owed_late())

    def revived(self):
        """Put aside, with a reason to take it up again that nobody has answered."""
        # From the few open reasons to their needs, not through all that was ever put aside.
        reasons = self.model._meta.get_field("revivals").related_model.objects
        waiting = reasons.filter(settled_at=None).values("need")
        return self.filter(pk__in=waiting, state__in=PUT_ASIDE)

    def stale(self):
        """Nothing has changed for ``STALE_DAYS``."""
        return self.filter(updated_at__lt=stale_since())

    def chosen(self):
        """Accepted by the committee."""
        return self.filter(state__in=CHOSEN_STATES)

    def for_list(self):
        """What a list shows and nothing wider, in one query; newest change first."""
        return (
            self.select_related("proposer", "department")
            .only(*SHOWN_IN_LISTS, "proposer__name", "department__name")
            .order_by("-updated_at", "-pk")
        )


class ImportRunQuerySet(models.QuerySet):
    """Uploads."""

    def visible_to(self, user):
        """The rows for which ``needs.view_importrun`` holds."""
        return self.filter(hospital__in=user.offices)

    def unfinished(self):
        """Waiting, or left by a worker that died."""
        now = timezone.now()
        return self.filter(state__in=["waiting", "running"]).filter(
            Q(lease_until=None) | Q(lease_until__lt=now)
        )


class QuestionSetQuerySet(models.QuerySet):
    """Versions of the extra questions."""

    def visible_to(self, user):
        """The rows for which ``needs.view_questionset`` holds."""
        return self.filter(hospital__in=user.offices)

    def published(self):
        """In use, or used before; the newest first."""
        return self.filter(published_at__isnull=False).order_by("-number")

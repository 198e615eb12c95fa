"""The meeting: attendance, agenda, notes, votes, approval of the minutes."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from committee import rules
from committee.enums import BallotChoice, MeetingState, Presence
from committee.models.rounds import Case, Round
from committee.querysets import MeetingQuerySet
from core.models import PublicId, Versioned


class Meeting(PublicId, Versioned, RulesModel):
    """One sitting of a round: who came, what is discussed now, what was said, who approved it."""

    round = models.ForeignKey(
        Round, verbose_name=_("審査会"), on_delete=models.CASCADE, related_name="meetings"
    )
    starts_at = models.DateTimeField(_("開始"))
    place = models.CharField(_("場所"), max_length=120, blank=True)
    state = models.CharField(
        _("状況"),
        max_length=12,
        choices=MeetingState,
        default=MeetingState.PLANNED,
        editable=False,
    )
    opened_at = models.DateTimeField(_("開会"), null=True, editable=False)
    closed_at = models.DateTimeField(_("閉会"), null=True, editable=False)
    current = models.ForeignKey(
        "committee.MeetingItem",
        verbose_name=_("いま扱っている案件"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # Word for word what was approved (committee.minutes.compose): names and titles change later.
    minutes = models.JSONField(_("承認した議事録"), null=True, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("会議")
        verbose_name_plural = _("会議")
        rules_permissions = {
            "view": rules.is_office_of_meeting | rules.sits_in_meeting,
            "run": rules.is_office_of_meeting | rules.keeps_meeting,
            "read_minutes": (rules.is_office_of_meeting | rules.sits_in_meeting)
            & rules.meeting_is_over,
            "approve": rules.sits_in_meeting & rules.scored_seat_was_present,
        }

    def __str__(self):
        return f"{self.round} {self.starts_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("committee:meeting", args=[self.public_id])

    @property
    def hospital_id(self):
        """The hospital whose meeting it is."""
        return self.round.hospital_id

    @property
    def is_ahead(self):
        """Its day has not come."""
        return timezone.localdate(self.starts_at) > timezone.localdate()


class MeetingItem(PublicId, Versioned):
    """A case on the table of a meeting, with the scribe's notes about it."""

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("会議"), on_delete=models.CASCADE, related_name="items"
    )
    case = models.ForeignKey(
        Case, verbose_name=_("審査案件"), on_delete=models.CASCADE, related_name="meeting_items"
    )
    order = models.PositiveSmallIntegerField(_("議事の順"), default=0)
    notes = models.TextField(_("議事のメモ"), max_length=4000, blank=True)
    done_at = models.DateTimeField(_("終えた日時"), null=True, editable=False)
    # Somebody saw that everyone with a conflict had left the room.
    recusals_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("退席を確かめた人"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    recusals_confirmed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("議事")
        verbose_name_plural = _("議事")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "case"], name="case_once_per_meeting")
        ]

    def __str__(self):
        return f"{self.order}: {self.case_id}"


class Attendance(models.Model):
    """Whether a member is in the room."""

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("会議"), on_delete=models.CASCADE, related_name="attendances"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("委員"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    presence = models.CharField(_("出欠"), max_length=10, choices=Presence)

    class Meta:
        verbose_name = _("出席")
        verbose_name_plural = _("出席")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="one_presence_per_member")
        ]

    def __str__(self):
        return f"{self.user}: {self.get_presence_display()}"

    @property
    def is_present(self):
        """In the room, or connected."""
        return self.presence != Presence.ABSENT


class Vote(PublicId):
    """A question put to those present about one case."""

    item = models.ForeignKey(
        MeetingItem, verbose_name=_("議事"), on_delete=models.CASCADE, related_name="votes"
    )
    question = models.CharField(_("採決すること"), max_length=120)
    opened_at = models.DateTimeField(_("始めた日時"), default=timezone.now)
    closed_at = models.DateTimeField(_("締めた日時"), null=True, editable=False)

    class Meta:
        verbose_name = _("採決")
        verbose_name_plural = _("採決")

    def __str__(self):
        return self.question


class Ballot(models.Model):
    """One member's answer to a vote."""

    vote = models.ForeignKey(
        Vote, verbose_name=_("採決"), on_delete=models.CASCADE, related_name="ballots"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("委員"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    choice = models.CharField(_("答え"), max_length=10, choices=BallotChoice)
    at = models.DateTimeField(_("投じた日時"), default=timezone.now)

    class Meta:
        verbose_name = _("票")
        verbose_name_plural = _("票")
        constraints = [models.UniqueConstraint(fields=["vote", "user"], name="one_ballot_each")]

    def __str__(self):
        return f"{self.user_id}: {self.choice}"


class MinutesApproval(models.Model):
    """A member present agrees with the minutes as they are; a later change takes the row away."""

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("会議"), on_delete=models.CASCADE, related_name="approvals"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("委員"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("承認日時"), default=timezone.now)

    class Meta:
        verbose_name = _("議事録の承認")
        verbose_name_plural = _("議事録の承認")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="one_approval_per_member")
        ]

    def __str__(self):
        return f"{self.user}"

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from accounts.models import Department, Organisation
from core.models import PublicId, Versioned
from needs import rules
from needs.enums import (
    ENDED_STATES,
    Audience,
    DeclineReason,
    Frequency,
    Impact,
    IpStatus,
    NeedState,
    ParticipantKind,
    Place,
    SafetyReview,
    Source,
)
from needs.querysets import NeedQuerySet, stale_since
from search import index as search

SHORTEST_PROBLEM = 20
REQUIRED_ANSWERS = ["title", "problem", "place", "frequency", "no_patient_data"]


class Need(PublicId, Versioned, RulesModel):
    """A worry from the ward that may become a product.

    State changes go through ``needs.actions``; nothing else assigns ``state``.
    課題 (problem) and アイデア (idea) are separate fields, because they go out separately.
    """

    hospital = models.ForeignKey(
        Organisation, verbose_name=_("病院"), on_delete=models.PROTECT, related_name="needs"
    )
    # NULL, because "no number yet" must not collide with another draft's.
    number = models.CharField(  # noqa: DJ001 -- unique where it exists
        _("受付番号"), max_length=20, null=True, blank=True, editable=False
    )
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("提案者"),
        on_delete=models.PROTECT,
        related_name="needs",
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("部署"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="needs",
    )
    state = models.CharField(
        _("状況"), max_length=30, choices=NeedState, default=NeedState.DRAFT, editable=False
    )

    title = models.CharField(_("ひとことで"), max_length=40)
    problem = models.TextField(_("どんな場面で、何に困っていますか"), max_length=1000, blank=True)
    specialty = models.ForeignKey(
        "taxonomy.Term",
        verbose_name=_("診療科"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        limit_choices_to={"kind": "specialty"},
    )
    category = models.ForeignKey(
        "taxonomy.Term",
        verbose_name=_("分野"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        limit_choices_to={"kind": "need_category"},
    )
    place = models.CharField(_("場所"), max_length=20, choices=Place, blank=True)
    frequency = models.CharField(_("頻度"), max_length=20, choices=Frequency, blank=True)
    impacts = models.JSONField(_("影響"), default=list, blank=True)
    audience = models.CharField(
        _("公開の範囲"), max_length=20, choices=Audience, default=Audience.HOSPITAL
    )
    no_patient_data = models.BooleanField(
        _("患者さんを特定できる情報は書いていません"), default=False
    )

    users = models.CharField(_("使用者(職種)"), max_length=200, blank=True)
    impact_note = models.TextField(_("影響の詳しい様子"), max_length=1000, blank=True)
    safety_review = models.CharField(
        _("安全委員会での検討"), max_length=20, choices=SafetyReview, blank=True
    )
    safety_note = models.TextField(_("安全委員会で出た意見"), max_length=1000, blank=True)
    ip_status = models.CharField(_("知財の状況"), max_length=20, choices=IpStatus, blank=True)
    ip_note = models.TextField(_("知財について分かっていること"), max_length=1000, blank=True)
    presentation_on = models.DateField(_("学会発表の予定日"), null=True, blank=True)
    background = models.TextField(_("背景"), max_length=2000, blank=True)
    current_practice = models.TextField(_("現状の対処"), max_length=2000, blank=True)
    existing_products = models.TextField(_("既存品とその問題"), max_length=2000, blank=True)
    ideal_state = models.TextField(_("理想の姿"), max_length=2000, blank=True)
    desired_spec = models.TextField(_("希望仕様・条件"), max_length=2000, blank=True)
    patients = models.TextField(_("対象患者・件数"), max_length=1000, blank=True)
    idea = models.TextField(
        _("アイデア(解決の案)"),
        max_length=2000,
        blank=True,
        help_text=_("知財の確認が済むまで、院外には出ません。"),
    )

    # Sections of the task list that the proposer called finished (needs/sections.py).
    sections_done = models.JSONField(default=list, blank=True, editable=False)
    question_set = models.ForeignKey(
        "needs.QuestionSet",
        verbose_name=_("追加の質問の版"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="needs",
    )

    source = models.CharField(
        _("入り口"), max_length=10, choices=Source, default=Source.PORTAL, editable=False
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("代わりに登録した人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # Who of the office looks after it; needs/assigning.py.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("担当"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="assigned_needs",
    )
    import_key = models.CharField(  # noqa: DJ001 -- unique where it exists
        max_length=64, null=True, blank=True, editable=False
    )
    origin_note = models.CharField(_("出典・備考"), max_length=1000, blank=True)
    submitted_at = models.DateTimeField(_("提出日時"), null=True, blank=True, editable=False)
    # The needs that said much the same when it came in, the nearest first: a hint for the queue.
    alike = models.JSONField(default=list, editable=False)
    answer_due = models.DateField(_("一次回答の期限"), null=True, blank=True, editable=False)
    answered_on = models.DateField(_("一次回答の日"), null=True, blank=True, editable=False)
    answered_late = models.BooleanField(_("一次回答が遅れた"), default=False, editable=False)
    escalated_on = models.DateField(null=True, blank=True, editable=False)
    clock_stopped_on = models.DateField(_("約束を止めた日"), null=True, blank=True, editable=False)
    clock_reason = models.TextField(_("約束を止めた理由"), blank=True, editable=False)
    question = models.TextField(_("事務局からの質問"), blank=True, editable=False)
    # What the question re-opens: names of sections; empty means everything.
    asked_sections = models.JSONField(default=list, blank=True, editable=False)
    reply_due = models.DateField(_("回答の期限"), null=True, blank=True, editable=False)
    reminded_on = models.DateField(null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("統合先"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="merged",
    )
    decline_reason = models.CharField(max_length=20, blank=True, editable=False)
    # The need that came first, when this one was declined as the same.
    declined_for = models.ForeignKey(
        "self",
        verbose_name=_("先に届いたニーズ"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    explanation = models.TextField(_("提案者への説明"), blank=True, editable=False)

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("ニーズ")
        verbose_name_plural = _("ニーズ")
        constraints = [
            models.CheckConstraint(
                name="need_has_number_and_time_once_submitted",
                condition=Q(state__in=[NeedState.DRAFT, NeedState.WITHDRAWN])
                | Q(submitted_at__isnull=False, number__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["hospital", "number"], name="need_number_once_per_hospital"
            ),
            models.UniqueConstraint(
                fields=["hospital", "import_key"], name="need_imported_once_per_hospital"
            ),
        ]
        indexes = [
            # One for each way to narrow the lists, in the order of the lists; a draft is in none.
            models.Index(
                fields=["hospital", "-updated_at", "-id"],
                name="need_list_of_hospital",
                condition=Q(number__isnull=False),
            ),
            models.Index(
                fields=["hospital", "state", "-updated_at", "-id"],
                name="need_list_of_state",
                condition=Q(number__isnull=False),
            ),
            models.Index(
                fields=["department", "hospital", "-updated_at", "-id"],
                name="need_list_of_department",
                condition=Q(number__isnull=False),
            ),
            models.Index(fields=["proposer", "-updated_at", "-id"], name="need_list_of_proposer"),
            models.Index(fields=["hospital", "state", "answer_due"], name="need_answer_due"),
            models.Index(fields=["state", "reply_due"], name="need_reply_due"),
            models.Index(
                fields=["hospital", "submitted_at", "id"],
                name="need_list_by_age",
                condition=Q(number__isnull=False),
            ),
        ]
        rules_permissions = {
            "add": rules.works_in_hospital,
            "list_all": rules.looks_after_hospital,
            "view": rules.may_read,
            "follow": rules.may_read | rules.is_participant,
            "keep_people_of": rules.is_proposer
            & ~rules.awaits_its_clinician
            & rules.is_before_review,
            "leave_people_of": rules.is_co_submitter & (rules.is_before_review | ~rules.has_agreed),
            "transfer": rules.is_proposer & ~rules.awaits_its_clinician,
            "ask_clinician_of": rules.is_office & rules.awaits_its_clinician,
            "arrange": rules.is_office & ~rules.is_draft & ~rules.speaks_for_herself,
            "divide": rules.is_office & rules.is_screened & ~rules.speaks_for_herself,
            "enrich": rules.is_office & rules.is_being_prepared & ~rules.speaks_for_herself,
            "clear": rules.is_office & rules.is_being_prepared & ~rules.speaks_for_herself,
            "comment": ~rules.is_draft & rules.may_read,
            "comment_inside": ~rules.is_draft & rules.has_post & ~rules.speaks_for_herself,
            "comment_office": ~rules.is_draft & rules.is_office & ~rules.speaks_for_herself,
            "join": rules.is_colleague
            & rules.is_joinable
            & ~rules.is_proposer
            & ~rules.is_participant,
            "see_photos": rules.may_read,
            "cover_photos": (rules.may_write & rules.is_before_review)
            | (rules.is_office & rules.is_with_office),
            "write": rules.may_write,
            "change": rules.may_write & rules.is_editable,
            "describe": rules.may_write & rules.is_before_review,
            "submit": rules.is_proposer,
            "withdraw": rules.is_proposer,
            "screen": rules.is_office & ~rules.is_draft & ~rules.speaks_for_herself,
            "stop_clock": rules.is_office & ~rules.speaks_for_herself & ~rules.clock_is_stopped,
            "resume_clock": rules.is_office & ~rules.speaks_for_herself & rules.clock_is_stopped,
            "reopen": rules.is_office & ~rules.is_draft & ~rules.speaks_for_herself,
            "assign": rules.is_office & ~rules.is_draft & ~rules.speaks_for_herself,
            "sort": rules.is_office & rules.is_with_office & ~rules.speaks_for_herself,
            "decide": rules.nobody,
            "publish": rules.is_office,
        }

    def __str__(self):
        return f"{self.number or _('下書き')} {self.shown_title}"

    def save(self, *args, **kwargs):
        """Save, and keep the search current in the same transaction."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            search.keep(self)

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            search.drop(self)
            return super().delete(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("needs:detail", args=[self.public_id])

    @cached_property
    def people(self):
        """Its participants by the id of the person; lists prefetch ``participants``.

        Their names cost one query more, where they are shown.
        """
        return {each.user_id: each for each in self.participants.all()}

    @property
    def everybody(self):
        """Whom its notices go to: the proposer, co-submitters and those who joined."""
        named = self.participants.select_related("user").order_by("pk")
        return [self.proposer, *(each.user for each in named)]

    @property
    def authors(self):
        """The people whose names stand on it: the proposer and co-submitters who agreed."""
        named = self.participants.filter(
            kind=ParticipantKind.CO_SUBMITTER, agreed_at__isnull=False
        ).select_related("user")
        return [self.proposer, *(each.user for each in named.order_by("pk"))]

    @property
    def shown_title(self):
        """The title, or words that stand for it while there is none."""
        return self.title or str(_("(題はまだありません)"))

    @property
    def missing(self):
        """The required answers that are not given yet: field names in the order of the steps.

        A table that was brought in knows less than a proposer; it needs a title and a problem.
        """
        if self.was_imported:
            return [name for name in REQUIRED_ANSWERS[:2] if not getattr(self, name)]
        return [
            name
            for name in REQUIRED_ANSWERS
            if not getattr(self, name) or (name == "problem" and self.is_too_short)
        ]

    @property
    def is_too_short(self):
        """A draft keeps half a sentence; what is handed in says a little more."""
        return len(self.problem) < SHORTEST_PROBLEM

    @property
    def promised_until(self):
        """The day by which the office owes an answer; None when it is given or the clock stands."""
        if self.state != NeedState.SUBMITTED or self.clock_stopped_on:
            return None
        return self.answer_due

    @property
    def is_overdue(self):
        """The promise has been broken."""
        return bool(self.promised_until) and self.promised_until < timezone.localdate()

    @property
    def age_in_days(self):
        """Whole days since it was handed in, by the calendar of Tokyo; None before."""
        if self.submitted_at is None:
            return None
        return (timezone.localdate() - timezone.localdate(self.submitted_at)).days

    @property
    def stands_still(self):
        """Nothing has changed for two weeks, and it has not come to its end."""
        resting = {*ENDED_STATES, NeedState.ON_HOLD}
        return self.state not in resting and self.updated_at < stale_since()

    @property
    def was_imported(self):
        """It came from a table, paper, a round or a phone call: the office wrote it down."""
        return self.source != Source.PORTAL

    @property
    def decline_label(self):
        """Why the office did not pass it on, in words."""
        return DeclineReason(self.decline_reason).label if self.decline_reason else ""

    @property
    def impact_labels(self):
        """The ticked impacts in words."""
        return [Impact(code).label for code in self.impacts if code in Impact.values]


class Serial(models.Model):
    """The last number given in a hospital and year; locked while a number is taken."""

    hospital = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("受付番号の台帳")
        verbose_name_plural = _("受付番号の台帳")
        constraints = [
            models.UniqueConstraint(fields=["hospital", "year"], name="one_serial_per_year")
        ]

    def __str__(self):
        return f"{self.hospital} {self.year}: {self.last}"

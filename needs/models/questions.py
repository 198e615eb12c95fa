"""Extra questions of a hospital, in versions: a need keeps the form it was answered with."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from accounts.models import Organisation
from core.models import PublicId
from needs import rules
from needs.enums import QuestionKind
from needs.querysets import QuestionSetQuerySet

QUESTION_PREFIX = "question-"


class QuestionSet(PublicId, RulesModel):
    """One version of a hospital's questions; frozen once published."""

    hospital = models.ForeignKey(
        Organisation,
        verbose_name=_("病院"),
        on_delete=models.CASCADE,
        related_name="need_question_sets",
    )
    number = models.PositiveIntegerField(_("版"))
    published_at = models.DateTimeField(_("使い始めた日時"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("作成日時"), auto_now_add=True)

    objects = QuestionSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("追加の質問")
        verbose_name_plural = _("追加の質問")
        constraints = [
            models.UniqueConstraint(fields=["hospital", "number"], name="question_set_number_once"),
            models.UniqueConstraint(
                fields=["hospital"],
                condition=Q(published_at__isnull=True),
                name="one_draft_of_questions_per_hospital",
            ),
        ]
        rules_permissions = {
            "add": rules.runs_office_of,
            "view": rules.is_office,
            "change": rules.is_office,
        }

    def __str__(self):
        return f"{self.hospital} {self.number}"

    def get_absolute_url(self):
        name = "needs:questions_edit" if self.is_draft else "needs:questions_preview"
        return reverse(name, args=[self.public_id])

    @property
    def is_draft(self):
        """Nobody answers it yet: it may still be changed."""
        return self.published_at is None


class Question(PublicId, models.Model):
    """One question of a version."""

    question_set = models.ForeignKey(
        QuestionSet, on_delete=models.CASCADE, related_name="questions", editable=False
    )
    # The question of the version before that this one was copied from.
    previous = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    order = models.PositiveSmallIntegerField(_("並び順"), default=0, editable=False)
    kind = models.CharField(_("答え方"), max_length=10, choices=QuestionKind)
    label = models.CharField(_("質問"), max_length=120)
    help_text = models.CharField(_("補足"), max_length=200, blank=True)
    choices = models.JSONField(_("選択肢"), default=list, blank=True)

    class Meta:
        verbose_name = _("質問")
        verbose_name_plural = _("質問")
        ordering = ["order", "pk"]

    def __str__(self):
        return self.label

    @property
    def slug(self):
        """The name of its field on the page, of its file's slot, and where a finding stands."""
        return f"{QUESTION_PREFIX}{self.public_id}"


class AnswerManager(models.Manager):
    """Answers with their questions: one is never read without the other."""

    def get_queryset(self):
        return super().get_queryset().select_related("question")


class Answer(models.Model):
    """What a proposer answered, always as text (a number as 1200.5, a day as 2026-12-05).

    A file has no row: it is a document of the need in the question's slot.
    """

    need = models.ForeignKey("needs.Need", on_delete=models.CASCADE, related_name="extra_answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    value = models.JSONField(_("答え"))

    objects = AnswerManager()

    class Meta:
        verbose_name = _("追加の質問への答え")
        verbose_name_plural = _("追加の質問への答え")
        constraints = [
            models.UniqueConstraint(fields=["need", "question"], name="one_answer_per_question")
        ]

    def __str__(self):
        return f"{self.question_id}: {self.value}"

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from accounts.models import Organisation
from core.models import PublicId, Versioned
from disclosure import rules
from disclosure.enums import NoveltyAnswer, PublicationState, Tier
from disclosure.querysets import PublicationQuerySet
from needs.models import Need
from search import index as search


class Publication(PublicId, Versioned, RulesModel):
    """What the outside may read about a need: its own title and summary, and pinned fields.

    The need itself never leaves the hospital. ``text_version`` counts changes of the texts;
    consent is given for one text version.
    """

    need = models.OneToOneField(
        Need, verbose_name=_("ニーズ"), on_delete=models.PROTECT, related_name="publication"
    )
    hospital = models.ForeignKey(
        Organisation, verbose_name=_("病院"), on_delete=models.PROTECT, related_name="publications"
    )
    state = models.CharField(
        _("状況"),
        max_length=15,
        choices=PublicationState,
        default=PublicationState.DRAFTING,
        editable=False,
    )
    title = models.CharField(_("公開する件名"), max_length=60)
    summary = models.TextField(_("公開する概要"), max_length=1000)
    wanted = models.TextField(_("企業に期待すること"), max_length=500, blank=True)
    category = models.ForeignKey(
        "taxonomy.Term",
        verbose_name=_("分野"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        limit_choices_to={"kind": "need_category"},
    )
    device_class = models.ForeignKey(
        "taxonomy.Term",
        verbose_name=_("医療機器の分類(見込み)"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        limit_choices_to={"kind": "device_class"},
    )
    technologies = models.ManyToManyField(
        "taxonomy.Term",
        verbose_name=_("求める技術"),
        blank=True,
        related_name="+",
        limit_choices_to={"kind": "technology"},
    )
    novelty = models.CharField(
        _("アイデアの扱い"),
        max_length=15,
        choices=NoveltyAnswer,
        blank=True,
        default=NoveltyAnswer.UNANSWERED,
    )
    presentation_date = models.DateField(_("学会などでの発表予定日"), null=True, blank=True)
    ip_confirmed_at = models.DateTimeField(_("知財を確認した日時"), null=True, editable=False)
    ip_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("知財を確認した人"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    text_version = models.PositiveIntegerField(_("文の版"), default=1, editable=False)
    consent_version = models.PositiveIntegerField(
        _("同意した文の版"), null=True, blank=True, editable=False
    )
    consented_at = models.DateTimeField(_("同意した日時"), null=True, editable=False)
    published_at = models.DateTimeField(_("公開した日時"), null=True, editable=False)
    open_until = models.DateField(_("公開の期限"), null=True, blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("公開")
        verbose_name_plural = _("公開")
        constraints = [
            models.CheckConstraint(
                name="published_only_with_consent_to_this_text",
                # NULL = 1 is unknown, and a check lets the unknown pass: ask for a value too.
                condition=~Q(state=PublicationState.PUBLISHED)
                | Q(consent_version__isnull=False, consent_version=models.F("text_version")),
            )
        ]
        indexes = [
            models.Index(
                fields=["state", "-published_at", "-id", "open_until"], name="publication_catalogue"
            ),
            models.Index(fields=["hospital", "-updated_at", "-id"], name="publication_list"),
            models.Index(
                fields=["hospital", "state", "-updated_at", "-id"], name="publication_list_of_state"
            ),
        ]
        rules_permissions = {
            "view": rules.is_inside | (rules.is_outsider & rules.is_published),
            "view_inside_of": rules.is_inside,
            "change": rules.is_office & rules.is_editable,
            "manage": rules.is_office,
            "consent": rules.is_proposer,
            "confirm_ip": (rules.is_ip_officer | rules.is_office) & rules.is_editable,
            "view_ledger": rules.is_office | rules.is_proposer | rules.is_director,
        }

    def __str__(self):
        return self.title

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
        return reverse("disclosure:detail", args=[self.public_id])

    @property
    def has_consent(self):
        """The proposer agreed to exactly this text."""
        return self.consent_version == self.text_version

    @property
    def has_run_out(self):
        """Its last day is over; the state stays, because nobody has to press anything."""
        return self.open_until is not None and self.open_until < timezone.localdate()

    @property
    def is_open(self):
        """Members can read it today; the row form is ``objects.published()``."""
        return self.state == PublicationState.PUBLISHED and not self.has_run_out


class PublishedField(models.Model):
    """One field of the sheet as it goes out: its text pinned, and who may read it."""

    publication = models.ForeignKey(
        Publication, verbose_name=_("公開"), on_delete=models.CASCADE, related_name="fields"
    )
    code = models.CharField(_("項目"), max_length=30)
    text = models.TextField(_("文"), max_length=2000, blank=True)
    tier = models.CharField(_("読める人"), max_length=10, choices=Tier, default=Tier.INTERNAL)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("公開する項目")
        verbose_name_plural = _("公開する項目")
        constraints = [
            models.UniqueConstraint(fields=["publication", "code"], name="field_published_once")
        ]

    def __str__(self):
        return f"{self.publication}: {self.label}"

    @property
    def label(self):
        """The field's name on the need sheet."""
        return Need._meta.get_field(self.code).verbose_name


class Reading(models.Model):
    """The disclosure ledger: an outsider read this, in this version, on this basis."""

    publication = models.ForeignKey(
        Publication, verbose_name=_("公開"), on_delete=models.PROTECT, related_name="readings"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("読んだ人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("組織"), on_delete=models.PROTECT, related_name="+"
    )
    text_version = models.PositiveIntegerField(_("文の版"))
    tier = models.CharField(_("範囲"), max_length=10, choices=Tier)
    basis = models.CharField(_("根拠"), max_length=200)
    at = models.DateTimeField(_("日時"), default=timezone.now)

    class Meta:
        verbose_name = _("開示の記録")
        verbose_name_plural = _("開示の記録")
        indexes = [models.Index(fields=["publication", "-at"])]

    def __str__(self):
        return f"{self.organisation} {self.publication} {self.at:%Y-%m-%d}"

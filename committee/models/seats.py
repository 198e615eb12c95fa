"""Committees, who sits in them, and what ties them to companies."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from accounts.models import Organisation
from committee import rules
from committee.enums import Quorum, Seat, TieKind
from committee.querysets import CommitteeQuerySet, TieQuerySet
from core.models import PublicId, Versioned


class Committee(PublicId, Versioned, RulesModel):
    """A needs-extraction committee (ニーズ抽出委員会) of one hospital."""

    hospital = models.ForeignKey(
        Organisation, verbose_name=_("病院"), on_delete=models.PROTECT, related_name="committees"
    )
    name = models.CharField(_("委員会名"), max_length=80)
    is_active = models.BooleanField(_("有効"), default=True)
    quorum = models.CharField(_("定足数"), max_length=12, choices=Quorum, default=Quorum.MAJORITY)

    objects = CommitteeQuerySet.as_manager()

    class Meta:
        verbose_name = _("委員会")
        verbose_name_plural = _("委員会")
        constraints = [
            models.UniqueConstraint(fields=["hospital", "name"], name="committee_name_once")
        ]
        rules_permissions = {
            "view": rules.is_office_of_committee | rules.sits_in_committee,
            "manage": rules.is_office_of_committee,
        }

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("committee:committee", args=[self.public_id])


class Member(PublicId, RulesModel):
    """A seat in a committee, held from a day until a day."""

    committee = models.ForeignKey(
        Committee, verbose_name=_("委員会"), on_delete=models.CASCADE, related_name="members"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("委員"),
        on_delete=models.PROTECT,
        related_name="committee_seats",
    )
    seat = models.CharField(_("役"), max_length=10, choices=Seat, default=Seat.MEMBER)
    since = models.DateField(_("就任日"), default=timezone.localdate)
    until = models.DateField(_("任期の終わり"), null=True, blank=True)
    affiliation = models.CharField(
        _("所属(外部の専門家)"),
        max_length=120,
        blank=True,
        help_text=_("委嘱状と議事録に載ります。"),
    )
    expertise = models.ManyToManyField(
        "taxonomy.Term",
        verbose_name=_("専門"),
        blank=True,
        related_name="+",
        limit_choices_to={"kind__in": ["need_category", "specialty"]},
    )
    load_cap = models.PositiveSmallIntegerField(
        _("1回の審査会で受け持つ件数の上限"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )
    ties_declared_on = models.DateField(
        _("企業との関係を申告した日"), null=True, blank=True, editable=False
    )
    appointment_number = models.CharField(
        _("委嘱状の文書番号"), max_length=30, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("委員")
        verbose_name_plural = _("委員")
        constraints = [
            models.UniqueConstraint(fields=["committee", "user"], name="one_seat_per_person"),
            models.CheckConstraint(
                name="term_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
            ),
        ]
        rules_permissions = {"see_letter": rules.is_office_of_member | rules.is_member_herself}

    def __str__(self):
        return f"{self.user} ({self.get_seat_display()})"


class Tie(PublicId, RulesModel):
    """What a member declares of herself: money or a post from a company, in one year."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("申告した人"),
        on_delete=models.CASCADE,
        related_name="company_ties",
    )
    company = models.ForeignKey(
        Organisation,
        verbose_name=_("企業(登録済み)"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    company_name = models.CharField(_("企業の名前"), max_length=120)
    kind = models.CharField(_("関係"), max_length=20, choices=TieKind)
    amount = models.PositiveBigIntegerField(_("1年の金額(円)"), null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("年度"))
    is_family = models.BooleanField(_("配偶者・一親等の親族のもの"), default=False)
    note = models.CharField(_("補足"), max_length=200, blank=True)
    declared_at = models.DateTimeField(_("申告日時"), default=timezone.now, editable=False)

    objects = TieQuerySet.as_manager()

    class Meta:
        verbose_name = _("企業との関係")
        verbose_name_plural = _("企業との関係")
        rules_permissions = {"change": rules.is_declarant}

    def __str__(self):
        return f"{self.company_name} {self.get_kind_display()} {self.year}"


class TieThreshold(models.Model):
    """From how many yen a year a tie counts here. Bodies differ (DOMAIN.md §7): never in code."""

    hospital = models.ForeignKey(
        Organisation, verbose_name=_("病院"), on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(_("関係"), max_length=20, choices=TieKind)
    amount = models.PositiveBigIntegerField(_("基準の金額(円)"))

    class Meta:
        verbose_name = _("利益相反の基準")
        verbose_name_plural = _("利益相反の基準")
        constraints = [
            models.UniqueConstraint(fields=["hospital", "kind"], name="threshold_once_per_kind")
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.amount}"

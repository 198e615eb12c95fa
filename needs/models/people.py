"""Who stands behind a need besides its proposer."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from core.models import PublicId
from needs.enums import Frequency, ParticipantKind, Place
from search import index as search


class Participant(PublicId, RulesModel):
    """A co-submitter (連名者), or a colleague with the same worry who joined (賛同者).

    Both read the need and get its notices. ``share`` is the agreed contribution in percent.
    """

    need = models.ForeignKey(
        "needs.Need",
        verbose_name=_("ニーズ"),
        on_delete=models.CASCADE,
        related_name="participants",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("人"),
        on_delete=models.PROTECT,
        related_name="need_participations",
    )
    kind = models.CharField(_("関わり方"), max_length=20, choices=ParticipantKind)
    may_edit = models.BooleanField(_("本文を直せる"), default=False)
    share = models.PositiveSmallIntegerField(_("貢献の割合(%)"), null=True, blank=True)
    # Her own word: a co-submitter agrees to her name and share.
    agreed_at = models.DateTimeField(_("同意した日時"), null=True, blank=True, editable=False)
    place = models.CharField(_("場所"), max_length=20, choices=Place, blank=True)
    frequency = models.CharField(_("頻度"), max_length=20, choices=Frequency, blank=True)
    note = models.TextField(_("現場の様子"), max_length=500, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    created_at = models.DateTimeField(_("加わった日時"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("連名者・賛同者")
        verbose_name_plural = _("連名者・賛同者")
        constraints = [
            models.UniqueConstraint(fields=["need", "user"], name="participant_once_per_need"),
            models.CheckConstraint(
                name="participant_share_is_a_percentage",
                condition=Q(share=None) | Q(share__lte=100),
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.get_kind_display()}"

    def save(self, *args, **kwargs):
        """Save; from now on this person finds the need, too."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            self._tell_search()

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            deleted = super().delete(*args, **kwargs)
            self._tell_search()
        return deleted

    def _tell_search(self):
        self.need.__dict__.pop("people", None)
        search.keep(self.need)


class Transfer(PublicId, models.Model):
    """The proposer asks a colleague to take the need over; nothing moves until she agrees."""

    need = models.ForeignKey("needs.Need", on_delete=models.CASCADE, related_name="transfers")
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("引き受ける人"),
        on_delete=models.CASCADE,
        related_name="need_transfers",
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    # Settled by the proposer, who no longer asks; her colleague's link says so.
    taken_back = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("引き継ぎの依頼")
        verbose_name_plural = _("引き継ぎの依頼")
        constraints = [
            models.UniqueConstraint(
                fields=["need"],
                name="one_open_transfer_per_need",
                condition=Q(settled_at__isnull=True),
            )
        ]

    def __str__(self):
        return f"{self.need_id} {self.to}"


class Confirmation(PublicId, models.Model):
    """A link by which the clinician confirms what the office wrote down for her.

    Only a hash of the link's secret is stored.
    """

    need = models.ForeignKey(
        "needs.Need",
        verbose_name=_("ニーズ"),
        on_delete=models.CASCADE,
        related_name="confirmations",
    )
    email = models.EmailField(_("メールアドレス"))
    name = models.CharField(_("氏名"), max_length=80)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("依頼した人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("依頼した日時"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("期限"))
    confirmed_at = models.DateTimeField(_("確かめた日時"), null=True, blank=True)
    # What she says is wrong, instead of confirming.
    correction = models.TextField(_("直してほしいこと"), max_length=1000, blank=True)
    corrected_at = models.DateTimeField(_("返事の日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("本人の確認")
        verbose_name_plural = _("本人の確認")

    def __str__(self):
        return f"{self.need_id} {self.name}"

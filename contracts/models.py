from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.contrib.models import RulesModel

from accounts.enums import Role
from accounts.models import Organisation
from contracts import kinds, rules
from contracts.enums import PARTNER_LABELS, TEXT_OPEN, ContractState, NoteAudience, Side
from contracts.querysets import ContractQuerySet
from core.models import PublicId, Versioned
from matching.models import Match


class Contract(PublicId, Versioned, RulesModel):
    """An agreement between a hospital and a partner about one matched need."""

    kind = models.CharField(_("種類"), max_length=30, choices=kinds.choices)
    match = models.ForeignKey(
        Match, verbose_name=_("マッチング"), on_delete=models.PROTECT, related_name="contracts"
    )
    hospital = models.ForeignKey(
        Organisation, verbose_name=_("病院"), on_delete=models.PROTECT, related_name="+"
    )
    partner = models.ForeignKey(
        Organisation, verbose_name=_("相手方"), on_delete=models.PROTECT, related_name="contracts"
    )
    title = models.CharField(_("契約の件名"), max_length=120)
    terms = models.TextField(_("主な条件"), max_length=2000, blank=True)
    state = models.CharField(
        _("状況"),
        max_length=20,
        choices=ContractState,
        default=ContractState.DRAFTING,
        editable=False,
    )
    turn = models.CharField(
        _("ボール"), max_length=10, choices=Side, default=Side.HOSPITAL, editable=False
    )
    turn_since = models.DateTimeField(_("ボールが移った日時"), default=timezone.now, editable=False)
    shared_at = models.DateTimeField(_("相手方に送った日時"), null=True, editable=False)
    starts_on = models.DateField(_("発効日"), null=True, blank=True)
    ends_on = models.DateField(_("満了日"), null=True, blank=True)
    signed_on = models.DateField(_("締結日"), null=True, blank=True, editable=False)
    ended_on = models.DateField(_("終了日"), null=True, blank=True, editable=False)
    original_kept_at = models.CharField(_("原本の保管場所"), max_length=120, blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("契約")
        verbose_name_plural = _("契約")
        constraints = [
            models.CheckConstraint(
                name="contract_ends_after_it_starts",
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="active_contract_is_signed_and_dated",
                condition=~Q(state=ContractState.ACTIVE)
                | Q(signed_on__isnull=False, starts_on__isnull=False, ends_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["hospital", "state", "ends_on"]),
            models.Index(fields=["partner", "state", "ends_on"]),
            models.Index(
                fields=["hospital", "-updated_at", "-id"], name="contract_list_of_hospital"
            ),
            models.Index(fields=["partner", "-updated_at", "-id"], name="contract_list_of_partner"),
        ]
        rules_permissions = {
            "view": rules.is_inside | (rules.is_partner & rules.is_shared),
            "view_internal": rules.is_inside,
            "manage": rules.is_office,
            "change": rules.is_office,
            "draft": rules.is_inside & rules.is_open_for_changes,
            "file_document": rules.is_office & ~rules.is_over,
            "remove_document": rules.nobody,
            "write_note": rules.is_inside | (rules.is_partner & rules.is_shared),
            "answer": rules.is_partner & rules.is_shared,
            "approve": rules.is_next_approver,
            "send_back": rules.is_next_approver | rules.is_office,
            "sign": (rules.is_office & rules.awaits_a_signature)
            | (rules.is_partner & rules.is_shared & rules.awaits_partner_signature),
        }

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("contracts:detail", args=[self.public_id])

    @property
    def spec(self):
        """The class that holds this kind's law."""
        return kinds.registry[self.kind]

    @property
    def next_approver(self):
        """The role whose approval is asked for now, or None. Uses prefetched ``approvals``."""
        if self.state != ContractState.APPROVING:
            return None
        given = {each.role for each in self.approvals.all() if each.is_current}
        return next((role for role in self.spec.approvers if role not in given), None)

    @property
    def unsigned_sides(self):
        """Whose signature is missing; empty unless signing. Uses prefetched ``signatures``."""
        if self.state != ContractState.SIGNING:
            return []
        signed = {each.side for each in self.signatures.all()}
        return [side for side in (Side.HOSPITAL, Side.PARTNER) if side not in signed]

    @property
    def text_is_open(self):
        """Its text is still being made inside the hospital."""
        return self.state in TEXT_OPEN

    @property
    def state_label(self):
        """The state in words; given up before signing is not the end of a contract."""
        if self.state == ContractState.TERMINATED and self.signed_on is None:
            return _("取りやめ")
        return self.get_state_display()

    @property
    def partner_label(self):
        """The state as the other side reads it."""
        return PARTNER_LABELS.get(self.state, self.state_label)


class Approval(models.Model):
    """One step of the decision (決裁). A returned contract starts its steps again."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("契約"), on_delete=models.CASCADE, related_name="approvals"
    )
    role = models.CharField(_("役割"), max_length=20, choices=Role)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("決裁した人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    comment = models.TextField(_("コメント"), max_length=1000, blank=True)
    at = models.DateTimeField(_("日時"), default=timezone.now)
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("決裁")
        verbose_name_plural = _("決裁")
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "role"],
                condition=Q(is_current=True),
                name="one_current_approval_per_role",
            )
        ]

    def __str__(self):
        return f"{self.contract}: {self.get_role_display()}"


class Signature(models.Model):
    """That one side has signed: recorded here, made on paper or in a signing service."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("契約"), on_delete=models.CASCADE, related_name="signatures"
    )
    side = models.CharField(_("署名した側"), max_length=10, choices=Side)
    signer = models.CharField(_("署名者"), max_length=80)
    signed_on = models.DateField(_("署名日"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("記録した人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("記録した日時"), default=timezone.now)

    class Meta:
        verbose_name = _("署名")
        verbose_name_plural = _("署名")
        constraints = [
            models.UniqueConstraint(fields=["contract", "side"], name="one_signature_a_side")
        ]

    def __str__(self):
        return f"{self.contract}: {self.get_side_display()}"


class Note(models.Model):
    """A line of the negotiation log, inside only or shared with the other side."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("契約"), on_delete=models.CASCADE, related_name="notes"
    )
    audience = models.CharField(
        _("見える人"), max_length=10, choices=NoteAudience, default=NoteAudience.INTERNAL
    )
    side = models.CharField(
        _("書いた側"), max_length=10, choices=Side, default=Side.HOSPITAL, editable=False
    )
    text = models.TextField(_("内容"), max_length=2000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("書いた人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("日時"), default=timezone.now)

    class Meta:
        verbose_name = _("やり取りの記録")
        verbose_name_plural = _("やり取りの記録")

    def __str__(self):
        return f"{self.contract} {self.at:%Y-%m-%d}"


class Reminder(models.Model):
    """That the expiry was announced so many days before; the row is what makes it once."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="reminders")
    ends_on = models.DateField(_("満了日"))
    days = models.PositiveSmallIntegerField(_("何日前"))
    at = models.DateTimeField(_("日時"), default=timezone.now)

    class Meta:
        verbose_name = _("満了の予告")
        verbose_name_plural = _("満了の予告")
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "ends_on", "days"], name="expiry_announced_once"
            )
        ]

    def __str__(self):
        return f"{self.contract}: {self.days}"

from django.db import models
from django.utils.translation import gettext_lazy as _


class ContractState(models.TextChoices):
    """Where a contract stands."""

    DRAFTING = "drafting", _("作成中")
    INTERNAL_REVIEW = "internal_review", _("院内で確認中")
    COUNTERPART_REVIEW = "counterpart_review", _("相手方で確認中")
    APPROVING = "approving", _("決裁中")
    SIGNING = "signing", _("締結手続き中")
    ACTIVE = "active", _("契約中")
    EXPIRED = "expired", _("満了")
    TERMINATED = "terminated", _("解約")


# What the other side reads: what happens inside the hospital looks alike.
PARTNER_LABELS = {
    ContractState.DRAFTING: _("病院で確認中"),
    ContractState.INTERNAL_REVIEW: _("病院で確認中"),
    ContractState.COUNTERPART_REVIEW: _("自社で確認中"),
}
TEXT_OPEN = [ContractState.DRAFTING, ContractState.INTERNAL_REVIEW]
BEFORE_ACTIVE = [
    *TEXT_OPEN,
    ContractState.COUNTERPART_REVIEW,
    ContractState.APPROVING,
    ContractState.SIGNING,
]
OVER = [ContractState.EXPIRED, ContractState.TERMINATED]


class Side(models.TextChoices):
    """Whose turn, or whose signature."""

    HOSPITAL = "hospital", _("病院")
    PARTNER = "partner", _("相手方")
    NOBODY = "nobody", _("なし")


class NoteAudience(models.TextChoices):
    """Who reads a line of the negotiation log; the safe choice is the default."""

    INTERNAL = "internal", _("院内のみ")
    SHARED = "shared", _("共有")

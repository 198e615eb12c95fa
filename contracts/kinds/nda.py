from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from contracts.kinds.base import SECRECY, ContractKind, registry


@registry.register
class NonDisclosure(ContractKind):
    """Both sides keep what they hear secret; opens the details of the matched need."""

    slug = "nda"
    label = _("秘密保持契約(NDA)")
    purpose = _("共同研究の可能性を検討するために、互いの秘密情報を開示する。")
    term_days = 365 * 3
    approvers = (Role.LEGAL, Role.OFFICE)
    slots = {"signed_agreement": _("締結済みの契約書")}
    required = ("signed_agreement",)
    opens_details = True
    stage = SECRECY

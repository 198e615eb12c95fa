from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from contracts.kinds.base import RESEARCH, ContractKind, registry


@registry.register
class JointResearch(ContractKind):
    """Hospital and company work on one theme; results belong to both."""

    slug = "joint_research"
    label = _("共同研究契約")
    purpose = _("共通の課題について、病院と企業が対等の立場で研究を行う。")
    term_days = 365
    approvers = (Role.LEGAL, Role.IP_OFFICE, Role.DIRECTOR)
    slots = {
        "research_plan": _("研究計画書"),
        "ethics_approval": _("倫理審査の承認書"),
        "signed_agreement": _("締結済みの契約書"),
    }
    required = ("research_plan", "signed_agreement")
    opens_details = True
    needs_in_force = "nda"
    stage = RESEARCH

"""What people give to a need before the committee."""

from django.utils.translation import gettext_lazy as _

from contributions.actions import contribute
from contributions.kinds import register

PROPOSED = register("needs.proposed", _("ニーズを提案した"), _("件"))
CO_SUBMITTED = register("needs.co_submitted", _("連名で提案した"), _("件"))
JOINED = register("needs.joined", _("同じ困りごとの現場の様子を伝えた"), _("件"))


def gave(person, kind, need, *, on=None):
    """``person`` gave ``kind`` to ``need``; the line is called by the need's number."""
    contribute(person, kind, need, hospital_id=need.hospital_id, label=need.number, on=on)

"""A contract in force opens the details of the need that it is about, and of no other."""

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from contracts.models import Contract
from core.templatetags.ui import jdate
from disclosure.access import AccessBasis, registry


@registry.register
class ContractInForce(AccessBasis):
    """An NDA (or any kind that opens details) of exactly this need and this partner, today."""

    slug = "contract"
    label = gettext_lazy("秘密保持契約など")

    @classmethod
    def opened_by(cls, organisations, publications):
        """Asks dates, not tasks: what ended yesterday opens nothing, whatever ran meanwhile."""
        contracts = (
            Contract.objects.in_force()
            .opening_details()
            .filter(
                partner__in=organisations,
                match__publication__in=[each.pk for each in publications],
                match__partner=F("partner"),
                match__publication__hospital=F("hospital"),
            )
            .select_related("match")
            .order_by("ends_on", "pk")
        )
        return {each.match.publication_id: _reason(each) for each in contracts}


def _reason(contract):
    # The words go into the hospital's ledger: they do not follow the reader's language.
    with override(settings.LANGUAGE_CODE):
        day = jdate(contract.ends_on)
        return _("%(kind)s(%(day)sまで)") % {"kind": contract.spec.label, "day": day}

"""One member may score a little longer than the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from committee.enums import RoundState
from committee.models import Extension
from committee.notifications import DeadlineExtended
from core.templatetags.ui import jdatetime
from core.workflow import WrongStateError, action_labels, lock
from notifications.actions import notify

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from committee.models import Round

action_labels["committee.round.extend"] = _("締切をのばした(1名)")


@transaction.atomic
def extend(round_: Round, person: User, *, by: Any, until: datetime, reason: str) -> Extension:
    """Let her score until then, and tell her. Raises WrongStateError once scoring was closed."""
    lock(round_)
    if round_.state != RoundState.REVIEWING:
        msg = "scoring has been closed"
        raise WrongStateError(msg)
    extension, _new = Extension.objects.update_or_create(
        round=round_,
        user=person,
        defaults={"until": until, "reason": reason, "by": by, "at": timezone.now()},
    )
    said = _("%(name)sさん: %(until)sまで。%(reason)s")
    words = {"name": person.name, "until": jdatetime(until), "reason": reason}
    record(round_, "extend", by=by, person=person, until=until, reason=said % words)
    notify(DeadlineExtended(extension=extension))
    return extension

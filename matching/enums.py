from django.db import models
from django.utils.translation import gettext_lazy as _


class MatchState(models.TextChoices):
    """Where a need and a partner stand with each other."""

    SUGGESTED = "suggested", _("候補")
    INTRODUCED = "introduced", _("紹介済み")
    INTERESTED = "interested", _("関心あり")
    MEETING = "meeting", _("面談")
    TALKING = "talking", _("交渉中")
    AGREED = "agreed", _("合意")
    DECLINED = "declined", _("見送り")
    CLOSED = "closed", _("終了")


HIDDEN_FROM_PARTNER = [MatchState.SUGGESTED]
OPEN_STATES = [
    MatchState.INTRODUCED,
    MatchState.INTERESTED,
    MatchState.MEETING,
    MatchState.TALKING,
    MatchState.AGREED,
]


class Origin(models.TextChoices):
    """Who took the first step."""

    PARTNER = "partner", _("企業から関心")
    OFFICE = "office", _("事務局の紹介")


class DeclineReason(models.TextChoices):
    """Why it did not go on."""

    NO_CAPACITY = "no_capacity", _("今は手が回らない")
    NO_FIT = "no_fit", _("技術・分野が合わない")
    MARKET = "market", _("市場が見込めない")
    TERMS = "terms", _("条件が合わない")
    OTHER = "other", _("その他")

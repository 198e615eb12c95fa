from django.db import models
from django.utils.translation import gettext_lazy as _


class Seat(models.TextChoices):
    """What somebody does in a committee."""

    CHAIR = "chair", _("委員長")
    DEPUTY = "deputy", _("副委員長")
    MEMBER = "member", _("委員")
    SECRETARY = "secretary", _("書記")


# The secretary takes the minutes and reads, but does not score.
SCORING_SEATS = [Seat.CHAIR, Seat.DEPUTY, Seat.MEMBER]
LEADING_SEATS = [Seat.CHAIR, Seat.DEPUTY]


class RoundState(models.TextChoices):
    """Where a round stands. Decisions stay pending until it is released."""

    PLANNED = "planned", _("準備中")
    REVIEWING = "reviewing", _("採点中")
    DISCUSSING = "discussing", _("合議中")
    DECIDED = "decided", _("決定済み")
    RELEASED = "released", _("結果通知済み")


class ConflictAnswer(models.TextChoices):
    """The question 「この案件との利益相反はありますか」 and its answers."""

    NONE = "none", _("ない")
    CONFLICT = "conflict", _("ある")
    UNSURE = "unsure", _("わからない")


# In doubt a case stays closed, like with a conflict.
OUT_ANSWERS = [ConflictAnswer.CONFLICT, ConflictAnswer.UNSURE]


class Outcome(models.TextChoices):
    """What the committee decides about a need."""

    ACCEPTED = "accepted", _("採択")
    CONDITIONAL = "conditional", _("条件付き採択")
    ON_HOLD = "on_hold", _("保留")
    NOT_ACCEPTED = "not_accepted", _("不採択")


CHOSEN_OUTCOMES = [Outcome.ACCEPTED, Outcome.CONDITIONAL]

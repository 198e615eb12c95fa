from django.db import models
from django.utils.translation import gettext_lazy as _


class Seat(models.TextChoices):
    """What somebody does in a committee."""

    CHAIR = "chair", _("委員長")
    DEPUTY = "deputy", _("副委員長")
    MEMBER = "member", _("委員")
    EXPERT = "expert", _("外部の専門家")
    SECRETARY = "secretary", _("書記")


# The secretary takes the minutes and reads, but does not score.
SCORING_SEATS = [Seat.CHAIR, Seat.DEPUTY, Seat.MEMBER, Seat.EXPERT]
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
    # Not hers to give: chair or office took her out of the case, whatever she had answered.
    RECUSED = "recused", _("外れた(委員長・事務局の判断)")


# In doubt a case stays closed, like with a conflict.
OUT_ANSWERS = [ConflictAnswer.CONFLICT, ConflictAnswer.UNSURE, ConflictAnswer.RECUSED]


class Verdict(models.TextChoices):
    """What chair or office say about a member's answer to the conflict question."""

    KEEP = "keep", _("回答のとおりでよい")
    RECUSE = "recuse", _("審査から外す")
    ASK_AGAIN = "ask_again", _("もう一度答えてもらう")


class Outcome(models.TextChoices):
    """What the committee decides about a need."""

    ACCEPTED = "accepted", _("採択")
    CONDITIONAL = "conditional", _("条件付き採択")
    ON_HOLD = "on_hold", _("保留")
    NOT_ACCEPTED = "not_accepted", _("不採択")


CHOSEN_OUTCOMES = [Outcome.ACCEPTED, Outcome.CONDITIONAL]


class Quorum(models.TextChoices):
    """How many members must be present before the committee may decide."""

    MAJORITY = "majority", _("委員の過半数")
    TWO_THIRDS = "two_thirds", _("委員の3分の2以上")
    ALL = "all", _("委員の全員")


class TieKind(models.TextChoices):
    """What may tie a member to a company (the usual columns of a 利益相反 form, DOMAIN.md §7)."""

    POST = "post", _("役員・顧問・兼業")
    SHARES = "shares", _("株式")
    ROYALTY = "royalty", _("特許の使用料")
    LECTURE = "lecture", _("講演料")
    WRITING = "writing", _("原稿料")
    RESEARCH = "research", _("研究費")
    GRANT = "grant", _("奨学寄附金・寄附講座")
    OTHER = "other", _("そのほか")


class MeetingState(models.TextChoices):
    """Where a meeting stands."""

    PLANNED = "planned", _("開会前")
    OPEN = "open", _("開会中")
    CLOSED = "closed", _("閉会・議事録の確認中")
    APPROVED = "approved", _("議事録を承認済み")


class Presence(models.TextChoices):
    """Whether a member takes part."""

    HERE = "here", _("出席")
    ONLINE = "online", _("オンラインで出席")
    ABSENT = "absent", _("欠席")


class BallotChoice(models.TextChoices):
    """An answer to a vote."""

    YES = "yes", _("賛成")
    NO = "no", _("反対")
    ABSTAIN = "abstain", _("棄権")

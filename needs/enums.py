from django.db import models
from django.utils.translation import gettext_lazy as _


class NeedState(models.TextChoices):
    """Where a need stands (docs/architecture.md has the flow)."""

    DRAFT = "draft", _("下書き")
    SUBMITTED = "submitted", _("受付待ち")
    SCREENING = "screening", _("受付済み")
    RETURNED = "returned", _("確認依頼中")
    DECLINED = "declined", _("見送り")
    IN_REVIEW = "in_review", _("審査中")
    ACCEPTED = "accepted", _("採択")
    CONDITIONALLY_ACCEPTED = "conditionally_accepted", _("条件付き採択")
    ON_HOLD = "on_hold", _("保留")
    NOT_ACCEPTED = "not_accepted", _("不採択")
    WITHDRAWN = "withdrawn", _("取り下げ")
    CLOSED = "closed", _("回答なしで終了")
    MERGED = "merged", _("統合")


OPEN_STATES = [
    NeedState.SUBMITTED,
    NeedState.SCREENING,
    NeedState.RETURNED,
    NeedState.IN_REVIEW,
]
# The committee has not begun: text, names and shares may still change.
BEFORE_REVIEW = [
    NeedState.DRAFT,
    NeedState.SUBMITTED,
    NeedState.SCREENING,
    NeedState.RETURNED,
    NeedState.CLOSED,
]
# What a colleague with the same worry can still join.
JOINABLE_STATES = [
    *OPEN_STATES,
    NeedState.ACCEPTED,
    NeedState.CONDITIONALLY_ACCEPTED,
    NeedState.ON_HOLD,
]
# The board shows them as one: nothing waits there for anybody.
ENDED_STATES = [
    NeedState.DECLINED,
    NeedState.NOT_ACCEPTED,
    NeedState.WITHDRAWN,
    NeedState.CLOSED,
    NeedState.MERGED,
]
PUT_ASIDE = [NeedState.DECLINED, NeedState.ON_HOLD, NeedState.NOT_ACCEPTED, NeedState.CLOSED]
CHOSEN_STATES = [NeedState.ACCEPTED, NeedState.CONDITIONALLY_ACCEPTED]


class Place(models.TextChoices):
    """Where the worry happens."""

    WARD = "ward", _("病棟")
    OUTPATIENT = "outpatient", _("外来")
    OPERATING_ROOM = "operating_room", _("手術室")
    ICU = "icu", _("ICU")
    LABORATORY = "laboratory", _("検査")
    HOME = "home", _("在宅")
    OTHER = "other", _("その他")


class Frequency(models.TextChoices):
    """How often it happens."""

    DAILY = "daily", _("毎日")
    WEEKLY = "weekly", _("週に数回")
    MONTHLY = "monthly", _("月に数回")
    RARELY = "rarely", _("まれに")
    UNKNOWN = "unknown", _("わからない")


class Impact(models.TextChoices):
    """What suffers from it."""

    SAFETY = "safety", _("患者さんの安全")
    TIME = "time", _("時間")
    BURDEN = "burden", _("負担")
    COST = "cost", _("費用")
    OTHER = "other", _("その他")


class Audience(models.TextChoices):
    """How far the proposer wishes the need to go; the safest first."""

    HOSPITAL = "hospital", _("院内だけ")
    MEMBERS = "members", _("登録企業・支援機関に概要まで")
    NDA = "nda", _("秘密保持契約を結んだ企業に詳細まで")

    @property
    def readers(self):
        """Who sees what, in one sentence."""
        return READERS[self]


READERS = {
    Audience.HOSPITAL: _(
        "院内の事務局・審査委員・部署長・病院長だけが読みます。企業には見えません。"
        "同じ困りごとを書いた職員には、題と場所、頻度だけを知らせます。"
    ),
    Audience.MEMBERS: _("登録した企業と支援機関が、事務局の書いた概要だけを読みます。"),
    Audience.NDA: _("概要に加えて、秘密保持契約を結んだ企業だけが詳しい内容を読みます。"),
}


class DeclineReason(models.TextChoices):
    """Why the office does not pass a need on; needs/declining.py has the advice for each."""

    EXISTS = "exists", _("すでに製品がある")
    DUPLICATE = "duplicate", _("同じニーズがすでにある")
    NOT_A_PRODUCT = "not_a_product", _("運用や教育で解決できる")
    UNCLEAR = "unclear", _("困りごとの内容が足りない")
    OUT_OF_SCOPE = "out_of_scope", _("医工連携の対象ではない")


class Source(models.TextChoices):
    """How the need came in."""

    PORTAL = "portal", _("ポータル")
    IMPORT = "import", _("取り込み")
    PAPER = "paper", _("紙の用紙")
    ROUND = "round", _("病棟の巡回")
    PHONE = "phone", _("電話")


class SafetyReview(models.TextChoices):
    """Whether the in-house safety committee has looked at it (DOMAIN.md §2)."""

    DONE = "done", _("検討された")
    UNDER_WAY = "under_way", _("検討中")
    NOT_YET = "not_yet", _("検討されていない")
    UNKNOWN = "unknown", _("わからない")


class IpStatus(models.TextChoices):
    """How far somebody has looked at intellectual property."""

    NOTHING = "nothing", _("まだ何もしていない")
    SEARCHED = "searched", _("先行調査をした")
    REPORTED = "reported", _("発明の届出をした")
    FILED = "filed", _("出願した")
    UNKNOWN = "unknown", _("わからない")


class ParticipantKind(models.TextChoices):
    """How somebody besides the proposer belongs to a need."""

    CO_SUBMITTER = "co_submitter", _("連名者")
    JOINED = "joined", _("賛同者")


class QuestionKind(models.TextChoices):
    """How an extra question is answered."""

    TEXT = "text", _("文章")
    CHOICE = "choice", _("選択")
    NUMBER = "number", _("数")
    FILE = "file", _("ファイル")
    DATE = "date", _("日付")


class QuestionChange(models.TextChoices):
    """How a version of the extra questions differs from the one before it."""

    ADDED = "added", _("加えた")
    CHANGED = "changed", _("直した")
    REMOVED = "removed", _("外した")
    MOVED = "moved", _("並び順を変えた")


class EnrichmentKind(models.TextChoices):
    """What the office looks up before the review (DOMAIN.md §2, §8)."""

    DISEASE = "disease", _("疾患・患者の数")
    PRODUCTS = "products", _("既存の製品")
    PRIOR_ART = "prior_art", _("先行技術・特許")
    GENERALITY = "generality", _("ほかの病院での必要性")
    REGULATION = "regulation", _("薬機法での見込み")


class Regulation(models.TextChoices):
    """The likely side of the law; a hint for the review, never a judgement (DOMAIN.md §8)."""

    CLASS_1 = "class_1", _("医療機器 クラスI")
    CLASS_2 = "class_2", _("医療機器 クラスII")
    CLASS_3 = "class_3", _("医療機器 クラスIII")
    CLASS_4 = "class_4", _("医療機器 クラスIV")
    NON_DEVICE = "non_device", _("非医療機器(雑品)")
    WELFARE = "welfare", _("福祉用具")
    UNKNOWN = "unknown", _("未確認")


class RelationKind(models.TextChoices):
    """How two needs belong together."""

    RELATED = "related", _("関連")
    SPLIT = "split", _("分割")
    DIFFERENT = "different", _("別件")


class RevivalCause(models.TextChoices):
    """Why a need that was put aside deserves another look."""

    SIMILAR_NEED = "similar_need", _("似たニーズが届いた")
    PARTNER = "partner", _("合いそうな企業が加わった")


class CommentAudience(models.TextChoices):
    """Who reads a comment; the smallest circle first."""

    OFFICE = "office", _("事務局のみ")
    INTERNAL = "internal", _("院内の関係者")
    PROPOSER = "proposer", _("提案者にも")


class SectionState(models.TextChoices):
    """How far a section of the sheet is; a word for the task list, never a condition."""

    EMPTY = "empty", _("未入力")
    BEGUN = "begun", _("入力中")
    DONE = "done", _("完了")

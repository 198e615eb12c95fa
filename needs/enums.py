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


OPEN_STATES = [
    NeedState.SUBMITTED,
    NeedState.SCREENING,
    NeedState.RETURNED,
    NeedState.IN_REVIEW,
]
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
    Audience.HOSPITAL: _("院内の事務局・委員・部署長だけが読みます。企業には見えません。"),
    Audience.MEMBERS: _("登録した企業と支援機関が、事務局の書いた概要だけを読みます。"),
    Audience.NDA: _("概要に加えて、秘密保持契約を結んだ企業だけが詳しい内容を読みます。"),
}


class DeclineReason(models.TextChoices):
    """Why the office does not pass a need on; each comes with advice in the letter."""

    EXISTS = "exists", _("すでに製品がある")
    DUPLICATE = "duplicate", _("同じニーズがすでにある")
    NOT_A_PRODUCT = "not_a_product", _("運用や教育で解決できる")
    UNCLEAR = "unclear", _("困りごとの内容が足りない")
    OUT_OF_SCOPE = "out_of_scope", _("医工連携の対象ではない")

    @property
    def advice(self):
        """What the proposer can do next."""
        return ADVICE[self]


ADVICE = {
    DeclineReason.EXISTS: _("院内で試用や購入を相談できます。事務局が窓口を紹介します。"),
    DeclineReason.DUPLICATE: _("先に届いたニーズに、あなたの現場の様子を添えることができます。"),
    DeclineReason.NOT_A_PRODUCT: _(
        "部署の業務改善や安全管理の担当者と一緒に考えることができます。"
    ),
    DeclineReason.UNCLEAR: _("場面や頻度、困る理由を書き足して、もう一度提出できます。"),
    DeclineReason.OUT_OF_SCOPE: _("合う相談先を事務局が一緒に探します。"),
}


class Source(models.TextChoices):
    """How the need came in."""

    PORTAL = "portal", _("ポータル")
    IMPORT = "import", _("取り込み")

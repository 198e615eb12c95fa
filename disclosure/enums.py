from django.db import models
from django.utils.translation import gettext_lazy as _


class PublicationState(models.TextChoices):
    """Where a publication stands."""

    DRAFTING = "drafting", _("作成中")
    CONSENT_ASKED = "consent_asked", _("同意待ち")
    PUBLISHED = "published", _("公開中")
    PAUSED = "paused", _("公開停止中")
    CLOSED = "closed", _("公開終了")


class Tier(models.TextChoices):
    """Who may read one field. The order is from closed to open."""

    INTERNAL = "internal", _("院内だけ")
    NDA = "nda", _("秘密保持契約を結んだ企業")
    MEMBERS = "members", _("登録企業・支援機関")


class NoveltyAnswer(models.TextChoices):
    """「公開する文に、解決の案(アイデア)は含まれますか」 — publishing one can destroy a patent."""

    UNANSWERED = "", _("未回答")
    NO_IDEA = "no_idea", _("含まれない(困りごとだけ)")
    CLEARED = "cleared", _("含まれるが、知財の確認が済んでいる")
    NOT_CLEARED = "not_cleared", _("含まれ、知財の確認が済んでいない")

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.kinds import registry
from notifications.querysets import IS_READ, MessageQuerySet


class MessageState(models.TextChoices):
    """Where the mail is. 「画面のみ」 means that the person asked for no mail."""

    QUEUED = "queued", _("送信待ち")
    SENDING = "sending", _("送信中")
    SENT = "sent", _("送信済み")
    FAILED = "failed", _("失敗")
    DROPPED = "dropped", _("送信せず")
    SCREEN = "screen", _("画面のみ")


class Message(models.Model):
    """A rendered notification for one person: the outbox, the inbox and the proof."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("宛先の人"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="messages",
    )
    email = models.EmailField(_("宛先"))
    kind = models.CharField(_("種類"), max_length=80)
    language = models.CharField(_("言語"), max_length=5, default="ja")
    subject = models.CharField(_("件名"), max_length=200)
    body = models.TextField(_("本文"))
    url = models.CharField(_("リンク"), max_length=300)
    hospital = models.ForeignKey(
        "accounts.Organisation",
        verbose_name=_("担当の病院"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    permission = models.CharField(max_length=80, blank=True)
    target_type = models.ForeignKey(ContentType, null=True, blank=True, on_delete=models.CASCADE)
    target_id = models.PositiveBigIntegerField(null=True, blank=True)
    target = GenericForeignKey("target_type", "target_id")

    state = models.CharField(
        _("送信の状況"), max_length=10, choices=MessageState, default=MessageState.QUEUED
    )
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now)
    due_at = models.DateTimeField(_("次に送る時刻"), default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("試した回数"), default=0)
    last_error = models.TextField(_("サーバーの答え"), blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    sent_at = models.DateTimeField(_("送信日時"), null=True, blank=True)
    read_at = models.DateTimeField(_("既読日時"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        indexes = [
            models.Index(fields=["state", "due_at"]),
            models.Index(
                *("recipient", IS_READ, models.F("created_at").desc(), models.F("id").desc()),
                "state",
                name="message_inbox",
            ),
            models.Index(
                fields=["recipient", "state"],
                name="message_unread",
                condition=models.Q(read_at__isnull=True),
            ),
            models.Index(fields=["hospital", "-created_at", "-id"], name="message_deliveries"),
            models.Index(
                fields=["hospital", "state", "-created_at", "-id"], name="message_deliveries_in"
            ),
        ]

    def __str__(self):
        return self.subject

    @property
    def kind_label(self):
        """What sort of notification this is; the slug when its class is gone."""
        return registry[self.kind].label if self.kind in registry else self.kind

    @property
    def has_secret_link(self):
        """Whether link and text hold a key that nobody but the recipient may see."""
        return self.kind in registry and registry[self.kind].secret_link

    @property
    def is_essential(self):
        """Whether this kind comes whatever the preferences say."""
        return self.kind in registry and registry[self.kind].essential

    @property
    def is_resendable(self):
        """Whether 「再送する」 makes sense now."""
        return self.state in {MessageState.FAILED, MessageState.QUEUED}


class Channel(models.TextChoices):
    """How somebody wants to hear of one kind of thing."""

    MAIL = "mail", _("画面とメール")
    SCREEN = "screen", _("画面だけ")


class Preference(models.Model):
    """A person's choice for one kind; no row means mail."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("人"), on_delete=models.CASCADE
    )
    kind = models.CharField(_("種類"), max_length=80)
    channel = models.CharField(_("届け方"), max_length=10, choices=Channel)

    class Meta:
        verbose_name = _("通知の設定")
        verbose_name_plural = _("通知の設定")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="one_preference_per_kind")
        ]

    def __str__(self):
        return f"{self.user}: {self.kind}"

"""Tell people, and get the mail out without losing any."""

from __future__ import annotations

import logging
import smtplib
import time
from datetime import timedelta
from email.utils import make_msgid
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.workflow import action_labels
from notifications.models import Channel, Message, MessageState, Preference
from notifications.text import render_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifications.kinds import Notification

log = logging.getLogger(__name__)

action_labels["notifications.message.send_again"] = _("再送した")

LEASE = timedelta(seconds=60)
BACK_OFF = [timedelta(minutes=m) for m in (1, 2, 5, 15, 60, 240, 720)]
# A worker that dies while sending counts as an attempt too; this is where we stop trusting it.
ATTEMPTS_MAX = 2 * len(BACK_OFF)
BROKER_PAUSE = 10.0
PERMANENT = range(500, 600)

_broker_down_until = 0.0


def notify(notification: Notification) -> list[Message]:
    """Write one message per recipient now; mail them once the transaction commits.

    The rows belong to the caller's transaction: no event without its notice, no notice
    without its event. Nobody is told twice, and closed accounts not at all. Returns the messages.
    """
    messages = drafts(notification)
    for message in messages:
        message.save()
        if message.state == MessageState.QUEUED:
            transaction.on_commit(partial(hurry, message.pk))
    return messages


def drafts(notification: Notification) -> list[Message]:
    """What ``notify`` would write now, unsaved: for a page that shows the mails beforehand."""
    people = _once_each(notification.recipients())
    quiet = set()
    if not notification.essential:
        quiet = set(
            Preference.objects.filter(
                kind=notification.slug,
                channel=Channel.SCREEN,
                user__in=[person.pk for person in people if person.pk],
            ).values_list("user_id", flat=True)
        )
    return [_draft(notification, person, quiet=person.pk in quiet) for person in people]


def _once_each(people: Iterable[Any]) -> list[Any]:
    unique = {(person.pk, person.email): person for person in people}
    return [person for person in unique.values() if getattr(person, "is_active", True)]


def _draft(notification: Notification, person: Any, *, quiet: bool) -> Message:
    with translation.override(person.language):
        target = notification.target()
        return Message(
            recipient=person if person.pk else None,
            email=person.email,
            kind=notification.slug,
            language=person.language,
            # A title with a line break must not become a second mail header.
            subject=" ".join(notification.render("subject").split())[:200],
            body=notification.render("body"),
            url=notification.url(),
            hospital_id=notification.hospital_id(),
            permission=notification.permission,
            target=target if target and target.pk else None,
            state=MessageState.SCREEN if quiet else MessageState.QUEUED,
            message_id=make_msgid(domain="ikou-portal"),
        )


def hurry(message_id: int) -> None:
    """Ask a worker to send now. Without a broker the sweep will do it: never fail the page."""
    global _broker_down_until  # noqa: PLW0603 -- one memory per process: the broker was down just now
    from notifications.tasks import deliver  # noqa: PLC0415 -- tasks import this module

    if time.monotonic() < _broker_down_until:
        return
    try:
        deliver.apply_async(kwargs={"message_id": message_id}, retry=False)
    except Exception:  # noqa: BLE001 -- each transport has errors of its own
        _broker_down_until = time.monotonic() + BROKER_PAUSE
        log.warning("broker unreachable, message %s waits for the sweep", message_id)


def sweep() -> int:
    """Send what is due, one by one; returns how many mails were tried.

    Stops when the mail server cannot be reached: the next sweep tries the next message.
    """
    tried = 0
    while message := _claim(Message.objects.due()):
        tried += 1
        if not _send(message):
            break
    return tried


def deliver(message_id: int) -> None:
    """Send one message if it is still due; a second call finds nothing to do."""
    if message := _claim(Message.objects.due().filter(pk=message_id)):
        _send(message)


def _claim(due: Any) -> Message | None:
    """Take one message under a lease: no other worker sends it, and a dead one's comes back."""
    skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        found = due.select_for_update(skip_locked=skip).order_by("due_at", "pk").first()
        if found is None:
            return None
        message: Message = found
        message.state = MessageState.SENDING
        message.lease_until = timezone.now() + LEASE
        message.attempts += 1
        message.save(update_fields=["state", "lease_until", "attempts"])
    return message


def _send(message: Message) -> bool:
    """Try once; whatever happens, the row leaves SENDING. False when the server is unreachable."""
    if message.attempts > ATTEMPTS_MAX:
        _settle(message, MessageState.FAILED, last_error=str(_("送信中に何度も止まりました。")))
        return True
    try:
        if not _may_still_read(message):
            _settle(message, MessageState.DROPPED, last_error="", **_wiped(message))
            return True
        _mail(message).send()
    except Exception as error:  # noqa: BLE001 -- any reason (template, address, network) is shown to the office
        log.warning("message %s was not sent: %s", message.pk, type(error).__name__)
        _retry(message, error)
        return not _server_is_away(error)
    _sent(message)
    return True


def _may_still_read(message: Message) -> bool:
    person = message.recipient
    if person is None:
        return True
    if not person.is_active:
        return False
    if not message.permission:
        return True
    return message.target is not None and person.has_perm(message.permission, message.target)


def _mail(message: Message) -> EmailMessage:
    with translation.override(message.language):
        context = {
            "message": message,
            "link": f"{settings.PORTAL_URL}{message.url}",
            "essential": message.is_essential,
        }
        text = render_text("mail/base.txt", context) + "\n"
        prefix = translation.gettext("【医工連携ポータル】")
    return EmailMessage(
        subject=f"{prefix}{message.subject}",
        body=text,
        to=[message.email],
        headers={
            "Message-ID": message.message_id,
            "X-Notification-Id": str(message.pk),
            "Auto-Submitted": "auto-generated",
        },
    )


def _retry(message: Message, error: Exception) -> None:
    answer = f"{type(error).__name__}: {error}"[:2000]
    if _is_final(error) or message.attempts > len(BACK_OFF):
        _settle(message, MessageState.FAILED, last_error=answer)
        return
    due = timezone.now() + BACK_OFF[message.attempts - 1]
    _settle(message, MessageState.QUEUED, due_at=due, last_error=answer)


def _is_final(error: Exception) -> bool:
    """Whether asking again cannot help: the server refuses this recipient or this mail for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code in PERMANENT for code, _answer in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code in PERMANENT
    # Django's BadHeaderError and addresses that cannot be encoded are ValueErrors.
    return isinstance(error, ValueError)


def _server_is_away(error: Exception) -> bool:
    """Whether the next mail would fare the same: no network, no server, no sign-in there."""
    about_this_mail = smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError
    return isinstance(error, OSError) and not isinstance(error, about_this_mail)


def _sent(message: Message) -> None:
    # Even when the lease ran out meanwhile: the mail is out, nobody shall send it again.
    Message.objects.filter(pk=message.pk).update(
        state=MessageState.SENT,
        sent_at=timezone.now(),
        last_error="",
        lease_until=None,
        **_wiped(message),
    )


def _wiped(message: Message) -> dict[str, str]:
    """Nothing stays of a link that opens an account."""
    return {"url": "/", "body": ""} if message.has_secret_link else {}


def _settle(message: Message, state: MessageState, **changes: Any) -> None:
    """Leave SENDING, unless another worker took the message over when our lease had run out."""
    Message.objects.filter(
        pk=message.pk, state=MessageState.SENDING, lease_until=message.lease_until
    ).update(state=state, lease_until=None, **changes)


def send_again(message: Message, *, by: Any) -> bool:
    """Put a failed or waiting message back at the front of the queue (button 「再送する」).

    Returns False when it was sent meanwhile.
    """
    with transaction.atomic():
        again = Message.objects.filter(
            pk=message.pk, state__in=[MessageState.FAILED, MessageState.QUEUED]
        ).update(state=MessageState.QUEUED, due_at=timezone.now(), attempts=0)
        if again:
            record(message, "send_again", by=by)
            transaction.on_commit(partial(hurry, message.pk))
    return bool(again)


def prefer(user: Any, channels: dict[str, str]) -> None:
    """Keep how ``user`` wants to hear of each kind: slug → ``Channel`` value."""
    with transaction.atomic():
        for kind, channel in channels.items():
            Preference.objects.update_or_create(user=user, kind=kind, defaults={"channel": channel})


def mark_read(messages: Any) -> int:
    """Mark a queryset of messages as read; returns how many were new."""
    count: int = messages.unread().update(read_at=timezone.now())
    return count

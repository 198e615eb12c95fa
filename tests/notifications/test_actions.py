"""From the event to the mail: nothing lost, nothing twice, nothing to the wrong person."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.utils import timezone

from accounts import actions as accounts
from accounts.notifications import PasswordReset
from audit.queries import entries_for
from ikou_portal.celery import app
from notifications import actions
from notifications.models import Channel, Message, MessageState, Preference
from tests.notifications.kinds import AboutPerson

SERVERS = "tests.notifications.servers"


def written(nurse, *readers):
    """One message per reader, in the database and not yet on its way."""
    return actions.notify(AboutPerson(user=nurse, what="password_changed", readers=readers))


def states():
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def test_the_mail_leaves_after_the_commit(nurse, office, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        written(nurse, office)
        before = len(mail.outbox)

    assert (before, len(mail.outbox), states()) == (0, 1, ["sent"])


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_event_tells_nobody(nurse, office):
    with transaction.atomic():
        written(nurse, office)
        transaction.set_rollback(True)

    assert (states(), mail.outbox) == ([], [])


def test_the_mail_has_one_link_and_says_why_it_came(nurse, office):
    [message] = written(nurse, office)

    actions.sweep()

    letter = mail.outbox[0]
    link = f"http://127.0.0.1:8000{message.url}"
    assert letter.subject == "【医工連携ポータル】パスワードが変わりました"
    assert letter.body.startswith("支援 花子さん\n")
    assert letter.body.count(link) == 1
    assert letter.extra_headers["Message-ID"] == message.message_id
    assert letter.extra_headers["X-Notification-Id"] == str(message.pk)


def test_a_letter_is_no_html(nurse, office):
    office.name = "A & B <C>"
    office.save()
    written(nurse, office)

    actions.sweep()

    assert mail.outbox[0].body.startswith("A & B <C>さん")


def test_nobody_is_told_twice_and_closed_accounts_not_at_all(nurse, office, head):
    head.is_active = False

    assert [m.recipient for m in written(nurse, office, head, office)] == [office]


def test_who_wants_no_mail_finds_it_on_the_screen(nurse, office):
    Preference.objects.create(user=office, kind=AboutPerson.slug, channel=Channel.SCREEN)
    written(nurse, office)

    actions.sweep()

    assert (states(), mail.outbox) == (["screen"], [])
    assert list(Message.objects.inbox_of(office).unread()) == list(Message.objects.all())


def test_essential_things_come_in_any_case(nurse):
    Preference.objects.create(user=nurse, kind=PasswordReset.slug, channel=Channel.SCREEN)

    [message] = actions.notify(PasswordReset(user=nurse, path="/accounts/"))

    assert message.state == MessageState.QUEUED


def test_who_lost_access_meanwhile_gets_no_mail(nurse, office):
    written(nurse, office)
    office.memberships.all().delete()

    actions.sweep()

    assert (states(), mail.outbox) == (["dropped"], [])


def test_who_was_deactivated_meanwhile_gets_no_mail(nurse, other_nurse, office):
    actions.notify(PasswordReset(user=nurse, path="/accounts/"))
    accounts.deactivate(nurse, by=office)

    actions.sweep()

    assert (states(), mail.outbox) == (["dropped"], [])


def test_a_server_that_is_down_is_asked_again_later_and_later(nurse, office, settings):
    settings.EMAIL_BACKEND = f"{SERVERS}.Unreachable"
    written(nurse, office)
    waits = []

    with time_machine.travel(timezone.now(), tick=False) as clock:
        while "failed" not in states():
            actions.sweep()
            message = Message.objects.get()
            waits.append(message.due_at - timezone.now())
            clock.move_to(max(message.due_at, timezone.now()))

    assert [wait // timedelta(minutes=1) for wait in waits[:-1]] == [1, 2, 5, 15, 60, 240, 720]
    assert "Connection refused" in Message.objects.get().last_error


def test_before_its_time_nothing_is_tried_again(nurse, office, settings):
    settings.EMAIL_BACKEND = f"{SERVERS}.Unreachable"
    written(nurse, office)
    actions.sweep()

    assert (actions.sweep(), Message.objects.get().attempts) == (0, 1)


def test_a_sweep_stops_when_the_server_is_away(nurse, office, other_office, settings):
    settings.EMAIL_BACKEND = f"{SERVERS}.Unreachable"
    written(nurse, office, nurse)

    assert actions.sweep() == 1


@pytest.mark.parametrize(
    ("server", "state", "answer"),
    [
        ("NoSuchMailbox", "failed", "550"),
        ("Greylisting", "queued", "450"),
        ("WrongPassword", "queued", "535"),
        ("Broken", "queued", "RuntimeError: a bug of ours"),
    ],
)
def test_what_the_servers_answer_means(nurse, office, settings, server, state, answer):
    settings.EMAIL_BACKEND = f"{SERVERS}.{server}"
    written(nurse, office)

    actions.sweep()

    assert states() == [state]
    assert answer in Message.objects.get().last_error


def test_an_impossible_address_fails_at_once_and_holds_nobody_up(nurse, office):
    written(nurse, office, office)
    written(nurse, office)
    Message.objects.filter(pk=Message.objects.earliest("pk").pk).update(email="a\nb@example.jp")

    actions.sweep()

    assert states() == ["failed", "sent"]


def test_send_again(nurse, office, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_BACKEND = f"{SERVERS}.NoSuchMailbox"
    [message] = written(nurse, office)
    actions.sweep()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    with django_capture_on_commit_callbacks(execute=True):
        again = actions.send_again(message, by=office)

    assert (again, states(), len(mail.outbox)) == (True, ["sent"], 1)
    assert [entry.label for entry in entries_for(message)] == ["再送した"]


def test_a_sent_mail_is_not_sent_again(nurse, office):
    [message] = written(nurse, office)
    actions.sweep()

    assert actions.send_again(message, by=office) is False
    actions.deliver(message.pk)
    assert len(mail.outbox) == 1


def test_the_mail_of_a_worker_that_died_is_taken_over(nurse, office):
    [message] = written(nurse, office)
    actions._claim(Message.objects.due())

    with time_machine.travel(timezone.now() + actions.LEASE - timedelta(seconds=5)):
        actions.deliver(message.pk)
        early = len(mail.outbox)
    with time_machine.travel(timezone.now() + actions.LEASE + timedelta(seconds=5)):
        actions.sweep()

    assert (early, states(), len(mail.outbox)) == (0, ["sent"], 1)


def test_a_mail_that_kills_its_workers_is_given_up(nurse, office):
    written(nurse, office)

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _death in range(actions.ATTEMPTS_MAX):
            actions._claim(Message.objects.due())
            clock.shift(actions.LEASE + timedelta(seconds=1))
        actions.sweep()

    assert (states(), mail.outbox) == (["failed"], [])


def test_a_late_worker_does_not_put_a_mail_back_that_another_one_has(nurse, office):
    written(nurse, office)
    late = actions._claim(Message.objects.due())
    with time_machine.travel(timezone.now() + actions.LEASE * 2, tick=False):
        actions._claim(Message.objects.due())

        actions._retry(late, ConnectionResetError())

    assert states() == ["sending"]


def test_without_a_broker_the_page_works_and_the_sweep_sends(
    nurse, office, settings, django_capture_on_commit_callbacks, broker_is_down
):
    with django_capture_on_commit_callbacks(execute=True):
        written(nurse, office)
    before, pause = states(), actions._broker_down_until - time.monotonic()

    actions.sweep()

    assert (before, states()) == (["queued"], ["sent"])
    assert pause > 0  # the next pages do not even ask


@pytest.fixture
def broker_is_down(monkeypatch):
    """Celery's producer points at a port where nothing listens."""
    options = {"max_retries": 1, "interval_start": 0, "socket_connect_timeout": 1}
    monkeypatch.setitem(app.conf.changes, "task_always_eager", False)
    monkeypatch.setitem(app.conf.changes, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setitem(app.conf.changes, "broker_transport_options", options)
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    monkeypatch.setattr(actions, "_broker_down_until", 0.0)

"""The process set of a hospital, in trouble: nobody's mail is lost, no page stands still."""

import http.cookiejar
import re
import time
import urllib.parse
import urllib.request

import pytest

from tests.services import wait_until

pytestmark = [pytest.mark.process, pytest.mark.slow]

HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"')
LEASE_RUNS_OUT = 120  # seconds, generously: a lease, a sweep, and a busy machine
STATE = (
    "from notifications.models import Message\n"
    "answer = list(Message.objects.filter(email__in={addresses!r}).order_by('email')"
    ".values('email', 'state', 'attempts', 'last_error', 'message_id'))"
)
PEOPLE = (
    "from accounts.models import User\n"
    "answer = [User.objects.create_user(a, name='見本 花子', password='tests-only-2026').email"
    " for a in {addresses!r}]"
)


@pytest.fixture
def people(stack):
    return stack.ask(PEOPLE.format(addresses=[f"person{n}@example.jp" for n in range(4)]))


def test_a_worker_killed_in_the_middle_of_sending_loses_nothing(stack, smtp_sink, people):
    smtp_sink.hold = True
    for address in people:
        forgot_password(stack, address)
    # Both of the worker's processes now stand in front of the mail server; two more mails wait.
    wait_until(lambda: len(smtp_sink.seen) == 2, what="two mails at the server")

    stack.kill_worker()
    smtp_sink.hold = False
    stack.restart_worker()

    for address in people:
        smtp_sink.wait_for(address, seconds=LEASE_RUNS_OUT)
    rows = wait_until(lambda: all_sent(stack, people), what="all marked as sent")
    assert {row["message_id"] for row in rows} == {mail["Message-ID"] for mail in smtp_sink.mails}
    assert {row["message_id"] for row in rows} == {mail["Message-ID"] for mail in smtp_sink.seen}
    assert sorted(row["attempts"] for row in rows) == [1, 1, 2, 2]


def test_without_broker_pages_work_and_mail_leaves_when_it_is_back(stack, smtp_sink, people):
    if stack.redis is None:
        pytest.skip("redis-server is not installed")
    stack.redis.stop()

    started = time.monotonic()
    forgot_password(stack, people[0])

    assert time.monotonic() - started < 5
    assert states(stack, people[:1]) == ["queued"]

    stack.redis.start()

    smtp_sink.wait_for(people[0], seconds=90)
    assert len(smtp_sink.to(people[0])) == 1


def test_without_mail_server_delivery_is_tried_again_later(stack, smtp_sink, people):
    smtp_sink.stop()
    forgot_password(stack, people[0])
    [row] = wait_until(lambda: tried(stack, people[:1]), what="an attempt")
    assert (row["state"], row["attempts"]) == ("queued", 1)
    assert "ConnectionRefusedError" in row["last_error"]

    smtp_sink.start()

    smtp_sink.wait_for(people[0], seconds=LEASE_RUNS_OUT)
    [row] = wait_until(lambda: all_sent(stack, people[:1]), what="it is marked as sent")
    assert (row["attempts"], row["last_error"]) == (2, "")
    assert [mail["Message-ID"] for mail in smtp_sink.mails] == [row["message_id"]]


def test_the_answer_of_a_mail_server_that_refuses_is_kept(stack, smtp_sink, people):
    smtp_sink.refusal = "451 4.7.1 greylisted, come back later"
    forgot_password(stack, people[0])

    [row] = wait_until(lambda: tried(stack, people[:1]), what="an attempt")

    assert row["state"] == "queued"
    assert "greylisted" in row["last_error"]


def forgot_password(stack, address):
    """Ask for a new password on the page, as a person does: GET, then POST with its tokens."""
    cookies = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    page_url = f"{stack.url}/accounts/password/reset/"
    with browser.open(page_url, timeout=15) as page:
        forms = page.read().decode().split("<form")
    [form] = [form for form in forms if 'name="email"' in form]
    hidden = dict(HIDDEN.findall(form))
    answers = urllib.parse.urlencode({**hidden, "email": address}).encode()
    with browser.open(page_url, answers, timeout=15) as page:
        assert page.url.endswith("/accounts/password/reset/done/")


def rows_of(stack, addresses):
    return stack.ask(STATE.format(addresses=addresses))


def states(stack, addresses):
    return [row["state"] for row in rows_of(stack, addresses)]


def tried(stack, addresses):
    """The rows once each was tried and is back in the queue."""
    rows = rows_of(stack, addresses)
    return rows if all(row["attempts"] and row["state"] != "sending" for row in rows) else None


def all_sent(stack, addresses):
    rows = rows_of(stack, addresses)
    return rows if all(row["state"] == "sent" for row in rows) else None

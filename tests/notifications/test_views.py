"""The bell, one's preferences, and the office's view of what arrived."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.notifications import Invited, PasswordReset, SecurityNotice
from core.todo import todos_for
from notifications import actions
from notifications.kinds import registry
from notifications.models import Channel, Message, Preference
from tests.factories.accounts import InvitationFactory
from tests.notifications.kinds import AboutPerson

INBOX = reverse("notifications:inbox")
DELIVERIES = reverse("notifications:deliveries")


def tell(person, count=1):
    for _each in range(count):
        actions.notify(SecurityNotice(user=person, what="password_changed"))
    return list(Message.objects.filter(recipient=person).order_by("pk"))


def test_opening_a_notification_reads_it_and_leads_to_its_page(client, nurse):
    message, other = tell(nurse, 2)
    client.force_login(nurse)

    answer = client.get(reverse("notifications:open", args=[message.pk]))

    assert answer.url == message.url
    assert list(Message.objects.unread()) == [other]


def test_what_a_notification_told_of_may_be_gone(client, nurse):
    [message] = tell(nurse)
    Message.objects.update(target_id=10**9)
    client.force_login(nurse)

    answer = client.get(reverse("notifications:open", args=[message.pk]), follow=True)

    assert answer.redirect_chain[-1][0] == INBOX
    assert "このお知らせのページは、もうありません" in answer.content.decode()
    assert not Message.objects.unread().exists()


def test_unread_ones_come_first(client, nurse):
    first, second = tell(nurse, 2)
    actions.mark_read(Message.objects.filter(pk=second.pk))
    client.force_login(nurse)

    assert list(client.get(INBOX).context["object_list"]) == [first, second]
    assert list(client.get(f"{INBOX}?show=unread").context["object_list"]) == [first]


def test_all_at_once(client, nurse, other_nurse):
    tell(nurse, 2)
    tell(other_nurse)
    client.force_login(nurse)

    client.post(reverse("notifications:read_all"))

    assert [message.recipient for message in Message.objects.unread()] == [other_nurse]


def test_nobody_opens_the_notification_of_somebody_else(client, nurse, other_nurse):
    [message] = tell(nurse)
    client.force_login(other_nurse)

    assert client.get(reverse("notifications:open", args=[message.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_needs_a_fixed_number_of_queries(
    client, nurse, count, django_assert_max_num_queries
):
    tell(nurse, count)
    client.force_login(nurse)

    with django_assert_max_num_queries(7):
        page = client.get(INBOX).content.decode()

    assert page.count("パスワードが変わりました") == count


def test_preferences_are_kept_for_what_may_be_turned_down(client, nurse):
    client.force_login(nurse)
    choices = {kind.slug: Channel.SCREEN for kind in registry}

    client.post(reverse("notifications:preferences"), choices)

    chosen = set(Preference.objects.filter(user=nurse).values_list("kind", "channel"))
    assert chosen == {(kind.slug, "screen") for kind in registry if not kind.essential}


@pytest.mark.parametrize(
    ("role", "status"), [("office", 200), ("superuser", 200), ("nurse", 403), ("partner", 403)]
)
@pytest.mark.parametrize("name", ["deliveries", "kinds"])
def test_who_sees_deliveries(client, request, role, status, name):
    client.force_login(request.getfixturevalue(role))

    assert client.get(reverse(f"notifications:{name}")).status_code == status


@pytest.fixture
def invitation_mail(office, hospital):
    """A failed mail that the office of ``hospital`` looks after."""
    invitation = InvitationFactory(organisation=hospital, invited_by=office)
    [message] = actions.notify(Invited(invitation=invitation, secret="a-secret-of-tests"))
    Message.objects.filter(pk=message.pk).update(state="failed", last_error="550 no such mailbox")
    return message


def test_the_office_sees_its_failed_mail_with_the_servers_answer(client, office, invitation_mail):
    client.force_login(office)

    page = client.get(f"{DELIVERIES}?state=failed").content.decode()

    assert "550 no such mailbox" in page
    assert reverse("notifications:send_again", args=[invitation_mail.pk]) in page


def test_each_count_is_a_link_to_that_many_rows(client, office, invitation_mail):
    client.force_login(office)
    filters = client.get(DELIVERIES).context["filters"]

    for each in filters:
        rows = client.get(f"{DELIVERIES}?state={each['name']}").context["object_list"]
        assert len(rows) == each["count"]


def test_another_office_sees_nothing_of_it(client, other_office, invitation_mail):
    client.force_login(other_office)

    again = client.post(reverse("notifications:send_again", args=[invitation_mail.pk]))

    assert list(client.get(DELIVERIES).context["object_list"]) == []
    assert again.status_code == 404


def test_the_button_sends_again(client, office, invitation_mail):
    client.force_login(office)

    client.post(reverse("notifications:send_again", args=[invitation_mail.pk]))

    invitation_mail.refresh_from_db()
    assert (invitation_mail.state, invitation_mail.attempts) == ("queued", 0)


def test_nobody_else_reads_a_link_that_opens_an_account(client, superuser, invitation_mail, nurse):
    actions.notify(
        PasswordReset(user=nurse, path="/accounts/password/reset/key/a-secret-of-tests/")
    )
    client.force_login(superuser)
    urls = [DELIVERIES, reverse("notifications:kinds")]
    urls += [
        reverse("admin:notifications_message_change", args=[message.pk])
        for message in Message.objects.all()
    ]

    pages = [client.get(url) for url in urls]

    assert [page.status_code for page in pages] == [200] * 4
    assert not any("a-secret-of-tests" in page.content.decode() for page in pages)


def test_the_office_is_reminded_of_failed_mail(office, other_office, invitation_mail):
    found = [
        [todo.url for todo in todos_for(User.objects.get(pk=person.pk)) if "deliveries" in todo.url]
        for person in (office, other_office)
    ]

    assert found == [[f"{DELIVERIES}?state=failed"], []]


def test_kinds_of_tests_stay_out_of_the_registry():
    assert registry[AboutPerson.slug] is SecurityNotice

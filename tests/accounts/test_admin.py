"""The Django admin of people, mail and files: every page opens, nothing bypasses an action."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import User
from accounts.notifications import SecurityNotice
from audit.actions import record
from audit.queries import entries_for
from documents.actions import store
from notifications.actions import notify
from notifications.models import Preference
from tests.documents.files import upload
from tests.factories.accounts import InvitationFactory

OURS = {"accounts", "audit", "documents", "notifications", "taxonomy"}
MODELS = sorted(
    (model for model in admin.site._registry if model._meta.app_label in OURS),
    key=lambda model: model._meta.label,
)
READ_ONLY = {"Entry", "Invitation", "Message", "Document", "Version"}


@pytest.fixture
def something_of_everything(office, department, company, settings, tmp_path):
    storage = settings.STORAGES["default"] | {"OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"default": storage}
    InvitationFactory(organisation=department.hospital, invited_by=office)
    notify(SecurityNotice(user=office, what="password_changed"))
    Preference.objects.create(user=office, kind="needs.submitted", channel="screen")
    may = "accounts.invite_to_organisation"
    place = {"target": company, "slot": "paper", "title": "書類"}
    store(upload=upload("a.pdf"), by=office, view_permission=may, change_permission=may, **place)
    record(office, "activate", by=office)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_list_search_and_detail_open(client, superuser, something_of_everything, model):
    client.force_login(superuser)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    one = model._default_manager.order_by("pk").first()

    pages = [
        client.get(reverse(f"{name}_changelist")),
        client.get(reverse(f"{name}_changelist"), {"q": "見本"}),
        client.get(reverse(f"{name}_change", args=[one.pk])),
        client.get(reverse(f"{name}_add")),
    ]

    adding = 403 if model.__name__ in READ_ONLY else 200
    assert [page.status_code for page in pages] == [200, 200, 200, adding]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_the_list_does_not_ask_for_each_row(
    client, superuser, something_of_everything, model, django_assert_max_num_queries
):
    client.force_login(superuser)
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

    with django_assert_max_num_queries(14):
        client.get(url)


def test_a_new_person_signs_in_with_her_address(client, superuser):
    client.force_login(superuser)
    password = "長い文章のパスワードです"
    form = {
        "email": "New@Example.jp",
        "name": "新人 花子",
        "usable_password": "true",
        "password1": password,
        "password2": password,
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }

    client.post(reverse("admin:accounts_user_add"), form)

    person = User.objects.get(email="new@example.jp")
    assert person.check_password(password)


@pytest.mark.parametrize(
    ("action", "active", "label"),
    [("close_accounts", False, "利用を止めた"), ("open_accounts", True, "利用を再開した")],
)
def test_accounts_are_closed_and_opened_with_a_record(
    client, superuser, nurse, action, active, label
):
    User.objects.filter(pk=nurse.pk).update(is_active=not active)
    client.force_login(superuser)

    client.post(
        reverse("admin:accounts_user_changelist"),
        {"action": action, "_selected_action": [nurse.pk, superuser.pk]},
    )

    nurse.refresh_from_db()
    superuser.refresh_from_db()
    assert (nurse.is_active, superuser.is_active) == (active, True)
    assert [entry.label for entry in entries_for(nurse)] == [label]

"""Django admin on the demo story: every page opens, and nothing there goes past a flow."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Department, User
from committee.models import Decision, Letter, Review
from needs.models import Need
from tests.access import COLUMNS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PROJECT = [
    *("taxonomy", "audit", "notifications", "accounts", "contributions", "documents", "needs"),
    *("committee", "partners", "disclosure", "matching", "contracts", "search"),
]
# What an administrator may do with a model; with all others: look.
RIGHTS = {
    "accounts.User": ["add", "change"],
    "accounts.Organisation": ["add", "change"],
    "accounts.Department": ["add", "change"],  # and delete, while no need comes from it
    "accounts.Membership": ["add", "change", "delete"],
    "contracts.Contract": ["change"],
    "matching.Requirement": ["add", "change", "delete"],
    "notifications.Preference": ["add", "change", "delete"],
    "partners.Profile": ["add", "change"],
    "taxonomy.Term": ["add", "change"],
}
# Read and kept on the need's own pages only (decision 0005), or one person's own settings.
PARTS_OF_A_NEED = [
    *("Answer", "Clearance", "Comment", "Confirmation", "Enrichment", "Participant", "Relation"),
    *("Revival", "Transfer", "Question", "QuestionSet", "ListColumns", "SavedView"),
]
PARTS_OF_A_ROUND = [
    *("Assignment", "Attendance", "AwardPlan", "Ballot", "Conflict", "Criterion", "Decision"),
    *(
        "CaseResult",
        "DecisionKind",
        "Extension",
        "Meeting",
        "MeetingItem",
        "Member",
        "MinutesApproval",
    ),
    *("Nomination", "Redaction", "Score", "Tie", "TieThreshold", "Vote"),
]
# Shown with the object that they belong to, or (one-time keys, scores) not at all.
WITHOUT_A_PAGE = {
    "accounts.ClosedDay",
    "audit.Submission",
    *(f"committee.{name}" for name in PARTS_OF_A_ROUND),
    "disclosure.PublishedField",
    *(f"needs.{name}" for name in PARTS_OF_A_NEED),
    "partners.Licence",
    "search.Entry",
    "search.Statistic",
}
REGISTERED = [
    model
    for name in PROJECT
    for model in apps.get_app_config(name).get_models()
    if model in admin.site._registry
]
by_label = pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)


@pytest.fixture
def administrator(specimens):
    client = Client()
    client.force_login(User.objects.get(email=COLUMNS["admin"]))
    return client


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_every_model_has_its_pages():
    models = {
        model._meta.label for name in PROJECT for model in apps.get_app_config(name).get_models()
    }

    assert models - {model._meta.label for model in REGISTERED} == WITHOUT_A_PAGE


@by_label
def test_pages_and_rights(administrator, model):
    one = model._base_manager.order_by("pk").first()

    may = RIGHTS.get(model._meta.label, [])
    expected = {
        "list": 200,
        "search": 200,
        "add": 200 if "add" in may else 403,
        "page": 200,
        "delete": 200 if "delete" in may else 403,
    }
    answers = {
        "list": administrator.get(address(model, "changelist")),
        "search": administrator.get(address(model, "changelist"), {"q": "花"}),
        "add": administrator.get(address(model, "add")),
    }
    if one is not None:
        answers["page"] = administrator.get(address(model, "change", one.pk))
        answers["delete"] = administrator.get(address(model, "delete", one.pk))

    assert {name: page.status_code for name, page in answers.items()} == {
        name: expected[name] for name in answers
    }
    if one is not None and "change" not in may:
        assert 'name="_save"' not in answers["page"].content.decode()


def test_of_a_contract_only_the_place_of_the_original_is_open(administrator, specimens):
    page = administrator.get(address(type(specimens.contract), "change", specimens.contract.pk))

    assert list(page.context["adminform"].form.fields) == ["original_kept_at"]


def test_a_department_goes_only_while_no_need_comes_from_it(administrator, specimens):
    used = specimens.need.department
    unused = Department.objects.create(hospital=specimens.need.hospital, name="新しい部署")

    answers = [administrator.get(address(Department, "delete", it.pk)) for it in (used, unused)]

    assert [answer.status_code for answer in answers] == [403, 200]


def test_texts_scores_and_reasons_stay_on_the_pages_of_the_portal(administrator, specimens):
    with transaction.atomic():
        Need.objects.update(problem="しるし", idea="しるし", explanation="しるし")
        Review.objects.update(note_to_committee="しるし", note_to_proposer="しるし")
        Decision.objects.update(reason="しるし", advice="しるし")
        Letter.objects.update(body="しるし")
        pages = [
            administrator.get(address(model, "change", pk)).content.decode()
            for model in REGISTERED
            if model._meta.app_label in {"audit", "committee", "needs"}
            for pk in model._base_manager.order_by("pk").values_list("pk", flat=True)[:20]
        ]
        transaction.set_rollback(True)

    assert not any("しるし" in page for page in pages)


@pytest.mark.parametrize("model", [Need, User], ids=lambda model: model._meta.label)
def test_staff_without_the_right_see_nothing(specimens, model):
    person = User.objects.get(email=COLUMNS["nurse A"])
    person.is_staff = True
    person.save()
    client = Client()
    client.force_login(person)

    answers = [client.get(address(model, "changelist")), client.get(address(model, "add"))]

    assert [answer.status_code for answer in answers] == [403, 403]

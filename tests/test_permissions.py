"""Two directions of one permission agree: which rows are listed, and may she see this one?"""

import pytest
from django.apps import apps

from accounts.models import User
from tests.access import COLUMNS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NAMES = {
    # Where the sentence has another name than "view".
    "accounts.Invitation": "accounts.cancel_invitation",
    "accounts.User": "accounts.view_person",
    "committee.Tie": "committee.change_tie",
}
MODELS = sorted(
    (model for model in apps.get_models() if hasattr(model._default_manager, "visible_to")),
    key=lambda model: model._meta.label,
)
PEOPLE = [column for column, email in COLUMNS.items() if email]


def sentence(model):
    app, name = model._meta.app_label, model._meta.model_name
    return NAMES.get(model._meta.label, f"{app}.view_{name}")


@pytest.mark.parametrize("column", PEOPLE)
def test_lists_show_exactly_what_the_permission_permits(specimens, column):
    person = User.objects.get(email=COLUMNS[column])

    listed = {model: set(model.objects.visible_to(person)) for model in MODELS}

    assert listed == {
        model: {row for row in model.objects.all() if person.has_perm(sentence(model), row)}
        for model in MODELS
    }


def test_a_closed_account_may_nothing(specimens):
    person = User.objects.get(email=COLUMNS["office A"])
    person.is_active = False

    assert not any(
        person.has_perm(sentence(model), row) for model in MODELS for row in model.objects.all()
    )

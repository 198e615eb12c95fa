import pytest

from accounts.enums import Role
from home.panels import panels_for
from tests.factories.accounts import MembershipFactory


def primary_panels(user):
    """The templates of the panels whose button is the primary one."""
    return [each.template for each in panels_for(user) if each.context.get("primary")]


@pytest.mark.parametrize(
    ("who", "leading"),
    [
        ("office", "home/panels/office.html"),
        ("director", "home/panels/staff.html"),
        ("nurse", "home/panels/staff.html"),
    ],
)
def test_one_button_leads_however_many_roles(who, leading, hospital, request):
    user = request.getfixturevalue(who)
    if who != "nurse":
        MembershipFactory(user=user, organisation=hospital, role=Role.STAFF)

    assert primary_panels(user) == [leading]


def test_who_only_approves_has_no_button(legal):
    assert primary_panels(legal) == []

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import OrganisationKind
from accounts.models import Invitation, Organisation
from audit.queries import entries_for
from core.workflow import WrongStateError
from notifications.models import Message
from partners import actions
from partners.enums import ApplicationState
from partners.models import Profile
from tests.factories.accounts import CompanyFactory
from tests.factories.partners import ApplicationFactory

pytestmark = pytest.mark.django_db

BUTTONS = {
    # state:                  (office, other office, nurse, partner)
    ApplicationState.RECEIVED: (["invite", "decline"], ["invite", "decline"], [], []),
    ApplicationState.INVITED: ([], [], [], []),
    ApplicationState.DECLINED: ([], [], [], []),
}


@pytest.mark.parametrize("state", ApplicationState)
def test_who_sees_which_button(state, office, other_office, nurse, partner):
    application = ApplicationFactory(state=state)

    seen = tuple(
        [row.name for row in actions.flow.open_to(user, application)]
        for user in (office, other_office, nurse, partner)
    )

    assert seen == BUTTONS[state]


def test_first_visit_makes_one_profile(company, partner):
    first = actions.ensure_profile(company, by=partner)
    second = actions.ensure_profile(company, by=partner)

    assert first == second
    assert Profile.objects.count() == 1
    assert [entry.action for entry in entries_for(first)] == ["partners.profile.ensure_profile"]


def test_every_office_hears_of_an_application(office, other_office, nurse, partner):
    actions.apply(ApplicationFactory.build(company="株式会社なみおと"))

    assert set(Message.objects.values_list("email", "hospital")) == {
        (office.email, None),
        (other_office.email, None),
    }


def test_invite_registers_the_company_and_keeps_a_seat(office):
    application = ApplicationFactory(company="株式会社なみおと", email="a@example.jp")

    actions.flow.perform("invite", application, by=office)

    organisation = Organisation.objects.get(name="株式会社なみおと")
    invitation = Invitation.objects.get()
    assert organisation.kind == OrganisationKind.COMPANY
    assert (application.state, application.organisation, application.handled_by) == (
        "invited",
        organisation,
        office,
    )
    assert (invitation.email, invitation.organisation, invitation.roles) == (
        "a@example.jp",
        organisation,
        ["partner"],
    )
    assert list(Message.objects.values_list("email", flat=True)) == ["a@example.jp"]


def test_invite_takes_the_company_that_is_known(office):
    known = CompanyFactory(name="株式会社なみおと")
    application = ApplicationFactory(company="株式会社なみおと")

    actions.flow.perform("invite", application, by=office)

    assert application.organisation == known


def test_decline_tells_the_applicant_why(office):
    application = ApplicationFactory()

    actions.flow.perform("decline", application, by=office, comment="いまは募集していません。")

    message = Message.objects.get()
    assert message.email == application.email
    assert "いまは募集していません。" in message.body


def test_an_application_is_answered_once(office):
    application = ApplicationFactory(state=ApplicationState.INVITED)

    with pytest.raises(WrongStateError):
        actions.flow.perform("invite", application, by=office)


def test_partners_answer_no_applications(partner):
    with pytest.raises(PermissionDenied):
        actions.flow.perform("invite", ApplicationFactory(), by=partner)

"""Keep profiles, answer applications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions import invite as invite_person
from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation
from audit.actions import record
from core.workflow import Flow, action_labels
from notifications.actions import notify
from partners.enums import ApplicationState
from partners.forms import DeclineForm, InviteForm
from partners.models import Application, Licence, Profile
from partners.notifications import ApplicationDeclined, ApplicationReceived

if TYPE_CHECKING:
    from partners.forms import LicenceFormSet, ProfileForm

flow = Flow("partners.application", record=record)
action_labels.update(
    {
        "partners.profile.ensure_profile": _("情報のページを作った"),
        "partners.profile.edit": _("内容を書き直した"),
        "partners.application.apply": _("申し込んだ"),
    }
)


@transaction.atomic
def ensure_profile(organisation: Organisation, *, by: Any) -> Profile:
    """The profile of an outside organisation; an empty one at the first visit."""
    profile, is_new = Profile.objects.get_or_create(
        organisation=organisation, defaults={"updated_by": by}
    )
    if is_new:
        record(profile, "ensure_profile", by=by)
    return profile


@transaction.atomic
def save_profile(form: ProfileForm, licences: LicenceFormSet, *, by: Any) -> Profile:
    """Keep what a valid form and its licence rows say. The caller has locked the profile."""
    profile: Profile = form.save(by=by)
    labels = [str(form.fields[name].label) for name in form.changed_data]
    if licences.has_changed():
        profile.licences.all().delete()
        Licence.objects.bulk_create([Licence(profile=profile, **row) for row in licences.rows()])
        labels.append(str(Licence._meta.verbose_name))
    if labels:
        record(profile, "edit", by=by, fields=labels)
    return profile


@transaction.atomic
def apply(application: Application) -> None:
    """Take in the wish of a company and tell the offices."""
    application.save()
    record(application, "apply", by=None)
    notify(ApplicationReceived(application=application))


@flow.transition(
    source=ApplicationState.RECEIVED,
    target=ApplicationState.INVITED,
    permission="partners.handle_application",
    label=_("招待する"),
    done=_("招待した"),
    form=InviteForm,
    note=_("企業を登録し、申込者に招待のメールを送ります。"),
)
def invite(application: Application, /, *, by: Any) -> None:
    """Register the company, or take the one of that name, and keep a seat for the applicant."""
    organisation, _is_new = Organisation.objects.get_or_create(
        kind=OrganisationKind.COMPANY,
        name=application.company.strip(),
        defaults={"prefecture": application.prefecture},
    )
    application.organisation = organisation
    application.handled_by = by
    invite_person(
        email=application.email,
        name=application.name,
        organisation=organisation,
        roles=[Role.PARTNER],
        by=by,
    )


@flow.transition(
    source=ApplicationState.RECEIVED,
    target=ApplicationState.DECLINED,
    permission="partners.handle_application",
    label=_("見送る"),
    done=_("見送った"),
    form=DeclineForm,
    danger=True,
    note=_("下の文は、申込者にメールで届きます。"),
)
def decline(application: Application, /, *, by: Any, comment: str) -> None:
    """Say no, with a reason that the applicant reads."""
    application.handled_by = by
    notify(ApplicationDeclined(application=application, comment=comment))

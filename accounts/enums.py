from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    """The six kinds of organisations that take part."""

    HOSPITAL = "hospital", _("病院")
    COMPANY = "company", _("企業")
    AGENCY = "agency", _("支援機関")
    MUNICIPALITY = "municipality", _("自治体")
    ASSOCIATION = "association", _("職能団体")
    UNIVERSITY = "university", _("大学・研究機関")


class Role(models.TextChoices):
    """What a person does in an organisation; one person may have several.

    Committee members are not a role here: ``committee.models.Member`` says who sits where.
    """

    STAFF = "staff", _("職員")
    OFFICE = "office", _("支援オフィス")
    IP_OFFICE = "ip_office", _("知財担当")
    LEGAL = "legal", _("法務担当")
    DIRECTOR = "director", _("病院長")
    PARTNER = "partner", _("企業の担当者")
    COORDINATOR = "coordinator", _("支援機関のコーディネータ")
    ADVISOR = "advisor", _("職能団体の助言者")


HOSPITAL_ROLES = [Role.STAFF, Role.OFFICE, Role.IP_OFFICE, Role.LEGAL, Role.DIRECTOR]
OUTSIDE_ROLES = [Role.PARTNER, Role.COORDINATOR, Role.ADVISOR]
ROLES_BY_KIND = {
    OrganisationKind.HOSPITAL: HOSPITAL_ROLES,
    OrganisationKind.COMPANY: [Role.PARTNER],
    OrganisationKind.UNIVERSITY: [Role.PARTNER],
    OrganisationKind.AGENCY: [Role.COORDINATOR],
    OrganisationKind.MUNICIPALITY: [Role.COORDINATOR],
    OrganisationKind.ASSOCIATION: [Role.ADVISOR],
}

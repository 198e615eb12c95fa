"""Hospitals of volume data with their wards, people and committees."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.enums import OrganisationKind, Role
from accounts.models import Department, Membership, Organisation, User
from committee.enums import Seat
from committee.models import Committee, Criterion, Member, Rubric
from demo.accounts import PASSWORD
from demo.volume.draw import YEARS
from demo.volume.words import WARDS

STAFF = 120
MEMBERS_AT_LEAST = 5
CRITERIA = [("医療上の必要性", 3), ("解決による効果", 2), ("市場性", 1)]


@dataclass(frozen=True, slots=True)
class Site:
    """One hospital; ids where only ids are needed."""

    hospital: int
    departments: list
    office: User
    staff: list
    committee: int
    members: list
    rubric: int
    criteria: list


def password():
    """The demo's password in demo mode; elsewhere nobody signs in as a measured person."""
    return make_password(PASSWORD if settings.DEMO else None)


def hospital(draw, tag, index, reviewers):
    """A hospital with its people; ``reviewers`` of them score."""
    place = Organisation.objects.create(
        kind=OrganisationKind.HOSPITAL, name=f"計測病院{tag}-{index + 1}"
    )
    office, *staff = _people(f"{tag}-{index}".lower())
    departments = Department.objects.bulk_create(
        Department(hospital=place, name=name, order=order, head=staff[-1 - order])
        for order, name in enumerate(WARDS)
    )
    roles = [*((each, Role.STAFF) for each in staff), (office, Role.OFFICE)]
    roles += [(staff[-1], Role.DIRECTOR), (staff[-2], Role.LEGAL), (staff[-3], Role.IP_OFFICE)]
    Membership.objects.bulk_create(
        Membership(user=person, organisation=place, role=role, department=draw.skewed(departments))
        for person, role in roles
    )
    members = staff[: max(reviewers, MEMBERS_AT_LEAST)]
    rubric, criteria = _rubric(place)
    return Site(
        hospital=place.pk,
        departments=[each.pk for each in departments],
        office=office,
        staff=staff,
        committee=_committee(place, members, draw.now.date()),
        members=[each.pk for each in members],
        rubric=rubric,
        criteria=criteria,
    )


def _people(start):
    names = ["office", *(str(number) for number in range(1, STAFF))]
    closed = make_password(None)
    return User.objects.bulk_create(
        User(
            email=f"{start}-{name}@volume.example",
            name=f"計測 {name}",
            password=password() if name == "office" else closed,
        )
        for name in names
    )


def _committee(place, members, today):
    committee = Committee.objects.create(hospital=place, name="ニーズ抽出委員会")
    Member.objects.bulk_create(
        Member(
            committee=committee,
            user=person,
            seat=Seat.MEMBER if position else Seat.CHAIR,
            since=today - timedelta(days=365 * YEARS),
        )
        for position, person in enumerate(members)
    )
    return committee.pk


def _rubric(place):
    rubric = Rubric.objects.create(hospital=place, name="計測用の評価表")
    criteria = Criterion.objects.bulk_create(
        Criterion(
            rubric=rubric,
            label=label,
            weight=weight,
            order=order,
            anchors={"1": "低い", "3": "ふつう", "5": "高い"},
        )
        for order, (label, weight) in enumerate(CRITERIA)
    )
    return rubric.pk, [each.pk for each in criteria]

"""The people and organisations of the demo story."""

import json
from datetime import timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from accounts.models import Department, Membership, Organisation, User
from committee.enums import Seat
from committee.models import Committee, Member
from demo.accounts import PASSWORD
from partners.models import Licence, Profile
from taxonomy.models import Term

DATA = Path(__file__).parent / "data"


def read(name):
    """One of the story's JSON files."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


class People:
    """Everybody by mail address, and the organisations by key; written when made."""

    def __init__(self):
        self.password = make_password(PASSWORD)
        self.terms = {(term.kind, term.code): term for term in Term.objects.all()}
        data = read("people")
        self.hospitals = {each["key"]: self._hospital(each) for each in data["hospitals"]}
        self.departments = {
            key: list(hospital.departments.order_by("order"))
            for key, hospital in self.hospitals.items()
        }
        self.users = {}
        for row in data["staff"]:
            self._staff(*row)
        for key, heads in data["heads"].items():
            for department, email in zip(self.departments[key], heads, strict=True):
                department.head = self.users[email]
                department.save()
        for row in data["outsiders"]:
            self._outsider(*row)
        self.companies = [self._company(*row) for row in read("partners")]
        self.committees = {key: self._committee(key) for key in self.hospitals}
        self.users["admin@hospital-a.example"] = User.objects.create(
            email="admin@hospital-a.example",
            name="管理 進",
            password=self.password,
            is_staff=True,
            is_superuser=True,
        )

    def __getitem__(self, email):
        return self.users[email]

    def term(self, kind, code):
        """A code list's entry, or None for an empty code."""
        return self.terms[kind, code] if code else None

    def _hospital(self, each):
        hospital = Organisation.objects.create(
            kind=OrganisationKind.HOSPITAL,
            name=each["name"],
            kana=each["kana"],
            prefecture=self.term("prefecture", each["prefecture"]),
            contact_email=each["contact_email"],
            contact_phone=each["contact_phone"],
        )
        Department.objects.bulk_create(
            Department(hospital=hospital, name=name, order=order)
            for order, name in enumerate(each["departments"])
        )
        return hospital

    def _person(self, email, name, kana="", profession=""):
        self.users[email] = User.objects.create(
            email=email,
            name=name,
            kana=kana,
            profession=self.term("profession", profession),
            password=self.password,
        )
        return self.users[email]

    def _staff(self, key, email, name, kana, profession, department, roles):  # noqa: PLR0913, PLR0917 -- a row
        person = self._person(email, name, kana, profession)
        seat = self.departments[key][department] if department is not None else None
        Membership.objects.bulk_create(
            Membership(user=person, organisation=self.hospitals[key], role=role, department=seat)
            for role in roles
        )

    def _outsider(self, kind, organisation, prefecture, email, name, role):  # noqa: PLR0913, PLR0917 -- a row
        place = Organisation.objects.create(
            kind=kind, name=organisation, prefecture=self.term("prefecture", prefecture)
        )
        Profile.objects.create(organisation=place)
        Membership.objects.create(user=self._person(email, name), organisation=place, role=role)

    def _company(  # noqa: PLR0913, PLR0917 -- a row
        self,
        name,
        prefecture,
        kind,
        email,
        person,
        tagline,
        strengths,
        experience,
        technologies,
        interests,
        licences,
        employees,
    ):
        company = Organisation.objects.create(
            kind=OrganisationKind.COMPANY,
            name=name,
            prefecture=self.term("prefecture", prefecture),
        )
        profile = Profile.objects.create(
            organisation=company,
            company_type=self.term("company_type", kind),
            tagline=tagline,
            strengths=strengths,
            experience=experience,
            employees=employees,
        )
        profile.technologies.set([self.term("technology", code) for code in technologies])
        profile.interests.set([self.term("need_category", code) for code in interests])
        Licence.objects.bulk_create(
            Licence(
                profile=profile,
                kind=self.term("licence", code),
                number=number,
                valid_until=timezone.localdate() + timedelta(days=days),
            )
            for code, number, days in licences
        )
        user = self._person(email, person)
        Membership.objects.create(user=user, organisation=company, role=Role.PARTNER)
        return company

    def _committee(self, key):
        committee = Committee.objects.create(hospital=self.hospitals[key], name="ニーズ抽出委員会")
        seats = {
            "a": [
                ("chair@hospital-a.example", Seat.CHAIR),
                ("reviewer@hospital-a.example", Seat.MEMBER),
                ("a18@hospital-a.example", Seat.DEPUTY),
                ("head@hospital-a.example", Seat.MEMBER),
                ("a15@hospital-a.example", Seat.MEMBER),
                ("a22@hospital-a.example", Seat.MEMBER),
            ],
            "b": [
                ("b03@hospital-b.example", Seat.CHAIR),
                ("b05@hospital-b.example", Seat.MEMBER),
                ("b08@hospital-b.example", Seat.MEMBER),
            ],
        }[key]
        since = timezone.localdate() - timedelta(days=400)
        Member.objects.bulk_create(
            Member(committee=committee, user=self[email], seat=seat, since=since)
            for email, seat in seats
        )
        return committee

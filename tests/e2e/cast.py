"""Who plays: the people of one hospital and of two companies that compete."""

import re
from types import SimpleNamespace

HOSPITAL = "みなと総合病院"
COMPANY = "株式会社しおかぜ製作所"
COMPETITOR = "うみどり精機株式会社"

# name of the person in the story → (mail address, name, organisation, roles)
CAST = {
    "nurse": ("nurse@minato.example", "看護 花子", HOSPITAL, ["staff"]),
    "office": ("office@minato.example", "支援 花子", HOSPITAL, ["office"]),
    "chair": ("chair@minato.example", "委員長 太郎", HOSPITAL, ["staff"]),
    "reviewer": ("reviewer@minato.example", "委員 一郎", HOSPITAL, ["staff"]),
    "related_reviewer": ("related@minato.example", "委員 二郎", HOSPITAL, ["staff"]),
    "legal": ("legal@minato.example", "法務 花子", HOSPITAL, ["legal"]),
    "ip_officer": ("ip@minato.example", "知財 花子", HOSPITAL, ["ip_office"]),
    "director": ("director@minato.example", "院長 花子", HOSPITAL, ["director"]),
    "company": ("sales@shiokaze.example", "企業 花子", COMPANY, ["partner"]),
    "competitor": ("sales@umidori.example", "競合 花子", COMPETITOR, ["partner"]),
}
ADDRESS = SimpleNamespace(**{who: line[0] for who, line in CAST.items()})
NAME = SimpleNamespace(**{who: line[1] for who, line in CAST.items()})

# Words that stand in one answer of the sheet only, so that it is seen wherever it comes out.
IN_PROBLEM = "かもめ7319"
IN_SPECIFICATION = "かもめ2846"
IN_IDEA = "かもめ5502"
DETAILS = [IN_PROBLEM, IN_SPECIFICATION]
ANY_SECRET = re.compile("|".join([*DETAILS, IN_IDEA]))


def put_on_stage():
    """Fill the portal's empty database with these people; runs inside the portal."""
    from tests.factories import accounts, partners  # noqa: PLC0415 -- needs Django

    hospital = accounts.HospitalFactory(name=HOSPITAL, contact_phone="03-0000-0000")
    wards = accounts.DepartmentFactory.create_batch(2, hospital=hospital)
    companies = [accounts.CompanyFactory(name=name) for name in (COMPANY, COMPETITOR)]
    for company in companies:
        partners.ProfileFactory(
            organisation=company, technologies=[partners.term("technology", "T01")]
        )
    organisations = {each.name: each for each in [hospital, *companies]}
    for who, (email, name, organisation, roles) in CAST.items():
        user = accounts.UserFactory(email=email, name=name)
        for role in roles:
            accounts.MembershipFactory(
                user=user,
                organisation=organisations[organisation],
                role=role,
                department=wards[0] if who == "nurse" else None,
            )

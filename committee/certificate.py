"""The 表彰状 as a PDF."""

from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.queries import people
from core.japanese import era_year, wareki
from core.pdf import compile_pdf

TEMPLATE = Path(__file__).with_suffix(".typ")


def certificate_pdf(award):
    """The certificate of ``award`` as bytes; its properties say no more than its face."""
    return compile_pdf(TEMPLATE, certificate_fields(award))


def certificate_fields(award):
    """The words of the certificate. Before the release it is a draft without a date."""
    need = award.case.need
    director = people(Role.DIRECTOR, at=award.hospital_id).first()
    day = award.awarded_on or timezone.localdate()
    return {
        "title": f"表彰状 {award.number}",
        "heading": "表彰状" if award.awarded_on else "表彰状(見本)",
        "number": award.number,
        "award": award.kind.ja,
        "department": need.department.name if need.department else "",
        "name": need.proposer.name,
        "citation": citation(award, day),
        "date": wareki(award.awarded_on) if award.awarded_on else "令和\u3000年\u3000月\u3000日",
        "hospital": award.hospital.name,
        "director": director.name if director else "",
        "code": award.verification_code,
        "verify": verify_url(award),
    }


def citation(award, day):
    """The praise: the committee's own words, or the usual ones.

    By custom a 表彰状 has no 、 and 。 — blanks take their place.
    """
    if award.citation:
        return award.citation
    return (
        f"あなたは{era_year(day)}の{award.case.round.committee.name}において"
        f"「{award.case.need.title}」を提案し\u3000医療の現場をより良くするために力を尽くされました\n"
        "よってここにこれを表彰します"
    )


def verify_url(award):
    """Where anybody can check that it is genuine."""
    path = reverse("committee:verify", args=[award.verification_code])
    return f"{settings.PORTAL_URL}{path}"

"""表彰状 and 感謝状 as PDFs, one or a whole round's."""

import json
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.enums import Role
from accounts.queries import people
from core.japanese import era_year, wareki
from core.pdf import compile_pdf
from documents.queries import documents_of

TEMPLATE = Path(__file__).with_suffix(".typ")
SEAL = "seal"
SEAL_PIXELS = 400


def certificate_pdf(award):
    """The certificate of ``award`` as bytes; its properties say no more than its face."""
    return _pdf(f"表彰状 {award.number}", [certificate_fields(award, _house(award.hospital))])


def certificates_pdf(round_, awards):
    """All certificates of a round as one file, a page each.

    Set while the page waits: one takes some milliseconds, so that a hundred need no task.
    """
    house = _house(round_.committee.hospital)
    return _pdf(f"表彰状 {round_.title}", [certificate_fields(award, house) for award in awards])


def sample_pdf(hospital):
    """What a certificate of ``hospital`` looks like, with its own seal and nobody's name."""
    day = timezone.localdate()
    fields = {
        "department": "看護部",
        "name": "見本\u3000花子",
        "date": wareki(day),
        "heading": "表彰状(見本)",
        "number": "見本",
        "award": "最優秀賞",
        "prize": "",
        "citation": _praise(day, "ニーズ抽出委員会", "見本の困りごと"),
        "code": "",
        "verify": "",
    }
    return _pdf("表彰状(見本)", [{**_house(hospital), **fields}])


def thanks_pdf(case):
    """The 感謝状 for whoever proposed the need of ``case``, whatever was decided."""
    return _pdf(
        f"感謝状 {case.need.number}", [thanks_fields(case, _house(case.round.committee.hospital))]
    )


def _pdf(title, certificates):
    return compile_pdf(TEMPLATE, {"title": title, "all": json.dumps(certificates)})


def certificate_fields(award, house):
    """The words of the certificate. Before the release it is a draft without a date."""
    day = award.awarded_on or timezone.localdate()
    return {
        **house,
        **_recipient(award.case, award.awarded_on),
        "heading": "表彰状" if award.awarded_on else "表彰状(見本)",
        "number": award.number,
        "award": award.kind.ja,
        "prize": award.prize,
        "citation": citation(award, day),
        "code": award.verification_code,
        "verify": verify_url(award),
    }


def thanks_fields(case, house):
    """The words of the 感謝状; it has no number and no code."""
    day = timezone.localdate(case.round.released_at)
    return {
        **house,
        **_recipient(case, day),
        "heading": "感謝状",
        "number": "",
        "award": "",
        "prize": "",
        "citation": (
            f"あなたは{era_year(day)}の{case.round.committee.name}に"
            f"「{case.need.title}」を提案し\u3000医療の現場の困りごとを明らかにされました\n"
            "ここに深く感謝の意を表します"
        ),
        "code": "",
        "verify": "",
    }


def _house(hospital):
    """What every certificate of a hospital has; two queries."""
    director = people(Role.DIRECTOR, at=hospital.pk).first()
    return {
        "hospital": hospital.name,
        "director": director.name if director else "",
        "seal": _seal(hospital),
    }


def _recipient(case, day):
    department = case.need.department
    return {
        "department": department.name if department else "",
        "name": case.need.proposer.name,
        "date": wareki(day) if day else "令和\u3000年\u3000月\u3000日",
    }


def _seal(hospital):
    """The hospital's seal as the bytes of a small PNG, or None: then the place stays empty."""
    document = documents_of(hospital, slot=SEAL).last()
    if document is None:
        return None
    with document.history[0].file.open() as stored, Image.open(stored) as picture:
        picture.thumbnail((SEAL_PIXELS, SEAL_PIXELS))
        small = BytesIO()
        picture.save(small, "PNG", optimize=True)
    return list(small.getvalue())


def citation(award, day):
    """The praise: the committee's own words, or the usual ones.

    By custom a 表彰状 has no 、 and 。 — blanks take their place.
    """
    if award.citation:
        return award.citation
    return _praise(day, award.case.round.committee.name, award.case.need.title)


def _praise(day, committee, title):
    return (
        f"あなたは{era_year(day)}の{committee}において"
        f"「{title}」を提案し\u3000医療の現場をより良くするために力を尽くされました\n"
        "よってここにこれを表彰します"
    )


def verify_url(award):
    """Where anybody can check that it is genuine."""
    path = reverse("committee:verify", args=[award.verification_code])
    return f"{settings.PORTAL_URL}{path}"

"""The 委嘱状 of a member as a PDF."""

from pathlib import Path

from accounts.enums import Role
from accounts.queries import people
from core.japanese import wareki
from core.pdf import compile_pdf

TEMPLATE = Path(__file__).with_suffix(".typ")


def appointment_pdf(member):
    """The letter that appoints ``member``, as bytes."""
    return compile_pdf(TEMPLATE, appointment_fields(member))


def appointment_fields(member):
    """The words of the letter. By custom its sentence has no 、 and 。."""
    committee = member.committee
    director = people(Role.DIRECTOR, at=committee.hospital_id).first()
    until = wareki(member.until) if member.until else "解任の日"
    return {
        "title": f"委嘱状 {member.appointment_number}".strip(),
        "number": member.appointment_number,
        "affiliation": member.affiliation,
        "name": member.user.name,
        "sentence": f"あなたを{committee.name}の{member.get_seat_display()}に委嘱します",
        "term": f"任期は{wareki(member.since)}から{until}までとします",
        "date": wareki(member.since),
        "hospital": committee.hospital.name,
        "director": director.name if director else "",
    }

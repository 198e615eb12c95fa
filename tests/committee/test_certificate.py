from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from committee.certificate import certificate_pdf
from tests.committee.conftest import SECRET_TEXT, SECRET_TITLE
from tests.factories.committee import AwardFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def award(case):
    case.need.background = "背景の文章"
    case.need.save()
    return AwardFactory(case=case, awarded_on=timezone.localdate().replace(2026, 12, 5))


def text_of(pdf):
    return "".join("".join(page.extract_text() for page in pdf.pages).split())


def test_certificate_says_who_won_what_and_nothing_of_the_text(award, director):
    pdf = PdfReader(BytesIO(certificate_pdf(award)))

    said = text_of(pdf)
    assert len(pdf.pages) == 1
    for words in (
        "表彰状",
        "最優秀賞",
        "看護花子殿",
        "令和8年12月5日",
        "みなと総合病院",
        "院長花子",
        award.number,
        award.verification_code,
        SECRET_TITLE,
    ):
        assert words in said
    for words in (SECRET_TEXT, "背景の文章", award.case.need.number, "支援"):
        assert words not in said


def test_properties_hold_no_more_than_the_face(award):
    pdf = PdfReader(BytesIO(certificate_pdf(award)))

    assert pdf.metadata.title == f"表彰状 {award.number}"
    assert pdf.metadata.author == "みなと総合病院"
    assert SECRET_TITLE not in str(pdf.metadata)


def test_words_of_the_committee_are_never_run_as_code(award):
    award.citation = '#read("/etc/passwd") *強い* $x$ "引用"'
    award.case.need.proposer.name = "𠮷田 髙子"

    said = text_of(PdfReader(BytesIO(certificate_pdf(award))))

    assert '#read("/etc/passwd")*強い*$x$' in said
    assert "髙子" in said


@pytest.mark.parametrize(
    ("who", "status"),
    {"nurse": 200, "office": 200, "reviewer": 404, "other_office": 404, "other_nurse": 404}.items(),
)
def test_who_downloads_it(client, request, award, who, status):
    client.force_login(request.getfixturevalue(who))

    response = client.get(reverse("committee:certificate", args=[award.public_id]))

    assert response.status_code == status


def test_a_draft_is_marked_and_hidden_from_the_winner(client, case, nurse):
    award = AwardFactory(case=case)
    client.force_login(nurse)

    hidden = client.get(reverse("committee:certificate", args=[award.public_id]))

    assert hidden.status_code == 404
    assert "見本" in text_of(PdfReader(BytesIO(certificate_pdf(award))))


def test_anybody_can_verify_and_learns_nothing_of_the_need(client, award):
    page = client.get(reverse("committee:verify", args=[award.verification_code]))

    said = page.content.decode()
    assert page.status_code == 200
    assert "この表彰状は本物です" in said
    assert award.number in said
    for words in (SECRET_TITLE, "看護 花子", award.case.need.number, award.public_id):
        assert words not in said


def test_unannounced_or_unknown_codes_are_not_found(client, case):
    award = AwardFactory(case=case)

    for code in (award.verification_code, "nothing"):
        page = client.get(reverse("committee:verify", args=[code]))
        assert page.status_code == 404
        assert "見つかりません" in page.content.decode()

"""What may be uploaded, and what is left of it."""

import zlib
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from documents import checks
from tests.documents.files import (
    EXCEL,
    PDF,
    SLIDES,
    WORD,
    archive,
    office_file,
    photo_with_place,
    picture,
    upload,
)

OOXML = "application/vnd.openxmlformats-officedocument."
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
OLE = checks.OLE + bytes(600)

ACCEPTED = [
    # as uploaded, bytes, real type, kept name
    ("計画書.pdf", PDF, "application/pdf", "計画書.pdf"),
    ("契約書.docx", office_file(WORD), OOXML + WORD, "契約書.docx"),
    ("予算.xlsx", office_file(EXCEL), OOXML + EXCEL, "予算.xlsx"),
    ("説明.PPTX", office_file(SLIDES), OOXML + SLIDES, "説明.pptx"),
    ("写真.jpeg", picture(), "image/jpeg", "写真.jpeg"),
    ("図.png", picture("PNG"), "image/png", "図.png"),
    # wrong names
    ("写真.pdf", picture(), "image/jpeg", "写真.jpg"),
    ("計画書.exe", PDF, "application/pdf", "計画書.exe.pdf"),
    ("計画書", PDF, "application/pdf", "計画書.pdf"),
    ("C:\\共有\\計画書.pdf", PDF, "application/pdf", "計画書.pdf"),
    ("../../etc/計画書.pdf", PDF, "application/pdf", "計画書.pdf"),
    ("計画\u202efdp.exe.pdf", PDF, "application/pdf", "計画fdp.exe.pdf"),
    ("a\r\nb:c.pdf", PDF, "application/pdf", "ab_c.pdf"),
]

REFUSED = [
    ("図1.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "type"),
    ("page.pdf", b"<html><script>alert(1)</script></html>", "type"),
    ("setup.pdf", b"MZ" + bytes(500), "type"),
    ("text.docx", "ただの文章です".encode(), "type"),
    ("photo.jpg", b"GIF89a" + bytes(100), "type"),
    ("archive.docx", archive([("a.txt", "text")]), "type"),
    ("broken.docx", office_file()[:-40], "type"),
    ("macros.docx", office_file(main=MACROS), "type"),
    ("behind.pdf", b"<script>" + PDF, "type"),
    ("old.doc", OLE, "old"),
    ("old.xls", OLE, "old"),
    ("secret.docx", OLE + checks.ENCRYPTED, "password"),
    ("empty.pdf", b"", "empty"),
    ("half.jpg", picture(size=(400, 400))[:400], "broken"),
    ("half.png", picture("PNG", size=(400, 400))[:60], "broken"),
]


@pytest.mark.parametrize(("name", "content", "content_type", "kept"), ACCEPTED)
def test_the_content_decides_the_type(name, content, content_type, kept):
    checked = checks.check(upload(name, content, browser_says="text/html"))

    assert (checked.content_type, checked.name) == (content_type, kept)


@pytest.mark.parametrize(("name", "content", "code"), REFUSED)
def test_everything_else_is_refused_with_its_reason(name, content, code):
    with pytest.raises(ValidationError) as refused:
        checks.check(upload(name, content))

    assert refused.value.code == code


def test_the_sentence_says_what_to_choose():
    with pytest.raises(ValidationError) as refused:
        checks.check(upload("図1.svg", b"<svg/>"))

    assert refused.value.messages == [
        "「図1.svg」は使えない形式です。PDF・Word・Excel・PowerPoint・JPEG・PNGを選んでください"
    ]


@pytest.mark.parametrize(("size", "ok"), [(1024 * 1024, True), (1024 * 1024 + 1, False)])
def test_the_size_has_a_limit(settings, size, ok):
    settings.DOCUMENT_MAX_BYTES = 1024 * 1024
    file = upload("動画.pdf", PDF.ljust(size))

    if ok:
        assert checks.check(file).size == size
    else:
        with pytest.raises(ValidationError, match=r"「動画\.pdf」は1MBより小さくしてください"):
            checks.check(file)


def test_a_photo_forgets_place_and_camera_and_stands_upright():
    checked = checks.check(upload("写真.jpg", photo_with_place()))

    drawn = Image.open(checked)
    assert not drawn.getexif()
    assert b"Camera of the ward" not in checked.file.getvalue()
    assert drawn.size == (20, 40)
    assert checked.size == len(checked.file.getvalue())


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_what_hides_behind_a_picture_is_gone(kind):
    page = b"<script>alert(1)</script>"
    hidden = picture(kind) + page + archive([("evil.js", page)])

    checked = checks.check(upload("a.jpg", hidden))

    content = checked.file.getvalue()
    assert page not in content
    assert b"PK\x03\x04" not in content


def test_comments_in_a_picture_are_gone():
    checked = checks.check(upload("a.jpg", picture(comment=b"<?php system($_GET[0]); ?>")))

    assert b"php" not in checked.file.getvalue()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_pictures_of_every_sort_are_drawn(mode):
    file = BytesIO()
    Image.new(mode, (9, 9)).save(file, "PNG")

    assert checks.check(upload("a.png", file.getvalue())).content_type == "image/png"


def test_a_transparent_picture_stays_transparent():
    checked = checks.check(upload("a.png", picture("PNG", mode="RGBA")))

    assert Image.open(checked).mode == "RGBA"


def test_a_large_photo_becomes_smaller():
    checked = checks.check(upload("a.jpg", picture(size=(6000, 3000))))

    assert Image.open(checked).size == (4000, 2000)


@pytest.mark.parametrize("size", [(20_000, 2_000), (60_000, 60_000)])
def test_a_picture_bomb_is_not_unpacked(size):
    # Only the head of the file claims this size.
    bomb = bytearray(picture("PNG", mode="L"))
    bomb[16:24] = size[0].to_bytes(4) + size[1].to_bytes(4)
    bomb[29:33] = _crc(bytes(bomb[12:29]))

    with pytest.raises(ValidationError) as refused:
        checks.check(upload("bomb.png", bytes(bomb)))

    assert refused.value.code == "pixels"


def _crc(chunk):
    return zlib.crc32(chunk).to_bytes(4)


def test_a_zip_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(checks, "ZIP_EXPANDED_MAX", 5 * checks.MEGABYTE)
    bomb = office_file(extra=[("zeros.bin", bytes(6 * checks.MEGABYTE))])

    with pytest.raises(ValidationError) as refused:
        checks.check(upload("bomb.docx", bomb))

    assert len(bomb) < checks.MEGABYTE
    assert refused.value.code == "broken"


def test_a_list_of_types_that_never_ends_is_read_only_so_far():
    endless = " " * (3 * checks.CONTENT_TYPES_MAX)
    bomb = archive([("[Content_Types].xml", endless + "wordprocessingml")])

    with pytest.raises(ValidationError):
        checks.check(upload("bomb.docx", bomb))


def test_only_photos_where_photos_are_asked():
    with pytest.raises(ValidationError, match=r"「計画書\.pdf」は写真ではありません"):
        checks.check(upload("計画書.pdf"), accept=checks.IMAGES)

"""What may be uploaded. The content decides the type, never the name or the browser."""

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

import puremagic
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

HEAD = 8192
NAME_MAX = 150
MEGABYTE = 1024 * 1024

# A phone's usual photo has up to 50 million pixels; a bomb has billions in a few kilobytes.
# A JPEG is decoded smaller from the start; a PNG needs the memory for all of them.
JPEG_PIXELS_MAX = 60_000_000
PNG_PIXELS_MAX = 30_000_000
EDGE_MAX = 4000
JPEG_QUALITY = 88

ZIP_ENTRIES_MAX = 5000
ZIP_EXPANDED_MAX = 300 * MEGABYTE
CONTENT_TYPES_MAX = 2 * MEGABYTE

# Word, Excel and PowerPoint before 2007, and today's files with a password, are such containers.
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class FileType:
    """A type that we accept; the first of ``extensions`` is given to files named otherwise."""

    content_type: str
    extensions: tuple[str, ...]


OFFICE = "application/vnd.openxmlformats-officedocument."
PDF = FileType("application/pdf", (".pdf",))
JPEG = FileType("image/jpeg", (".jpg", ".jpeg"))
PNG = FileType("image/png", (".png",))
DOCX = FileType(f"{OFFICE}wordprocessingml.document", (".docx",))
XLSX = FileType(f"{OFFICE}spreadsheetml.sheet", (".xlsx",))
PPTX = FileType(f"{OFFICE}presentationml.presentation", (".pptx",))

IMAGES = (JPEG, PNG)
EVERYTHING = (PDF, DOCX, XLSX, PPTX, JPEG, PNG)

MESSAGES = {
    "type": _(
        "「%(name)s」は使えない形式です。PDF・Word・Excel・PowerPoint・JPEG・PNGを選んでください"
    ),
    "image": _("「%(name)s」は写真ではありません。JPEGかPNGを選んでください"),
    "size": _("「%(name)s」は%(mb)sMBより小さくしてください"),
    "empty": _("「%(name)s」は中身がありません。ファイルを確かめて、もう一度選んでください"),
    "old": _(
        "「%(name)s」は古い形式(.doc・.xls・.ppt)です。"
        "Word・Excel・PowerPointで開き、新しい形式(.docx・.xlsx・.pptx)で保存しなおしてください"
    ),
    "password": _("「%(name)s」にはパスワードがかかっています。外してから選んでください"),
    "broken": _("「%(name)s」は開けません。壊れていないか確かめて、もう一度選んでください"),
    "pixels": _("「%(name)s」は画像が大きすぎます。縮小してから選んでください"),
}


class CheckedFile(File):
    """A file that passed ``check``: its real type, a harmless name, and for images new bytes."""

    def __init__(self, file, *, name, content_type, size):
        super().__init__(file, name)
        self.content_type = content_type
        self.size = size


def check(upload, *, accept=EVERYTHING):
    """The ``CheckedFile`` of an uploaded file, or ValidationError with what to do next."""
    if upload.size == 0:
        raise _error("empty", upload)
    if upload.size > settings.DOCUMENT_MAX_BYTES:
        raise _error("size", upload, mb=settings.DOCUMENT_MAX_BYTES // MEGABYTE)
    kind = _detect(upload)
    if kind not in accept:
        raise _error("image" if accept == IMAGES else "type", upload)
    file, size = (upload.file, upload.size) if kind not in IMAGES else _redraw(upload, kind)
    file.seek(0)
    name = clean_name(upload.name, kind)
    return CheckedFile(file, name=name, content_type=kind.content_type, size=size)


def clean_name(name, kind):
    """The uploader's name without path, control and direction characters, with the true ending."""
    name = PurePosixPath(str(name).replace("\\", "/")).name
    name = "".join("" if unicodedata.category(each) in {"Cc", "Cf"} else each for each in name)
    name = re.sub(r'[:*?"<>|]', "_", name).strip(" .")
    path = PurePosixPath(name or "file")
    known = {ending for each in EVERYTHING for ending in each.extensions}
    if path.suffix.lower() in kind.extensions:
        stem, ending = path.stem, path.suffix.lower()
    else:
        stem = path.stem if path.suffix.lower() in known else path.name
        ending = kind.extensions[0]
    return f"{stem[:NAME_MAX]}{ending}"


def _error(code, upload, **params):
    return ValidationError(
        MESSAGES[code], code=code, params={"name": PurePosixPath(upload.name).name, **params}
    )


def _detect(upload):
    upload.seek(0)
    head = upload.read(HEAD)
    if head.startswith(OLE):
        upload.seek(0)
        raise _error("password" if ENCRYPTED in upload.read() else "old", upload)
    guessed = _guess(head)
    if DOCX.content_type in guessed:
        return _office_type(upload)
    return next((each for each in (PDF, *IMAGES) if each.content_type in guessed), None)


def _guess(head):
    try:
        return {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _office_type(upload):
    """Look into the ZIP without unpacking it: sizes from its index, one small part read."""
    upload.seek(0)
    try:
        with zipfile.ZipFile(upload.file) as archive:
            entries = archive.infolist()
            expanded = sum(entry.file_size for entry in entries)
            if len(entries) > ZIP_ENTRIES_MAX or expanded > ZIP_EXPANDED_MAX:
                raise _error("broken", upload)
            with archive.open("[Content_Types].xml") as part:
                declared = part.read(CONTENT_TYPES_MAX)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError):
        return None
    # Files with macros declare other main types and are refused with everything unknown.
    return next(
        (
            each
            for each in (DOCX, XLSX, PPTX)
            if f'ContentType="{each.content_type}.main+xml"'.encode() in declared
        ),
        None,
    )


def _redraw(upload, kind):
    """Draw the picture anew: what was hidden in the file (place, camera, code) is left behind."""
    try:
        picture = _open_picture(upload, kind)
        picture = picture.convert("RGBA" if _is_transparent(picture, kind) else "RGB")
        picture.thumbnail((EDGE_MAX, EDGE_MAX))
        output = encoded(ImageOps.exif_transpose(picture), kind.content_type)
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _error("pixels", upload) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise _error("broken", upload) from error
    return output, output.tell()


def encoded(picture, content_type):
    """The bytes of a picture and of nothing else that came with it."""
    output = BytesIO()
    picture.info = {}
    # The quality is for JPEG; PNG takes no notice of it.
    kind = "JPEG" if content_type == JPEG.content_type else "PNG"
    picture.save(output, kind, quality=JPEG_QUALITY, optimize=True)
    return output


def _open_picture(upload, kind):
    upload.seek(0)
    picture = Image.open(upload.file, formats=["JPEG" if kind is JPEG else "PNG"])
    if picture.width * picture.height > (JPEG_PIXELS_MAX if kind is JPEG else PNG_PIXELS_MAX):
        raise _error("pixels", upload)
    picture.draft("RGB", (EDGE_MAX, EDGE_MAX))
    picture.load()
    return picture


def _is_transparent(picture, kind):
    return kind is PNG and ("A" in picture.getbands() or "transparency" in picture.info)

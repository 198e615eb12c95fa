"""Files as people upload them, small and made on the spot."""

import zipfile
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
WORD = "wordprocessingml.document"
EXCEL = "spreadsheetml.sheet"
SLIDES = "presentationml.presentation"


def upload(name, content=PDF, browser_says="application/octet-stream"):
    return SimpleUploadedFile(name, content, browser_says)


def office_file(kind=WORD, *, main=None, extra=()):
    """An OOXML package; ``extra`` are further (name, content) pairs."""
    main = main or f"application/vnd.openxmlformats-officedocument.{kind}.main+xml"
    types = f'<Types><Override PartName="/main.xml" ContentType="{main}"/></Types>'
    return archive([("[Content_Types].xml", types), ("main.xml", "<x/>"), *extra])


def archive(parts):
    output = BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts:
            packed.writestr(name, content)
    return output.getvalue()


def picture(kind="JPEG", size=(40, 20), mode="RGB", **options):
    output = BytesIO()
    Image.new(mode, size, "navy").save(output, kind, **options)
    return output.getvalue()


def photo_with_place():
    """A JPEG that lies on its side and knows where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn right
    exif[0x010F] = "Camera of the ward"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif)

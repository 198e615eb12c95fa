"""Paint over parts of a stored picture, so that nobody can ever see what was there."""

import math
from dataclasses import dataclass

from PIL import Image, ImageDraw

from documents.checks import CheckedFile, encoded

# A JPEG is made of blocks of this many pixels, and all of a block carries a trace of each pixel
# in it: a box grows outwards to whole blocks.
BLOCK = 16


@dataclass(frozen=True)
class Box:
    """A rectangle on a picture, in fractions of its width and height."""

    left: float
    top: float
    width: float
    height: float

    def pixels(self, size):
        """Its first and last pixels on a picture of this size."""
        left, right = _blocks(self.left, self.width, size[0])
        top, bottom = _blocks(self.top, self.height, size[1])
        return left, top, right, bottom


def cover_boxes(version, boxes):
    """The ``CheckedFile`` of a version's picture with ``boxes`` painted over.

    Painted, not blurred or pixelated: there are few letters and digits, and whoever tries them all
    finds the ones that blur to the same picture. Of what was under flat paint nothing is left.
    """
    with version.file.open("rb") as file, Image.open(file) as picture:
        brush = ImageDraw.Draw(picture)
        for box in boxes:
            brush.rectangle(box.pixels(picture.size), fill="black")
        output = encoded(picture, version.content_type)
    size = output.tell()
    output.seek(0)
    return CheckedFile(output, name=version.name, content_type=version.content_type, size=size)


def _blocks(start, length, pixels):
    first = math.floor(start * pixels / BLOCK) * BLOCK
    end = math.ceil((start + length) * pixels / BLOCK) * BLOCK
    return first, min(end, pixels) - 1

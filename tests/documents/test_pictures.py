"""Parts of a picture are painted over for good: in the pixels, on the disk, at every address."""

import hashlib
from io import BytesIO

import pytest
from django.db import transaction
from PIL import Image

from audit.queries import entries_for
from core.workflow import WrongStateError
from documents import actions
from documents.pictures import Box
from documents.queries import documents_of
from tests.documents.files import upload

pytestmark = pytest.mark.usefixtures("disk")
MAY = "accounts.invite_to_organisation"
FACE = Box(left=0.25, top=0.5, width=0.25, height=0.25)


def noise(kind="JPEG", size=(320, 160), mode="RGB"):
    """A picture in which nothing is black, and no two parts are alike."""
    output = BytesIO()
    picture = Image.effect_noise(size, 60).point(lambda value: max(value, 90)).convert(mode)
    exif = Image.Exif()
    exif[0x010F] = "Camera of the ward"
    picture.save(output, kind, exif=exif)
    return output.getvalue()


@pytest.fixture
def store(company, office):
    def _store(content, name="写真.jpg"):
        return actions.attach(
            target=company,
            slot="photo",
            upload=upload(name, content),
            by=office,
            view_permission=MAY,
            change_permission=MAY,
        ).document

    return _store


@pytest.fixture
def cover(office, django_capture_on_commit_callbacks):
    def _cover(document, *boxes):
        with django_capture_on_commit_callbacks(execute=True):
            return actions.cover(document, boxes, by=office)

    return _cover


def opened(version):
    with version.file.open() as file:
        return Image.open(BytesIO(file.read())).convert("RGB")


def black(picture, *pixels):
    return [max(picture.getpixel(each)) < 30 for each in pixels]


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "L")]
)
def test_a_box_is_black_to_its_last_pixel_and_nothing_else_is(kind, mode, store, cover):
    document = store(noise(kind, mode=mode), f"写真.{kind.lower()}")

    painted = opened(cover(document, FACE))

    inside = painted.crop((80, 80, 160, 128)).getextrema()
    assert all(high < 30 for _low, high in inside)
    assert black(painted, (60, 100), (180, 100), (120, 60), (120, 145)) == [False] * 4


@pytest.mark.parametrize(
    ("box", "painted"),
    [
        (Box(0, 0, 1, 1), (0, 0, 319, 159)),
        (Box(0.9, 0.9, 0.1, 0.1), (288, 144, 319, 159)),
        (Box(0.01, 0.01, 0.01, 0.01), (0, 0, 15, 15)),
        (Box(0.26, 0.52, 0.24, 0.22), (80, 80, 159, 127)),
    ],
)
def test_a_box_grows_to_whole_blocks_and_stays_within_the_picture(box, painted):
    assert box.pixels((320, 160)) == painted


def test_an_odd_picture_is_painted_to_its_edge():
    assert Box(0.5, 0.5, 0.5, 0.5).pixels((101, 33)) == (48, 16, 100, 32)


def test_two_boxes_are_painted_at_once(store, cover):
    painted = opened(cover(store(noise()), FACE, Box(0.75, 0, 0.25, 0.25)))

    assert black(painted, (120, 100), (300, 20), (20, 20)) == [True, True, False]


def test_of_the_picture_before_nothing_is_left(store, cover, disk, client, office):
    document = store(noise())
    [before] = document.versions.all()
    client.force_login(office)

    after = cover(document, FACE)

    [kept] = disk()
    [shown] = documents_of(document.target)
    assert hashlib.sha256(kept).hexdigest() == after.sha256 != before.sha256
    assert [each.pk for each in shown.history] == [after.pk]
    assert client.get(before.get_absolute_url()).status_code == 404
    answer = client.get(after.get_absolute_url())
    assert b"".join(answer.streaming_content) == kept


def test_an_address_read_while_its_file_is_destroyed_is_not_found(store, client, office):
    [version] = store(noise()).versions.all()
    version.file.storage.delete(version.file.name)
    client.force_login(office)

    assert client.get(version.get_absolute_url()).status_code == 404


def test_older_versions_are_destroyed_as_well(store, cover, company, office, disk):
    place = {"target": company, "slot": "photo", "title": "写真", "by": office}
    rights = {"view_permission": MAY, "change_permission": MAY}
    for _time in range(2):
        version = actions.store(upload=upload("写真.jpg", noise()), **place, **rights)

    cover(version.document, FACE)

    assert len(disk()) == 1


def test_what_hides_in_the_file_does_not_come_back(store, cover, disk):
    cover(store(noise()), FACE)

    [kept] = disk()
    assert b"Exif" not in kept
    assert b"Camera" not in kept
    assert not Image.open(BytesIO(kept)).getexif()


def test_the_timeline_says_who_painted_how_many_boxes(store, cover, office):
    document = store(noise())

    cover(document, FACE, FACE)

    last = entries_for(document.target).last()
    assert (last.label, last.actor) == ("写真の一部を塗りつぶした", office)
    assert last.data == {"title": "写真.jpg", "boxes": 2}


def test_what_is_rolled_back_has_its_file_still(
    store, office, disk, django_capture_on_commit_callbacks
):
    document = store(noise())
    [before] = disk()

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        actions.cover(document, [FACE], by=office)
        actions.remove(document, by=office)
        transaction.set_rollback(True)

    [version] = document.versions.all()
    with version.file.open() as file:
        assert file.read() == before


def test_a_picture_that_was_taken_off_meanwhile_is_not_painted(store, cover, office):
    document = store(noise())
    actions.remove(document, by=office)

    with pytest.raises(WrongStateError):
        cover(document, FACE)


@pytest.mark.parametrize(
    ("name", "stored"), [("山田太郎さん.jpg", "写真1.jpg"), ("山田.PNG", "写真1.jpg")]
)
def test_a_neutral_name_leaves_nothing_of_the_uploaders(name, stored, company, office):
    version = actions.attach(
        target=company,
        slot="photo",
        upload=upload(name, noise()),
        by=office,
        view_permission=MAY,
        change_permission=MAY,
        named="写真1",
    )

    assert (version.name, version.document.title) == (stored, stored)
    assert "山田" not in str([entry.data for entry in entries_for(company)])

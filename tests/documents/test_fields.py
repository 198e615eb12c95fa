"""The form fields around the checks."""

import pytest
from django import forms
from django.utils.datastructures import MultiValueDict

from core.fields import NamedErrorsMixin
from documents import checks
from documents.fields import CheckedFileField, CheckedFilesField
from tests.documents.files import picture, upload


class UploadForm(NamedErrorsMixin, forms.Form):
    paper = CheckedFileField(label="契約書")
    photos = CheckedFilesField(label="写真", required=False, most=2, accept=checks.IMAGES)


def filled_in(paper=None, photos=()):
    files = MultiValueDict({"paper": [paper] if paper else [], "photos": list(photos)})
    return UploadForm({}, files)


def test_good_files_come_out_checked():
    form = filled_in(upload("a.pdf"), [upload("b.jpg", picture()), upload("c.jpg", picture())])

    assert form.is_valid()
    names = [form.cleaned_data["paper"].name, *[each.name for each in form.cleaned_data["photos"]]]
    assert names == ["a.pdf", "b.jpg", "c.jpg"]


def test_nothing_chosen():
    form = filled_in()

    assert form.errors == {"paper": ["「契約書」を選んでください"]}
    assert form.cleaned_data["photos"] == []


def test_too_many():
    photos = [upload(f"{n}.jpg", picture()) for n in range(3)]

    form = filled_in(upload("a.pdf"), photos)

    assert form.errors == {"photos": ["ファイルは2つまで選べます(いま3つです)"]}


def test_each_bad_file_has_its_sentence():
    form = filled_in(upload("a.pdf"), [upload("b.pdf"), upload("c.jpg", b"")])

    assert form.errors["photos"] == [
        "「b.pdf」は写真ではありません。JPEGかPNGを選んでください",
        "「c.jpg」は中身がありません。ファイルを確かめて、もう一度選んでください",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("paper", "PDF・Word・Excel・PowerPoint・JPEG・PNG、1つ10MBまで"),
        ("photos", "JPEG・PNG、1つ10MBまで"),
    ],
)
def test_the_limits_are_said_before_choosing(name, words):
    assert str(UploadForm().fields[name].help_text) == words


def test_the_browser_offers_the_right_files_and_several():
    drawn = str(UploadForm()["photos"])

    assert 'accept="image/jpeg,image/png,.jpg,.jpeg,.png"' in drawn
    assert "multiple" in drawn

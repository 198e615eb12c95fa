"""Files of an object: versions, who may read, removing. The object here is an organisation."""

import hashlib

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.urls import reverse

from audit.queries import entries_for
from documents import actions
from documents.models import Document
from documents.queries import documents_of
from tests.documents.files import PDF, photo_with_place, picture, upload

MAY = "accounts.invite_to_organisation"


def store(target, by, name="契約書.pdf", content=PDF, **place):
    place = {"slot": "contract", "title": "契約書"} | place
    return actions.store(
        target=target,
        upload=upload(name, content),
        by=by,
        view_permission=MAY,
        change_permission=MAY,
        **place,
    )


def attach(target, by, name, content):
    return actions.attach(
        target=target,
        slot="photo",
        upload=upload(name, content),
        by=by,
        view_permission=MAY,
        change_permission=MAY,
    )


def content(version):
    with version.file.open() as file:
        return file.read()


pytestmark = pytest.mark.usefixtures("disk")


def test_a_file_again_is_a_new_version_and_the_old_one_stays(company, office):
    first = store(company, office)
    second = store(company, office, name="契約書(修正).pdf", content=PDF + b"%2")

    [document] = documents_of(company)
    assert [version.number for version in document.history] == [2, 1]
    assert content(first) == PDF
    assert second.sha256 == hashlib.sha256(PDF + b"%2").hexdigest()
    assert [entry.label for entry in entries_for(company)] == ["ファイルを登録した"] * 2


def test_two_photos_of_one_name_are_two_files(company, office):
    for _photo in range(2):
        attach(company, office, "image.jpg", picture())

    assert [len(document.history) for document in documents_of(company, "photo")] == [1, 1]


def test_the_name_on_the_disk_says_nothing(company, office):
    version = store(company, office)

    assert "契約書" not in version.file.name
    assert "pdf" not in version.file.name


def test_the_stored_photo_has_no_place(company, office):
    version = attach(company, office, "写真.jpg", photo_with_place())

    assert b"Exif" not in content(version)


@pytest.mark.parametrize("count", [1, 3])
def test_the_files_of_an_object_need_two_queries(company, office, count, django_assert_num_queries):
    for number in range(count):
        store(company, office, title=f"契約書{number}")
        store(company, office, title=f"契約書{number}")

    with django_assert_num_queries(2):
        page = render_to_string("documents/list.html", {"documents": documents_of(company)})

    assert all(f"契約書{number}" in page for number in range(count))


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("office", 200),
        ("other_office", 200),
        ("superuser", 200),
        ("nurse", 404),
        ("partner", 404),
        ("competitor", 404),
        ("stranger", 404),
    ],
)
def test_a_file_is_read_by_whoever_may_see_its_object(
    client, request, company, office, role, status
):
    version = store(company, office)
    client.force_login(request.getfixturevalue(role))

    answer = client.get(version.get_absolute_url())
    answer.close()

    assert answer.status_code == status


def test_nobody_reads_without_signing_in(client, company, office):
    version = store(company, office)

    assert client.get(version.get_absolute_url()).status_code == 302
    assert not AnonymousUser().has_perm("documents.view_document", version.document)


def test_a_download_is_private_and_never_opens_in_the_page(client, company, office):
    version = store(company, office)
    client.force_login(office)

    answer = client.get(version.get_absolute_url() + "?inline=1")

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E5%A5%91%E7%B4%84%E6%9B%B8.pdf"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize(("query", "shown"), [("", "attachment"), ("?inline=1", "inline")])
def test_a_photo_may_be_shown_in_the_page(client, company, office, query, shown):
    version = attach(company, office, "photo.jpg", picture())
    client.force_login(office)

    answer = client.get(version.get_absolute_url() + query)
    answer.close()

    assert answer["Content-Disposition"].split(";")[0] == shown


def test_the_files_of_a_lost_object_are_nobodys(superuser, office, company):
    document = store(company, office).document
    document.target = None

    assert not superuser.has_perm("documents.view_document", document)


def test_a_removed_file_is_destroyed_and_the_timeline_says_who_did_it(
    company, office, disk, django_capture_on_commit_callbacks
):
    document = store(company, office).document
    store(company, office)

    with django_capture_on_commit_callbacks(execute=True):
        actions.remove(document, by=office)

    assert list(documents_of(company)) == []
    assert disk() == []
    last = entries_for(company).last()
    assert (last.label, last.actor) == ("ファイルを外した", office)


def test_its_address_is_gone(client, company, office):
    version = store(company, office)
    actions.remove(version.document, by=office)
    client.force_login(office)

    answers = [
        client.get(version.get_absolute_url()),
        client.post(reverse("documents:remove", args=[version.document.public_id])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize(
    ("role", "change_permission", "status"),
    [("partner", MAY, 404), ("office", "accounts.nobody_may", 403)],
)
def test_who_may_not_remove(client, request, company, office, role, change_permission, status):
    document = store(company, office).document
    Document.objects.filter(pk=document.pk).update(change_permission=change_permission)
    client.force_login(request.getfixturevalue(role))

    answer = client.post(reverse("documents:remove", args=[document.public_id]))

    assert answer.status_code == status
    assert documents_of(company).exists()

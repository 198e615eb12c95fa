from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from audit.queries import entries_for
from needs import importing_actions
from needs.enums import NeedState, Source
from needs.models import ImportRun, Need
from needs.tasks import run_import
from notifications.models import Message
from tests.factories.accounts import DepartmentFactory, MembershipFactory
from tests.factories.needs import NeedFactory
from tests.needs.tables import ROWS, as_csv, as_xlsx, many

REAL = Path(__file__).parents[3] / "shared" / "data"
BAD_ROW = ["K009", "", "題のない行", "", "", "", ""]


def bring_in(content, hospital, by, **choices):
    return importing_actions.import_table(content, hospital=hospital, by=by, **choices)


def test_good_rows_become_submitted_needs(hospital, office, department):
    result = bring_in(as_csv(), hospital, office)

    need = Need.objects.get(title="点滴台が段差で倒れる")
    assert (result.total, result.created, result.known) == (3, 3, 0)
    assert (need.state, need.source, need.proposer) == (
        NeedState.SUBMITTED,
        Source.IMPORT,
        office,
    )
    assert need.department == department
    assert need.number
    assert need.answer_due > timezone.localdate()
    assert need.origin_note == (
        "受付番号: K001・職種: 看護師・施設: みなと病院(港市)・出典: https://example.jp/k001"
    )
    assert [entry.action for entry in entries_for(need)] == ["needs.need.import_row"]
    assert not Message.objects.exists()


def test_a_specialty_is_recognised_and_an_unknown_department_is_noted(hospital, office):
    bring_in(as_csv(), hospital, office)

    assert Need.objects.get(title="高さの変わらない検査台").specialty.ja == "整形外科"
    assert "部署: 病棟・薬剤部" in Need.objects.get(title="夜間に読めない薬の印字①").origin_note


def test_departments_of_another_hospital_do_not_match(hospital, other_hospital, office):
    DepartmentFactory(hospital=other_hospital, name="5階東病棟")

    bring_in(as_csv(), hospital, office)

    assert not Need.objects.filter(department__isnull=False).exists()


def test_numbers_have_no_gaps_when_repeated(hospital, office):
    bring_in(as_csv(), hospital, office)

    again = bring_in(
        as_xlsx([*ROWS, ["K004", "新しい行", "困る", "", "", "", ""]]), hospital, office
    )

    assert (again.created, again.known) == (1, 3)
    numbers = sorted(Need.objects.values_list("number", flat=True))
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003", "0004"]


def test_two_hospitals_may_import_the_same_table(hospital, other_hospital, office, other_office):
    bring_in(as_csv(), hospital, office)
    result = bring_in(as_csv(), other_hospital, other_office)

    assert result.created == 3


def test_a_dry_run_writes_nothing(hospital, office):
    result = bring_in(as_csv(), hospital, office, dry_run=True)

    assert result.created == 3
    assert not Need.objects.exists()


@pytest.mark.parametrize(("all_or_nothing", "created"), [(False, 3), (True, 0)])
def test_one_bad_row(all_or_nothing, created, hospital, office):
    result = bring_in(as_csv([*ROWS, BAD_ROW]), hospital, office, all_or_nothing=all_or_nothing)

    assert [(each.line, each.column) for each in result.problems] == [(5, "件名")]
    assert (result.created, result.refused) == (created, all_or_nothing)
    assert Need.objects.count() == created


def test_imported_needs_can_be_screened_by_the_office(hospital, office, client):
    bring_in(as_csv(), hospital, office)
    need = Need.objects.first()
    client.force_login(office)

    client.post(reverse("needs:transition", args=[need.public_id, "take_in"]), {"category": ""})

    need.refresh_from_db()
    assert need.state == NeedState.SCREENING


@pytest.mark.parametrize("count", [2, 60])
def test_queries_grow_by_the_chunk_not_by_the_row_besides_the_timeline(
    count, hospital, office, django_assert_max_num_queries
):
    chunks = -(-count // importing_actions.CHUNK)
    with django_assert_max_num_queries(31 * chunks + 7 * count):
        bring_in(as_csv(many(count)), hospital, office)

    assert Need.objects.count() == count


# The upload page and its worker.


@pytest.fixture
def as_office(client, office):
    client.force_login(office)
    return client


def upload(client, content, name="needs.csv", **fields):
    return client.post(
        reverse("needs:import"), {"file": SimpleUploadedFile(name, content), **fields}
    )


def test_uploading_checks_first_and_brings_in_on_request(
    as_office, hospital, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = upload(as_office, as_csv([*ROWS, BAD_ROW], encoding="cp932"))
    run = ImportRun.objects.get()
    page = as_office.get(response["Location"]).content.decode()

    assert not Need.objects.exists()
    assert "この内容で取り込む" in page
    assert "空です。1行に1件ずつ書いてください" in page

    with django_capture_on_commit_callbacks(execute=True):
        as_office.post(reverse("needs:import_confirm", args=[run.public_id]))
    page = as_office.get(response["Location"]).content.decode()

    assert "3件を取り込みました" in page
    assert Need.objects.count() == 3


def test_all_or_nothing_offers_nothing_when_a_row_is_bad(
    as_office, hospital, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = upload(as_office, as_csv([*ROWS, BAD_ROW]), all_or_nothing="on")
    run = ImportRun.objects.get()
    as_office.post(reverse("needs:import_confirm", args=[run.public_id]))

    page = as_office.get(response["Location"]).content.decode()
    assert "誤りのある行があるため、取り込みません" in page
    assert "この内容で取り込む" not in page
    assert not Need.objects.exists()


def test_a_file_that_is_no_table_says_why(as_office, hospital, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = upload(as_office, b"\xd0\xcf\x11\xe0old", "old.xls")

    page = as_office.get(response["Location"]).content.decode()
    assert "古い形式のExcelです" in page
    assert "別のファイルを選ぶ" in page


def test_no_file_is_said_beside_the_field(as_office, hospital):
    response = as_office.post(reverse("needs:import"), {})

    assert response.status_code == 422
    assert "「表のファイル」を選んでください" in response.content.decode()


def test_without_a_broker_the_sweep_does_it(
    as_office, hospital, monkeypatch, django_capture_on_commit_callbacks
):
    def unreachable(**_options):
        raise OperationalError

    monkeypatch.setattr(run_import, "apply_async", unreachable)
    with django_capture_on_commit_callbacks(execute=True):
        response = upload(as_office, as_csv())

    assert "待っています" in as_office.get(response["Location"]).content.decode()
    assert importing_actions.resume_imports() == 1
    assert "この内容で取り込む" in as_office.get(response["Location"]).content.decode()


@pytest.fixture
def run(hospital, office):
    return ImportRun.objects.create(
        hospital=hospital,
        started_by=office,
        file_name="many.csv",
        content=as_csv(many(120)),
        dry_run=False,
    )


def test_a_worker_that_dies_in_the_middle_is_resumed(run, monkeypatch):
    import_chunk, chunks = importing_actions._import_chunk, []

    def die_at_the_second(rows, **names):
        chunks.append(rows)
        if len(chunks) == 2:
            raise SystemExit
        return import_chunk(rows, **names)

    monkeypatch.setattr(importing_actions, "_import_chunk", die_at_the_second)
    with pytest.raises(SystemExit):
        importing_actions.work_on(run.pk)
    monkeypatch.undo()
    assert importing_actions.resume_imports() == 0, "its lease still runs"
    ImportRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert importing_actions.resume_imports() == 1

    run.refresh_from_db()
    assert Need.objects.count() == 120
    assert (run.state, run.done, run.created, run.known) == ("done", 120, 120, 0)


def test_two_workers_do_it_once(run):
    importing_actions.work_on(run.pk)
    importing_actions.work_on(run.pk)

    assert Need.objects.count() == 120


def test_the_table_is_forgotten_once_its_rows_are_in(run):
    importing_actions.work_on(run.pk)

    run.refresh_from_db()
    assert bytes(run.content) == b""


@pytest.mark.parametrize(
    ("days", "state", "is_there"),
    [(13, "done", True), (15, "done", False), (15, "failed", False), (15, "running", True)],
)
def test_a_table_that_nobody_took_in_is_forgotten(run, days, state, is_there):
    begun = timezone.now() - timedelta(days=days)
    lease = timezone.now() + timedelta(minutes=1)
    ImportRun.objects.update(dry_run=True, state=state, created_at=begun, lease_until=lease)

    importing_actions.resume_imports()

    assert ImportRun.objects.exists() == is_there


def test_progress_is_shown_and_asked_for_again(as_office, run):
    ImportRun.objects.update(state="running", total=120, done=50)

    page = as_office.get(run.get_absolute_url()).content.decode()
    part = as_office.get(run.get_absolute_url(), headers={"HX-Request": "true"})

    assert "120行のうち 50行まで済みました" in page
    assert "120行のうち 50行まで済みました" in part.content.decode()
    assert "<html" not in part.content.decode()


def test_polling_ends_with_the_whole_page(as_office, run):
    ImportRun.objects.update(state="done")

    part = as_office.get(run.get_absolute_url(), headers={"HX-Request": "true"})

    assert part["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("who", "upload_status", "run_status"),
    [("nurse", 403, 404), ("head", 403, 404), ("other_office", 200, 404), ("partner", 403, 404)],
)
def test_only_the_office_imports(who, upload_status, run_status, client, run, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("needs:import")).status_code == upload_status
    assert client.get(run.get_absolute_url()).status_code == run_status
    confirm = reverse("needs:import_confirm", args=[run.public_id])
    assert client.post(confirm).status_code == run_status


# The command.


def command(*arguments):
    out, err = StringIO(), StringIO()
    call_command("import_needs", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "needs.csv"
    path.write_bytes(as_csv([*ROWS, BAD_ROW]))
    return path


def test_the_only_hospital_and_office_member_need_not_be_named(table, office):
    out, err = command(str(table))

    assert out.splitlines() == [
        "4 / 4 行",
        "取り込みました。全4行: 新しく入った 3件・すでにあった 0件・誤り 1行",
    ]
    assert err.splitlines() == ["5行目「件名」: 空です。1行に1件ずつ書いてください"]
    assert Need.objects.count() == 3


def test_a_dry_run_of_the_command_only_reports(table, office):
    out, _err = command(str(table), "--dry-run")

    assert "確認だけしました。全4行: 新しく入る 3件・すでにある 0件・誤り 1行" in out
    assert not Need.objects.exists()


def test_the_command_refuses_the_whole_table(table, office):
    with pytest.raises(CommandError, match="1件も取り込みませんでした"):
        command(str(table), "--all-or-nothing")

    assert not Need.objects.exists()


def test_the_command_asks_which_hospital_and_who(table, office, other_office, hospital):
    MembershipFactory(organisation=hospital, role="office")

    with pytest.raises(CommandError, match="--hospital"):
        command(str(table))
    with pytest.raises(CommandError, match="--by"):
        command(str(table), "--hospital", hospital.name)
    command(str(table), "--hospital", str(hospital.pk), "--by", office.email.upper())

    assert {need.proposer for need in Need.objects.all()} == {office}


@pytest.mark.parametrize("arguments", [["--hospital", "ない病院"], ["--by", "nobody@example.jp"]])
def test_the_command_knows_nobody_else(arguments, table, office):
    with pytest.raises(CommandError, match="該当なし"):
        command(str(table), *arguments)


def test_a_missing_file_is_one_sentence(office):
    with pytest.raises(CommandError, match="ファイルを読めません"):
        command("nowhere.csv")


@pytest.mark.parametrize("name", ["real_needs.csv", "real_needs_sjis.csv"])
def test_tables_like_the_real_ones_need_no_editing(name, tmp_path, office):
    path = REAL / name
    if not path.exists():  # the same traits, made up
        path = tmp_path / name
        path.write_bytes(as_csv(encoding="cp932" if "sjis" in name else "utf-8-sig"))

    _out, err = command(str(path))
    again, _err = command(str(path))

    assert err == ""
    assert "新しく入った 0件" in again
    assert Need.objects.filter(state=NeedState.SUBMITTED).count() >= len(ROWS)


def test_a_factory_need_is_not_mistaken_for_an_imported_one(hospital, office):
    NeedFactory(hospital=hospital, title=ROWS[0][1])

    assert bring_in(as_csv(), hospital, office).created == 3

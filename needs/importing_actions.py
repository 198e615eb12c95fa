"""Bring a table in: in chunks, safe to repeat, resumed when a worker dies."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from accounts.models import Department
from audit.actions import record
from needs import importing
from needs.actions import take_numbers
from needs.enums import NeedState, Source
from needs.models import ImportRun, Need
from needs.promise import promised_day
from search import index as search
from taxonomy.models import Term

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_stubs_ext import StrOrPromise

    from accounts.models import Organisation

log = logging.getLogger(__name__)

CHUNK = 50
LEASE = timedelta(minutes=2)
# So long a table that was only checked waits for somebody to take it in.
KEPT = timedelta(days=14)


@dataclass
class Result:
    """What came of a table."""

    total: int = 0
    created: int = 0
    known: int = 0
    problems: list[importing.Problem] = field(default_factory=list)
    noticed: list[importing.Noticed] = field(default_factory=list)
    refused: bool = False


def import_table(  # noqa: PLR0913 -- one keyword for each choice that a person makes
    content: bytes,
    *,
    hospital: Organisation,
    by: Any,
    dry_run: bool = False,
    all_or_nothing: bool = False,
    leave_out: bool = False,
    progress: Callable[[Result, int], None] = lambda _result, _done: None,
) -> Result:
    """Read ``content`` and bring its good rows into ``hospital``, each once however often it runs.

    ``dry_run`` only counts. With ``all_or_nothing`` one bad row refuses all, before anything is
    written. New rows with words that look like personal information are named in ``noticed``; with
    ``leave_out`` they stay outside, otherwise the office answers for them need by need.
    ``progress`` hears of each chunk. Raises ``importing.UnreadableError``.
    """
    table = importing.read_table(content)
    rows, problems = importing.read_rows(table)
    result = Result(total=len(table.rows), problems=problems)
    result.refused = all_or_nothing and bool(problems)
    result.noticed = _noticed(rows, hospital)
    if leave_out:
        lines = {each.line for each in result.noticed}
        rows = [row for row in rows if row.line not in lines]
        problems += [_left_out(each) for each in result.noticed]
    take = _count_chunk if dry_run or result.refused else _import_chunk
    names = _Names(hospital)
    done = len(table.rows) - len(rows)
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        created = take(chunk, names=names, by=by)
        result.created += created
        result.known += len(chunk) - created
        done += len(chunk)
        progress(result, done)
    if result.refused:
        result.created = 0
    return result


class _Names:
    """The words of a table that stand for something here, read once."""

    def __init__(self, hospital: Organisation) -> None:
        self.hospital = hospital
        self.departments = {
            each.name: each for each in Department.objects.filter(hospital=hospital)
        }
        self.due = promised_day(hospital.pk)
        self.specialties = {term.ja: term for term in Term.objects.of("specialty")}


def _known_keys(rows: list[importing.Row], hospital: Organisation) -> set[str]:
    keys = [row.key for row in rows]
    return set(
        Need.objects.filter(hospital=hospital, import_key__in=keys).values_list(
            "import_key", flat=True
        )
    )


def _noticed(rows: list[importing.Row], hospital: Organisation) -> list[importing.Noticed]:
    """In rows that are not here yet; what is here has been asked about before."""
    flagged = [(row, row.noticed) for row in rows]
    flagged = [(row, noticed) for row, noticed in flagged if noticed]
    known = _known_keys([row for row, _noticed in flagged], hospital)
    return [each for row, noticed in flagged if row.key not in known for each in noticed]


def _left_out(noticed: importing.Noticed) -> importing.Problem:
    words = {"words": noticed.words}
    reason = gettext("個人情報かもしれない「%(words)s」があるため、取り込みませんでした") % words
    return importing.Problem(noticed.line, str(label_of(noticed.field)), reason)


def _count_chunk(rows: list[importing.Row], *, names: _Names, by: Any) -> int:
    return len(rows) - len(_known_keys(rows, names.hospital))


@transaction.atomic
def _import_chunk(rows: list[importing.Row], *, names: _Names, by: Any) -> int:
    take_numbers(names.hospital.pk, 0)  # its lock makes two imports of one hospital wait in line
    known = _known_keys(rows, names.hospital)
    fresh = [row for row in rows if row.key not in known]
    numbers = take_numbers(names.hospital.pk, len(fresh))
    needs = Need.objects.bulk_create(
        _need(row, names=names, number=number, by=by)
        for row, number in zip(fresh, numbers, strict=True)
    )
    for need, row in zip(needs, fresh, strict=True):
        record(need, "import_row", by=by, line=row.line)
    search.keep(*needs)
    return len(needs)


def _need(row: importing.Row, *, names: _Names, number: str, by: Any) -> Need:
    department = names.departments.get(row.department)
    unmatched = [(str(_("部署")), row.department)] if row.department and not department else []
    return Need(
        hospital=names.hospital,
        proposer=by,
        entered_by=by,
        updated_by=by,
        state=NeedState.SUBMITTED,
        number=number,
        submitted_at=timezone.now(),
        answer_due=names.due,
        source=Source.IMPORT,
        import_key=row.key,
        title=row.title,
        problem=row.problem,
        department=department,
        specialty=names.specialties.get(row.department),
        frequency=row.frequency,
        place=row.place,
        origin_note=importing.note_of(row, *unmatched),
        **row.details,
    )


@transaction.atomic
def start_import(
    *, hospital: Organisation, file_name: str, content: bytes, all_or_nothing: bool, by: Any
) -> ImportRun:
    """Keep the upload and let a worker check it; nothing is brought in yet."""
    run = ImportRun.objects.create(
        hospital=hospital,
        started_by=by,
        file_name=file_name[-200:],
        content=content,
        all_or_nothing=all_or_nothing,
    )
    record(run, "start", by=by, file_name=run.file_name)
    transaction.on_commit(partial(hurry, run.pk))
    return run


@transaction.atomic
def confirm_import(run: ImportRun, *, by: Any, leave_out: bool = False) -> None:
    """Bring in what was checked, with or without the rows that look like personal information.

    A second call finds nothing to do.
    """
    changed = ImportRun.objects.filter(pk=run.pk, dry_run=True, state=ImportRun.State.DONE).update(
        dry_run=False,
        leave_out=leave_out,
        state=ImportRun.State.WAITING,
        done=0,
        created=0,
        lease_until=None,
    )
    if changed:
        record(run, "confirm", by=by, leave_out=leave_out)
        transaction.on_commit(partial(hurry, run.pk))


def hurry(run_id: int) -> None:
    """Ask a worker to begin now. Without a broker the sweep will: never fail the page."""
    from needs.tasks import run_import  # noqa: PLC0415 -- tasks import this module

    try:
        run_import.apply_async(kwargs={"run_id": run_id}, retry=False)
    except (OperationalError, OSError):
        log.warning("broker unreachable, import %s waits for the sweep", run_id)


def resume_imports() -> int:
    """Do every import that waits or that a dead worker left; returns how many.

    A table that nobody took in is forgotten: it may name patients.
    """
    left = ImportRun.objects.filter(dry_run=True, created_at__lt=timezone.now() - KEPT)
    left.exclude(state=ImportRun.State.RUNNING).delete()
    ids = list(ImportRun.objects.unfinished().order_by("pk").values_list("pk", flat=True))
    for run_id in ids:
        work_on(run_id)
    return len(ids)


def work_on(run_id: int) -> None:
    """Do one import under a lease; a second worker finds nothing to do."""
    run = _claim(run_id)
    if run is None:
        return
    # What a worker that died had brought in is now known; it still counts as new.
    before = 0 if run.dry_run else run.created
    try:
        table = importing.read_table(bytes(run.content))
        _note(run, total=len(table.rows), columns=_columns(table))
        result = import_table(
            bytes(run.content),
            hospital=run.hospital,
            by=run.started_by,
            dry_run=run.dry_run,
            all_or_nothing=run.all_or_nothing,
            leave_out=run.leave_out,
            progress=lambda result, done: _note(run, done=done, created=before + result.created),
        )
    except importing.UnreadableError as error:
        problem = importing.Problem(None, "", str(error))
        _finish(run, ImportRun.State.FAILED, problems=[problem.as_dict()])
        return
    _finish(
        run,
        ImportRun.State.DONE,
        total=result.total,
        done=result.total,
        created=before + result.created,
        known=result.known - before,
        problems=[problem.as_dict() for problem in result.problems],
        findings=[each.as_dict() for each in result.noticed] if run.dry_run else [],
    )


def _claim(run_id: int) -> ImportRun | None:
    with transaction.atomic():
        claimed = (
            ImportRun.objects.unfinished()
            .filter(pk=run_id)
            .update(state=ImportRun.State.RUNNING, lease_until=timezone.now() + LEASE)
        )
    if not claimed:
        return None
    return ImportRun.objects.select_related("hospital", "started_by").get(pk=run_id)


def _note(run: ImportRun, **changes: Any) -> None:
    ImportRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() + LEASE, **changes)


def _finish(run: ImportRun, state: str, **changes: Any) -> None:
    if state == ImportRun.State.FAILED or not run.dry_run:
        changes["content"] = b""  # nobody needs the table any more
    ImportRun.objects.filter(pk=run.pk).update(state=state, lease_until=None, **changes)


def label_of(name: str) -> StrOrPromise:
    """What a column of the table becomes, in words."""
    if name in COLUMN_LABELS:
        return COLUMN_LABELS[name]
    return Need._meta.get_field(name).verbose_name


def _columns(table: importing.Table) -> list[dict[str, str]]:
    labels = {name: str(label_of(name)) for name in [*importing.DETAILS, *COLUMN_LABELS]}
    return [
        {"heading": heading, "label": labels.get(name, str(_("出典・備考")))}
        for heading, name in zip(table.headings, table.fields, strict=True)
        if heading
    ]


COLUMN_LABELS = {
    "title": _("ひとことで"),
    "problem": _("どんな場面で、何に困っていますか"),
    "department": _("部署(登録のある名前なら)"),
    "frequency": _("頻度"),
    "place": _("場所"),
}

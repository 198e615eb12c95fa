from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Organisation, User
from accounts.queries import people
from needs.importing import UnreadableError
from needs.importing_actions import import_table, label_of


class Command(BaseCommand):
    """Bring needs in from a CSV or XLSX file; safe to repeat."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="CSV (UTF-8, UTF-16, Shift_JIS) or XLSX")
        parser.add_argument("--hospital", help="name or id; may be left out if there is only one")
        parser.add_argument("--by", help="e-mail of the office member who brings them in")
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument(
            "--all-or-nothing", action="store_true", help="one bad row refuses the whole file"
        )
        parser.add_argument(
            "--leave-out",
            action="store_true",
            help="leave rows outside that look like personal information",
        )

    def handle(self, *, file, hospital, by, dry_run, **options):
        organisation = _hospital(hospital)
        person = _office_member(by, organisation)
        try:
            result = import_table(
                file.read_bytes(),
                hospital=organisation,
                by=person,
                dry_run=dry_run,
                all_or_nothing=options["all_or_nothing"],
                leave_out=options["leave_out"],
                progress=self._progress,
            )
        except OSError as error:
            raise CommandError(_("ファイルを読めません: %(file)s") % {"file": file}) from error
        except UnreadableError as error:
            raise CommandError(str(error)) from error
        if not options["leave_out"]:
            self._ask(result)
        self._report(result, dry_run=dry_run)
        if result.refused:
            raise CommandError(_("誤りのある行があるため、1件も取り込みませんでした。"))

    def _progress(self, result, done):
        self.stdout.write(_("%(done)d / %(total)d 行") % {"done": done, "total": result.total})

    def _ask(self, result):
        """What the office has to answer for, need by need, before the review."""
        for each in result.noticed:
            words = {"line": each.line, "column": label_of(each.field), "words": each.words}
            self.stderr.write(
                _("%(line)d行目「%(column)s」: 個人情報かもしれないことば「%(words)s」") % words
            )

    def _report(self, result, *, dry_run):
        for problem in result.problems:
            self.stderr.write(_("%(line)d行目「%(column)s」: %(reason)s") % problem.as_dict())
        counts = {
            "total": result.total,
            "created": result.created,
            "known": result.known,
            "bad": len({problem.line for problem in result.problems}),
        }
        if dry_run:
            text = _(
                "確認だけしました。全%(total)d行: 新しく入る %(created)d件・"
                "すでにある %(known)d件・誤り %(bad)d行"
            )
        else:
            text = _(
                "取り込みました。全%(total)d行: 新しく入った %(created)d件・"
                "すでにあった %(known)d件・誤り %(bad)d行"
            )
        self.stdout.write(text % counts)


def _hospital(wanted):
    hospitals = Organisation.objects.hospitals()
    if wanted:
        match = Q(name=wanted) | Q(public_id=wanted)
        if wanted.isascii() and wanted.isdigit():
            match |= Q(pk=int(wanted))
        hospitals = hospitals.filter(match)
    return _only(hospitals, _("--hospital で病院を1つ選んでください。"))


def _office_member(email, hospital):
    members = people(Role.OFFICE, at=hospital)
    if email:
        members = members.filter(email=User.objects.normalize_email(email).lower())
    return _only(members, _("--by でその病院の支援オフィスの人を1人選んでください。"))


def _only(found, question):
    """The one that is left. Raises CommandError with the choices."""
    choices = list(found[:10])
    if len(choices) == 1:
        return choices[0]
    names = "、".join(str(getattr(each, "email", each)) for each in choices) or _("該当なし")
    message = f"{question} ({names})"
    raise CommandError(message)

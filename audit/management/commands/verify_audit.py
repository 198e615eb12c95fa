from django.core.management.base import BaseCommand, CommandError

from audit.queries import broken_links


class Command(BaseCommand):
    """Check the hash chain of every timeline; exits with an error that names broken lines."""

    help = "操作の記録が改ざんされていないか確かめます。"

    def handle(self, *_args, **_options):
        broken = broken_links()
        for entry in broken:
            self.stderr.write(f"{entry.target_type}#{entry.target_id} {entry} {entry.at}")
        if broken:
            msg = f"{len(broken)}件の記録が一致しません。"
            raise CommandError(msg)
        self.stdout.write("すべての記録が一致しました。")

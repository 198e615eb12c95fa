from django.core.management.base import BaseCommand, CommandError

from search.index import registry
from search.maintenance import rebuild
from search.models import Entry


class Command(BaseCommand):
    """Index what is missing or was made by an older tokeniser."""

    help = "検索の索引を作り直します。途中で止まっても、続きから進みます。"

    def add_arguments(self, parser):
        parser.add_argument("--kind", help=f"種類({', '.join(index.slug for index in registry)})")
        parser.add_argument(
            "--all", action="store_true", help="新しい索引も、もう一度作る(語の辞書を変えたとき)"
        )

    def handle(self, *_args, **options):
        kind = options["kind"]
        if kind and kind not in registry:
            msg = f"「{kind}」という種類はありません。"
            raise CommandError(msg)
        for index in [registry[kind]] if kind else registry:
            if options["all"]:
                Entry.objects.filter(kind=index.slug).update(digest="")
            done = rebuild(index, lambda done, total, kind=index.slug: self._say(kind, done, total))
            self.stdout.write(f"{index.slug}: {done}件を作り直しました。")

    def _say(self, kind, done, total):
        self.stdout.write(f"{kind}: {done} / {max(done, total)}")

import time

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organisation
from demo.volume import Volume


class Command(BaseCommand):
    """Fill the database in bulk, so that any page can be measured at any size."""

    help = "計測用のデータをまとめて入れます。"

    def add_arguments(self, parser):
        parser.add_argument("--needs", type=int, default=10_000)
        parser.add_argument("--reviews", type=int, default=5, help="1案件あたりの採点の数")
        parser.add_argument("--partners", type=int, default=200)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_args, **options):
        seed = options["seed"]
        if Organisation.objects.filter(name__startswith=f"計測病院V{seed}-").exists():
            msg = f"seed {seed} のデータはもう入っています。別の --seed を指定してください。"
            raise CommandError(msg)
        start = time.monotonic()
        Volume(
            needs=options["needs"],
            reviews=options["reviews"],
            partners=options["partners"],
            seed=seed,
            say=self.stdout.write,
        ).load()
        self.stdout.write(f"{time.monotonic() - start:.1f} 秒")

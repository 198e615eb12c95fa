from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from demo.story import Story


class Command(BaseCommand):
    """Tell the demo story once; an already filled database is left as it is."""

    help = "デモのデータを入れます。"

    def handle(self, *_args, **_options):
        if not settings.DEMO:
            msg = "デモのデータには、だれでも知っているパスワードがあります。DEMO=1 のときだけ入れられます。"
            raise CommandError(msg)
        if User.objects.exists():
            self.stdout.write("データがあるので、そのまま使います。")
            return
        self.stdout.write(f"ニーズ{Story().tell()}件の物語を入れました。")

from django.core.management.base import BaseCommand

from committee import results
from committee.models import Round


class Command(BaseCommand):
    """Compute every stored result anew; the scores themselves are not touched."""

    help = "採点の結果(平均・順位のもとになる数)を、採点から計算し直します。"

    def handle(self, *_args, **_options):
        rounds = Round.objects.select_related("rubric").order_by("pk")
        for round_ in rounds:
            results.refresh_round(round_)
        self.stdout.write(f"審査会 {len(rounds)}件の結果を計算し直しました。")

"""Everything that is left to chance, and repeats itself for the same seed."""

from datetime import timedelta
from random import Random

from core.models import ALPHABET

YEARS = 10


class Draw:
    """Draws from one seeded source; ``now`` is the moment at which the ten years end."""

    def __init__(self, seed, now):
        self.random = Random(seed)
        self.now = now

    def skewed(self, choices):
        """The first ones often, the last ones seldom (a Zipf-like draw)."""
        return choices[int(len(choices) * self.random.random() ** 2)]

    def weighted(self, shares):
        """One of the keys of ``shares``, as often as its share says."""
        return self.random.choices(list(shares), list(shares.values()))[0]

    def chance(self, share):
        """True in this share of the cases."""
        return self.random.random() < share

    def public_id(self):
        """Like ``core.models.new_public_id``, but the same for the same seed."""
        return "".join(self.random.choices(ALPHABET, k=12))

    def moment(self):
        """More in later years, fewer long ago."""
        age = YEARS * 365 * (1 - self.random.random() ** 0.5)
        return self.now - timedelta(days=age, minutes=self.random.randrange(1440))

    def later(self, moment, days):
        """Up to ``days`` after ``moment``, and never in the future."""
        return min(self.now, moment + timedelta(days=days * self.random.random()))

from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from demo.volume import hospitals, outside, rounds, sheets
from demo.volume.draw import Draw
from disclosure.search import PublicationIndex
from needs.search import NeedIndex
from search.maintenance import fold, rebuild
from taxonomy.models import Term

HOSPITALS = 6
AN_HOUR = 3_600


class Volume:
    """One load: ``needs`` sheets, ``reviews`` per reviewed case, ``partners`` companies."""

    def __init__(self, *, needs, reviews, partners, seed, say=lambda _text: None):
        self.needs, self.reviews, self.partners = needs, reviews, partners
        self.tag = f"V{seed}"
        self.draw = Draw(seed, timezone.now())
        self.say = say

    @transaction.atomic
    def load(self):
        """Write everything in one transaction; ``say`` hears of the progress."""
        terms = defaultdict(list)
        for pk, kind in Term.objects.order_by("kind", "code").values_list("pk", "kind"):
            terms[kind].append(pk)
        sites = [
            hospitals.hospital(self.draw, self.tag, index, self.reviews)
            for index in range(HOSPITALS)
        ]
        self.say(f"病院 {len(sites)}")
        written = sheets.write(self.draw, sites, terms["need_category"], self.needs)
        self.say(f"ニーズ {len(written)}")
        sheets.tell(self.draw, written)
        self.say(f"索引 {rebuild(NeedIndex)}")
        self.say(f"審査案件 {rounds.write(self.draw, written, self.reviews)}")
        shown = outside.publish(self.draw, written, terms["technology"])
        self.say(f"公開の索引 {rebuild(PublicationIndex)}")
        self.say(f"索引の統計 {fold(seconds=AN_HOUR)}")
        self.say(f"公開 {len(shown)}")
        partners = outside.companies(self.draw, self.tag, self.partners, terms)
        outside.match(self.draw, shown, partners)
        self.say(f"企業 {len(partners)}")

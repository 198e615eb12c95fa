"""What people give to a round, and what they win."""

from django.utils.translation import gettext_lazy as _

from committee import queries
from contributions.actions import contribute, take_back
from contributions.kinds import register

SCORED = register("committee.scored", _("ニーズを審査した"), _("件"))
ADVISED = register("committee.advised", _("提案者に助言した"), _("件"))
WON = register("committee.won", _("表彰を受けた"), _("回"))


def scored(review):
    """A member handed in her scores."""
    _gave(review.reviewer, SCORED, review.case)


def lost_score(person, case):
    """Her scores do not count: she has, or may have, a conflict of interest, or she abstained."""
    take_back(person, SCORED, case)


def released(case, awards):
    """The results are out: who advised the proposer, and who won.

    ``case`` comes from ``for_pages()``. An award belongs to everybody whose name stands on it.
    """
    for review in queries.counted_reviews([case])[case.pk]:
        if review.note_to_proposer:
            _gave(review.reviewer, ADVISED, case)
    for award in awards:
        for person in case.need.authors:
            contribute(
                person, WON, award, hospital_id=case.round.hospital_id, label=f"{award.kind.ja}"
            )


def _gave(person, kind, case):
    contribute(person, kind, case, hospital_id=case.round.hospital_id, label=case.need.number)

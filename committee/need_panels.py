"""What the page of a need offers the office on the way to the committee."""

from committee.enums import RoundState
from committee.queries import rounds_for
from needs.enums import NeedState
from needs.panels import panel


@panel("committee/need_agenda.html", place="top", order=10)
def agenda(need, user):
    """For a need that was taken in: onto which agenda it can go, or on which one it stands."""
    if need.state != NeedState.SCREENING or not user.has_perm("needs.screen_need", need):
        return None
    rounds = [each for each in rounds_for(need) if user.has_perm("committee.manage_round", each)]
    return {
        "need": need,
        "on": next((each for each in rounds if each.holds), None),
        "planned": [each for each in rounds if each.state == RoundState.PLANNED],
    }

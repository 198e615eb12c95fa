"""How far a match has come, and whose turn it is, in words for each reader."""

from django.utils.translation import gettext as _

from matching.enums import MatchState
from matching.models import Match
from needs.progress import reached

LINE = [MatchState.INTERESTED, MatchState.MEETING, MatchState.TALKING, MatchState.AGREED]
OVER = {MatchState.DECLINED, MatchState.CLOSED}
# More than a suggestion of the office, an introduction or a first interest.
MET = [MatchState.MEETING, MatchState.TALKING, MatchState.AGREED, MatchState.CLOSED]
# Whose turn it is; states that are missing wait for nobody.
TURN = {
    MatchState.SUGGESTED: "office",
    MatchState.INTRODUCED: "partner",
    MatchState.INTERESTED: "office",
    MatchState.MEETING: "office",
    MatchState.TALKING: "office",
}


def stages(match):
    """The stage line; none once it is over."""
    if match.state in OVER or match.state == MatchState.SUGGESTED:
        return []
    line = list(LINE)
    if match.introduction or match.state == MatchState.INTRODUCED:
        line.insert(0, MatchState.INTRODUCED)
    here = line.index(match.state)
    return [
        {
            "label": state.label,
            "state": _stop(place, here, match.state),
            "date": match.meeting_date if state == MatchState.MEETING else None,
        }
        for place, state in enumerate(line)
    ]


def _stop(place, here, state):
    if place < here or state == MatchState.AGREED:
        return "done"
    return "current" if place == here else ""


def side(match, user):
    """On which side ``user`` stands: ``office``, ``partner`` or ``proposer``."""
    if user.has_perm("matching.manage_match", match):
        return "office"
    return "partner" if user.has_perm("matching.answer_match", match) else "proposer"


def turn(match):
    """Who has to act: ``office``, ``partner`` or None."""
    return TURN.get(MatchState(match.state))


def is_turn_of(match, user):
    """Whether this person has to act now."""
    return turn(match) == side(match, user)


def next_step(match, user):
    """The first line of the page for this reader."""
    if is_turn_of(match, user):
        return _own_turn(match)
    names = {"partner": match.partner.name, "hospital": match.publication.hospital.name}
    return _for_others(match) % names


def _own_turn(match):
    return {
        MatchState.SUGGESTED: _("支援オフィスの番です。紹介するまで、企業には見えません。"),
        MatchState.INTRODUCED: _("あなたの番です。関心があるか見送るかを返事してください。"),
        MatchState.INTERESTED: _("あなたの番です。メッセージを読んで、面談日を決めてください。"),
        MatchState.MEETING: _(
            "あなたの番です。面談のあと、交渉を始めるか見送るかを記録してください。"
        ),
        MatchState.TALKING: _("あなたの番です。話がまとまったら、合意を記録してください。"),
    }[match.state]


def _for_others(match):
    sentence = {
        MatchState.INTRODUCED: _("%(partner)sの番です。紹介への返事を待っています。"),
        MatchState.INTERESTED: _("%(hospital)sの支援オフィスの番です。面談日を調整しています。"),
        MatchState.MEETING: _(
            "%(hospital)sの支援オフィスの番です。面談のあと、次の進め方を知らせます。"
        ),
        MatchState.TALKING: _("%(hospital)sの支援オフィスの番です。条件を話し合っています。"),
        MatchState.AGREED: _(
            "%(partner)sと%(hospital)sは合意しました。契約は「契約」のページで進めます。"
        ),
        MatchState.DECLINED: _("このマッチングは見送りになりました。"),
        MatchState.CLOSED: _("このマッチングは終わりました。"),
    }
    return sentence[match.state]


@reached("match")
def met(needs):
    """The needs (ids) about which the hospital and a partner have met."""
    return set(
        Match.objects.filter(publication__need__in=needs, state__in=MET).values_list(
            "publication__need_id", flat=True
        )
    )

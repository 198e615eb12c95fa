"""Who may meet which words of a case, where and when: written down here once more, by hand."""

from dataclasses import dataclass

from committee.enums import RoundState
from tests.committee.sixty import ACCEPTED, OUT, OWN, SAMPLE, SCORERS, UNANSWERED, counts

OFFICES = {"office", "seated office"}
LEADS = {"chair", "deputy"}
# Pages that everybody sees alike, the office too: in a blind round they name nobody.
ALIKE = {
    f"committee/{name}"
    for name in (
        *("list", "round", "results", "results csv", "results xlsx", "what_if", "compare"),
        *("looking_back", "case", "decision", "meeting", "item", "notes", "live"),
        *("minutes", "minutes pdf", "minutes docx"),
    )
}
# What a proposer and a winner get when the results are out.
SENT = {f"committee/{name}" for name in ("letter", "thanks", "award", "certificate")}


@dataclass(frozen=True)
class Look:
    """Somebody who looks around: at which stage, in a blind round or an open one."""

    state: str
    is_blind: bool
    who: str

    @property
    def is_office(self):
        return self.who in OFFICES

    @property
    def sits(self):
        return self.who != "office"

    @property
    def scores(self):
        return self.who in SCORERS

    @property
    def runs(self):
        """Keeps the meeting: its projector's page and its notes."""
        return self.is_office or self.who in {*LEADS, "secretary"}

    @property
    def meets(self):
        return self.state == RoundState.DISCUSSING

    @property
    def confirms(self):
        """Reads the words about conflicts on the page where they are confirmed."""
        return not self.is_released and (self.is_office or not self.is_blind)

    @property
    def has_minutes(self):
        return self.state in {RoundState.DECIDED, RoundState.RELEASED}

    @property
    def is_released(self):
        return self.state == RoundState.RELEASED

    @property
    def is_scoring(self):
        return self.state == RoundState.REVIEWING

    @property
    def hides_people(self):
        return self.is_blind and not self.is_released

    def is_closed(self, case):
        """In conflict, her own need, or not answered."""
        return self.who in {OUT.get(case), UNANSWERED.get(case)}

    def sees_scores(self, case):
        """Other members' marks and words; while they score, only who has handed in her own."""
        if self.is_closed(case):
            return False
        if self.is_scoring and self.who != "office":
            return counts(case, self.who)
        return True


def _text(look, case, _writer, page):
    if look.who == OUT[OWN] and case == OWN:
        return page in SENT or not page.startswith("committee/")
    if look.is_closed(case):  # the office has screened the need, and reads it at its own desk
        return look.is_office and page.split("/")[0] in {"needs", "search", "home"}
    return True


def _person(look, case, writer, page):
    if look.hides_people and (not look.is_office or page in ALIKE):
        return look.who == OUT[OWN] and case == OWN and _text(look, case, writer, page)
    return _text(look, case, writer, page)


def _word(look, case, writer, page):
    """What a member says about a case: to the committee, or to the proposer."""
    if look.is_closed(case):
        return False
    return writer == look.who or (counts(case, writer) and look.sees_scores(case))


def _advice(look, case, writer, page):
    return _word(look, case, writer, page) or (
        _is_her_letter(look, case, page) and counts(case, writer)
    )


def _is_her_letter(look, case, page):
    return look.is_released and look.who == OUT[OWN] and case == OWN and page in SENT


def _about_conflict(look, case, writer, _page):
    """A member's reason, and what was found out about it."""
    if writer == look.who and not look.is_closed(case):
        return True
    may = look.is_office or (look.who in LEADS and not look.hides_people)
    return may and not look.is_closed(case)


def _own_conflict(look, case, writer, page):
    return writer == look.who or _about_conflict(look, case, writer, page)


def _decided(look, case, _writer, page):
    return _is_her_letter(look, case, page) or (not look.is_closed(case) and not look.is_scoring)


def _letter(look, case, _writer, page):
    return _is_her_letter(look, case, page) or (look.is_office and not look.is_closed(case))


KINDS = {
    # the need: what all its readers read, and what tells whose it is
    **dict.fromkeys(["titl", "text", "answ", "find"], _text),
    **dict.fromkeys(["pass", "name", "kana", "dept"], _person),
    "file": lambda *_: False,  # what a photo was called
    "comm": lambda look, _case, _writer, page: look.is_office and page.startswith("needs/"),
    # members
    **dict.fromkeys(["note", "nomi"], _word),
    "advi": _advice,
    "conf": _own_conflict,
    "look": _about_conflict,
    "abst": lambda look, _case, writer, _page: (
        look.is_office or look.who in LEADS or look.who == writer
    ),
    # the meeting
    **dict.fromkeys(["reas", "coun", "next"], _decided),
    **dict.fromkeys(["corr", "minu", "vote"], lambda look, case, *_: not look.is_closed(case)),
    # what goes out
    **dict.fromkeys(["lett", "cite"], _letter),
}


def may_meet(look, mark, page):
    """Whether this person may come across this mark, here and now."""
    case, kind, writer = mark
    if look.is_released and page == "committee/winners" and case in ACCEPTED:
        return kind in {"titl", "pass", "name", "dept"}
    if look.is_released and page == "needs/join":  # as everybody in the house who is not the judge
        return kind in {"titl", "pass", "dept"}
    return KINDS[kind](look, case, writer, page)


# Where the words of the open case must be found: who sees nothing anywhere meets no leak either.
BELONGS = [
    # page, kinds, for whom and when
    ("needs/detail", "titl text comm name", lambda look: look.is_office),
    ("needs/list", "titl", lambda look: look.is_office),
    ("needs/export", "titl", lambda look: look.is_office),
    ("needs/sheet", "text", lambda look: look.is_office),
    ("search/results", "titl", lambda look: look.is_office),
    ("committee/round", "titl", lambda look: True),
    ("committee/case", "titl text answ find", lambda look: look.sits),
    ("committee/case", "pass name dept", lambda look: look.sits and not look.hides_people),
    ("committee/case", "note advi", lambda look: look.scores),
    ("committee/results", "titl", lambda look: look.sees_scores(SAMPLE)),
    ("committee/compare", "titl note", lambda look: look.sees_scores(SAMPLE)),
    ("committee/results csv", "titl", lambda look: look.is_scoring and look.sees_scores(SAMPLE)),
    ("committee/results xlsx", "titl", lambda look: not look.is_scoring),
    ("committee/decision", "titl text note advi nomi", lambda look: look.sees_scores(SAMPLE)),
    ("committee/decision", "reas", lambda look: not look.is_scoring),
    ("committee/redact", "pass", lambda look: look.is_office and look.hides_people),
    ("committee/conflicts", "conf look", lambda look: look.who == "office" and look.confirms),
    ("committee/conflicts", "look", lambda look: look.who == "chair" and look.confirms),
    ("committee/round", "abst", lambda look: look.is_office or look.who in LEADS),
    ("committee/meeting", "titl", lambda look: not look.is_scoring),
    ("committee/item", "titl text note advi", lambda look: look.runs and not look.is_scoring),
    ("committee/notes", "titl minu", lambda look: look.runs and look.meets),
    ("committee/live", "titl text", lambda look: look.meets),
    ("committee/minutes", "titl reas next minu", lambda look: look.has_minutes),
    ("committee/minutes pdf", "titl reas minu", lambda look: look.state == RoundState.DECIDED),
    ("committee/minutes docx", "titl reas minu", lambda look: look.state == RoundState.DECIDED),
    ("committee/letter", "lett advi name dept", lambda look: look.is_office and look.has_minutes),
    ("committee/certificate", "name cite", lambda look: look.is_office and look.has_minutes),
    ("committee/winners", "titl name dept", lambda look: look.is_released),
]


def belongs(look):
    """(page, kind) of all that must be there for this person."""
    return [(page, kind) for page, kinds, holds in BELONGS if holds(look) for kind in kinds.split()]

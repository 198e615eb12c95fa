"""What the full round is about: who takes part, who falls out of what, and what each one gives.

Each text of the round carries a mark of its own (``mark``), so that whatever a page, a file or a
mail says can be traced back to its case, its kind and its writer.
"""

import random
import re

from accounts.enums import Role
from committee.enums import Seat
from needs.clearance import TEXTS
from needs.comments import write
from needs.enums import CommentAudience, NeedState
from needs.models import Answer, Enrichment
from needs.photos import add_photo
from taxonomy.models import Term
from tests.documents.files import picture, upload
from tests.factories.accounts import DepartmentFactory, MembershipFactory
from tests.factories.needs import NeedFactory
from tests.factories.questions import version_in_use

MARK = re.compile(r"zq(\d\d)([a-z]{4})(\d\d)z")
CASES = range(1, 61)
# Nine who score, the secretary, and an office person without a seat: name, seat, role.
PEOPLE = {
    "chair": ("委員長 花子", Seat.CHAIR, Role.STAFF),
    "deputy": ("副委員長 花子", Seat.DEPUTY, Role.STAFF),
    "doctor": ("医師 花子", Seat.MEMBER, Role.STAFF),
    "nurse": ("看護 花子", Seat.MEMBER, Role.STAFF),
    "pharmacist": ("薬剤 花子", Seat.MEMBER, Role.STAFF),
    "engineer": ("工学 花子", Seat.MEMBER, Role.STAFF),
    "therapist": ("療法 花子", Seat.MEMBER, Role.STAFF),
    "expert": ("専門 花子", Seat.EXPERT, Role.STAFF),
    "seated office": ("支援 月子", Seat.MEMBER, Role.OFFICE),
    "secretary": ("書記 花子", Seat.SECRETARY, Role.STAFF),
    "office": ("支援 花子", None, Role.OFFICE),
}
WRITERS = list(PEOPLE)
SCORERS = WRITERS[:9]
# The five conflicts, and whose own need is among the sixty.
OUT = {
    1: "chair",  # says so at the gate: the deputy takes over
    2: "doctor",  # has scored, and notices it while reading again
    3: "seated office",  # has scored, and is taken out by the chair
    4: "nurse",  # her own need
    5: "pharmacist",  # わからない
}
ABSTAINED = {6: "engineer"}  # has scored, and gives the case up
HALF = {7: "therapist"}  # never finishes her sheet
UNANSWERED = {8: "secretary"}  # does not answer the conflict question
OWN, SAMPLE, VOTED = 4, 9, 10
ON_PAGES = range(1, VOTED + 1)
TIED = {22: 20}  # everybody gives 22 the marks of 20
ACCEPTED = {1, 4, SAMPLE}
HIDDEN = "■■"
CRITERIA = [
    {"label": "必要性", "weight": 3, "scale": 5},
    {"label": "効果", "weight": 2, "scale": 10},
    {"label": "実現性", "weight": 1, "scale": 3},
    {"label": "新しさ", "weight": 1, "scale": 5, "counts": None},
    {"label": "安全", "weight": 2, "scale": 5},  # only for needs of the first category
    {"label": "広がり", "weight": 1, "scale": 5, "allows_na": "on"},
]
SOME, NA = 4, 5


def mark(case, kind, writer=None):
    """A word that stands in one text only; letters and digits, so that no file format breaks it."""
    return f"zq{case:02}{kind}{WRITERS.index(writer) if writer else 99:02}z"


def marks_in(text):
    """(case, kind, writer) of every mark."""
    return {
        (int(case), kind, WRITERS[int(at)] if int(at) < len(WRITERS) else None)
        for case, kind, at in MARK.findall(text)
    }


def has_category(case):
    """Whether the need is of the category that is asked one criterion more."""
    return case % 2 == 0


def points(case, who):
    """What this member gives this case: a number for each criterion, None for 「判断できない」."""
    seed = random.Random(f"{TIED.get(case, case)} {who}")
    strictness = WRITERS.index(who) / 40
    merit = random.Random(TIED.get(case, case)).random()
    given = []
    for at, each in enumerate(CRITERIA):
        height = min(max(merit - strictness + seed.uniform(-0.3, 0.3), 0), 1)
        if case % 10 == 5:  # half of the members love it, half do not
            height = 1 if WRITERS.index(who) % 2 else 0
        given.append(1 + round(height * (each["scale"] - 1)))
        if at == NA and seed.random() < 0.2:
            given[at] = None
    return [value for at, value in enumerate(given) if at != SOME or has_category(case)]


def counts(case, who):
    """Whether what she gave this case is part of its result."""
    fell_out = [each.get(case) for each in (OUT, ABSTAINED, HALF)]
    return who in SCORERS and who not in fell_out


def write_needs(hospital, people):
    """(the categories, needs by number): each of a ward and a person of its own, received.

    The office has looked at those that the story turns on, and said something about them.
    """
    office = people["office"]
    categories = [
        Term.objects.create(kind="need_category", code=code, ja=code, en=code)
        for code in ("安全にかかわる分野", "そのほかの分野")
    ]
    asked = version_in_use(hospital, "text", by=office).questions.get()
    needs = {}
    for case in CASES:
        ward = DepartmentFactory(hospital=hospital, name=f"{mark(case, 'dept')}病棟")
        proposer = people["nurse"] if case == OWN else _proposer(case, ward)
        category = categories[0 if has_category(case) else 1]
        needs[case] = _need(case, proposer, ward, category, asked)
    # She works in the ward that the need came from, so that the data say so too.
    people["seated office"].memberships.update(department=needs[3].department)
    for case in (*OUT, SAMPLE):
        _prepare(case, needs[case], office)
    return categories, needs


def _proposer(case, ward):
    return MembershipFactory(
        user__name=f"{mark(case, 'name')} 花子",
        user__kana=mark(case, "kana"),
        organisation=ward.hospital,
        department=ward,
    ).user


def _need(case, proposer, ward, category, asked):
    hidden = mark(case, "pass")
    texts = dict.fromkeys(TEXTS, f"夜勤の{mark(case, 'text')}に困る。{hidden}の装置。")
    texts["title"] = f"{mark(case, 'titl')} {hidden}の件"
    need = NeedFactory(
        **texts,
        hospital=ward.hospital,
        proposer=proposer,
        department=ward,
        category=category,
        question_set=asked.question_set,
        safety_review="done",
        ip_status="filed",
        state=NeedState.SCREENING,
        number=f"N-2026-{case:04}",
    )
    Answer.objects.create(need=need, question=asked, value=f"{mark(case, 'answ')} {hidden}")
    return need


def _prepare(case, need, office):
    add_photo(need, upload(f"{mark(case, 'file')}.png", picture("PNG")), by=need.proposer)
    Enrichment.objects.create(
        need=need, kind="products", text=mark(case, "find"), source="要覧", by=office
    )
    text = f"確かめました。{mark(case, 'comm')}"
    write(need, text=text, audience=CommentAudience.OFFICE, mentions=[], by=office)

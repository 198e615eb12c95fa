"""Volume data in bulk: realistic, skewed, ten years deep; for measuring, not for showing.

The rows are written without flows, mails or timelines. Texts are put together from lists, so
that words repeat as they do in real sheets.
"""

from datetime import datetime, timedelta
from itertools import islice
from random import Random

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from accounts.models import Department, Membership, Organisation, User
from committee.enums import Outcome, RoundState, Seat
from committee.models import (
    Case,
    Committee,
    Conflict,
    Criterion,
    Decision,
    Member,
    Review,
    Round,
    Rubric,
    Score,
)
from disclosure.enums import NoveltyAnswer, PublicationState
from disclosure.models import Publication
from matching.enums import MatchState, Origin
from matching.models import Match
from needs.enums import Audience, Frequency, NeedState, Place, Source
from needs.models import Need
from partners.models import Profile
from taxonomy.models import Term, TermKind

BATCH = 2000
UNUSABLE = "!"  # nobody signs in as a measured person
STILL_OPEN = 0.7  # of the publications
MATCHED = 0.4
HALF = 0.5
YEARS = 10
HOSPITALS = 6
STAFF = 120
SCENES = [
    "夜勤のとき",
    "手術の準備で",
    "回診のとき",
    "搬送の途中で",
    "検査の前に",
    "退院の前に",
    "配膳のとき",
]
THINGS = [
    "点滴台",
    "離床センサ",
    "吸引チューブ",
    "車いす",
    "輸液ポンプ",
    "体位変換の枕",
    "手術器械",
    "採血管",
    "心電図の電極",
    "酸素ボンベ",
    "ナースコール",
    "褥瘡の被覆材",
    "経管栄養のチューブ",
    "透析の回路",
    "歩行器",
    "軟膏",
    "検体のラベル",
    "滅菌の容器",
    "内視鏡",
    "抱っこ具",
]
TROUBLES = [
    "が見つからない",
    "が外れやすい",
    "の確認に時間がかかる",
    "で手が荒れる",
    "が重くて運べない",
    "の音で眠れない",
    "の残りがわからない",
    "が片手で使えない",
    "の消毒がしにくい",
    "を取り違えそうになる",
]
EFFECTS = [
    "1日に何度も手が止まります。",
    "患者さんを待たせてしまいます。",
    "転倒につながらないか心配です。",
    "新人には特に難しく、教えるのに時間がかかります。",
    "月に数回、やり直しになります。",
]
STATES = [  # (state, share): what a portal looks like after ten years
    (NeedState.NOT_ACCEPTED, 30),
    (NeedState.DECLINED, 22),
    (NeedState.ACCEPTED, 16),
    (NeedState.ON_HOLD, 12),
    (NeedState.WITHDRAWN, 7),
    (NeedState.CONDITIONALLY_ACCEPTED, 6),
    (NeedState.IN_REVIEW, 3),
    (NeedState.SCREENING, 2),
    (NeedState.SUBMITTED, 1),
    (NeedState.RETURNED, 1),
]
OUTCOMES = {
    NeedState.ACCEPTED: Outcome.ACCEPTED,
    NeedState.CONDITIONALLY_ACCEPTED: Outcome.CONDITIONAL,
    NeedState.ON_HOLD: Outcome.ON_HOLD,
    NeedState.NOT_ACCEPTED: Outcome.NOT_ACCEPTED,
}
REVIEWED = {*OUTCOMES, NeedState.IN_REVIEW}


class Volume:
    """One load: ``needs`` sheets, ``reviews`` per reviewed case, ``partners`` companies."""

    def __init__(self, *, needs, reviews, partners, seed, say=lambda _text: None):
        self.needs, self.reviews, self.partners = needs, reviews, partners
        self.random = Random(seed)
        self.tag = f"V{seed}"
        self.say = say
        self.now = timezone.now()

    @transaction.atomic
    def load(self):
        """Write everything in one transaction; ``say`` hears of the progress."""
        self.categories = list(Term.objects.of(TermKind.NEED_CATEGORY))
        self.technologies = list(Term.objects.of(TermKind.TECHNOLOGY))
        sites = [self._hospital(index) for index in range(HOSPITALS)]
        self.say(f"病院 {len(sites)}")
        needs = self._needs(sites)
        self.say(f"ニーズ {len(needs)}")
        self._reviews(sites, needs)
        publications = self._publications(needs)
        self.say(f"公開 {len(publications)}")
        companies = self._partners()
        self._matches(publications, companies)
        self.say(f"企業 {len(companies)}")

    def _hospital(self, index):
        hospital = Organisation.objects.create(
            kind=OrganisationKind.HOSPITAL, name=f"計測病院{self.tag}-{index + 1}"
        )
        departments = Department.objects.bulk_create(
            Department(hospital=hospital, name=f"第{number}病棟", order=number)
            for number in range(1, 25)
        )
        staff = User.objects.bulk_create(
            User(
                email=f"{self.tag}-{index}-{n}@volume.example".lower(),
                name=f"計測 {n}",
                password=UNUSABLE,
            )
            for n in range(STAFF)
        )
        roles = [(person, Role.STAFF) for person in staff] + [(staff[0], Role.OFFICE)]
        Membership.objects.bulk_create(
            Membership(
                user=person,
                organisation=hospital,
                role=role,
                department=self.random.choice(departments),
            )
            for person, role in roles
        )
        committee = Committee.objects.create(hospital=hospital, name="ニーズ抽出委員会")
        size = max(self.reviews, 5)
        Member.objects.bulk_create(
            Member(
                committee=committee,
                user=person,
                seat=Seat.CHAIR if n == 0 else Seat.MEMBER,
                since=self.now.date() - timedelta(days=365 * YEARS),
            )
            for n, person in enumerate(staff[1 : 1 + size])
        )
        return hospital, departments, staff, committee

    def _needs(self, sites):
        states, shares = zip(*STATES, strict=True)
        weights = [1 / (n + 1) for n in range(len(sites))]  # a big hospital and smaller ones
        serial = {}
        rows = []
        for _ in range(self.needs):
            hospital, departments, staff, _committee = self.random.choices(sites, weights)[0]
            at = self._moment()
            key = (hospital.pk, at.year)
            serial[key] = serial.get(key, 0) + 1
            thing = self._skewed(THINGS)
            scene, trouble = self._skewed(SCENES), self._skewed(TROUBLES)
            rows.append(
                Need(
                    hospital=hospital,
                    number=f"N-{at.year}-{serial[key]:04d}",
                    proposer=self._skewed(staff),
                    department=self._skewed(departments),
                    state=self._state(states, shares, at),
                    title=f"{scene}{thing}{trouble}",
                    problem=f"{scene}{thing}{trouble}。{self._skewed(EFFECTS)}",
                    category=self._skewed(self.categories),
                    place=self._skewed(Place.values),
                    frequency=self._skewed(Frequency.values),
                    audience=Audience.NDA,
                    no_patient_data=True,
                    source=Source.IMPORT,
                    origin_note=self.tag,
                    submitted_at=at,
                    answer_due=at.date() + timedelta(days=14),
                )
            )
        Need.objects.bulk_create(rows, batch_size=BATCH)
        mine = Need.objects.filter(origin_note=self.tag)
        mine.update(updated_at=F("submitted_at"), created_at=F("submitted_at"))
        return rows

    def _state(self, states, shares, at):
        """Old needs are settled; only the last half year has open ones."""
        state = self.random.choices(states, shares)[0]
        is_open = state not in {*OUTCOMES, NeedState.DECLINED, NeedState.WITHDRAWN}
        if is_open and (self.now - at).days > 180:  # noqa: PLR2004 -- half a year
            return NeedState.NOT_ACCEPTED
        return state

    def _moment(self):
        """More in later years, fewer long ago."""
        age = YEARS * 365 * (1 - self.random.random() ** 0.5)
        return self.now - timedelta(days=age, minutes=self.random.randrange(1440))

    def _skewed(self, choices):
        """The first ones often, the last ones seldom (a Zipf-like draw)."""
        return choices[int(len(choices) * self.random.random() ** 2)]

    def _reviews(self, sites, needs):
        rounds = {}
        rubrics = {committee.pk: self._rubric(hospital) for hospital, _d, _s, committee in sites}
        committees = {hospital.pk: committee for hospital, _d, _s, committee in sites}
        members = {c.pk: [m.user_id for m in c.members.all()] for c in committees.values()}
        cases = []
        for need in needs:
            if need.state not in REVIEWED:
                continue
            committee = committees[need.hospital_id]
            running = need.state == NeedState.IN_REVIEW
            key = (committee.pk, need.submitted_at.year, running)
            if key not in rounds:
                rounds[key] = self._round(committee, rubrics[committee.pk], need, running=running)
            cases.append(Case(round=rounds[key], need=need, order=len(cases) % 1000))
        Case.objects.bulk_create(cases, batch_size=BATCH)
        for chunk in _chunks(cases, BATCH):
            self._scores(chunk, members, rubrics)
        self.say(f"審査案件 {len(cases)}")

    def _scores(self, cases, members, rubrics):
        conflicts, reviews, decisions = [], [], []
        for case in cases:
            committee_id = case.round.committee_id
            running = case.round.state == RoundState.REVIEWING
            for member in members[committee_id][: self.reviews]:
                conflicts.append(Conflict(case=case, member_id=member, answer="none"))
                if running and self.random.random() < HALF:
                    continue
                reviews.append(Review(case=case, reviewer_id=member, completed_at=self.now))
            if not running:
                decisions.append(
                    Decision(
                        case=case,
                        outcome=OUTCOMES[case.need.state],
                        reason="計測用の理由です。",
                        decided_by_id=members[committee_id][0],
                    )
                )
        Conflict.objects.bulk_create(conflicts, batch_size=BATCH)
        Review.objects.bulk_create(reviews, batch_size=BATCH)
        Decision.objects.bulk_create(decisions, batch_size=BATCH)
        Score.objects.bulk_create(
            (
                Score(review=review, criterion=criterion, value=self._mark(review))
                for review in reviews
                for criterion in rubrics[review.case.round.committee_id].loaded
            ),
            batch_size=BATCH,
        )

    def _mark(self, review):
        centre = 3.6 if review.case.need.state in {"accepted", "conditionally_accepted"} else 2.6
        return min(5, max(1, round(self.random.gauss(centre, 1))))

    def _rubric(self, hospital):
        rubric = Rubric.objects.create(hospital=hospital, name="計測用の評価表")
        rubric.loaded = Criterion.objects.bulk_create(
            Criterion(
                rubric=rubric,
                label=label,
                weight=weight,
                order=order,
                anchor_1="低い",
                anchor_3="ふつう",
                anchor_5="高い",
            )
            for order, (label, weight) in enumerate(
                [("医療上の必要性", 3), ("解決による効果", 2), ("市場性", 1)]
            )
        )
        return rubric

    def _round(self, committee, rubric, need, *, running):
        year = need.submitted_at.year
        return Round.objects.create(
            committee=committee,
            rubric=rubric,
            title=f"{year}年度 {'審査中' if running else '審査会'}",
            deadline=self.now + timedelta(days=14) if running else _year_end(year),
            state=RoundState.REVIEWING if running else RoundState.RELEASED,
            released_at=None if running else _year_end(year),
        )

    def _publications(self, needs):
        chosen = [n for n in needs if n.state in {"accepted", "conditionally_accepted"}]
        rows = [
            Publication(
                need=need,
                hospital_id=need.hospital_id,
                title=need.title,
                summary=need.problem,
                state=PublicationState.PUBLISHED
                if self.random.random() < STILL_OPEN
                else PublicationState.CLOSED,
                category=need.category,
                novelty=NoveltyAnswer.NO_IDEA,
                text_version=1,
                consent_version=1,
                consented_at=need.submitted_at,
                published_at=need.submitted_at + timedelta(days=60),
            )
            for need in chosen
        ]
        return Publication.objects.bulk_create(rows, batch_size=BATCH)

    def _partners(self):
        companies = Organisation.objects.bulk_create(
            (
                Organisation(kind=OrganisationKind.COMPANY, name=f"計測企業{self.tag}-{n + 1}")
                for n in range(self.partners)
            ),
            batch_size=BATCH,
        )
        profiles = Profile.objects.bulk_create(
            (
                Profile(
                    organisation=company,
                    tagline=f"{self._skewed(THINGS)}の部品",
                    strengths=f"{self._skewed(THINGS)}と{self._skewed(THINGS)}の設計と試作。",
                    employees=int(10 * 2 ** self.random.uniform(0, 7)),
                )
                for company in companies
            ),
            batch_size=BATCH,
        )
        through = Profile.technologies.through
        through.objects.bulk_create(
            (
                through(profile_id=profile.pk, term_id=term.pk)
                for profile in profiles
                for term in {self._skewed(self.technologies) for _ in range(3)}
            ),
            batch_size=BATCH,
        )
        return companies

    def _matches(self, publications, companies):
        if not companies:
            return
        states = [
            MatchState.INTERESTED,
            MatchState.DECLINED,
            MatchState.MEETING,
            MatchState.TALKING,
        ]
        pairs = {
            (publication.pk, self._skewed(companies).pk)
            for publication in publications
            if self.random.random() < MATCHED
        }
        Match.objects.bulk_create(
            (
                Match(
                    publication_id=publication,
                    partner_id=company,
                    state=self._skewed(states),
                    origin=Origin.PARTNER,
                )
                for publication, company in sorted(pairs)
            ),
            batch_size=BATCH,
        )


def _year_end(year):
    return datetime(year, 12, 20, 17, tzinfo=timezone.get_current_timezone())


def _chunks(items, size):
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk

"""One whole round, played on the real pages: 60 needs, 9 members, 6 criteria, 5 conflicts.

What everybody gave is kept here in plain lists (``Play.sheets``): the statistics are computed from
them, not from the tables.
"""

import re
from functools import cached_property
from io import StringIO

from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from committee import blind
from committee.blind_forms import RedactionForm
from committee.enums import RoundState
from committee.models import (
    Case,
    Committee,
    Conflict,
    Letter,
    Meeting,
    Redaction,
    Review,
    Round,
    Rubric,
    Score,
    Vote,
)
from notifications.actions import sweep
from taxonomy.models import Term
from tests.committee.builder import row, sheet
from tests.committee.sixty import (
    ABSTAINED,
    ACCEPTED,
    CASES,
    CRITERIA,
    HALF,
    HIDDEN,
    ON_PAGES,
    OUT,
    OWN,
    PEOPLE,
    SAMPLE,
    SCORERS,
    SOME,
    UNANSWERED,
    VOTED,
    has_category,
    mark,
    points,
    write_needs,
)
from tests.factories.accounts import HospitalFactory, MembershipFactory


class Play:
    """The story, and handles for reading it: people, clients, cases by number from 1 to 60."""

    def __init__(self):
        self.hospital = HospitalFactory(name="みなと総合病院")
        self.people = {
            key: MembershipFactory(user__name=name, organisation=self.hospital, role=role).user
            for key, (name, _seat, role) in PEOPLE.items()
        }
        self.clients = {key: self.browser(person) for key, person in self.people.items()}
        self.categories, self.needs = write_needs(self.hospital, self.people)
        self.sheets = {}  # (case, member) → points, of everybody who handed in a sheet

    @staticmethod
    def browser(person):
        client = Client()
        client.force_login(person)
        return client

    def case_of(self, found):
        """Its number from 1 to 60."""
        return int(found.need.number[-4:])

    def url(self, name, obj, *more):
        return reverse(f"committee:{name}", args=[obj.public_id, *more])

    def post(self, who, url, **typed):
        """Send a form; a page that comes back instead of going on is a mistake of the story."""
        answer = self.clients[who].post(url, typed)
        assert answer.status_code == 302, (who, url, _complaints(answer))
        return answer

    # Before the round

    def prepare(self):
        """The office makes committee, rubric and round, looks at every text, and opens."""
        office = self.people["office"]
        self.post("office", reverse("committee:committee_new"), name="委員会", quorum="majority")
        self.committee = Committee.objects.get(hospital=self.hospital)
        for key, (_name, seat, _role) in PEOPLE.items():
            if seat:
                url = self.url("member_new", self.committee)
                person = self.people[key].pk
                self.post(
                    "office", url, user=person, seat=seat, since=f"{timezone.localdate():%Y/%m/%d}"
                )
        self.post("office", reverse("committee:rubric_new"), **sheet(*self._criteria()))
        self.rubric = Rubric.objects.get(hospital=self.hospital)
        self.post(
            "office",
            reverse("committee:round_new"),
            title="第1回",
            committee=self.committee.pk,
            rubric=self.rubric.pk,
            deadline_day="2036/12/5",
            deadline_time="17:30",
            is_blind="on",
            shows_others="on",
        )
        url = self.url("agenda", self.round)
        for first in (0, 50):  # a page of the agenda has fifty needs
            chosen = [self.needs[case].public_id for case in list(CASES)[first : first + 50]]
            self.post("office", url, need=chosen)
        found = {case.need_id: case for case in Case.objects.for_pages()}
        self.cases = {case: found[need.pk] for case, need in self.needs.items()}
        for case in self.cases.values():
            self._redact(case, by=office)
        self._move("open")

    @property
    def round(self):
        return Round.objects.select_related("committee").get(committee=self.committee)

    def _criteria(self):
        only = {"categories": [self.categories[0].pk]}
        for at, each in enumerate(CRITERIA):
            yield row(**{"allows_na": None} | each, **only if at == SOME else {})

    @staticmethod
    def _redact(case, *, by):
        """The office paints over what may tell whose need it is; one text is emptied."""
        page = RedactionForm(instance=Redaction(case=case))
        passage = re.compile(r"zq\d\dpass99z")
        typed = {name: passage.sub(HIDDEN, text) for name, text in page.initial.items() if text}
        form = RedactionForm(typed | {"version": 0, "ideal_state": ""}, instance=page.instance)
        assert form.is_valid(), form.errors
        blind.check(form, by=by)

    def _move(self, name, who="office", **typed):
        self.post(who, reverse("committee:transition", args=[self.round.public_id, name]), **typed)

    # Scoring

    @cached_property
    def criteria(self):
        return list(self.rubric.criteria.in_order())

    def score(self):
        """Everybody answers the conflict question and hands in her sheet; five fall out.

        The cases that the story turns on are scored on the pages, the others like a restored backup.
        """
        for who in SCORERS:
            for case in ON_PAGES:
                self._score(case, who)
        for case in set(ON_PAGES) - set(UNANSWERED):
            self._answer(case, "secretary", "none")
        self._write_rows()
        self._fall_out()

    def _write_rows(self):
        """What the pages would write for the cases beyond ``ON_PAGES``."""
        rest = [case for case in CASES if case not in ON_PAGES]
        pairs = [(case, who) for case in rest for who in SCORERS]
        Conflict.objects.bulk_create(
            Conflict(case=self.cases[case], member=self.people[who], answer="none")
            for case in rest
            for who in (*SCORERS, "secretary")
        )
        reviews = Review.objects.bulk_create(
            Review(
                case=self.cases[case],
                reviewer=self.people[who],
                completed_at=timezone.now(),
                note_to_committee=mark(case, "note", who),
                note_to_proposer=mark(case, "advi", who),
            )
            for case, who in pairs
        )
        self.sheets |= {pair: points(*pair) for pair in pairs}
        Score.objects.bulk_create(
            Score(review=review, criterion=criterion, value=value)
            for review, (case, who) in zip(reviews, pairs, strict=True)
            for criterion, value in zip(self.asked(case), points(case, who), strict=True)
        )
        with connection.cursor() as cursor:
            # As autovacuum does for rows that were committed: a plan for empty tables takes hours.
            for model in (Case, Conflict, Review, Score):
                cursor.execute(f"ANALYZE {model._meta.db_table}")
        call_command("rebuild_results", stdout=StringIO())

    def asked(self, case):
        """The criteria that this need is asked about."""
        return [each for at, each in enumerate(self.criteria) if at != SOME or has_category(case)]

    def _answer(self, case, who, answer, note=""):
        self.post(who, self.url("conflict", self.cases[case]), answer=answer, note=note)

    def _score(self, case, who):
        if OUT.get(case) == who and case in {1, 5}:
            answer = "conflict" if case == 1 else "unsure"
            self._answer(case, who, answer, note=mark(case, "conf", who))
            return
        if OUT.get(case) == who and case == OWN:
            return
        self._answer(case, who, "none")
        asked, given = self.asked(case), points(case, who)
        typed = {
            f"score_{criterion.pk}": "none" if value is None else value
            for criterion, value in zip(asked, given, strict=True)
        }
        typed |= {
            "note_to_committee": mark(case, "note", who),
            "note_to_proposer": mark(case, "advi", who),
        }
        if HALF.get(case) == who:
            del typed[f"score_{asked[0].pk}"]
        else:
            self.sheets[case, who] = given
        self.post(who, self.cases[case].get_absolute_url(), go="stay", **typed)

    def _fall_out(self):
        """Awards are named, one gives up, one notices a conflict, the chair takes one out."""
        grand, kind = (
            Term.objects.get_or_create(kind="award", code=code, defaults={"ja": code, "en": code})[
                0
            ]
            for code in ("A1", "A2")
        )
        self.kinds = grand, kind
        for each, quota in ((grand, 1), (kind, 2)):
            url = self.url("award_plan", self.round)
            self.post("office", url, kind=each.pk, quota=quota, prize="図書カード")
        for case, who in ((SAMPLE, "nurse"), (2, "doctor")):
            url = self.url("nominate", self.cases[case])
            self.post(who, url, kind=grand.pk, reason=mark(case, "nomi", who))
        self.post(
            "engineer", self.url("abstain", self.cases[6]), reason=mark(6, "abst", "engineer")
        )
        self._answer(2, "doctor", "conflict", note=mark(2, "conf", "doctor"))
        for case, by, verdict in (
            (3, "chair", "recuse"),
            (2, "chair", "keep"),
            (5, "chair", "keep"),
            (1, "deputy", "keep"),
        ):
            seen = {1: "conflict", 2: "conflict", 3: "none", 5: "unsure"}[case]
            url = self.url("settle_conflict", self.cases[case], self.people[OUT[case]].pk)
            self.post(by, url, verdict=verdict, note=mark(case, "look", by), seen=seen)
        for case, who in (*OUT.items(), *ABSTAINED.items()):
            self.sheets.pop((case, who), None)

    # The meeting

    def meet(self):
        """The meeting is on: ten cases are decided, the chair's is on the table with a vote."""
        self._move("close_scoring", "chair")
        self.post(
            "secretary",
            self.url("meeting_new", self.round),
            day=f"{timezone.localdate():%Y/%m/%d}",
            hour="14:00",
            place="第1会議室",
            cases=[case.public_id for case in self.cases.values()],
        )
        meeting = self.meeting
        seats = {f"member_{each.public_id}": "here" for each in self.committee.members.all()}
        self.post("secretary", self.url("attendance", meeting), **seats)
        self.post("secretary", self.url("meeting_step", meeting, "open"))
        self.items = {case: meeting.items.get(case=found) for case, found in self.cases.items()}
        for case in range(2, 11):
            self._decide(case)
        self._decide(SAMPLE, correction=mark(SAMPLE, "corr"))
        for case in (1, 2, 3, 4, 5, SAMPLE):
            by = "deputy" if case == 1 else "chair"
            self.post(by, self.url("item_notes", self.items[case]), notes=mark(case, "minu"))
        self._vote(VOTED, "secretary")
        self.end_vote(VOTED, "secretary")
        self._vote(1, "deputy")

    @property
    def meeting(self):
        return Meeting.objects.get(round=self.round)

    def _decide(self, case, who="chair", **more):
        """Record it on the projector's page."""
        url = self.url("meeting_item", self.items[case])
        current = self.cases[case].decisions.filter(is_current=True).first()
        typed = {
            "outcome": "accepted" if case in ACCEPTED else "on_hold",
            "reason": mark(case, "reas"),
            "advice": mark(case, "coun"),
            "next_person": mark(case, "next"),
            "recusals_confirmed": "on",
            "seen": current.pk if current else "",
        }
        self.post(who, url, **typed | more)

    def _vote(self, case, who):
        item = self.items[case]
        self.post(who, self.url("item_discuss", item))
        self.post(who, self.url("vote_open", item), question=mark(case, "vote"))
        vote = Vote.objects.get(item=item)
        for each, choice in (("therapist", "yes"), ("engineer", "no")):
            self.post(each, self.url("vote_cast", vote), choice=choice)

    def end_vote(self, case, who):
        self.post(who, self.url("vote_close", Vote.objects.get(item=self.items[case])))

    def decide(self):
        """The rest is decided, the minutes are approved; letters and awards are prepared."""
        self.end_vote(1, "deputy")
        for case in CASES:
            if not 1 < case <= VOTED:
                self._decide(case, "deputy" if case == 1 else "chair")
        self.post("chair", self.url("meeting_step", self.meeting, "close"))
        for who in SCORERS[:5]:
            page = self.clients[who].get(self.url("minutes", self.meeting))
            seen = page.context["seen"]
            self.post(who, self.url("minutes_agree", self.meeting), seen=seen)
        self._move("decide", "chair")
        for case in (*OUT, SAMPLE):
            letter = Letter.objects.get(case=self.cases[case])
            self.post(
                "office",
                self.url("letter_edit", letter),
                subject=f"お知らせ {mark(case, 'lett')}",
                version=letter.version,
                body=f"{letter.body}\n{mark(case, 'lett')}",
            )
        for case, kind in ((SAMPLE, 0), (1, 1), (4, 1)):
            url = self.url("award_new", self.cases[case])
            self.post("office", url, kind=self.kinds[kind].pk, citation=mark(case, "cite"))

    def release(self):
        """Everything goes out, the winners are announced, and the outbox is emptied."""
        self._move("release")
        self.post("office", self.url("announce", self.round))
        mail.outbox.clear()
        while sweep():
            pass
        self.mails = list(mail.outbox)


def _complaints(answer):
    """What a page that refused says, for the message of a failure."""
    form = answer.context and answer.context.get("form")
    return answer.status_code, form.errors if form else answer.content.decode()[:500]


def play(*, station):
    """Play it all; ``station(play, name)`` is called where somebody should look around."""
    story = Play()
    story.prepare()
    story.score()
    station(story, RoundState.REVIEWING)
    story.meet()
    station(story, RoundState.DISCUSSING)
    story.decide()
    station(story, RoundState.DECIDED)
    story.release()
    station(story, RoundState.RELEASED)
    return story

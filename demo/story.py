"""The demo story: a year in two hospitals, told through the product's own actions.

Everything goes through the flows, so timelines, mails and rights are real; ``demo.clock`` lets
it happen in the past.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from committee import actions as committee_actions
from committee import conflicts, results
from committee.decision_forms import DecisionForm
from committee.enums import ConflictAnswer, Outcome, Verdict
from committee.models import Award, Case, Criterion, Review, Round, Rubric, Score
from demo.clock import days_ago
from demo.meeting import hold_meeting
from demo.outside import Outside
from demo.people import People, read
from demo.questions import answer_questions, publish_questions
from needs import actions as need_actions
from needs.enums import DeclineReason
from needs.promise import working_day_after

SECOND_ROUND_AGO = 6
FIRST_ROUND = {
    "talking": Outcome.ACCEPTED,
    "agreed": Outcome.ACCEPTED,
    "published": Outcome.ACCEPTED,
    "interest": Outcome.ACCEPTED,
    "consent": Outcome.ACCEPTED,
    "accepted": Outcome.ACCEPTED,
    "conditional": Outcome.CONDITIONAL,
    "on_hold": Outcome.ON_HOLD,
    "not_accepted": Outcome.NOT_ACCEPTED,
}
# What the office has answered besides.
TAKEN_IN = {"review", "meeting", "screening", "returned", "declined"}
CRITERIA = [
    ("医療上の必要性", 3, "あれば便利", "困る場面がある", "ないと安全が守れない"),
    ("解決による効果", 3, "効果が小さい", "時間や負担が減る", "安全と時間の両方が大きく変わる"),
    ("対象の多さ・頻度", 2, "まれ", "月に数回", "毎日、多くの部署で"),
    ("新規性・既存品との差", 2, "似た製品がある", "改良の余地がある", "同じものがない"),
    ("ほかの病院への広がり", 2, "この病院だけ", "同じ規模の病院", "全国の病院"),
]
# Shown beside the others, not part of the mark.
INDEPENDENT = ("薬事の見通し", 1, "道筋が見えない", "届出や認証で進められそう", "手続きが明らか")
# How far a mark lies from the middle of the opinions.
OPINIONS = (0, 1, 0, -1, 1, 0, -2)
WORDS = {
    Outcome.ACCEPTED: "現場の困りごとが明確で、ほかの病院にも広がると考えました。",
    Outcome.CONDITIONAL: "対象となる患者さんの数を確かめることを条件とします。",
    Outcome.ON_HOLD: "似た製品の動きを見て、半年後にもう一度検討します。",
    Outcome.NOT_ACCEPTED: "院内の運用の見直しで解決できると考えました。",
}


class Story:
    """Tells the whole story when ``tell`` is called, in one transaction."""

    @transaction.atomic
    def tell(self):
        """Write everything; returns the number of needs."""
        with days_ago(420):
            self.people = People()
        self.office = {key: self.people[f"office@hospital-{key}.example"] for key in "ab"}
        publish_questions(self.people.hospitals["a"], office=self.office["a"])
        self.plans = {}
        for index, row in enumerate(read("needs")):
            self._need(index, row)
        self._first_round()
        self._second_round()
        hold_meeting(self)
        Outside(self).tell()
        return len(self.plans)

    def by_plan(self, *plans):
        """The needs whose plan is one of ``plans``, in the order of the file."""
        return [need for need, row in self.plans.values() if row["plan"] in plans]

    # The ward and the office ------------------------------------------------------------------

    def _need(self, index, row):
        plan = row["plan"]
        since = (
            330 - index
            if plan in FIRST_ROUND
            else {"review": 40, "late": 25, "meeting": 70}.get(plan, 9)
        )
        with days_ago(since, hour=index % 9):
            need = self._draft(row)
            if plan in {"talking", "review"} and row["hospital"] == "a":
                answer_questions(need)
            if plan != "draft":
                need_actions.submit(need, by=need.proposer)
        self.plans[need.pk] = (need, row)
        if plan in FIRST_ROUND or plan in TAKEN_IN:
            with days_ago(max(since - 4, 2)):
                self._intake(need, row)
        if plan == "withdrawn":
            need_actions.withdraw(need, by=need.proposer)

    def _draft(self, row):
        answers = {
            key: row[key]
            for key in (
                *("title", "problem", "place", "frequency", "impacts", "background", "idea"),
                *("current_practice", "existing_products", "ideal_state", "desired_spec"),
                "patients",
            )
            if key in row
        }
        proposer = self.people[row["proposer"]]
        return need_actions.create_draft(
            hospital=self.people.hospitals[row["hospital"]],
            by=proposer,
            category=self.people.term("need_category", row["category"]),
            audience="nda" if row["plan"] in FIRST_ROUND else "members",
            no_patient_data=row["plan"] != "draft",
            **answers,
        )

    def _intake(self, need, row):
        office = self.office[row["hospital"]]
        if row["plan"] == "declined":
            need_actions.decline(
                need,
                by=office,
                decline_reason=DeclineReason.NOT_A_PRODUCT,
                explanation="製品の開発よりも、院内の運用で早く解決できそうです。担当の部署をご紹介します。",
            )
        elif row["plan"] == "returned":
            need_actions.send_back(
                need,
                by=office,
                question="1日に何回くらい起きますか。困る時間帯があれば教えてください。",
                asked_sections=["steps", "background"],
                reply_due=working_day_after(need.hospital_id, 10),
            )
        else:
            need_actions.take_in(need, by=office, category=need.category)

    # The committee ----------------------------------------------------------------------------

    def _rubric(self):
        rubric = Rubric.objects.create(
            hospital=self.people.hospitals["a"], name="ニーズ評価表(標準)"
        )
        Criterion.objects.bulk_create(
            Criterion(
                rubric=rubric,
                label=label,
                weight=weight,
                anchors={"1": low, "3": middle, "5": high},
                counts=label != INDEPENDENT[0],
                order=order,
            )
            for order, (label, weight, low, middle, high) in enumerate([*CRITERIA, INDEPENDENT])
        )
        return rubric

    def open_round(self, title, rubric, needs, *, deadline):
        """A round of the first hospital in which scores are given until ``deadline``."""
        round_ = Round.objects.create(
            committee=self.people.committees["a"],
            rubric=rubric,
            title=title,
            deadline=deadline,
            shows_others=True,
        )
        committee_actions.add_cases(round_, needs, by=self.office["a"])
        committee_actions.open(round_, by=self.office["a"])
        return round_

    def score(self, round_, members):
        """Let each of ``members`` say that there is no conflict, and score every case."""
        criteria = list(round_.rubric.criteria.order_by("order"))
        for position, case in enumerate(round_.cases.select_related("need")):
            for seat, member in enumerate(members):
                if case.need.proposer_id == member.pk:
                    continue
                committee_actions.answer_conflict(case, by=member, answer=ConflictAnswer.NONE)
                review = Review.objects.create(
                    case=case,
                    reviewer=member,
                    completed_at=timezone.now(),
                    note_to_proposer="現場の様子がよくわかりました。" if seat == 1 else "",
                )
                Score.objects.bulk_create(
                    Score(
                        review=review,
                        criterion=criterion,
                        value=self._mark(case, position * 3 + seat * 2 + at),
                    )
                    for at, criterion in enumerate(criteria)
                )
            results.refresh(case)

    def _mark(self, case, wobble):
        _need, row = self.plans[case.need_id]
        outcome = FIRST_ROUND.get(row["plan"], Outcome.ACCEPTED)
        centre = {Outcome.ACCEPTED: 4, Outcome.CONDITIONAL: 3}.get(outcome, 2)
        return min(5, max(1, centre + OPINIONS[wobble % len(OPINIONS)]))

    def members(self):
        """Everybody with a seat in the first hospital's committee."""
        return [each.user for each in self.people.committees["a"].members.order_by("pk")]

    def _first_round(self):
        rubric = self._rubric()
        needs = self.by_plan(*FIRST_ROUND)
        with days_ago(260) as moment:
            round_ = self.open_round(
                "第1回 ニーズ審査会", rubric, needs, deadline=moment + timedelta(days=20)
            )
        with days_ago(245):
            self.score(round_, self.members())
        with days_ago(235):
            committee_actions.close_scoring(round_, by=self.office["a"])
            for case in round_.cases.select_related("need", "round__committee"):
                self._decide(case)
            self._award(round_)
            self._confirm_conflicts(round_)
            committee_actions.decide(round_, by=self.people["chair@hospital-a.example"])
        with days_ago(230):
            committee_actions.release(round_, by=self.office["a"])

    def _confirm_conflicts(self, round_):
        """The office has looked at each answer that the data speak against."""
        office = self.office["a"]
        for line in conflicts.lines(round_, office, round_.cases.for_pages()):
            if line.is_open:
                note = "勤務が別で、公平に審査できると確かめました。"
                conflicts.settle(line.case, line.member, by=office, verdict=Verdict.KEEP, note=note)

    def _decide(self, case):
        _need, row = self.plans[case.need_id]
        outcome = FIRST_ROUND[row["plan"]]
        form = DecisionForm(
            {
                "outcome": outcome,
                "reason": WORDS[outcome],
                "advice": "使う人と場面を、写真や図で補うと伝わりやすくなります。",
            },
            case=case,
            current=None,
        )
        form.is_valid()
        committee_actions.record_decision(
            form, case=case, by=self.people["chair@hospital-a.example"]
        )

    def _award(self, round_):
        winners = [("agreed", "A1"), ("talking", "A2"), ("published", "A5")]
        for plan, code in winners:
            need = self.by_plan(plan)[0]
            case = Case.objects.select_related("round__committee").get(round=round_, need=need)
            Award.objects.create(
                case=case,
                hospital=self.people.hospitals["a"],
                kind=self.people.term("award", code),
                citation="現場の気づきを、ほかの人にも伝わる形にまとめました。",
                number=committee_actions.next_award_number(self.people.hospitals["a"].pk),
            )

    def _second_round(self):
        rubric = Rubric.objects.order_by("pk").first()
        with days_ago(SECOND_ROUND_AGO) as moment:
            round_ = self.open_round(
                "第2回 ニーズ審査会",
                rubric,
                self.by_plan("review"),
                deadline=moment + timedelta(days=SECOND_ROUND_AGO + 13),
            )
        with days_ago(3):
            self.score(round_, self.members()[2:4])

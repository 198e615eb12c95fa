"""What goes on in the demo just now: a round in discussion, its awards and its meeting."""

from datetime import timedelta

from django.utils import timezone

from committee import actions, honours, meetings
from committee.enums import BallotChoice, ConflictAnswer, Outcome, Presence
from committee.meeting_forms import MeetingDecisionForm, MeetingForm, NotesForm
from committee.models import Case, Meeting, Review, Rubric
from committee.room import Room, items_of
from committee.views.parts import named
from demo.clock import days_ago

CHAIR = "chair@hospital-a.example"
# Who is out of which case; everybody else has answered that there is no conflict.
OUT = ("reviewer@hospital-a.example", "酸素の流量計の目盛りが夜に読めない")
AWAY, ONLINE = "a15@hospital-a.example", "a22@hospital-a.example"
AWARDS = [("A1", 1, "図書カード 10,000円分"), ("A3", 2, "図書カード 3,000円分")]
NOMINATIONS = [
    ("head@hospital-a.example", "A1", "命にかかわる場面で、どの病棟でも起きていることです。"),
    ("a18@hospital-a.example", "A3", "片手があくだけで、ケアの質が変わると思います。"),
]
COMMENTS = [
    "救急カートはどの病棟にもあり、試しやすいと思います。",
    "似た製品の値段を調べてから決めたいです。",
    "置き場所と電源をどうするかが気になります。",
]


def hold_meeting(story):
    """Score a round, plan its awards, and go on to the second case of its meeting."""
    round_ = _score(story)
    office = story.office["a"]
    for code, quota, prize in AWARDS:
        kind = story.people.term("award", code)
        honours.plan_award(round_, kind=kind, quota=quota, prize=prize, by=office)
    meeting = _call(round_, by=office)
    _come(meeting, by=office)
    first, second = items_of(meeting)[:2]
    for item, (email, code, reason) in zip((first, second), NOMINATIONS, strict=True):
        kind = story.people.term("award", code)
        honours.nominate(item.case, kind=kind, reason=reason, by=story.people[email])
    meetings.discuss(first, by=office)
    _vote(first, by=office)
    _decide(first, by=story.people[CHAIR])
    meetings.discuss(second, by=office)
    _note(second, by=office)


def _score(story):
    with days_ago(45) as moment:
        round_ = story.open_round(
            "臨時 ニーズ審査会",
            Rubric.objects.order_by("pk").first(),
            story.by_plan("meeting"),
            deadline=moment + timedelta(days=20),
        )
    email, title = OUT
    with days_ago(35):
        story.score(round_, story.members())
        actions.answer_conflict(
            round_.cases.get(need__title=title),
            by=story.people[email],
            answer=ConflictAnswer.CONFLICT,
            note="同じ部署で、いっしょに考えた提案です。",
        )
    reviews = Review.objects.filter(case__round=round_).order_by("case", "pk")
    for review, text in zip(reviews, COMMENTS * len(reviews), strict=False):
        Review.objects.filter(pk=review.pk).update(note_to_committee=text)
    with days_ago(25):
        actions.close_scoring(round_, by=story.office["a"])
    return round_


def _call(round_, *, by):
    """A week ago, for today."""
    begin = timezone.localtime()
    cases = named(by, list(round_.cases.for_pages()))
    with days_ago(7):
        form = MeetingForm(
            {
                "day": f"{begin:%Y-%m-%d}",
                "hour": f"{begin:%H:%M}",
                "place": "第1会議室",
                "cases": [case.public_id for case in cases],
            },
            instance=Meeting(round=round_),
            cases=cases,
        )
        form.is_valid()
        return meetings.save(form, by=by)


def _come(meeting, *, by):
    special = {AWAY: Presence.ABSENT, ONLINE: Presence.ONLINE}
    presence = {each: special.get(each.user.email, Presence.HERE) for each in Room(meeting).members}
    meetings.take_attendance(meeting, presence, by=by)
    meetings.open(meeting, by=by)


def _vote(item, *, by):
    vote = meetings.open_vote(item, by=by, question="採択してよいか")
    for member in Room(item.meeting).standing(item.case).present:
        meetings.cast(vote, by=member.user, choice=BallotChoice.YES)
    meetings.close_vote(vote, by=by)


def _decide(item, *, by):
    case = Case.objects.for_pages().get(pk=item.case_id)
    form = MeetingDecisionForm(
        {
            "outcome": Outcome.ACCEPTED,
            "reason": "どの病棟でも起きていて、試す場所もすぐに用意できます。",
            "next_person": "支援オフィス",
            "recusals_confirmed": "on",
        },
        case=case,
        current=None,
        item=item,
        standing=Room(item.meeting).standing(case),
    )
    form.is_valid()
    meetings.decide(form, item=item, by=by)


def _note(item, *, by):
    text = "手が足りないことがいちばんの問題という意見が多かった。明るさと、洗いやすさを確かめる。"
    form = NotesForm({"notes": text, "version": item.version}, instance=item)
    form.is_valid()
    meetings.save_notes(form, by=by)

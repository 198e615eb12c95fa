"""Looking back at a round and at a year."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from committee import actions, looking_back
from committee.enums import ConflictAnswer, Outcome, RoundState
from committee.models import Round
from tests.factories.committee import CaseFactory, ConflictFactory, DecisionFactory, ReviewFactory
from tests.factories.disclosure import PublicationFactory
from tests.factories.matching import MatchFactory
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db


def test_stages_are_as_long_as_the_timeline_says(round_, case, office, chair):
    """Scoring twice: four days, and after a return one more."""
    begin = timezone.now() - timedelta(days=20)
    Round.objects.update(created_at=begin, state=RoundState.REVIEWING)
    round_.refresh_from_db()
    actions.close_scoring(round_, by=chair)
    later = timezone.now() + timedelta(days=9)
    actions.reopen_scoring(round_, by=chair, reason="欠席", deadline=later)
    actions.close_scoring(round_, by=chair)
    names = ["close_scoring", "reopen_scoring", "close_scoring"]
    moves = Entry.objects.filter(action__in=[f"committee.round.{name}" for name in names])
    for entry, days in zip(moves.order_by("sequence"), [4, 6, 7], strict=True):
        Entry.objects.filter(pk=entry.pk).update(at=begin + timedelta(days=days))

    stages = looking_back.stages_of(round_, now=begin + timedelta(days=10))

    # The timeline of this specimen has no opening: all before the first end is 準備中.
    assert [(each.label, each.words, each.times, each.is_now) for each in stages] == [
        ("準備中", "4日", 1, False),
        ("採点中", "1日", 1, False),
        ("合議中", "5日", 2, True),
    ]


def test_participation_counts_what_each_was_asked_and_did(round_, case, chair, reviewer, secretary):
    """Two cases. The chair scored one and has a conflict with the other."""
    other = CaseFactory(round=round_)
    ConflictFactory(case=case, member=chair)
    ReviewFactory(case=case, reviewer=chair, values=[4, 4])
    ConflictFactory(case=other, member=chair, answer=ConflictAnswer.CONFLICT)
    ReviewFactory(case=other, reviewer=reviewer, completed_at=None, abstained_at=timezone.now())

    parts = looking_back.participation(round_)

    def row(part):
        return (part.name, part.asked, part.answered, part.out, part.scored, part.abstained)

    assert [row(part) for part in parts] == [
        (chair.name, 2, 2, 1, 1, 0),
        (reviewer.name, 2, 0, 0, 0, 1),
    ]
    assert row(looking_back.together(parts))[1:] == (4, 2, 1, 1, 1)


def test_the_names_are_for_the_leads(client, round_, case, chair, reviewer, office):
    Round.objects.update(state=RoundState.DISCUSSING, shows_others=True)
    ConflictFactory(case=case, member=chair)
    ReviewFactory(case=case, reviewer=chair, values=[4, 4])
    url = reverse("committee:looking_back", args=[round_.public_id])

    def page(person):
        client.force_login(person)
        return client.get(url)

    for person, sees_names in ((office, True), (chair, True), (reviewer, False)):
        said = page(person)
        assert bool(said.context["parts"]) is sees_names
        # The reviewer has not answered about the only case: she learns nothing of its scores.
        assert (said.context["spreads"][0].summary is None) is (person == reviewer)


def released(round_, reviewer, mark, outcome):
    """A decided case with one score."""
    need = NeedFactory(hospital=round_.committee.hospital, state="accepted")
    case = CaseFactory(round=round_, need=need)
    ConflictFactory(case=case, member=reviewer)
    ReviewFactory(case=case, reviewer=reviewer, values=[mark, mark])
    DecisionFactory(case=case, outcome=outcome)
    return need


def test_a_year_compares_the_scores_with_what_came_of_them(client, round_, office, reviewer):
    published = released(round_, reviewer, 5, Outcome.ACCEPTED)
    met = released(round_, reviewer, 5, Outcome.ACCEPTED)
    released(round_, reviewer, 3, Outcome.CONDITIONAL)
    released(round_, reviewer, 1, Outcome.NOT_ACCEPTED)
    hospital = round_.committee.hospital
    PublicationFactory(need=published, hospital=hospital, published_at=timezone.now())
    MatchFactory(
        publication=PublicationFactory(need=met, hospital=hospital, published_at=timezone.now()),
        state="talking",
    )
    now = timezone.now()
    Round.objects.update(state=RoundState.RELEASED, released_at=now)
    client.force_login(office)

    found = client.get(reverse("committee:year")).context["found"]

    by_band = {band.label: (band.total, band.reached) for band in found.bands if band.total}
    assert by_band == {
        "4.5以上": (2, [2, 2, 1, 0]),
        "3以上3.5未満": (1, [1, 0, 0, 0]),
        "1以上2未満": (1, [0, 0, 0, 0]),
    }
    assert found.correlation > 0.9
    assert found.sentence == "件数が少ないので、まだ何も言えません。"


@pytest.mark.parametrize(
    ("correlation", "scored", "words"),
    [
        (None, 30, "まだ何も言えません"),
        (0.9, 9, "まだ何も言えません"),
        (0.6, 30, "点の高いニーズほど、先まで"),
        (0.3, 30, "やや先まで"),
        (0.0, 30, "はっきりした関係が見えません"),
        (-0.4, 30, "点の低いニーズのほうが"),
    ],
)
def test_a_year_in_one_sentence(correlation, scored, words):
    year = looking_back.Year(bands=[], total=scored, scored=scored, correlation=correlation)

    assert words in year.sentence


def test_an_own_need_is_not_in_the_year(client, round_, office, reviewer):
    need = released(round_, reviewer, 5, Outcome.ACCEPTED)
    need.proposer = office
    need.save()
    Round.objects.update(state=RoundState.RELEASED, released_at=timezone.now())
    client.force_login(office)

    assert client.get(reverse("committee:year")).context["found"].total == 0


@pytest.mark.parametrize("who", ["chair", "nurse", "partner", "superuser"])
def test_only_an_office_reads_the_year(client, request, round_, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("committee:year")).status_code == 403

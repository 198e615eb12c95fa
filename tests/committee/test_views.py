from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from committee.enums import ConflictAnswer, Outcome, RoundState
from committee.models import Case, Committee, Decision, Letter, Review, Round, Rubric
from needs.enums import NeedState
from taxonomy.models import Term
from tests.committee.builder import typed
from tests.committee.conftest import SECRET_TITLE
from tests.factories.accounts import MembershipFactory
from tests.factories.committee import (
    CaseFactory,
    ConflictFactory,
    DecisionFactory,
    LetterFactory,
    MemberFactory,
    ReviewFactory,
    RoundFactory,
)
from tests.factories.needs import NeedFactory
from tests.forms import once_key

pytestmark = pytest.mark.django_db


def address(name, obj):
    return reverse(f"committee:{name}", args=[obj.public_id])


@pytest.fixture
def open_case(case, reviewer):
    """``reviewer`` has said that there is no conflict."""
    ConflictFactory(case=case, member=reviewer)
    return case


def answers(criteria, *values, **more):
    return {f"score_{each.pk}": value for each, value in zip(criteria, values, strict=True)} | more


# Scoring ---------------------------------------------------------------------------------------


def test_save_and_next_goes_on_and_ends_with_all_done(client, open_case, reviewer, criteria):
    client.force_login(reviewer)

    page = client.post(
        open_case.get_absolute_url(),
        answers(criteria, "4", "none", go="next", version=0, note_to_proposer="ありがとう"),
        follow=True,
    )

    review = Review.objects.get()
    assert review.completed_at
    assert dict(review.scores.values_list("criterion__label", "value")) == {
        "必要性": 4,
        "効果": None,
    }
    assert page.redirect_chain[-1][0] == open_case.round.get_absolute_url()
    assert "すべて審査しました" in page.content.decode()
    assert "1件中1件 審査済み" in page.content.decode()


def test_save_and_next_insists_on_every_criterion_and_keeps_the_words(
    client, open_case, reviewer, criteria
):
    client.force_login(reviewer)
    data = {f"score_{criteria[0].pk}": "4", "go": "next", "note_to_proposer": "長い助言です"}

    page = client.post(open_case.get_absolute_url(), data)

    assert page.status_code == 422
    assert "「効果」を選んでください" in page.content.decode()
    assert "長い助言です" in page.content.decode()
    assert not Review.objects.exists()


def test_save_keeps_half_a_review_that_does_not_count(client, open_case, reviewer, criteria):
    client.force_login(reviewer)

    client.post(open_case.get_absolute_url(), {f"score_{criteria[0].pk}": "4", "go": "stay"})

    assert Review.objects.get().completed_at is None


@pytest.mark.parametrize("closed_by", ["deadline", "state"])
def test_too_late_keeps_what_was_typed(client, open_case, reviewer, criteria, closed_by):
    if closed_by == "deadline":
        Round.objects.update(deadline=timezone.now() - timedelta(minutes=1))
    else:
        Round.objects.update(state=RoundState.DISCUSSING)
    client.force_login(reviewer)

    page = client.post(
        open_case.get_absolute_url(),
        answers(criteria, "4", "4", go="next", note_to_committee="間に合わなかった言葉"),
    )

    assert page.status_code == 422
    assert "いまの入力は保存していません" in page.content.decode()
    assert "間に合わなかった言葉" in page.content.decode()
    assert not Review.objects.exists()


@pytest.mark.parametrize("exists", [False, True])
def test_second_tab_sees_both_texts(client, open_case, reviewer, criteria, exists):
    client.force_login(reviewer)
    url = open_case.get_absolute_url()
    if exists:
        ReviewFactory(case=open_case, reviewer=reviewer, values=[3, 3])
    old = client.get(url).context["form"]["version"].value()
    client.post(
        url, answers(criteria, "5", "5", go="stay", version=old, note_to_proposer="先の言葉")
    )

    page = client.post(
        url, answers(criteria, "1", "5", go="stay", version=old, note_to_proposer="後の言葉")
    )

    said = page.content.decode()
    assert page.status_code == 409
    assert "先の言葉" in said
    assert "後の言葉" in said
    assert Review.objects.get().note_to_proposer == "先の言葉"

    again = client.post(
        url,
        answers(
            criteria,
            "1",
            "5",
            go="stay",
            version=page.context["form"]["version"].value(),
            note_to_proposer="後の言葉",
        ),
    )
    assert again.status_code == 302
    assert Review.objects.get().note_to_proposer == "後の言葉"


def test_pressing_twice_writes_one_review(client, open_case, reviewer, criteria):
    client.force_login(reviewer)
    key = once_key(client.get(open_case.get_absolute_url()))
    data = answers(criteria, "4", "4", go="next", version=0, _once=key)

    first = client.post(open_case.get_absolute_url(), data)
    second = client.post(open_case.get_absolute_url(), data)

    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Review.objects.get().version == 1


def test_secretary_cannot_post_scores(client, case, secretary, criteria):
    ConflictFactory(case=case, member=secretary)
    client.force_login(secretary)

    page = client.post(case.get_absolute_url(), answers(criteria, "4", "4", go="next"))

    assert page.status_code == 403
    assert not Review.objects.exists()


def test_later_goes_to_another_case_or_says_what_is_left(client, open_case, reviewer):
    client.force_login(reviewer)
    url = f"{address('next', open_case.round)}?after={open_case.public_id}"

    alone = client.get(url, follow=True)
    other = CaseFactory(round=open_case.round)
    with_other = client.get(url)

    assert "あとで審査することにした案件だけ" in alone.content.decode()
    assert with_other["Location"] == other.get_absolute_url()


# Lists and tables: a fixed number of queries ---------------------------------------------------

QUERIES = {
    # Page → how many for the office, how many for a member.
    "list": (11, 9),
    # Those who lead also read which answers are to be confirmed, who is late, who was reminded.
    "round": (22, 16),
    "results": (13, 13),
}


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("who", ["office", "reviewer"])
@pytest.mark.parametrize("count", [1, 3])
def test_pages_need_a_fixed_number_of_queries(
    client, request, round_, criteria, chair, reviewer, who, name, count, django_assert_num_queries
):
    Round.objects.update(state=RoundState.DISCUSSING, shows_others=True)
    for case in CaseFactory.create_batch(count, round=round_):
        for member in (chair, reviewer):
            ConflictFactory(case=case, member=member)
            ReviewFactory(case=case, reviewer=member, values=[4, 2])
        DecisionFactory(case=case)
    if name == "list":
        RoundFactory.create_batch(
            count, committee=round_.committee, rubric=round_.rubric, state=RoundState.REVIEWING
        )
    url = reverse("committee:list") if name == "list" else address(name, round_)
    client.force_login(request.getfixturevalue(who))
    ContentType.objects.get_for_model(Round)  # the timeline's, remembered by the process

    with django_assert_num_queries(QUERIES[name][["office", "reviewer"].index(who)]):
        said = client.get(url).content.decode()

    titles = Round.objects.values_list("title", flat=True)
    shown = titles if name == "list" else Case.objects.values_list("need__title", flat=True)
    assert all(title in said for title in shown)


def test_results_sort_by_mean_and_draw_the_same_numbers(client, round_, office, criteria, reviewer):
    low, high = CaseFactory.create_batch(2, round=round_)
    for case, values in ((low, [1, 2]), (high, [5, 5])):
        ConflictFactory(case=case, member=reviewer)
        ReviewFactory(case=case, reviewer=reviewer, values=values)
    client.force_login(office)

    page = client.get(address("results", round_))
    by_agenda = client.get(f"{address('results', round_)}?sort=order")

    assert [line.case for line in page.context["lines"]] == [high, low]
    assert [line.case for line in by_agenda.context["lines"]] == [low, high]
    assert f'aria-label="{low.number}: 1.67"' in page.content.decode()


# The meeting -----------------------------------------------------------------------------------


@pytest.fixture
def discussed(open_case, chair):
    Round.objects.update(state=RoundState.DISCUSSING)
    ConflictFactory(case=open_case, member=chair)
    return open_case


@pytest.mark.parametrize("outcome", [Outcome.CONDITIONAL, Outcome.ON_HOLD, Outcome.NOT_ACCEPTED])
def test_anything_but_yes_needs_a_reason(client, discussed, chair, outcome):
    client.force_login(chair)

    page = client.post(address("decision", discussed), {"outcome": outcome, "advice": "残る助言"})

    assert page.status_code == 422
    assert "残る助言" in page.content.decode()
    assert not Decision.objects.exists()


def test_decision_is_recorded_and_tells_nobody(client, discussed, chair, nurse):
    client.force_login(chair)

    page = client.post(
        address("decision", discussed),
        {"outcome": "accepted", "next_person": "支援室", "next_date": "令和30年1月5日"},
        follow=True,
    )

    assert "提案者には、まだ何も届きません" in page.content.decode()
    assert Decision.objects.get().decided_by == chair
    assert not nurse.messages.exists()
    client.force_login(nurse)
    letter = client.get(Letter.objects.get().get_absolute_url())
    need = client.get(discussed.need.get_absolute_url()).content.decode()
    assert letter.status_code == 404
    assert "審査中" in need
    assert "採択" not in need


def test_who_was_faster_is_shown_with_both_texts(client, discussed, chair, office):
    client.force_login(chair)
    DecisionFactory(case=discussed, decided_by=office, reason="事務局が書いた理由")

    page = client.post(
        address("decision", discussed),
        {"outcome": "on_hold", "reason": "委員長が書いた理由", "correction": "x", "seen": ""},
    )

    said = page.content.decode()
    assert page.status_code == 409
    assert "事務局が書いた理由" in said
    assert "委員長が書いた理由" in said
    assert Decision.objects.count() == 1


def test_one_walks_from_decision_to_decision_past_what_is_closed(client, discussed, chair):
    closed, open_, last = CaseFactory.create_batch(3, round=discussed.round)
    ConflictFactory(case=closed, member=chair, answer=ConflictAnswer.CONFLICT)
    for case in (open_, last):
        ConflictFactory(case=case, member=chair)
    # The agenda's order, not that of entry.
    for place, case in enumerate([last, discussed, closed, open_]):
        Case.objects.filter(pk=case.pk).update(order=place)
    client.force_login(chair)

    def beside(case):
        found = client.get(address("decision", case)).context["neighbours"]
        return found["previous"], found["next"], found["position"], found["total"]

    assert [beside(case) for case in (last, discussed, open_)] == [
        (None, discussed, 1, 3),
        (last, open_, 2, 3),
        (discussed, None, 3, 3),
    ]


@pytest.mark.parametrize(
    ("who", "status"),
    {"chair": 200, "office": 200, "reviewer": 403, "nurse": 404, "other_office": 404}.items(),
)
def test_who_opens_the_decision(client, request, discussed, who, status):
    client.force_login(request.getfixturevalue(who))

    assert client.get(address("decision", discussed)).status_code == status


def test_after_release_the_proposer_reads_the_letter(client, discussed, nurse, other_nurse):
    letter = LetterFactory(case=discussed, body="おめでとう", released_at=timezone.now())

    client.force_login(nurse)
    mine = client.get(letter.get_absolute_url())
    client.force_login(other_nurse)
    hers = client.get(letter.get_absolute_url())

    assert "おめでとう" in mine.content.decode()
    assert "手紙を直す" not in mine.content.decode()
    assert hers.status_code == 404


def test_letter_edit_of_a_stale_page_is_refused_with_both_texts(client, discussed, office):
    letter = LetterFactory(case=discussed)
    client.force_login(office)
    data = {"subject": "件名", "version": letter.version}
    client.post(address("letter_edit", letter), {**data, "body": "先の手紙"})

    page = client.post(address("letter_edit", letter), {**data, "body": "後の手紙"})

    assert page.status_code == 409
    assert "先の手紙" in page.content.decode()
    assert "後の手紙" in page.content.decode()


# The office ------------------------------------------------------------------------------------


def test_office_prepares_a_round_from_nothing(client, office, hospital, nurse):
    needs = [
        NeedFactory(hospital=hospital, state=NeedState.SCREENING, title=f"議題{n}")
        for n in range(3)
    ]
    client.force_login(office)

    client.post(reverse("committee:committee_new"), {"name": "委員会", "quorum": "majority"})
    committee = Committee.objects.get()
    client.post(
        address("member_new", committee), {"user": nurse.pk, "seat": "chair", "since": "2026/1/5"}
    )
    preset = client.get(reverse("committee:rubric_new"), {"begin": "1", "preset": ["E1", "E5"]})
    client.post(
        reverse("committee:rubric_new"), {"name": "評価表", **typed(preset.context["criteria"])}
    )
    rubric = Rubric.objects.get()
    client.post(
        reverse("committee:round_new"),
        {
            "title": "第1回",
            "committee": committee.pk,
            "rubric": rubric.pk,
            "deadline_day": "令和18年12月5日",
            "deadline_time": "午後５時半",
        },
    )
    round_ = Round.objects.get()
    client.post(address("agenda", round_), {"need": [need.public_id for need in needs[:2]]})
    client.post(address("case_remove", round_.cases.first()))
    client.post(reverse("committee:transition", args=[round_.public_id, "open"]))

    round_.refresh_from_db()
    assert rubric.criteria.count() == 2
    assert timezone.localtime(round_.deadline).strftime("%Y-%m-%d %H:%M") == "2036-12-05 17:30"
    assert round_.state == RoundState.REVIEWING
    assert [case.need for case in round_.cases.all()] == [needs[1]]


def test_opening_says_what_is_missing(client, round_, office):
    Round.objects.update(state=RoundState.PLANNED, deadline=timezone.now())
    client.force_login(office)

    page = client.post(reverse("committee:transition", args=[round_.public_id, "open"]))

    assert page.status_code == 422
    assert "議題にニーズがありません" in page.content.decode()
    assert "採点の締切が過ぎています" in page.content.decode()


def test_confirm_page_counts_the_mails(client, round_, office):
    Round.objects.update(state=RoundState.PLANNED)
    CaseFactory.create_batch(3, round=Round.objects.get())
    client.force_login(office)

    page = client.get(reverse("committee:transition", args=[round_.public_id, "open"]))

    assert "採点する委員2名に、お願いのメールを送ります。議題の3件は" in page.content.decode()


def test_reopening_asks_for_reason_and_a_new_deadline(client, round_, case, office, reviewer):
    Round.objects.update(state=RoundState.DISCUSSING)
    client.force_login(office)
    url = reverse("committee:transition", args=[round_.public_id, "reopen_scoring"])
    data = {"reason": "委員が加わったため", "deadline_time": "17:00"}

    past = client.post(url, {**data, "deadline_day": "2020/1/1"})
    done = client.post(url, {**data, "deadline_day": "2036/1/1"})

    round_.refresh_from_db()
    assert past.status_code == 422
    assert done.status_code == 302
    assert round_.state == RoundState.REVIEWING
    assert round_.takes_scores
    assert reviewer.messages.get().kind == "committee.review_asked"


def test_agenda_offers_screened_needs_of_this_hospital_only(
    client, round_, office, hospital, other_hospital
):
    Round.objects.update(state=RoundState.PLANNED)
    fits = NeedFactory(hospital=hospital, state=NeedState.SCREENING, title="合うニーズ")
    for state, where in (("submitted", hospital), ("screening", other_hospital)):
        NeedFactory(hospital=where, state=state, title="合わない")
    taken = CaseFactory(
        round=RoundFactory(committee=round_.committee, rubric=round_.rubric),
        need=NeedFactory(hospital=hospital, state=NeedState.SCREENING, title="合わない"),
    )
    client.force_login(office)

    page = client.get(address("agenda", round_))
    client.post(address("agenda", round_), {"need": [taken.need.public_id]})

    assert list(page.context["page_obj"]) == [fits]
    assert "合わない" not in page.content.decode()
    assert not round_.cases.exists()


def test_a_committee_has_one_chair(client, round_, office, chair, hospital):
    other = MembershipFactory(organisation=hospital).user
    client.force_login(office)

    page = client.post(
        address("member_new", round_.committee),
        {"user": other.pk, "seat": "chair", "since": "2026/1/5"},
    )

    assert page.status_code == 422
    assert "委員長は委員長 花子さんです" in page.content.decode()


def test_a_removed_member_loses_the_page_and_her_scores_stay(client, open_case, office, reviewer):
    ReviewFactory(case=open_case, reviewer=reviewer, values=[4, 4])
    member = open_case.round.committee.members.get(user=reviewer)
    client.force_login(office)

    client.get(address("member_remove", member))
    client.post(address("member_remove", member))
    rows = client.get(address("results", open_case.round)).context["lines"]

    client.force_login(reviewer)
    assert rows[0].figures.n == 1
    assert client.get(open_case.get_absolute_url()).status_code == 403


def test_round_edit_keeps_committee_and_rubric_once_begun(client, round_, office):
    client.force_login(office)

    page = client.get(address("round_edit", round_))

    assert list(page.context["form"].fields) == [
        "title",
        "deadline_day",
        "deadline_time",
        "closes_by_itself",
        "shows_others",
        "version",
    ]


OFFICE_ONLY = ["committee_new", "rubric_new", "round_new"]


@pytest.mark.parametrize("name", OFFICE_ONLY)
@pytest.mark.parametrize("who", ["chair", "nurse", "partner", "superuser"])
def test_only_an_office_prepares(client, request, name, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse(f"committee:{name}")).status_code == 403


def test_office_of_another_hospital_sees_nothing(client, case, other_office):
    client.force_login(other_office)

    for url in (
        case.get_absolute_url(),
        case.round.get_absolute_url(),
        case.round.committee.get_absolute_url(),
        case.round.rubric.get_absolute_url(),
        address("results", case.round),
    ):
        assert client.get(url).status_code == 404
    assert SECRET_TITLE not in client.get(reverse("committee:list")).content.decode()


def test_award_pages(client, discussed, office):
    DecisionFactory(case=discussed)
    LetterFactory(case=discussed)
    kind = award_kind()
    client.force_login(office)

    client.get(address("award_new", discussed))
    client.post(address("award_new", discussed), {"kind": kind.pk, "citation": "すばらしい"})
    award = discussed.awards.get()
    page = client.get(award.get_absolute_url())
    letters = client.get(address("letters", discussed.round))
    client.post(address("award_withdraw", award))

    assert award.number.startswith("表彰第")
    assert award.number in page.content.decode()
    assert letters.status_code == 200
    assert not discussed.awards.exists()


def award_kind():
    return Term.objects.of("award").first()


def test_no_award_without_a_yes(client, discussed, office):
    DecisionFactory(case=discussed, outcome=Outcome.ON_HOLD)
    client.force_login(office)

    assert client.get(address("award_new", discussed)).status_code == 403


def test_a_new_member_in_the_middle_gets_her_share(client, case, committee):
    newcomer = MemberFactory(committee=committee).user
    client.force_login(newcomer)

    page = client.get(case.round.get_absolute_url())

    assert "1件中0件 審査済み" in page.content.decode()

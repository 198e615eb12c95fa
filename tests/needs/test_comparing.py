"""A need of the queue beside those that say much the same."""

import pytest
from django.urls import reverse

from audit.queries import entries_for
from needs import actions, merging, revival
from needs.comparing import nearest_undecided, tell_apart, undecided
from needs.enums import NeedState, RelationKind
from needs.merging import relations_of
from needs.models import Need, Relation
from needs.risks import with_risks
from tests.factories.needs import NeedFactory

TITLE = "点滴の残量が廊下から見えない"
PROBLEM = "夜勤で点滴の残量を確かめるために、何度も病室に入る。患者さんが目を覚ます。"


@pytest.fixture
def older(hospital, nurse, department):
    return NeedFactory(
        hospital=hospital,
        proposer=nurse,
        department=department,
        state=NeedState.IN_REVIEW,
        title=TITLE,
        problem=PROBLEM,
    )


@pytest.fixture
def need(hospital, other_nurse, older):
    for n in range(5):
        NeedFactory(
            hospital=hospital,
            state=NeedState.DECLINED,
            title=f"別の件{n}",
            problem="別の困りごと。",
        )
    return NeedFactory(
        hospital=hospital,
        proposer=other_nurse,
        state=NeedState.SUBMITTED,
        title="点滴の残りが分からない",
        problem="廊下から点滴の残量が見えず、夜勤で何度も病室に入っている。",
    )


def test_the_two_texts_stand_beside_each_other(client, office, need, older):
    client.force_login(office)

    page = client.get(need.get_absolute_url()).content.decode()

    merge = reverse("needs:transition", args=[need.public_id, "merge"])
    for words in ("似ているニーズ", PROBLEM, f"{merge}?into={older.number}", "似ていない(別件)"):
        assert words in page


@pytest.mark.parametrize("who", ["nurse", "other_nurse", "director", "head"])
def test_only_the_office_compares(who, client, need, older, request):
    client.force_login(request.getfixturevalue(who))
    seen = client.get(need.get_absolute_url())

    assert "似ているニーズ" not in seen.content.decode()


def test_merging_begins_with_the_one_that_was_beside_it(client, office, need, older):
    client.force_login(office)

    page = client.get(
        reverse("needs:transition", args=[need.public_id, "merge"]), {"into": older.number}
    )

    assert page.context["form"]["into"].value() == older.number
    assert f"次の人に知らせます: {need.proposer.name}" in page.content.decode()


def test_another_matter_is_not_shown_again_and_is_no_relation(client, office, need, older):
    client.force_login(office)
    url = reverse("needs:tell_apart", args=[need.public_id])

    for _press in range(2):
        client.post(url, {"number": older.number})

    assert Relation.objects.get().kind == RelationKind.DIFFERENT
    assert undecided(need) == []
    assert not relations_of(need).exists()
    assert [entries_for(each).last().action for each in (need, older)] == [
        "needs.need.tell_apart"
    ] * 2


def test_related_ones_are_not_shown_again(client, office, need, older):
    client.force_login(office)

    client.post(reverse("needs:relate", args=[need.public_id]), {"number": older.number})

    assert undecided(need) == []
    assert relations_of(need).get().kind == RelationKind.RELATED


def test_a_need_of_another_hospital_is_not_found(client, office, need, other_hospital):
    foreign = NeedFactory(hospital=other_hospital, state=NeedState.SUBMITTED)
    client.force_login(office)

    answer = client.post(
        reverse("needs:tell_apart", args=[need.public_id]), {"number": foreign.number}
    )

    assert answer.status_code == 404


WRITTEN = {
    # how the text came into the queue: whether the hint is there
    "handed in": True,
    "handed in again with other words": True,
    "brought in by a table": False,
    "brought in by a table, the next morning": True,
}


@pytest.mark.parametrize("how", WRITTEN)
def test_what_is_alike_is_kept_when_a_text_comes_in(how, need, older, office, other_nurse):
    if how == "handed in":
        Need.objects.filter(pk=need.pk).update(state=NeedState.DRAFT, number=None)
        need.refresh_from_db()
        actions.submit(need, by=other_nurse)
    elif how == "handed in again with other words":
        Need.objects.filter(pk=need.pk).update(state=NeedState.RETURNED)
        need.refresh_from_db()
        actions.resubmit(need, by=other_nurse, answer="夜勤です")
    elif how.endswith("the next morning"):
        revival.follow_revivals()

    rows = with_risks(Need.objects.queue_of(office))
    hints = {row: risk.more for row in rows for risk in row.risks if risk.code == "similar"}

    assert hints == ({need: older.number} if WRITTEN[how] else {})


DECIDED = {
    # what happened since: whether the hint is still there
    "nothing": True,
    "related": False,
    "told apart": False,
    "the other one was merged into this one": False,
    "the other one was declined": False,
    "this one is with the committee": False,
    "this one was taken in": True,
}


@pytest.mark.parametrize("what", DECIDED)
def test_the_hint_is_there_until_somebody_decides(what, need, older, office):
    need.alike = [older.pk]
    if what == "related":
        merging.relate(need, other=older, note="", by=office)
    elif what == "told apart":
        tell_apart(need, other=older, by=office)
    elif what.startswith("the other one"):
        older.state = NeedState.MERGED if "merged" in what else NeedState.DECLINED
        older.save()
    elif what.startswith("this one"):
        need.state = NeedState.IN_REVIEW if "committee" in what else NeedState.SCREENING

    assert nearest_undecided([need]) == ({need.pk: older.number} if DECIDED[what] else {})


@pytest.mark.parametrize("count", [1, 5])
def test_the_hints_of_a_page_take_two_queries(count, need, older, django_assert_num_queries):
    needs = [
        NeedFactory(hospital=need.hospital, state=NeedState.SUBMITTED, alike=[older.pk, need.pk])
        for _each in range(count)
    ]

    with django_assert_num_queries(2):
        assert len(nearest_undecided(needs)) == count

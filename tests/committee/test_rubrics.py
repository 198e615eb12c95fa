"""The rubric builder, its versions, and what a member sees of it."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.queries import entries_for
from committee import queries, rubrics
from committee.enums import RoundState
from committee.models import Criterion, Round, Rubric, Score
from taxonomy.models import Term
from tests.committee.builder import labels, row, sheet, typed
from tests.factories.committee import (
    CaseFactory,
    ConflictFactory,
    CriterionFactory,
    ReviewFactory,
    RoundFactory,
    RubricFactory,
)
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db
NEW = reverse("committee:rubric_new")


@pytest.fixture
def as_office(client, office):
    client.force_login(office)
    return client


@pytest.fixture
def rubric(hospital):
    return RubricFactory(hospital=hospital)


@pytest.fixture
def categories():
    return list(Term.objects.of("need_category")[:2])


def edit(rubric):
    return reverse("committee:rubric_edit", args=[rubric.public_id])


def saved(rubric):
    """Label → everything else that was chosen."""
    return {
        each.label: (each.weight, each.scale, each.anchors, each.allows_na, each.counts)
        for each in rubric.criteria.in_order()
    }


# Building --------------------------------------------------------------------------------------


def test_everything_that_can_be_chosen_is_kept(as_office, categories):
    as_office.post(
        NEW,
        sheet(
            row("必要性", weight=3),
            row("実現性", scale=10, anchor_7="あと少し", allows_na=None),
            row("将来性", scale=2, counts=None, categories=[each.pk for each in categories]),
        ),
    )

    rubric = Rubric.objects.get()
    words = {mark: f"{mark}点の様子" for mark in (1, 2, 3, 5, 10)}
    assert saved(rubric) == {
        "必要性": (3, 5, {"1": words[1], "3": words[3], "5": words[5]}, True, True),
        "実現性": (
            1,
            10,
            {"1": words[1], "5": words[5], "7": "あと少し", "10": words[10]},
            False,
            True,
        ),
        "将来性": (1, 2, {"1": words[1], "2": words[2]}, True, False),
    }
    assert set(rubric.criteria.get(label="将来性").categories.all()) == set(categories)
    assert (rubric.number, rubric.previous) == (1, None)


@pytest.mark.parametrize(
    ("scale", "without", "sentence"),
    [
        (5, "anchor_1", "「1点のめやす」を入力してください"),
        (5, "anchor_3", "「3点のめやす」を入力してください"),
        (4, "anchor_2", "「2点のめやす」を入力してください"),
        (10, "anchor_10", "「10点のめやす」を入力してください"),
        (2, "anchor_2", "「2点のめやす」を入力してください"),
        (5, "label", "「項目の名前」を入力してください"),
        (5, "weight", "「重み」を入力してください"),
    ],
)
def test_what_is_missing_is_named_and_nothing_typed_is_lost(as_office, scale, without, sentence):
    wanted = sheet(row("続ける項目", weight=7), row(scale=scale, **{without: None}))

    page = as_office.post(NEW, wanted)

    said = page.content.decode()
    assert page.status_code == 422
    assert sentence in said
    assert typed(page.context["criteria"]) | {"name": "評価表"} == {
        key: str(value) if key.endswith(("weight", "scale")) else value
        for key, value in wanted.items()
    }
    assert not Rubric.objects.exists()


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{}], "評価項目を1つ以上入力してください"),
        ([row(), row()], "同じ名前の評価項目があります"),
        ([row(counts=None)], "合計に入れる評価項目を1つ以上にしてください"),
        ([row(scale=11)], "「何点満点か」を選びなおしてください"),
        ([row(weight=0)], "「重み」は1以上の数字で入力してください"),
    ],
)
def test_what_makes_no_sense_is_refused(as_office, rows, sentence):
    blank = {"weight": 1, "scale": 5, "allows_na": "on", "counts": "on"}

    page = as_office.post(NEW, sheet(*[each or blank for each in rows]))

    assert page.status_code == 422
    assert sentence in page.content.decode()


def test_a_row_left_blank_is_no_criterion(as_office):
    blank = {"weight": 1, "scale": 5, "allows_na": "on", "counts": "on"}

    as_office.post(NEW, sheet(row(), blank))

    assert list(Criterion.objects.values_list("label", flat=True)) == ["必要性"]


@pytest.mark.parametrize(
    ("button", "order"),
    [
        ("add", ["一", "二", "三", ""]),
        ("up-2", ["一", "三", "二"]),
        ("down-0", ["二", "一", "三"]),
        ("remove-1", ["一", "三"]),
        ("redraw-1", ["一", "二", "三"]),
        ("up-0", ["一", "二", "三"]),
        ("down-2", ["一", "二", "三"]),
        ("up-99", ["一", "二", "三"]),
        ("nonsense", ["一", "二", "三"]),
    ],
)
def test_rows_are_moved_without_script_and_without_saving(as_office, rubric, button, order):
    rows = [row("一"), row("二", weight="たくさん", anchor_1=None), row("三", categories=["5"])]
    before = saved(rubric)

    page = as_office.post(edit(rubric), sheet(*rows, do=button, name="途中の名前", version=1))

    assert page.status_code == 200
    assert labels(page.context["criteria"]) == order
    assert page.context["form"]["name"].value() == "途中の名前"
    assert "入力内容を確認してください" not in page.content.decode()
    kept = {form["label"].value(): form for form in page.context["criteria"]}
    assert kept["三"]["categories"].value() == ["5"]
    if "二" in kept:
        assert kept["二"]["weight"].value() == "たくさん"
    assert saved(rubric) == before


def test_a_smaller_scale_hides_the_words_beyond_it_and_a_larger_one_brings_them_back(as_office):
    small = as_office.post(NEW, sheet(row(scale=5) | {"scale": 3}, do="redraw-0"))
    form = small.context["criteria"].forms[0]
    shown = [field.name for field in form.anchor_fields if not field.is_hidden]

    again = typed(small.context["criteria"]) | {"name": "評価表", "criteria-0-scale": 5}
    as_office.post(NEW, again)

    assert shown == ["anchor_1", "anchor_2", "anchor_3"]
    assert Criterion.objects.get().anchors["5"] == "5点の様子"


def test_a_page_of_before_stays_old_while_its_rows_are_moved(as_office, rubric):
    drawn = rubric.version
    as_office.post(edit(rubric), sheet(row("先の項目"), version=drawn))

    moved = as_office.post(edit(rubric), sheet(row("一"), row("二"), do="up-1", version=drawn))
    page = as_office.post(
        moved.context["action"],
        typed(moved.context["criteria"])
        | {"name": "後の名前", "version": moved.context["form"]["version"].value()},
    )

    said = page.content.decode()
    assert page.status_code == 409
    assert "先の項目" in said
    assert labels(page.context["criteria"]) == ["二", "一"]
    assert list(saved(rubric)) == ["先の項目"]


def test_preset_words_come_from_the_code_list(as_office):
    page = as_office.get(NEW, {"begin": "1", "preset": ["E1", "E11"]})

    assert labels(page.context["criteria"]) == ["医療上の必要性", "緊急性・重要度"]
    assert page.context["criteria"].forms[1]["anchor_5"].value() == "すぐに解決しないと困る"


# Versions --------------------------------------------------------------------------------------


@pytest.fixture
def begun(rubric, hospital):
    """A round that has begun with ``rubric``."""
    return RoundFactory(committee__hospital=hospital, rubric=rubric, state=RoundState.REVIEWING)


def test_changing_what_a_round_has_begun_with_makes_a_new_version(as_office, begun, rubric):
    planned = RoundFactory(committee=begun.committee, rubric=rubric)
    before = saved(rubric)

    as_office.post(
        edit(rubric), sheet(row("新しい項目"), name="直した名前", version=rubric.version)
    )

    new = Rubric.objects.get(previous=rubric)
    rubric.refresh_from_db()
    begun.refresh_from_db()
    planned.refresh_from_db()
    assert (new.number, new.name, list(saved(new))) == (2, "直した名前", ["新しい項目"])
    assert (rubric.name != new.name, saved(rubric)) == (True, before)
    assert (begun.rubric, planned.rubric) == (rubric, new)
    assert [entry.action for entry in entries_for(new)] == ["committee.rubric.save"]


def test_before_a_round_begins_the_rubric_itself_changes(as_office, rubric, hospital):
    RoundFactory(committee__hospital=hospital, rubric=rubric, state=RoundState.PLANNED)

    as_office.post(edit(rubric), sheet(row("新しい項目"), version=rubric.version))

    assert Rubric.objects.get() == rubric
    assert list(saved(rubric)) == ["新しい項目"]


def test_lists_offer_the_newest_and_history_is_behind_it(as_office, begun, rubric):
    as_office.post(edit(rubric), sheet(row("二版"), name="新しい名前", version=rubric.version))
    new = Rubric.objects.get(previous=rubric)

    listed = as_office.get(reverse("committee:list")).context["rubrics"]
    offered = (
        as_office.get(reverse("committee:round_new")).context["form"].fields["rubric"].queryset
    )
    page = as_office.get(new.get_absolute_url())
    old = as_office.get(rubric.get_absolute_url())

    assert (list(listed), list(offered)) == ([new], [new])
    assert page.context["versions"] == old.context["versions"] == [new, rubric]
    assert rubric.get_absolute_url() in page.content.decode()
    assert "最新の版を見る" in old.content.decode()
    assert edit(rubric) not in old.content.decode()
    assert as_office.get(edit(rubric))["Location"] == edit(new)


def test_two_who_follow_one_version_see_each_other(as_office, begun, rubric):
    drawn = rubric.version
    as_office.post(edit(rubric), sheet(row("先の項目"), version=drawn))
    new = Rubric.objects.get(previous=rubric)

    page = as_office.post(edit(rubric), sheet(row("後の項目"), version=drawn))

    said = page.content.decode()
    assert page.status_code == 409
    assert "先の項目" in said
    assert labels(page.context["criteria"]) == ["後の項目"]
    assert (page.context["action"], Rubric.objects.count()) == (edit(new), 2)

    again = as_office.post(
        edit(new), sheet(row("後の項目"), version=page.context["form"]["version"].value())
    )
    assert again.status_code == 302
    assert list(saved(new)) == ["後の項目"]


def test_a_copy_starts_a_history_of_its_own(as_office, begun, rubric, categories):
    rubric.criteria.first().categories.set(categories)

    as_office.post(reverse("committee:rubric_copy", args=[rubric.public_id]))

    copy = Rubric.objects.exclude(pk=rubric.pk).get()
    assert (copy.number, copy.previous, saved(copy)) == (1, None, saved(rubric))
    assert set(copy.criteria.first().categories.all()) == set(categories)


def test_a_history_is_found_from_each_of_its_versions(rubric, office):
    second = Rubric.objects.create(hospital=rubric.hospital, name="二版", number=2, previous=rubric)
    third = Rubric.objects.create(hospital=rubric.hospital, name="三版", number=3, previous=second)
    RubricFactory(hospital=rubric.hospital)

    found = [rubrics.versions_of(each) for each in (rubric, second, third)]

    assert found == [[third, second, rubric]] * 3
    assert str(third) == "三版(第3版)"


# What a member sees ----------------------------------------------------------------------------


def test_the_preview_is_the_form_of_the_review_page(client, office, reviewer, case, rubric):
    for each in rubric.criteria.all():
        each.delete()
    CriterionFactory(
        rubric=rubric, label="十点", scale=10, allows_na=False, anchors={"1": "低い", "10": "高い"}
    )
    CriterionFactory(rubric=rubric, label="参考の項目", counts=False)
    Round.objects.update(rubric=rubric)
    ConflictFactory(case=case, member=reviewer)

    client.force_login(office)
    preview = client.get(rubric.get_absolute_url()).content.decode()
    client.force_login(reviewer)
    page = client.get(case.get_absolute_url()).content.decode()

    fields = preview[preview.index('<fieldset class="score') : preview.rindex("</fieldset>")]
    assert fields in page
    assert "参考(合計に入りません)" in fields
    assert fields.count("判断できない") == 1


def test_a_draft_can_be_looked_at_before_it_is_saved(as_office):
    page = as_office.post(NEW, sheet(row("見てみる項目", scale=3), do="preview"))
    broken = as_office.post(NEW, sheet(row(anchor_1=None), do="preview"))

    assert page.status_code == 200
    assert [each.label for each, _field in page.context["seen"].rows()] == ["見てみる項目"]
    assert broken.status_code == 422
    assert not Rubric.objects.exists()


def test_a_criterion_for_some_categories_is_asked_only_there(
    as_office, round_, reviewer, criteria, categories
):
    criteria[1].categories.set([categories[0]])
    cases = {
        category: CaseFactory(
            round=round_,
            need=NeedFactory(
                hospital=round_.hospital_id and round_.committee.hospital,
                state="in_review",
                category=category,
            ),
        )
        for category in (*categories, None)
    }

    asked = {
        category: [each.label for each in queries.criteria_of(case)]
        for category, case in cases.items()
    }
    preview = as_office.get(round_.rubric.get_absolute_url(), {"category": categories[0].pk})
    others = as_office.get(round_.rubric.get_absolute_url())

    assert asked == {
        categories[0]: ["必要性", "効果"],
        categories[1]: ["必要性"],
        None: ["必要性"],
    }
    assert [len(page.context["form"].rows()) for page in (preview, others)] == [2, 1]


def test_a_mark_for_what_is_not_asked_any_more_does_not_count(
    round_, case, reviewer, criteria, categories
):
    ConflictFactory(case=case, member=reviewer)
    ReviewFactory(case=case, reviewer=reviewer, values=[2, 5])
    criteria[1].categories.set([categories[0]])

    cases = list(round_.cases.for_pages())
    result = queries.results(cases, list(round_.rubric.criteria.in_order()))[0].result

    assert result.total.mean == 2
    assert list(result.criteria) == [criteria[0].pk]


@pytest.mark.parametrize("value", [0, 11])
def test_the_database_refuses_points_beyond_any_scale(case, criteria, reviewer, value):
    review = ReviewFactory(case=case, reviewer=reviewer)

    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.create(review=review, criterion=criteria[0], value=value)

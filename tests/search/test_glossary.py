"""The offices keep the ward words; who changed what is on record, and everybody hears at once."""

import pytest
from django.urls import reverse

from audit.models import Entry
from needs.enums import NeedState
from needs.search import NeedIndex
from search.engine import find
from search.models import Synonym
from tests.factories.needs import NeedFactory
from tests.forms import once_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(client, office):
    client.force_login(office)
    return client


def add(client, *words, note=""):
    url = reverse("search:synonym_add")
    fields = {"words": "\r\n".join(words), "note": note, "_once": once_key(client.get(url))}
    return client.post(url, fields, follow=True)


@pytest.mark.parametrize(
    ("role", "answer"),
    [
        *[("office", 200), ("other_office", 200), ("nurse", 403), ("director", 403)],
        *[("head", 403), ("partner", 403)],
    ],
)
def test_the_offices_keep_it(client, request, role, answer):
    group = Synonym.objects.order_by("pk").first()
    client.force_login(request.getfixturevalue(role))

    pages = [
        client.get(reverse("search:glossary")),
        client.get(reverse("search:synonym_add")),
        client.get(reverse("search:synonym_edit", args=[group.pk])),
    ]

    assert [page.status_code for page in pages] == [answer] * 3


def test_a_word_is_found_by_another_as_soon_as_both_are_in_one_group(keeper, hospital, office):
    need = NeedFactory(hospital=hospital, state=NeedState.SUBMITTED, title="ガラガラの車輪")
    assert find(NeedIndex, office, "うるさい台車").ids == []

    add(keeper, "うるさい台車", "ガラガラ")
    assert find(NeedIndex, office, "うるさい台車").ids == [need.pk]

    group = Synonym.objects.get(words__contains="ガラガラ")
    keeper.post(
        reverse("search:synonym_edit", args=[group.pk]),
        {"words": "うるさい台車\n騒音", "note": "", "version": group.version},
    )
    assert find(NeedIndex, office, "うるさい台車").ids == []

    keeper.post(reverse("search:synonym_remove", args=[group.pk]))
    assert not Synonym.objects.filter(pk=group.pk).exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["褥瘡", "圧迫創"], "「褥瘡」は、すでに「褥瘡、床ずれ、ジョクソウ」にあります"),
        (
            ["じょくそう", "圧迫創"],
            "「じょくそう」は、すでに「褥瘡、床ずれ、ジョクソウ」にあります",
        ),
        (["いす", "椅子"], "「いす」と「椅子」は、検索では同じことばです"),
        (["ﾜｺﾞﾝ", "ワゴン"], "「ﾜｺﾞﾝ」と「ワゴン」は、検索では同じことばです"),
        (["がーぜ", "ガーゼ"], "「がーぜ」は、すでに「ガーゼ、被覆材、ドレッシング材」にあります"),
        (["ワゴン", "。"], "「。」には、検索に使えることばがありません"),
        (["ワゴン"], "2つ以上を入力してください"),
        (["ワゴン", " ", ""], "2つ以上を入力してください"),
        ([], "「同じ意味のことば」"),
    ],
)
def test_what_says_nothing_new_is_refused_and_kept_in_the_form(keeper, words, sentence):
    before = Synonym.objects.count()

    page = add(keeper, *words)

    html = page.content.decode()
    assert page.status_code == 422
    assert sentence in html
    assert all(word in html for word in words)
    assert Synonym.objects.count() == before


def test_a_group_may_keep_its_own_words(keeper):
    group = Synonym.objects.get(words__startswith="褥瘡")

    keeper.post(
        reverse("search:synonym_edit", args=[group.pk]),
        {"words": group.words + "\n圧迫創", "note": "皮膚科から", "version": group.version},
    )

    group.refresh_from_db()
    assert str(group) == "褥瘡、床ずれ、ジョクソウ、圧迫創"


def test_a_stale_page_changes_nothing(keeper):
    group = Synonym.objects.get(words__startswith="褥瘡")
    old = group.version
    group.note = "別の画面"
    group.save()

    page = keeper.post(
        reverse("search:synonym_edit", args=[group.pk]),
        {"words": group.words, "note": "こちらの画面", "version": old},
    )

    group.refresh_from_db()
    assert (page.status_code, group.note) == (409, "別の画面")
    assert "こちらの画面" in page.content.decode()


def test_every_change_is_on_record_and_on_the_page(keeper, office):
    add(keeper, "ワゴン", "手押し車")
    group = Synonym.objects.get(words__startswith="ワゴン")
    keeper.post(reverse("search:synonym_remove", args=[group.pk]))

    entries = Entry.objects.filter(action__startswith="search.synonym").order_by("pk")
    assert [(each.label, each.actor, each.data["words"]) for each in entries] == [
        ("加えた", office, "ワゴン、手押し車"),
        ("消した", office, "ワゴン、手押し車"),
    ]
    assert "消した: ワゴン、手押し車" in keeper.get(reverse("search:glossary")).content.decode()


@pytest.mark.parametrize(("word", "found"), [("床ずれ", 1), ("ない語", 0), ("", 2)])
def test_a_word_is_looked_up(keeper, word, found):
    Synonym.objects.exclude(words__startswith="褥瘡").exclude(words__startswith="点滴台").delete()

    page = keeper.get(reverse("search:glossary"), {"word": word})

    assert len(page.context["groups"]) == found


def test_a_search_in_vain_leads_to_the_glossary(keeper, client, nurse):
    url = f"{reverse('search:synonym_add')}?word=%E3%83%AF%E3%82%B4%E3%83%B3"

    assert url in keeper.get("/search/?q=ワゴン").content.decode()
    assert ">ワゴン</textarea>" in keeper.get(url).content.decode().replace("\n", "")
    client.force_login(nurse)
    assert url not in client.get("/search/?q=ワゴン").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_more_groups_cost_no_more_queries(keeper, count, django_assert_num_queries):
    for number in range(count):
        add(keeper, f"ことば{number}", f"別名{number}")

    with django_assert_num_queries(6):
        keeper.get(reverse("search:glossary"))

"""The page: marked excerpts, honest counts, a fixed number of queries."""

import pytest
from django.urls import reverse

from needs.enums import NeedState
from tests.factories.disclosure import PublicationFactory
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, nurse):
    client.force_login(nurse)
    return lambda text: client.get("/search/", {"q": text}).content.decode()


def test_hits_are_marked_as_they_were_written(page, hospital, nurse):
    NeedFactory(hospital=hospital, proposer=nurse, title="いす<b>が", problem="夜にいすで転ぶ。")

    html = page("椅子")

    assert "<mark>いす</mark>&lt;b&gt;が" in html
    assert "夜に<mark>いす</mark>で転ぶ。" in html


def test_nothing_found_says_what_to_loosen(page, hospital, nurse):
    NeedFactory(hospital=hospital, proposer=nurse, title="点滴の残量")

    html = page('点滴 -残量 "見えない" 状態:審査中')

    assert "「状態」の条件、「」で囲んだことば、除くことばを外すと" in html


def test_a_slip_of_the_pen_is_answered_with_a_word_that_exists(page, hospital, nurse):
    NeedFactory(hospital=hospital, proposer=nurse, title="シリンジポンプの音", problem="")

    assert 'href="?q=%E3%82%B7%E3%83%AA%E3%83%B3%E3%82%B8"' in page("シリンヂ")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        # The dictionary cuts these in two, and nothing has either half
        ("輪液", ["輸液"]),
        ("輪液 夜勤", ["輸液 夜勤"]),
        ("褥倉の処置", []),
        ("シリンヂ 交換", ["シリンジ 交換"]),
        # Nothing is near to the rest of a word
        ("ほげてき", []),
        ("😀", []),
    ],
)
def test_what_is_offered_instead(client, hospital, nurse, typed, offered):
    NeedFactory(
        hospital=hospital, proposer=nurse, title="輸液のシリンジと向き、動き、素敵な窓", problem=""
    )
    client.force_login(nurse)

    assert client.get("/search/", {"q": typed}).context["meant"] == offered


@pytest.mark.parametrize(
    ("role", "told"),
    [
        *[("nurse", True), ("head", True), ("legal", True), ("office", False)],
        *[("director", False), ("partner", False), ("coordinator", False)],
    ],
)
def test_who_reads_only_some_needs_hears_where_all_are_compared(client, request, role, told):
    client.force_login(request.getfixturevalue(role))

    answer = client.get("/search/", {"q": "点滴"}).content.decode()

    assert ("ほかの職員から同じ困りごとが届いているかは" in answer) is told


def test_an_unknown_condition_is_explained(page):
    assert "使えることば: 下書き、受付待ち" in page("状態:ねむい")


def test_needs_and_publications_are_turned_one_by_one(client, hospital, office):
    for need in NeedFactory.create_batch(11, hospital=hospital, state=NeedState.ACCEPTED):
        PublicationFactory(need=need)
    client.force_login(office)

    def pages(query):
        answer = client.get("/search/", {"q": "点滴", **query}).context["sections"]
        return {each["index"].slug: each["page_obj"].number for each in answer}

    assert pages({}) == {"need": 1, "publication": 1}
    assert pages({"need-page": 2}) == {"need": 2, "publication": 1}
    assert pages({"need-page": 2, "publication-page": 2}) == {"need": 2, "publication": 2}
    assert pages({"need-page": "x", "publication-page": 99}) == {"need": 1, "publication": 2}
    html = client.get("/search/?q=a点滴&need-page=2").content.decode()
    assert "need-page=2&amp;publication-page=2#publication-page" in html


@pytest.mark.parametrize(
    ("role", "page", "words"),
    [
        ("office", "needs:list", "使えることば: 下書き、受付待ち"),
        ("partner", "disclosure:catalogue", "「状態」の条件は使えません"),
    ],
)
def test_a_list_explains_a_condition_that_it_does_not_know(client, request, role, page, words):
    client.force_login(request.getfixturevalue(role))

    assert words in client.get(reverse(page), {"q": "状態:ねむい"}).content.decode()


def test_a_list_finds_what_the_search_page_finds(client, hospital, office):
    need = NeedFactory(hospital=hospital, state=NeedState.SUBMITTED, title="褥瘡の処置")
    client.force_login(office)

    assert need.title in client.get("/needs/", {"q": "床ずれ"}).content.decode()
    assert need.get_absolute_url() in client.get("/search/", {"q": "床ずれ"}).content.decode()


def test_titles_are_offered_while_typing(client, hospital, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, title="点滴の残量")
    client.force_login(nurse)

    offered, none = (
        client.get("/search/suggest/", {"q": word}).content.decode() for word in ("点滴", "窓")
    )

    assert need.get_absolute_url() in offered
    assert "近いものが1件あります" in offered
    assert "近いものはありません" in none


@pytest.mark.parametrize(
    ("role", "shown"), [("nurse", True), ("partner", True), ("stranger", False)]
)
def test_who_has_nothing_to_find_has_no_box(client, request, role, shown):
    client.force_login(request.getfixturevalue(role))

    assert ('id="search-box"' in client.get("/").content.decode()) is shown


@pytest.mark.parametrize("count", [1, 3])
def test_more_hits_cost_no_more_queries(
    client, hospital, office, count, django_assert_max_num_queries
):
    NeedFactory.create_batch(count, hospital=hospital, state=NeedState.SUBMITTED)
    client.force_login(office)
    client.get("/search/?q=点滴")

    with django_assert_max_num_queries(15):
        client.get("/search/?q=点滴")


def test_the_conditions_are_explained_to_those_who_have_needs(page, client, partner):
    assert "使える条件: 状態、" in page("点滴")

    client.force_login(partner)

    html = client.get("/search/", {"q": "点滴"}).content.decode()
    assert "さがし方" in html
    assert "条件を加えられます" not in html

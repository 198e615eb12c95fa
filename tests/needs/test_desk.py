"""The desk: columns, saved views, the board, files, and the sheet on paper."""

import csv
import html
import io
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.models import User
from audit.queries import entries_for
from core.exporting import BOM, WIDEST
from needs import exporting, sheet
from needs.actions import flow
from needs.columns import COLUMNS, STANDARD
from needs.enums import NeedState
from needs.models import ListColumns, SavedView
from needs.sheet_pdf import sheet_pdf
from tests.factories.needs import NeedFactory

LIST = "/needs/"
MARK = "ZQXJV"
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def as_office(client, office):
    client.force_login(office)
    return client


def titles(answer):
    return [row["need"].title for row in answer.context["rows"]]


def lines(answer):
    text = b"".join(answer.streaming_content).decode()
    return list(csv.reader(io.StringIO(text.removeprefix(BOM))))


@pytest.fixture
def needs(hospital, nurse, department):
    def need(title, **more):
        return NeedFactory(
            hospital=hospital,
            proposer=nurse,
            department=department,
            title=title,
            **{"state": NeedState.SUBMITTED, **more},
        )

    return [
        need(
            "春",
            place="icu",
            number="N-2026-0001",
            submitted_at=datetime(2026, 4, 1, 9, tzinfo=TOKYO),
            answer_due=date(2026, 4, 15),
        ),
        need(
            "夏",
            state=NeedState.DECLINED,
            decline_reason="exists",
            number="N-2026-0002",
            submitted_at=datetime(2026, 7, 1, 23, 30, tzinfo=TOKYO),
        ),
        need(
            "秋",
            number="N-2026-0003",
            submitted_at=datetime(2026, 10, 1, 9, tzinfo=TOKYO),
            answer_due=date(2026, 10, 15),
        ),
    ]


FILTERS = {
    "place=icu": {"春"},
    "since=2026-07-01": {"夏", "秋"},
    "until=2026-07-01": {"春", "夏"},
    "since=2026年5月1日&until=2026/8/1": {"夏"},
    "source=phone": set(),
    "since=いつか": {"春", "夏", "秋"},
}


@pytest.mark.parametrize("query", FILTERS)
def test_conditions_live_in_the_address(query, needs, as_office):
    assert set(titles(as_office.get(f"{LIST}?{query}"))) == FILTERS[query]


ORDERS = {"sort=-number": ["秋", "夏", "春"], "sort=due": ["春", "秋", "夏"]}


@pytest.mark.parametrize("query", ORDERS)
def test_other_orders(query, needs, as_office):
    assert titles(as_office.get(f"{LIST}?{query}")) == ORDERS[query]


# Columns -------------------------------------------------------------------------------------


def choose(client, *slugs):
    answers = {f"show-{slug}": "on" for slug in slugs}
    answers |= {f"order-{slug}": str(at) for at, slug in enumerate(slugs, start=1)}
    client.post(reverse("needs:columns"), answers)


def test_her_own_columns_in_her_own_order(needs, as_office, office, client):
    choose(as_office, "place", "title", "decline_reason")

    answer = as_office.get(LIST)
    assert [column.slug for column in answer.context["columns"]] == [
        "place",
        "title",
        "decline_reason",
    ]
    assert "すでに製品がある" in answer.content.decode()
    as_office.post(reverse("needs:columns"), {"standard": "1"})
    assert [column.slug for column in as_office.get(LIST).context["columns"]] == STANDARD


def test_the_title_stays(as_office, office):
    choose(as_office, "place")

    assert ListColumns.objects.get(user=office).columns == ["title", "place"]


def test_what_a_column_says_only_to_the_office(needs, client, head):
    ListColumns.objects.create(user=head, columns=["title", "decline_reason"])
    client.force_login(head)

    answer = client.get(LIST)
    exported = lines(client.get(reverse("needs:export", args=["csv"])))

    assert "すでに製品がある" not in answer.content.decode()
    assert exported[0] == ["件名"]


@pytest.mark.parametrize("count", [1, 5])
def test_any_columns_need_a_fixed_number_of_queries(
    count, hospital, as_office, office, django_assert_num_queries
):
    NeedFactory.create_batch(count, hospital=hospital, state=NeedState.SUBMITTED)
    ListColumns.objects.create(user=office, columns=list(COLUMNS))
    as_office.get(LIST)

    with django_assert_num_queries(19):
        as_office.get(LIST)


# Saved views and the board -------------------------------------------------------------------


def test_a_saved_view_is_a_tab_with_its_count(needs, as_office, office):
    as_office.post(reverse("needs:save_view"), {"name": "ICUの件", "query": "place=icu"})

    page = as_office.get(LIST).content.decode()
    view = SavedView.objects.get()
    assert "ICUの件 1件" in page
    assert "?place=icu" in page
    as_office.post(reverse("needs:forget_view", args=[view.public_id]))
    assert not SavedView.objects.exists()


def test_a_saved_view_is_nobody_elses(needs, as_office, director, client):
    as_office.post(reverse("needs:save_view"), {"name": "ICUの件", "query": "place=icu"})
    as_office.get(LIST)
    client.force_login(director)

    assert "ICUの件" not in client.get(LIST).content.decode()
    forget = reverse("needs:forget_view", args=[SavedView.objects.get().public_id])
    assert client.post(forget).status_code == 404


def test_eight_views_are_enough(as_office):
    for n in range(9):
        answer = as_office.post(
            reverse("needs:save_view"), {"name": f"表示{n}", "query": "place=icu"}, follow=True
        )

    assert SavedView.objects.count() == 8
    assert "保存できる表示は8つまでです" in answer.content.decode()


def test_the_week_begins_on_monday(hospital, as_office):
    for title, day in (("月曜", 23), ("日曜", 22)):
        with time_machine.travel(datetime(2026, 11, day, 9, tzinfo=TOKYO)):
            NeedFactory(hospital=hospital, state=NeedState.SUBMITTED, title=title)

    with time_machine.travel(datetime(2026, 11, 26, 9, tzinfo=TOKYO)):
        as_office.force_login(User.objects.get(name="支援 花子"))
        assert titles(as_office.get(f"{LIST}?view=week")) == ["月曜"]


def stages(answer):
    return {stage.slug: stage for stage in answer.context["board"]}


def test_every_state_has_a_place_on_the_board(hospital, as_office):
    needs = [
        NeedFactory(hospital=hospital, state=state, number=f"N-2026-{n:04}")
        for n, state in enumerate(NeedState)
        if state != NeedState.DRAFT
    ]
    NeedFactory.create_batch(2, hospital=hospital, state=NeedState.DECLINED)

    answer = as_office.get(f"{LIST}?layout=board")

    shown = [need for stage in answer.context["board"] for need in stage.needs]
    assert {need.pk for need in needs} <= {need.pk for need in shown}
    assert stages(answer)["ended"].count == 7
    assert len(as_office.get(f"{LIST}?state=ended").context["rows"]) == 7


def test_the_board_keeps_the_conditions(needs, as_office):
    found = stages(as_office.get(f"{LIST}?layout=board&place=icu"))

    assert [need.title for need in found["submitted"].needs] == ["春"]
    assert found["ended"].needs == []


@pytest.mark.parametrize("layout", ["", "&layout=board"])
def test_a_view_opens_in_the_layout_one_looks_at(layout, as_office, office):
    SavedView.objects.create(user=office, name="ICU", query="place=icu")

    page = html.unescape(as_office.get(f"{LIST}?{layout}").content.decode())

    assert f'href="{LIST}?view=mine{layout}"' in page
    assert f'href="{LIST}?place=icu{layout}"' in page


def test_more_than_fifty_cards_lead_to_exactly_the_others(hospital, as_office):
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=TOKYO)):
        last = NeedFactory.create_batch(3, hospital=hospital, state=NeedState.SUBMITTED)
    NeedFactory.create_batch(50, hospital=hospital, state=NeedState.SUBMITTED)

    page = as_office.get(f"{LIST}?layout=board").content.decode()
    [link] = re.findall(r'href="([^"]+)">ほか3件を一覧で見る', page)

    answer = as_office.get(html.unescape(link))
    assert {row["need"].pk for row in answer.context["rows"]} == {need.pk for need in last}


def test_a_card_says_who_when_and_whether_it_stands_still(hospital, office, as_office):
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=15)):
        NeedFactory(
            hospital=hospital,
            state=NeedState.SUBMITTED,
            assignee=office,
            answer_due=date(2020, 1, 6),
        )
    NeedFactory(hospital=hospital, state=NeedState.SCREENING)

    page = as_office.get(f"{LIST}?layout=board").content.decode()

    assert page.count("14日停滞") == 1
    assert "担当: 支援 花子" in page
    assert "営業日遅れ" in page


def test_a_card_offers_exactly_the_moves_that_she_has(hospital, nurse, office, as_office):
    NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.SCREENING, title="ふつう")
    NeedFactory(hospital=hospital, proposer=office, state=NeedState.SUBMITTED, title="自分の")

    answer = as_office.get(f"{LIST}?layout=board")

    moves = {
        need.title: [row.name for row in need.moves]
        for stage in answer.context["board"]
        for need in stage.needs
    }
    assert moves == {"ふつう": ["send_back", "decline", "merge"], "自分の": ["withdraw"]}


def test_a_move_names_those_who_hear_of_it(needs, office, as_office):
    url = reverse("needs:transition", args=[needs[0].public_id, "take_in"])

    assert "次の人に知らせます: 看護 花子" in as_office.get(url).content.decode()


def test_no_move_is_silent_and_can_be_taken_back():
    silent = [row for row in flow if row.button and not row.note and not row.form.base_fields]

    assert silent == []


@pytest.mark.parametrize("count", [1, 30])
def test_the_board_needs_a_fixed_number_of_queries(
    count, hospital, department, office, as_office, django_assert_num_queries
):
    NeedFactory.create_batch(
        count,
        hospital=hospital,
        department=department,
        state=NeedState.SUBMITTED,
        assignee=office,
    )
    as_office.get(LIST)

    # As the list, with one query for each of the eight stages instead of the rows, and one each
    # for the counts, the participants and the closed days.
    with django_assert_num_queries(23):
        as_office.get(f"{LIST}?layout=board")


# Sorting and an empty list -------------------------------------------------------------------


SORTED = {
    "number": ["春", "夏", "秋"],
    "-number": ["秋", "夏", "春"],
    "due": ["春", "秋", "夏"],
    "-due": ["秋", "春", "夏"],
    "submitted": ["春", "夏", "秋"],
    "-submitted": ["秋", "夏", "春"],
    "age": ["秋", "夏", "春"],
    "-age": ["春", "夏", "秋"],
    "-updated": ["秋", "夏", "春"],
    "updated": ["春", "夏", "秋"],
    "nonsense": ["秋", "夏", "春"],
}


@pytest.mark.parametrize("sort", SORTED)
def test_the_order_lives_in_the_address_and_goes_into_the_file(sort, needs, as_office):
    exported = lines(as_office.get(reverse("needs:export", args=["csv"]) + f"?sort={sort}"))

    assert titles(as_office.get(f"{LIST}?sort={sort}")) == SORTED[sort]
    assert [row[1] for row in exported[1:]] == SORTED[sort]


HEADS = {
    # the address: the head that says how it is sorted, and where pressing it leads
    "": ("updated", "descending", "sort=updated"),
    "?sort=number": ("number", "ascending", "sort=-number"),
    "?sort=-number&place=icu": ("number", "descending", "place=icu&sort=number"),
}


@pytest.mark.parametrize("address", HEADS)
def test_heads_say_the_order_and_turn_it(address, needs, as_office):
    answer = as_office.get(f"{LIST}{address}")

    [now] = [head for head in answer.context["heads"] if head["direction"]]
    assert (now["column"].slug, now["direction"], now["query"]) == HEADS[address]
    assert f'aria-sort="{now["direction"]}"' in answer.content.decode()


def test_a_saved_view_keeps_its_order(needs, as_office):
    as_office.post(reverse("needs:save_view"), {"name": "古い順", "query": "sort=number"})

    [saved] = as_office.get(LIST).context["saved"]
    assert titles(as_office.get(f"{LIST}?{saved['view'].query}")) == ["春", "夏", "秋"]


def test_the_file_of_the_queue_has_its_columns_and_its_order(needs, as_office):
    exported = lines(as_office.get(reverse("needs:export", args=["csv"]) + "?view=mine"))

    assert exported[0] == ["番号", "件名", "状況", "経過日数", "回答の約束", "注意", "担当"]
    assert [row[1] for row in exported[1:]] == ["春", "秋"]


def test_an_empty_list_says_which_condition_to_drop(needs, as_office):
    answer = as_office.get(f"{LIST}?place=icu&state=declined&source=portal")

    found = [(each["words"], each["count"], each["query"]) for each in answer.context["loosened"]]
    assert found == [
        ("見送り", 1, "place=icu&source=portal"),
        ("ICU", 1, "source=portal&state=declined"),
    ]
    assert "「場所: ICU」を外す" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "chips", "said"),
    [
        ("q=春 状態:ねむい&place=icu", {"q", "place"}, "使えることば: 下書き、"),
        ("since=きのう&place=icu", {"place"}, "条件に、使えないものがあります"),
        ("q=" + "春" * 501, set(), "条件に、使えないものがあります"),
    ],
)
def test_a_condition_that_cannot_be_used_is_no_empty_hospital(query, chips, said, needs, as_office):
    answer = as_office.get(f"{LIST}?{query}")
    page = answer.content.decode()

    assert {name for name, _label, _words in answer.context["filter"].chosen} == chips
    assert "職員がニーズを提出すると" not in page
    assert said in page or answer.context["page_obj"].object_list


def test_choosing_columns_leads_back_to_the_same_rows(needs, as_office):
    url = reverse("needs:columns")

    assert 'name="back" value="place=icu"' in as_office.get(f"{url}?place=icu").content.decode()
    for button in ({"show-number": "on"}, {"standard": "1"}):
        answer = as_office.post(url, {"back": "place=icu", **button})
        assert answer["Location"] == f"{LIST}?place=icu"


@pytest.mark.parametrize(
    ("language", "day"), [("ja", "2026年4月1日(水)"), ("en", "Wed 1 Apr 2026")]
)
def test_a_chip_says_its_day_in_the_readers_language(language, day, needs, office, as_office):
    office.language = language
    office.save()

    assert day in as_office.get(f"{LIST}?since=2026-04-01").content.decode()


def test_a_view_is_kept_whole_or_not_at_all(needs, as_office):
    fits, too_long = ({"name": "長い", "query": f"q={'点' * count}"} for count in (50, 500))
    as_office.post(reverse("needs:save_view"), fits)
    answer = as_office.post(reverse("needs:save_view"), too_long, follow=True)

    assert SavedView.objects.get().query == QueryDict(fits["query"]).urlencode()
    assert "条件が長すぎて保存できません" in answer.content.decode()


def test_htmx_renews_the_heading_and_speaks(needs, as_office):
    part = as_office.get(f"{LIST}?place=icu", headers={"HX-Request": "true"}).content.decode()
    back = as_office.get(
        LIST, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    ).content.decode()

    assert '<h1 id="heading" hx-swap-oob="true">ニーズ(1件)</h1>' in part
    assert "ニーズは1件です" in part
    assert "<html" in back


# Files ---------------------------------------------------------------------------------------


def test_a_file_has_exactly_what_the_page_shows(needs, as_office):
    choose(as_office, "number", "title", "state", "submitted")

    exported = lines(as_office.get(reverse("needs:export", args=["csv"]) + "?place=icu"))

    assert exported == [
        ["番号", "件名", "状況", "提出日"],
        ["N-2026-0001", "春", "受付待ち", "2026-04-01"],
    ]


def test_the_excel_file_says_the_same(needs, as_office):
    choose(as_office, "number", "title", "submitted")

    answer = as_office.get(reverse("needs:export", args=["xlsx"]) + "?sort=-number")

    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[0] == ("番号", "件名", "提出日")
    assert [row[1] for row in rows[1:]] == ["秋", "夏", "春"]
    assert rows[1][2] == datetime(2026, 10, 1)  # noqa: DTZ001 -- a cell has no zone


def test_the_excel_file_can_be_read_as_it_opens(hospital, as_office):
    """Heads that stay, columns as wide as their words, and a long text in several lines."""
    NeedFactory(
        hospital=hospital, state=NeedState.SUBMITTED, title="春", problem="点滴が見えない。" * 20
    )
    choose(as_office, "number", "title", "problem")

    answer = as_office.get(reverse("needs:export", args=["xlsx"]))
    sheet_ = load_workbook(io.BytesIO(answer.content)).active

    assert sheet_.freeze_panes == "A2"
    assert sheet_["A1"].font.bold
    widths = [sheet_.column_dimensions[letter].width for letter in "ABC"]
    assert widths == [len("N-2026-0001") + 2, len("件名") * 2 + 2, WIDEST]
    assert sheet_["C2"].alignment.wrap_text


FORMULAS = ["=1+1", "+81", "-1", "@SUM(A1)", "\t=1", "\n=1", "＝cmd", "＠x", "－1", "＋1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_in_a_file_is_run(text, hospital, as_office):
    NeedFactory(hospital=hospital, state=NeedState.SUBMITTED, title=text)
    choose(as_office, "title")

    exported = lines(as_office.get(reverse("needs:export", args=["csv"])))
    answer = as_office.get(reverse("needs:export", args=["xlsx"]))
    cell = load_workbook(io.BytesIO(answer.content)).active["A2"]

    assert exported[1] == [f"'{text}"]
    assert cell.data_type == "s"


def test_nothing_of_others_is_in_a_file(hospital, other_hospital, nurse, as_office):
    NeedFactory(hospital=other_hospital, state=NeedState.SUBMITTED, title=f"{MARK}よその")
    NeedFactory(hospital=hospital, proposer=nurse, title=f"{MARK}下書き")

    assert len(lines(as_office.get(reverse("needs:export", args=["csv"])))) == 1


@pytest.mark.parametrize(("who", "status"), [("nurse", 403), ("partner", 403), ("head", 200)])
def test_who_may_take_a_file_out(who, status, department, client, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("needs:export", args=["csv"])).status_code == status


def test_a_file_leaves_a_line(needs, as_office, office):
    as_office.get(reverse("needs:export", args=["csv"]) + "?place=icu")

    entry = entries_for(office).get(action="accounts.user.export_needs")
    assert (entry.data["rows"], entry.data["query"]) == (1, "place=icu")


def test_too_many_rows_for_excel(needs, as_office, monkeypatch):
    monkeypatch.setattr(exporting, "XLSX_ROWS", 2)

    answer = as_office.get(reverse("needs:export", args=["xlsx"]), follow=True)

    assert "Excelには2件まで書き出せます" in answer.content.decode()


# The sheet on paper --------------------------------------------------------------------------


def test_the_sheet_has_every_answer_and_nothing_of_the_office(needs, nurse, office):
    need = needs[0]
    need.background, need.idea = "病棟の改装のあと", "光で知らせる"
    need.save()
    need.comments.create(author=office, audience="office", text=f"{MARK}の印")

    pdf = PdfReader(io.BytesIO(sheet_pdf(need, by=office)))
    text = "".join(page.extract_text() for page in pdf.pages)

    for wanted in (need.title, need.number, "病棟の改装のあと", "光で知らせる", "みなと総合病院"):
        assert wanted in text
    assert "提出日:2026年4月1日" in text.replace(" ", "")
    assert MARK not in text
    assert pdf.metadata.title == need.number


def test_each_page_of_the_sheet_says_whose_it_is_and_who_printed_it(needs, office):
    need = needs[0]
    need.background = need.ideal_state = need.current_practice = "長い文です。" * 300
    need.save()

    with time_machine.travel(datetime(2026, 11, 26, 17, 5, tzinfo=TOKYO)):
        pdf = PdfReader(io.BytesIO(sheet_pdf(need, by=office)))

    assert len(pdf.pages) > 1
    for number, each in enumerate(pdf.pages, 1):
        text = each.extract_text().replace(" ", "")
        printed = f"印刷:{office.name}2026年11月26日(木)17:05".replace(" ", "")
        for wanted in ("社外秘", need.number, printed, f"{number}/{len(pdf.pages)}"):
            assert wanted in text


def test_an_ordinary_sheet_fits_on_one_page(needs, office):
    need = needs[0]
    need.problem = "夜勤のとき、残量を見に何度も病室へ入る。患者さんが目を覚ます。" * 6
    for name in sheet.DETAIL_FIELDS[:8]:
        setattr(need, name, "病棟の改装のあと、廊下から見えなくなった。" * 5)
    need.impact_note = need.safety_note = need.ip_note = "看護師が1晩に40回歩く。" * 5
    need.save()

    assert len(PdfReader(io.BytesIO(sheet_pdf(need, by=office))).pages) == 1


SHEETS = {"nurse": 200, "office": 200, "head": 200, "other_nurse": 404, "partner": 404}


@pytest.mark.parametrize("who", SHEETS)
def test_who_prints_a_sheet(who, needs, client, request):
    client.force_login(request.getfixturevalue(who))

    answer = client.get(reverse("needs:sheet", args=[needs[0].public_id]))

    assert answer.status_code == SHEETS[who]
    if answer.status_code == 200:
        assert answer["Content-Disposition"] == 'inline; filename="n-2026-0001.pdf"'

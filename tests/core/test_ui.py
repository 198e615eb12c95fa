from datetime import date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django import forms
from django.core import signing
from django.core.paginator import Paginator
from django.forms.renderers import DjangoTemplates
from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation
from pytest_django.asserts import assertHTMLEqual, assertInHTML

from core.fields import LongTextField
from core.forms import TransitionForm
from core.renderers import FormRenderer
from core.templatetags import ui

TOKYO = ZoneInfo("Asia/Tokyo")


def draw(source, **context):
    return Template(source).render(Context(context))


def request_of(pk=None, query=""):
    return SimpleNamespace(user=SimpleNamespace(pk=pk), GET=QueryDict(query), path="/")


@pytest.mark.parametrize("pk", [None, 7])
def test_the_one_time_key_belongs_to_its_reader(pk):
    html = draw("{% once %}", request=request_of(pk))

    key = html.split('value="')[1].removesuffix('">')
    assert signing.loads(key, salt="once")[0] == pk


def test_every_one_time_key_is_new():
    assert draw("{% once %}", request=request_of()) != draw("{% once %}", request=request_of())


def test_icons_are_hidden_from_screen_readers():
    assert 'aria-hidden="true"' in draw('{% icon "check" %}')


@pytest.mark.parametrize(("language", "word"), [("ja", "閉じる"), ("en", "Close")])
def test_what_is_the_same_for_all_is_in_the_language_of_the_reader(language, word):
    with translation.override(language):
        assert f">{word}</button>" in draw('{% same_for_all "ui/keys_dialog.html" %}')


def test_what_is_the_same_for_all_knows_nothing_of_the_page():
    notices = {"messages": ["山田さんへ"], "request": request_of(7)}

    assert "山田さんへ" in draw('{% include "ui/messages.html" %}', **notices)
    assert "山田さんへ" not in draw('{% same_for_all "ui/messages.html" %}', **notices)


class Thing:
    """Something with a state."""

    public_id = "abc"

    def __init__(self, state="draft"):
        self.state = state

    def get_state_display(self):
        return "下書き"


STATES = [
    *("draft", "submitted", "screening", "returned", "declined", "in_review", "accepted"),
    *("conditionally_accepted", "on_hold", "not_accepted", "withdrawn"),
    *("planned", "reviewing", "discussing", "decided", "released"),
    *("drafting", "consent_asked", "published", "paused", "closed"),
    *("suggested", "introduced", "interested", "meeting", "talking", "agreed"),
    *("internal_review", "counterpart_review", "approving", "signing", "active"),
    *("expired", "terminated", "queued", "sending", "sent", "failed", "dropped", "screen"),
]


@pytest.mark.parametrize("state", STATES)
def test_a_state_is_a_word_an_icon_and_a_class(state):
    html = draw("{% state_badge thing %}", thing=Thing(state)).strip()

    assert html.startswith(f'<span class="tag state-{state}"><svg')
    assert html.endswith("</svg>下書き</span>")


def test_outsiders_may_see_another_word():
    assert "確認中" in draw('{% state_badge thing label="確認中" %}', thing=Thing())


def row(name, **changes):
    return SimpleNamespace(
        **{"name": name, "label": name, "asks": False, "danger": False} | changes
    )


@pytest.mark.urls("tests.core.urls")
def test_buttons_ask_first_or_post_at_once():
    flow = SimpleNamespace(
        open_to=lambda _user, _thing: [
            row("drop", danger=True, asks=True),
            row("submit"),
            row("return", asks=True),
        ]
    )
    html = draw(
        '{% transition_buttons thing flow "core-test:go" %}',
        thing=Thing(),
        flow=flow,
        request=request_of(7),
    )

    assertInHTML('<a class="btn btn-outline-danger" href="/abc/do/drop/">drop</a>', html)
    assertInHTML('<button class="btn btn-primary" type="submit">submit</button>', html)
    assertInHTML('<a class="btn btn-outline" href="/abc/do/return/">return</a>', html)
    assert html.count('name="_once"') == 1


def test_no_buttons_leave_no_trace():
    flow = SimpleNamespace(open_to=lambda _user, _thing: [])

    assert not draw(
        '{% transition_buttons thing flow "core-test:go" %}',
        thing=Thing(),
        flow=flow,
        request=request_of(7),
    ).strip()


def test_the_timeline_tells_who_did_what_and_what_was_said():
    entry = SimpleNamespace(
        at=datetime(2026, 12, 5, 17, 0, tzinfo=TOKYO),
        actor=SimpleNamespace(name="山田 花子"),
        label="差し戻す",
        data={"comment": "場面を<教えて>ください"},
    )
    html = draw("{% timeline entries %}", entries=[entry])

    assert "2026年12月5日(土) 17:00" in html
    assert "山田 花子" in html
    assertInHTML('<p class="what">差し戻す</p>', html)
    assertInHTML('<p class="said user-text">場面を&lt;教えて&gt;ください</p>', html)


def test_the_heading_is_also_the_title():
    html = Template(
        "{% extends parent %}{% block title %}<ニーズ>{{ count }}件{% endblock %}"
    ).render(
        Context(
            {
                "count": 24,
                "parent": Template(
                    "<title>{% block title %}{% endblock %}</title>"
                    '<h1>{% block_again "title" %}</h1>'
                ),
            }
        )
    )

    assert html == "<title><ニーズ>24件</title><h1><ニーズ>24件</h1>"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ day|jdate }}", "2026年12月5日(土)"),
        ("{{ time|jdate }}", "2026年12月5日(土)"),
        ("{{ time|jdatetime }}", "2026年12月5日(土) 17:00"),
        ("{{ day|short_date }}", "12月5日"),
        ("{{ long_ago|short_date }}", "2025年12月31日"),
        ("{{ day|wareki }}", "令和8年12月5日"),
        ("{{ number|phone }}{{ none|phone }}", "045-000-0101"),
        ("{{ amount|yen }}", "1,200,000円"),
        ("{{ none|jdate }}{{ none|jdatetime }}{{ none|wareki }}{{ none|days_until }}", ""),
        ("{{ none|yen }}{{ none|short_date }}", ""),
    ],
)
@time_machine.travel("2026-11-22 00:30+09:00")
def test_dates_and_amounts(source, words):
    context = {
        "day": date(2026, 12, 5),
        "long_ago": date(2025, 12, 31),
        "time": datetime(2026, 12, 5, 17, 0, tzinfo=TOKYO),
        "amount": 1_200_000,
        "number": "0450000101",
        "none": None,
    }

    assert draw(source, **context) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 25), "あと3日"),
        (date(2026, 11, 22), "今日まで"),
        (date(2026, 11, 20), "2日過ぎています"),
    ],
)
@time_machine.travel("2026-11-22 00:30+09:00")
def test_how_long_until(day, words):
    assert ui.days_until(day) == words


class Answers(TransitionForm):
    """One control of each sort."""

    title = forms.CharField(label="ひとことで", max_length=40, help_text="短く")
    story = LongTextField(label="困っていること", required=False)
    often = forms.ChoiceField(
        label="頻度", choices=[("daily", "毎日"), ("weekly", "週に数回")], widget=forms.RadioSelect
    )
    sure = forms.BooleanField(label="確認した")
    photo = forms.FileField(label="写真", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def form_html(form, **context):
    return render_to_string("ui/form.html", {"form": form, "request": request_of(7)} | context)


def test_labels_say_in_words_what_is_required():
    html = form_html(Answers())

    assertInHTML(
        '<label class="label" for="id_title">ひとことで <span class="required">※必須</span></label>',
        html,
    )
    assertInHTML(
        '<label class="label" for="id_story">困っていること <span class="optional">任意</span></label>',
        html,
    )
    assertInHTML('<legend class="label">頻度 <span class="required">※必須</span></legend>', html)


def test_a_control_is_tied_to_its_help_and_its_error():
    html = draw("{% control field %}", field=Answers({})["title"])

    assertHTMLEqual(
        html,
        '<input type="text" name="title" id="id_title" data-max="40" aria-invalid="true"'
        ' aria-describedby="id_title_helptext id_title_error">',
    )


def test_the_error_summary_leads_to_each_field_in_the_same_words():
    html = form_html(Answers({}))

    assert "入力内容を確認してください(3件)" in html
    for field, link in [("title", "id_title"), ("often", "id_often_0"), ("sure", "id_sure")]:
        error = Answers({}).errors[field][0]
        assertInHTML(f'<a href="#{link}">{error}</a>', html)
        assert html.count(error) == 2
        assert f'id="{link}"' in html


def test_a_whole_form_brings_what_a_post_needs():
    html = form_html(Answers(), submit="提出する", back_url="/back/")

    assert html.count("<form ") == 1
    assert 'enctype="multipart/form-data"' in html
    assert "novalidate" in html
    assert 'name="_once"' in html
    assert 'name="version"' in html
    assertInHTML('<a class="btn btn-quiet" href="/back/">変更せずに戻る</a>', html)


def test_without_words_for_a_button_only_the_fields_are_drawn():
    assert "<form" not in form_html(Answers())


CHOICES = [
    ("", "すべて"),
    (1, "<b>\"山田\" & '山田'</b>"),
    ("病棟", [("5e", "5階東"), (True, "はい"), (None, "なし")]),
]


@pytest.mark.parametrize("value", ["", 1, "5e", None, "<"])
@pytest.mark.parametrize(
    "attrs", [{}, {"id": "x", "class": 'a"b', "required": True, "lang": False}]
)
@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple, forms.NullBooleanSelect])
def test_a_drop_down_list_is_drawn_as_django_draws_it(widget, attrs, value):
    made = widget() if widget is forms.NullBooleanSelect else widget(choices=CHOICES)

    ours = made.render("name", value, attrs, renderer=FormRenderer())

    assertHTMLEqual(ours, made.render("name", value, attrs, renderer=DjangoTemplates()))


def test_a_stale_form_offers_the_other_answer():
    form = Answers({})
    form.stale, form.theirs = (
        True,
        [("title", "ひとことで", "相手の文"), ("often", "頻度", "daily")],
    )

    html = render_to_string("ui/conflict.html", {"form": form})

    assert 'data-use="相手の文" data-for="title"' in html
    assertInHTML('<p class="user-text">毎日</p>', html)
    assert 'data-use="daily" data-for="often"' in html


def test_pages_keep_the_filters_in_the_address():
    page = Paginator(range(1000), 50).get_page(4)

    html = render_to_string(
        "ui/pagination.html", {"page_obj": page, "request": request_of(query="q=点滴&page=4")}
    )

    assert 'href="?q=%E7%82%B9%E6%BB%B4&amp;page=5"' in html
    assert '<span aria-current="page">' in html


def test_one_page_needs_no_pagination():
    page = Paginator(range(3), 50).get_page(1)

    assert not render_to_string("ui/pagination.html", {"page_obj": page}).strip()


def test_the_summary_names_what_was_skipped():
    html = render_to_string(
        "ui/summary_list.html",
        {"rows": [{"label": "頻度", "value": "", "url": "/edit/"}, {"label": "件数", "value": 0}]},
    )

    assertInHTML('<dd class="missing">未入力</dd>', html)
    assertInHTML("<dd>0</dd>", html)
    assert html.count("変更") == 1


def test_the_error_page_needs_no_request():
    assert "受付用ID" in render_to_string("errors/server_error.html", {"request_id": "1a2b3c4d"})

"""次に待っているニーズ: on from one need to the next without going back to the queue."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from needs.enums import NeedState
from needs.models import Need
from tests.factories.needs import NeedFactory

# A Thursday.
TODAY = datetime(2026, 11, 26, 3, tzinfo=UTC)
# In the order of the queue: title, state, handed in on this day of November, promised day.
QUEUE = [
    ("遅れ", NeedState.SUBMITTED, 2, date(2026, 11, 20)),
    ("今日まで", NeedState.SUBMITTED, 4, date(2026, 11, 26)),
    ("今日まで・あとの件", NeedState.SUBMITTED, 5, date(2026, 11, 26)),
    ("整理中・古い", NeedState.SCREENING, 1, date(2026, 11, 9)),
    ("整理中・新しい", NeedState.SCREENING, 3, date(2026, 11, 9)),
]


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def queue(hospital, other_hospital, nurse, office):
    for title, state, day, due in reversed(QUEUE):
        NeedFactory(
            hospital=hospital,
            proposer=nurse,
            title=title,
            state=state,
            submitted_at=datetime(2026, 11, day, tzinfo=UTC),
            answer_due=due,
        )
    NeedFactory(hospital=hospital, proposer=office, title="自分の件", state=NeedState.SUBMITTED)
    NeedFactory(hospital=other_hospital, title="よその件", state=NeedState.SUBMITTED)


@pytest.fixture
def as_office(client, office):
    client.force_login(office)
    return client


def next_after(client, need):
    """The title of the link on the page of ``need``, or None."""
    page = client.get(need.get_absolute_url())
    following = page.context["next_waiting"]
    shown = f'href="{following.get_absolute_url()}" data-key="n"' if following else 'data-key="n"'
    assert (shown in page.content.decode()) == bool(following)
    return following and following.title


@pytest.mark.usefixtures("queue")
def test_one_walks_in_the_order_of_the_queue_and_a_running_promise_comes_first(as_office):
    listed = [row["need"].title for row in as_office.get("/needs/?view=mine").context["rows"]]
    walked = {title: next_after(as_office, Need.objects.get(title=title)) for title in listed}

    assert listed == [title for title, *_rest in QUEUE]
    assert walked == {
        "遅れ": "今日まで",
        "今日まで": "今日まで・あとの件",
        "今日まで・あとの件": "整理中・古い",
        "整理中・古い": "遅れ",
        "整理中・新しい": "遅れ",
    }


@pytest.mark.usefixtures("queue")
def test_without_a_running_promise_one_goes_round(as_office):
    Need.objects.filter(state=NeedState.SUBMITTED).update(clock_stopped_on=date(2026, 11, 25))
    order = ["整理中・古い", "遅れ", "整理中・新しい", "今日まで", "今日まで・あとの件"]

    walked = [next_after(as_office, Need.objects.get(title=title)) for title in order]

    assert walked == [*order[1:], order[0]]


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize(
    ("title", "now", "following"),
    [
        ("遅れ", NeedState.SCREENING, "今日まで"),
        ("遅れ", NeedState.RETURNED, "今日まで"),
        ("今日まで", NeedState.DECLINED, "遅れ"),
        ("今日まで", NeedState.MERGED, "遅れ"),
        ("整理中・古い", NeedState.RETURNED, "遅れ"),
        # The committee has it, or its proposer took it back: no page of the queue any more.
        ("整理中・古い", NeedState.IN_REVIEW, None),
        ("遅れ", NeedState.WITHDRAWN, None),
    ],
)
def test_after_a_decision_the_most_urgent_one_is_next(as_office, title, now, following):
    Need.objects.filter(title=title).update(state=now)

    assert next_after(as_office, Need.objects.get(title=title)) == following


@pytest.mark.usefixtures("queue")
def test_taking_one_in_leads_to_a_page_that_offers_the_next(as_office):
    need = Need.objects.get(title="遅れ")

    page = as_office.post(f"{need.get_absolute_url()}do/take_in/", follow=True)

    assert "次に待っているニーズ" in page.content.decode()
    assert page.context["next_waiting"].title == "今日まで"


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize("who", ["nurse", "head", "director"])
def test_who_has_no_queue_is_offered_nothing(client, request, hospital, department, who):
    person = request.getfixturevalue(who)
    client.force_login(person)
    need = Need.objects.get(title="遅れ")
    Need.objects.update(department=department)

    assert next_after(client, need) is None


def test_the_last_one_has_no_next(as_office, hospital, nurse):
    need = NeedFactory(hospital=hospital, proposer=nurse, state=NeedState.SUBMITTED)

    assert next_after(as_office, need) is None


def test_it_costs_one_query(queue, office, django_assert_num_queries):
    need = Need.objects.get(title="今日まで")
    assert office.offices  # the page has asked for them before

    with django_assert_num_queries(1):
        rows = Need.objects.queue_of(office).going_on_from(need)
        assert rows.only("public_id", "number", "title").first().title == "今日まで・あとの件"

"""Several needs at once: a page to confirm, then all that are still ready, in one go."""

from html import unescape

import pytest
from django.urls import reverse

from accounts.enums import Role
from needs.actions import flow
from needs.enums import NeedState, ParticipantKind
from needs.models import Participant
from notifications.models import Channel, Message, Preference
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.needs import NeedFactory

TOGETHER = "/needs/together/"
DECLINE = {"do": "decline", "decline_reason": "exists", "explanation": "同じ働きの製品があります"}


@pytest.fixture
def as_office(client, office):
    client.force_login(office)
    return client


@pytest.fixture
def needs(hospital, nurse, department):
    return [
        NeedFactory(
            hospital=hospital,
            proposer=nurse,
            department=department,
            state=NeedState.SUBMITTED,
            title=title,
        )
        for title in ("春", "夏", "秋")
    ]


def ids(*needs):
    return [need.public_id for need in needs]


def mails(answer):
    return [(m.recipient.name, m.kind, m.subject) for m in answer.context["chosen"].mails]


def sent():
    return [(m.recipient.name, m.kind, m.subject) for m in Message.objects.order_by("pk")]


def states(needs):
    for need in needs:
        need.refresh_from_db()
    return [need.state for need in needs]


VERBS = {
    "take_in": ({"do": "take_in"}, NeedState.SCREENING),
    "decline": (DECLINE, NeedState.DECLINED),
}


@pytest.mark.parametrize("verb", VERBS)
def test_the_page_lists_exactly_the_mails_that_go_out(verb, needs, office, head, as_office):
    details, target = VERBS[verb]
    # One more reader, and one who wants no mail.
    Participant.objects.create(need=needs[0], user=head, kind=ParticipantKind.JOINED)
    Preference.objects.create(user=head, kind="needs.need_declined", channel=Channel.SCREEN)

    asked = as_office.get(TOGETHER, {"do": verb, "need": ids(*needs)})
    expected = mails(asked)
    assert states(needs) == [NeedState.SUBMITTED] * 3
    assert sent() == []
    answer = as_office.post(TOGETHER, {**details, "need": ids(*needs)}, follow=True)

    assert states(needs) == [target] * 3
    assert sent() == expected
    assert len(expected) == 4
    assert all(each.body in unescape(asked.content.decode()) for each in Message.objects.all())
    assert f"「{flow[verb].label}」を3件に記録しました" in answer.content.decode()


def test_declining_asks_for_one_reason_and_keeps_what_was_typed(needs, as_office):
    answer = as_office.post(
        TOGETHER, {**DECLINE, "decline_reason": "", "need": ids(*needs)}, follow=True
    )

    assert answer.status_code == 422
    assert "同じ働きの製品があります" in answer.content.decode()
    assert "「理由」を選んでください" in answer.content.decode()
    assert states(needs) == [NeedState.SUBMITTED] * 3


def test_a_duplicate_names_the_earlier_need_and_is_declined_alone(needs, as_office):
    answer = as_office.post(
        TOGETHER, {**DECLINE, "decline_reason": "duplicate", "need": ids(*needs)}
    )

    assert answer.status_code == 422
    assert "先に届いたニーズの受付番号" not in answer.content.decode()
    assert states(needs) == [NeedState.SUBMITTED] * 3


def test_what_cannot_be_done_is_listed_apart_with_the_reason(
    needs, hospital, office, nurse, as_office
):
    own = NeedFactory(hospital=hospital, proposer=office, state=NeedState.SUBMITTED, title="自分")
    decided = NeedFactory(
        hospital=hospital, proposer=nurse, state=NeedState.ACCEPTED, title="採択済み"
    )

    chosen = as_office.get(TOGETHER, {"do": "take_in", "need": ids(*needs, own, decided)}).context[
        "chosen"
    ]

    assert chosen.ready == needs
    assert [(need.title, reason) for need, reason in chosen.aside] == [
        ("自分", "あなた自身のニーズか、ほかの病院のニーズです。"),
        ("採択済み", "いまの状況が「採択」です。"),
    ]


def test_what_moved_on_meanwhile_is_named_and_the_others_are_done(needs, office, as_office):
    as_office.get(TOGETHER, {"do": "take_in", "need": ids(*needs)})
    flow.perform("withdraw", needs[1], by=needs[1].proposer)

    answer = as_office.post(TOGETHER, {"do": "take_in", "need": ids(*needs)}, follow=True)

    page = answer.content.decode()
    assert states(needs) == [NeedState.SCREENING, NeedState.WITHDRAWN, NeedState.SCREENING]
    assert "「受け付ける」を2件に記録しました" in page
    assert f"そのままにしました: {needs[1].number}" in page


def test_one_notice_for_all_that_a_colleague_looks_after(needs, hospital, office, as_office):
    colleague = MembershipFactory(
        user=UserFactory(name="支援 星子"), organisation=hospital, role=Role.OFFICE
    ).user
    fields = {"do": "assign", "to": colleague.pk, "need": ids(*needs)}

    expected = mails(as_office.get(TOGETHER, fields))
    as_office.post(TOGETHER, fields)

    assert expected == [("支援 星子", "needs.needs_assigned", "ニーズ3件の担当になりました")]
    assert sent() == expected
    states(needs)
    assert [need.assignee for need in needs] == [colleague] * 3


def test_taking_them_herself_tells_nobody(needs, office, as_office):
    fields = {"do": "assign", "to": office.pk, "need": ids(*needs)}

    answer = as_office.get(TOGETHER, fields)
    as_office.post(TOGETHER, fields)

    assert "だれにも知らせません" in answer.content.decode()
    assert sent() == []


def test_it_goes_back_to_the_same_list(needs, as_office):
    answer = as_office.post(
        TOGETHER, {"do": "take_in", "need": ids(needs[0]), "back": "view=mine&sort=-age"}
    )

    assert answer.url == f"{reverse('needs:list')}?view=mine&sort=-age"


@pytest.mark.parametrize("count", [0, 51])
def test_one_to_fifty_at_a_time(count, hospital, as_office):
    chosen = NeedFactory.create_batch(count, hospital=hospital, state=NeedState.SUBMITTED)

    answer = as_office.get(TOGETHER, {"do": "take_in", "need": ids(*chosen)}, follow=True)

    assert "1件から50件まで選んでください" in answer.content.decode()


def test_what_she_does_not_see_is_not_named(needs, other_hospital, as_office):
    foreign = NeedFactory(hospital=other_hospital, state=NeedState.SUBMITTED, title="よその件")

    answer = as_office.get(TOGETHER, {"do": "take_in", "need": ids(needs[0], foreign)})

    assert answer.context["chosen"].ready == [needs[0]]
    assert "よその件" not in answer.content.decode()


@pytest.mark.parametrize(
    "fields",
    [{"do": "withdraw"}, {"do": "assign", "to": "0"}, {"do": "assign", "to": "9" * 20}, {}],
)
def test_only_what_the_page_offers(fields, needs, as_office):
    answer = as_office.get(TOGETHER, {**fields, "need": ids(*needs)})

    assert answer.status_code == 404


@pytest.mark.parametrize("who", ["nurse", "head", "director", "partner"])
def test_only_the_office(who, needs, client, request):
    client.force_login(request.getfixturevalue(who))

    answers = [client.get(TOGETHER), client.post(TOGETHER, {"do": "take_in", "need": ids(*needs)})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert states(needs) == [NeedState.SUBMITTED] * 3


def test_the_form_works_without_a_script(needs, as_office):
    page = as_office.get("/needs/?view=mine").content.decode()

    for need in needs:
        assert f'name="need" value="{need.public_id}"' in page
    assert f'action="{TOGETHER}"' in page
    assert 'name="do" value="decline"' in page

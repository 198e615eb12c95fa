"""Two people, two tabs or two workers at the same moment: nothing twice, nothing lost.

The same tests run on SQLite and on PostgreSQL; only the latter lets the transactions overlap.
"""

import time
from copy import copy
from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import actions as accounts
from accounts.actions import LastOfficeMemberError
from accounts.enums import Role
from accounts.models import Membership
from audit.actions import record
from audit.queries import broken_links, entries_for
from committee import actions as committee
from committee.enums import ConflictAnswer, Outcome, RoundState
from committee.honours_forms import AwardForm
from committee.models import Award, Case, CaseResult, Rubric
from contracts import actions as contracts
from contracts.enums import ContractState
from contracts.models import Approval
from core.workflow import WrongStateError
from documents.actions import store
from documents.models import Document, Version
from matching.actions import express_interest
from matching.models import Match
from needs import actions as needs
from needs.enums import NeedState
from needs.importing_actions import import_table
from needs.merging import relate
from needs.models import Need, Relation
from needs.promise import working_day_after
from needs.search import NeedIndex
from notifications.actions import sweep
from notifications.models import Message, MessageState
from search.engine import find
from search.maintenance import rebuild
from search.models import Entry as SearchEntry
from taxonomy.models import Term
from tests.committee.builder import row, sheet
from tests.documents.files import upload
from tests.factories.accounts import MembershipFactory
from tests.factories.committee import (
    CaseFactory,
    CommitteeFactory,
    ConflictFactory,
    DecisionFactory,
    LetterFactory,
    MemberFactory,
    ReviewFactory,
    RoundFactory,
    RubricFactory,
)
from tests.factories.contracts import ContractFactory
from tests.factories.disclosure import PublicationFactory
from tests.factories.matching import MatchFactory
from tests.factories.needs import NeedFactory
from tests.forms import once_key
from tests.needs.tables import ROWS, as_csv
from tests.together import browser, together

pytestmark = pytest.mark.django_db(transaction=True)
MOVED_ON = "すでに状況が変わっています"


@pytest.fixture
def colleague(hospital):
    """A second person of the support office."""
    return MembershipFactory(organisation=hospital, role=Role.OFFICE).user


@pytest.fixture
def private_files(settings, tmp_path):
    storage = settings.STORAGES["default"] | {"OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"default": storage}


def filled_in(client, url, **fields):
    """A form of the page at ``url``, filled in and ready to be sent."""
    return partial(client.post, url, fields | {"_once": once_key(client.get(url))}, follow=True)


def names(target):
    return [entry.action.rpartition(".")[2] for entry in entries_for(target)]


def test_the_first_records_of_an_object_form_one_chain(hospital, office):
    targets = [NeedFactory(hospital=hospital) for _ in range(5)]

    for need in targets:
        together(*[partial(record, need, "edit", by=office) for _ in range(4)])

    assert [[entry.sequence for entry in entries_for(need)] for need in targets] == [
        [1, 2, 3, 4]
    ] * 5
    assert broken_links() == []


def test_one_need_is_handed_in_once(nurse, hospital):
    need = NeedFactory(hospital=hospital, proposer=nurse)
    url = reverse("needs:check", args=[need.public_id])

    pages = together(*[filled_in(browser(nurse), url) for _tab in range(3)])

    need.refresh_from_db()
    assert {page.redirect_chain[-1][0] for page in pages} == {
        reverse("needs:receipt", args=[need.public_id])
    }
    assert names(need) == ["submit"]


def test_of_two_different_buttons_one_wins_and_the_other_hears_of_it(hospital, office, colleague):
    need = NeedFactory(hospital=hospital, state=NeedState.SUBMITTED)

    def button(name):
        return reverse("needs:transition", args=[need.public_id, name])

    pages = together(
        filled_in(browser(office), button("take_in")),
        filled_in(
            browser(colleague),
            button("send_back"),
            question="だれが困っていますか。",
            reply_due=working_day_after(hospital.pk, 10).isoformat(),
        ),
    )

    late = [MOVED_ON in page.content.decode() for page in pages]
    need.refresh_from_db()
    # Asking after taking in is allowed; taking in after asking is not.
    assert (need.state, names(need), late) in [
        (NeedState.RETURNED, ["send_back"], [True, False]),
        (NeedState.RETURNED, ["take_in", "send_back"], [False, False]),
    ]


def test_of_two_opposite_merges_one_wins(hospital, office, colleague):
    for _ in range(5):
        one, other = NeedFactory.create_batch(2, hospital=hospital, state=NeedState.SCREENING)

        answers = together(
            partial(needs.flow.perform, "merge", copy(one), by=office, into=copy(other)),
            partial(needs.flow.perform, "merge", copy(other), by=colleague, into=copy(one)),
        )

        states = {each.state for each in Need.objects.filter(pk__in=[one.pk, other.pk])}
        assert states == {NeedState.MERGED, NeedState.SCREENING}
        assert {type(answer) for answer in answers} == {type(None), WrongStateError}


def test_two_needs_are_related_once_from_whichever_side(hospital, office, colleague):
    for _ in range(5):
        one, other = NeedFactory.create_batch(2, hospital=hospital, state=NeedState.SCREENING)

        together(
            partial(relate, copy(one), other=copy(other), note="", by=office),
            partial(relate, copy(other), other=copy(one), note="", by=colleague),
        )

        assert Relation.objects.filter(need__in=[one, other]).count() == 1


def test_of_two_texts_for_one_need_the_later_sees_both(nurse, hospital):
    need = NeedFactory(hospital=hospital, proposer=nurse)
    url = reverse("needs:section", args=[need.public_id, "background"])
    texts = ["一枚目の画面の背景", "二枚目の画面の背景"]

    pages = together(
        *[filled_in(browser(nurse), url, background=text, version=need.version) for text in texts]
    )

    assert sorted(page.status_code for page in pages) == [200, 409]
    [refused] = [page.content.decode() for page in pages if page.status_code == 409]
    assert [text in refused for text in texts] == [True, True]
    assert names(need) == []


def test_two_people_of_a_company_step_forward_once(company, partner):
    publication = PublicationFactory()
    other = MembershipFactory(organisation=company, role=Role.PARTNER).user

    found = together(
        *[
            partial(express_interest, publication, partner=company, message="作れます。", by=who)
            for who in (partner, other)
        ]
    )

    match = Match.objects.get()
    assert found == [match, match]
    assert names(match) == ["show_interest"]


def test_one_step_of_a_contract_is_approved_once(hospital, company, legal):
    publication = PublicationFactory(hospital=hospital, need__hospital=hospital)
    match = MatchFactory(publication=publication, partner=company)
    contract = ContractFactory(match=match, state=ContractState.APPROVING)
    other = MembershipFactory(organisation=hospital, role=Role.LEGAL).user
    url = reverse("contracts:transition", args=[contract.public_id, "approve"])

    pages = together(*[filled_in(browser(each), url) for each in (legal, other)])

    assert Approval.objects.get().role == Role.LEGAL
    assert names(contract) == ["approve"]
    assert sorted(page.status_code for page in pages) in ([200, 200], [200, 403])


def test_one_contract_of_a_kind_is_begun(hospital, company, office, colleague):
    publication = PublicationFactory(hospital=hospital, need__hospital=hospital)
    match = MatchFactory(publication=publication, partner=company)
    MembershipFactory(organisation=company, role=Role.PARTNER)

    results = together(
        *[
            partial(contracts.create, match=match, kind="nda", title="秘密保持契約", by=who)
            for who in (office, colleague)
        ]
    )

    assert match.contracts.count() == 1
    assert [isinstance(each, WrongStateError) for each in results].count(True) == 1


def test_files_for_one_place_become_versions_of_one_document(hospital, office, private_files):
    need = NeedFactory(hospital=hospital)
    place = {"target": need, "slot": "paper", "title": "書類", "by": office}
    may = {"view_permission": "needs.view_need", "change_permission": "needs.change_need"}

    together(*[partial(store, upload=upload(f"{n}.pdf"), **place, **may) for n in range(4)])

    assert Document.objects.count() == 1
    assert sorted(Version.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_two_workers_send_each_mail_once(office):
    for number in range(12):
        Message.objects.create(
            recipient=office, email=office.email, kind="x", message_id=f"<{number}@test>"
        )

    tried = together(sweep, sweep, sweep)

    assert sum(tried) == 12
    assert sorted(each.extra_headers["Message-ID"] for each in mail.outbox) == sorted(
        f"<{number}@test>" for number in range(12)
    )
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}


def test_a_table_that_is_brought_in_twice_at_once_arrives_once(hospital, office):
    bring_in = partial(import_table, as_csv(), hospital=hospital, by=office)

    results = together(bring_in, bring_in)

    assert sum(result.created for result in results) == len(ROWS)
    numbers = sorted(Need.objects.values_list("number", flat=True))
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003"]


def test_awards_given_at_the_same_time_get_different_numbers(hospital, office):
    round_ = RoundFactory(committee__hospital=hospital, state=RoundState.DISCUSSING)
    cases = [CaseFactory(round=round_) for _ in range(4)]
    kind = Term.objects.create(kind="award", code="T1", ja="試験の賞", en="Test award")
    forms = [AwardForm({"kind": kind.pk, "citation": ""}, case=case) for case in cases]
    assert all(form.is_valid() for form in forms)

    together(
        *[
            partial(committee.give_award, form, case=Case.objects.get(pk=case.pk), by=office)
            for form, case in zip(forms, cases, strict=True)
        ]
    )

    year = timezone.localdate().year
    assert sorted(Award.objects.values_list("number", flat=True)) == [
        f"表彰第{year}-{number:03}号" for number in range(1, 5)
    ]


def test_of_two_members_at_once_the_result_counts_both(hospital):
    case = CaseFactory(round__committee__hospital=hospital, round__state=RoundState.REVIEWING)
    people = [MemberFactory(committee=case.round.committee).user for _ in range(2)]
    for each in people:
        ConflictFactory(case=case, member=each, answer=ConflictAnswer.UNSURE)
        ReviewFactory(case=case, reviewer=each, values=[4, 4])

    together(
        *[
            partial(
                committee.answer_conflict,
                Case.objects.get(pk=case.pk),
                by=each,
                answer=ConflictAnswer.NONE,
            )
            for each in people
        ]
    )

    assert CaseResult.objects.get().n == 2


def test_a_need_stands_on_one_agenda(hospital, office):
    seat = CommitteeFactory(hospital=hospital)
    rounds = [RoundFactory(committee=seat) for _ in range(2)]
    need = NeedFactory(hospital=hospital, state=NeedState.SCREENING)

    added = together(*[partial(committee.add_cases, each, [need], by=office) for each in rounds])

    assert sorted(added) == [0, 1]
    assert Case.objects.get().need == need


def test_the_agenda_is_fixed_when_scoring_begins(hospital, office):
    round_ = RoundFactory(committee__hospital=hospital)
    stale = type(round_).objects.get(pk=round_.pk)
    type(round_).objects.update(state=RoundState.REVIEWING)
    need = NeedFactory(hospital=hospital, state=NeedState.SCREENING)

    with pytest.raises(WrongStateError):
        committee.add_cases(stale, [need], by=office)

    assert not Case.objects.exists()


def test_what_was_sent_is_not_rewritten_by_a_page_from_before(hospital, office):
    round_ = RoundFactory(committee__hospital=hospital, state=RoundState.DECIDED)
    case = CaseFactory(round=round_)
    DecisionFactory(case=case, outcome=Outcome.ACCEPTED, decided_by=office)
    letter = LetterFactory(case=case)
    type(letter).objects.update(released_at=timezone.now())

    with pytest.raises(WrongStateError):
        committee.rewrite_letter(letter, by=office)

    letter.refresh_from_db()
    assert letter.body == "ご提案を審査しました。"


@pytest.mark.parametrize("leave", ["deactivate", "take_role"])
def test_an_office_never_loses_its_last_two_people_at_once(leave, office, colleague, superuser):
    calls = [
        partial(accounts.deactivate, person, by=superuser)
        if leave == "deactivate"
        else partial(accounts.take_role, Membership.objects.get(user=person), by=superuser)
        for person in (office, colleague)
    ]

    results = together(*calls)

    assert [isinstance(each, LastOfficeMemberError) for each in results].count(True) == 1
    assert Membership.objects.filter(role=Role.OFFICE, user__is_active=True).count() == 1


def test_a_view_that_breaks_a_rule_of_the_database_keeps_nothing(client, office, monkeypatch):
    """The database refuses; that is an error of ours, not a second press."""
    client.force_login(office)
    client.raise_request_exception = False
    url = reverse("accounts:invite")
    key = once_key(client.get(url))
    taken = {"email": "a@example.jp", "kind": "x", "message_id": "<same@test>"}
    Message.objects.create(**taken)
    monkeypatch.setattr(
        "accounts.views.actions.invite", lambda **_fields: Message.objects.create(**taken)
    )
    hospital = office.memberships.get().organisation_id
    form = {"email": "new@example.jp", "organisation": hospital, "roles": ["staff"], "_once": key}

    broken = client.post(url, form)
    monkeypatch.undo()
    again = client.post(url, form)

    assert (broken.status_code, again.status_code) == (500, 302)
    assert Message.objects.filter(kind="accounts.invited").count() == 1


def test_deadlines_are_announced_once_by_two_clocks(hospital, company):
    publication = PublicationFactory(hospital=hospital, need__hospital=hospital)
    match = MatchFactory(publication=publication, partner=company)
    today = timezone.localdate()
    contract = ContractFactory(
        match=match, state=ContractState.ACTIVE, ends_on=today + timedelta(days=7)
    )
    ended = ContractFactory(
        match=match,
        kind="joint_research",
        state=ContractState.ACTIVE,
        starts_on=today - timedelta(days=9),
        ends_on=today - timedelta(days=1),
    )

    together(contracts.follow_dates, contracts.follow_dates)

    assert contract.reminders.count() == 1
    assert names(ended) == ["expire"]


@pytest.fixture
def scoring(hospital):
    """Two members before one case of a round in which scores are given."""
    round_ = RoundFactory(committee__hospital=hospital, state=RoundState.REVIEWING)
    case = CaseFactory(round=round_)
    members = [MemberFactory(committee=round_.committee).user for _ in range(2)]
    for member in members:
        ConflictFactory(case=case, member=member)
    return case, members, list(round_.rubric.criteria.order_by("order"))


def saves_itself(member, case, **typed):
    """What the browser of this member sends while she types."""
    url, headers = case.get_absolute_url(), {"Accept": "application/json"}
    return partial(browser(member).post, url, {"go": "auto", **typed}, headers=headers)


def test_two_members_who_score_at_once_disturb_nobody(scoring):
    case, members, criteria = scoring
    points = [{f"score_{each.pk}": value for each in criteria} for value in ("2", "5")]

    answers = together(
        *[
            saves_itself(member, case, **typed)
            for member, typed in zip(members, points, strict=True)
            for _tab in range(2)
        ]
    )

    assert [answer.status_code for answer in answers] == [200] * 4
    assert [
        set(case.reviews.get(reviewer=member).scores.values_list("value", flat=True))
        for member in members
    ] == [{2}, {5}]


def test_of_two_tabs_that_save_themselves_the_later_hears_of_the_other(scoring):
    case, (member, _other), criteria = scoring
    name = f"score_{criteria[0].pk}"
    page = browser(member).get(case.get_absolute_url()).context["form"]
    here = {each: page[each].value() for each in ("version", "basis")}

    answers = together(
        *[saves_itself(member, case, **here, **{name: value}) for value in ("1", "5")]
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert case.reviews.get().version == 1
    first = [answer.status_code for answer in answers].index(200)
    assert case.reviews.get().scores.get().value == (1, 5)[first]


def test_a_score_is_saved_before_the_end_or_refused_after_it(scoring, office):
    case, (member, _other), criteria = scoring
    typed = {f"score_{each.pk}": "4" for each in criteria}

    answer, _closed = together(
        saves_itself(member, case, **typed),
        partial(committee.round_flow.perform, "close_scoring", case.round, by=office),
    )

    assert (answer.status_code, case.reviews.count()) in [(200, 1), (409, 0)]


def test_of_two_who_follow_a_version_the_later_sees_both(hospital, office, colleague):
    rubric = RubricFactory(hospital=hospital)
    RoundFactory(committee__hospital=hospital, rubric=rubric, state=RoundState.REVIEWING)
    url = reverse("committee:rubric_edit", args=[rubric.public_id])

    pages = together(
        *[
            filled_in(browser(person), url, **sheet(row(label), version=rubric.version))
            for person, label in ((office, "甲"), (colleague, "乙"))
        ]
    )

    assert sorted(page.status_code for page in pages) == [200, 409]
    assert Rubric.objects.filter(previous=rubric).count() == 1


def test_a_rebuild_never_writes_what_somebody_has_just_replaced(hospital, office):
    need = NeedFactory(hospital=hospital, state=NeedState.SUBMITTED, title="古い題")
    SearchEntry.objects.update(digest="")
    is_saved = Event()

    def edit():
        with transaction.atomic():
            need.title = "まくらが硬い"
            need.save()
            is_saved.set()
            time.sleep(0.5)  # the rebuild is at it by now

    def renew():
        is_saved.wait()
        return rebuild(NeedIndex)

    together(edit, renew)

    assert find(NeedIndex, office, "まくら").ids == [need.pk]
    assert find(NeedIndex, office, "古い").ids == []

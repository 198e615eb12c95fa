"""Awards: quota and prize, nominations, the register, the public word, thanks, the seal."""

from functools import partial
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from committee import actions, honours
from committee.enums import ConflictAnswer, Outcome, RoundState
from committee.honours_forms import AwardForm
from committee.models import Award, AwardPlan, Case, Nomination, Round
from core.workflow import WrongStateError
from documents.queries import documents_of
from notifications.models import Message, MessageState
from taxonomy.models import Term
from tests.committee.conftest import SECRET_TITLE
from tests.factories.committee import (
    AwardFactory,
    CaseFactory,
    ConflictFactory,
    DecisionFactory,
    LetterFactory,
)
from tests.together import browser, together

pytestmark = pytest.mark.django_db


@pytest.fixture
def grand():
    return Term.objects.get(kind="award", code="A1")


@pytest.fixture
def discussed(case, round_):
    """``case`` and two more, accepted; the results are not out."""
    Round.objects.update(state=RoundState.DISCUSSING)
    round_.refresh_from_db()
    for each in [case, *CaseFactory.create_batch(2, round=round_)]:
        DecisionFactory(case=each, outcome=Outcome.ACCEPTED)
        LetterFactory(case=each)
    return round_


def released(round_, office):
    Round.objects.update(state=RoundState.DECIDED)
    actions.release(Round.objects.get(), by=office)
    return Round.objects.get()


def give(case, kind, by):
    form = AwardForm({"kind": kind.pk}, case=case)
    if not form.is_valid():
        return form.errors["kind"][0]
    return actions.give_award(form, case=case, by=by)


def test_an_award_beyond_its_quota_is_refused_in_words(discussed, grand, office):
    honours.plan_award(discussed, kind=grand, quota=1, prize="図書カード", by=office)
    first, second, _third = discussed.cases.order_by("pk")

    award = give(first, grand, office)
    refused = give(second, grand, office)

    assert award.prize == "図書カード"
    assert "予定の数だけ決まっています" in refused
    assert Award.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_comes_second_to_the_last_award_keeps_her_words_on_the_page(discussed, grand, office):
    honours.plan_award(discussed, kind=grand, quota=1, prize="", by=office)
    words = ["よく考えられた提案です", "現場をよく見た提案です"]

    pages = together(
        *(
            partial(
                browser(office).post,
                reverse("committee:award_new", args=[case.public_id]),
                {"kind": grand.pk, "citation": text},
            )
            for case, text in zip(discussed.cases.all()[:2], words, strict=True)
        )
    )

    assert sorted(page.status_code for page in pages) == [302, 422]
    late, text = next(pair for pair in zip(pages, words, strict=True) if pair[0].context)
    said = late.content.decode()
    assert "予定の数だけ決まっています" in said or "最後の1件を決めました" in said
    assert text in said
    assert Award.objects.count() == 1


def test_only_planned_awards_are_offered(discussed, grand, office):
    honours.plan_award(discussed, kind=grand, quota=2, prize="", by=office)

    form = AwardForm(case=discussed.cases.first())

    assert list(form.fields["kind"].queryset) == [grand]


@pytest.mark.django_db(transaction=True)
def test_of_two_last_awards_at_once_one_is_given(discussed, grand, office):
    honours.plan_award(discussed, kind=grand, quota=1, prize="", by=office)
    forms = [AwardForm({"kind": grand.pk}, case=case) for case in discussed.cases.all()[:2]]
    assert all(form.is_valid() for form in forms)

    answers = together(
        *(lambda form=form: actions.give_award(form, case=form.case, by=office) for form in forms)
    )

    assert sorted(type(each).__name__ for each in answers) == ["Award", "QuotaError"]
    assert Award.objects.count() == 1


def test_a_quota_below_what_is_given_is_refused(client, discussed, grand, office):
    give(discussed.cases.first(), grand, office)
    client.force_login(office)

    page = client.post(
        reverse("committee:award_plan", args=[discussed.public_id]),
        {"kind": grand.pk, "quota": 0, "prize": "花束"},
    )

    assert page.status_code == 422
    assert "すでに1件決まっています" in page.content.decode()
    assert "花束" in page.content.decode()
    assert not AwardPlan.objects.exists()


def test_after_the_release_the_plan_is_closed(discussed, grand, office):
    released(discussed, office)

    with pytest.raises(WrongStateError):
        honours.plan_award(discussed, kind=grand, quota=1, prize="", by=office)


NOMINATE = [
    # state, answer of the member → may she name the case?
    (RoundState.REVIEWING, ConflictAnswer.NONE, True),
    (RoundState.DISCUSSING, ConflictAnswer.NONE, True),
    (RoundState.DISCUSSING, ConflictAnswer.CONFLICT, False),
    (RoundState.DISCUSSING, None, False),
    (RoundState.DECIDED, ConflictAnswer.NONE, False),
    (RoundState.RELEASED, ConflictAnswer.NONE, False),
]


@pytest.mark.parametrize(("state", "answer", "may"), NOMINATE)
def test_who_may_name_a_case(client, case, grand, reviewer, state, answer, may):
    Round.objects.update(state=state)
    if answer:
        ConflictFactory(case=case, member=reviewer, answer=answer)
    client.force_login(reviewer)

    url = reverse("committee:nominate", args=[case.public_id])
    page = client.get(case.get_absolute_url()).content.decode()
    client.post(url, {"kind": grand.pk, "reason": "現場を変えます"})
    again = client.get(case.get_absolute_url()).content.decode()

    assert (f'href="{url}"' in page) is may
    assert Nomination.objects.exists() is may
    assert ("現場を変えます" in page, "現場を変えます" in again) == (False, may)


def test_the_page_of_a_case_shows_nobody_elses_nomination(
    client, case, grand, reviewer, other_reviewer
):
    honours.nominate(case, kind=grand, reason="別の人の理由", by=other_reviewer)
    ConflictFactory(case=case, member=reviewer)
    client.force_login(reviewer)

    assert "別の人の理由" not in client.get(case.get_absolute_url()).content.decode()


def test_a_word_is_given_once_changed_and_taken_back(client, case, grand, reviewer):
    ConflictFactory(case=case, member=reviewer)
    client.force_login(reviewer)
    url = reverse("committee:nominate", args=[case.public_id])

    for reason in ("一つめ", "二つめ"):
        client.post(url, {"kind": grand.pk, "reason": reason})
    [kept] = Nomination.objects.all()
    client.post(url, {"remove": kept.pk})

    assert kept.reason == "二つめ"
    assert not Nomination.objects.exists()


def test_the_word_of_a_conflicted_member_is_left_out(case, grand, reviewer, other_reviewer):
    for person in (reviewer, other_reviewer):
        honours.nominate(case, kind=grand, reason="理由", by=person)
    ConflictFactory(case=case, member=reviewer, answer=ConflictAnswer.CONFLICT)

    assert [each.by for each in honours.nominations_of(case)] == [other_reviewer]


@pytest.fixture
def won(discussed, case, office):
    """An announced award of the nurse's case."""
    AwardFactory(case=case)
    released(discussed, office)
    return Award.objects.get()


def test_winners_are_known_to_the_whole_hospital_and_not_outside_it(
    client, won, other_nurse, other_office, partner
):
    seen = {}
    for person in (other_nurse, other_office, partner):
        client.force_login(person)
        page = client.get(reverse("committee:winners"))
        seen[person] = (page.status_code, SECRET_TITLE in page.content.decode())

    assert list(seen.values()) == [(200, True), (200, False), (403, False)]


def test_before_the_release_nobody_reads_of_an_award(client, discussed, case, other_nurse):
    AwardFactory(case=case)
    client.force_login(other_nurse)

    assert SECRET_TITLE not in client.get(reverse("committee:winners")).content.decode()


def test_outside_only_what_the_winner_allows_and_never_the_need(client, won, nurse):
    url = reverse("committee:public_winners", args=[won.hospital.public_id])
    before = client.get(url).content.decode()
    client.force_login(nurse)
    client.post(reverse("committee:award_public", args=[won.public_id]), {"public": "1"})
    client.logout()
    after = client.get(url).content.decode()
    client.force_login(nurse)
    client.post(reverse("committee:award_public", args=[won.public_id]), {"public": "0"})
    client.logout()
    again = client.get(url).content.decode()

    assert [nurse.name in page for page in (before, after, again)] == [False, True, False]
    assert SECRET_TITLE not in after


@pytest.mark.parametrize(("day", "year"), [("2027-03-31", "2026年度"), ("2027-04-01", "2027年度")])
def test_outside_the_fiscal_year_stands_and_not_the_day(client, won, day, year):
    Award.objects.update(awarded_on=day, public_since=timezone.now())

    page = client.get(reverse("committee:public_winners", args=[won.hospital.public_id]))

    assert year in page.content.decode()
    assert "月" not in page.content.decode()


def test_nobody_publishes_somebody_elses_award(client, won, office):
    client.force_login(office)

    answer = client.post(reverse("committee:award_public", args=[won.public_id]), {"public": "1"})

    assert answer.status_code == 403


def test_the_announcement_goes_to_everybody_once(client, won, office, other_nurse, nurse):
    client.force_login(office)
    url = reverse("committee:announce", args=[won.case.round.public_id])

    page = client.get(url).content.decode()
    client.post(url)
    second = client.post(url, follow=True)

    mails = Message.objects.filter(kind="committee.awards_announced")
    told = list(mails.values_list("recipient", flat=True))
    assert len(told) == len(set(told))
    assert {office.pk, other_nurse.pk, nurse.pk} <= set(told)
    assert f"{len(told)}名" in page
    assert second.status_code == 200


def test_every_proposer_gets_thanks_whatever_was_decided(client, won, nurse, other_nurse):
    letter = won.case.letter
    client.force_login(nurse)
    pdf = client.get(reverse("committee:thanks", args=[letter.public_id]))
    client.force_login(other_nurse)
    other = client.get(reverse("committee:thanks", args=[letter.public_id]))

    text = "".join(PdfReader(BytesIO(pdf.content)).pages[0].extract_text().split())
    assert "感謝状" in text
    assert "看護花子殿" in text
    assert other.status_code == 404


def test_before_the_release_there_are_no_thanks(client, discussed, case, nurse):
    client.force_login(nurse)

    answer = client.get(reverse("committee:thanks", args=[case.letter.public_id]))

    assert answer.status_code == 404


def picture(colour="red"):
    stored = BytesIO()
    Image.new("RGB", (900, 900), colour).save(stored, "PNG")
    return SimpleUploadedFile("seal.png", stored.getvalue(), content_type="image/png")


def test_the_seal_is_printed_and_all_certificates_come_as_one_file(client, won, office):
    second = won.case.round.cases.exclude(pk=won.case_id).first()
    AwardFactory(case=second, awarded_on=timezone.localdate())
    client.force_login(office)

    client.post(reverse("committee:seal", args=[won.hospital.public_id]), {"upload": picture()})
    file = client.get(reverse("committee:certificates", args=[won.case.round.public_id]))

    pdf = PdfReader(BytesIO(file.content))
    assert len(pdf.pages) == 2
    assert all(page.images for page in pdf.pages)


def test_a_sample_shows_the_seal_and_a_seal_can_be_taken_off(client, won, office):
    client.force_login(office)
    url = reverse("committee:seal", args=[won.hospital.public_id])

    def seals():
        sample = client.get(reverse("committee:seal_sample", args=[won.hospital.public_id]))
        [page] = PdfReader(BytesIO(sample.content)).pages
        assert won.case.need.title not in page.extract_text()
        return len(page.images)

    before = seals()
    client.post(url, {"upload": picture()})
    sealed = seals()
    seal = documents_of(won.hospital, slot="seal").get()
    client.post(reverse("documents:remove", args=[seal.public_id]))
    removed = seals()
    client.post(url, {"upload": picture()})
    page = client.post(url, {"remove": "1"}, follow=True).content.decode()

    assert (before, sealed, removed, seals()) == (0, 1, 0, 0)
    assert "印影を外しました" in page


def test_a_document_is_no_seal(client, won, office):
    client.force_login(office)
    upload = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF", content_type="application/pdf")

    page = client.post(reverse("committee:seal", args=[won.hospital.public_id]), {"upload": upload})

    assert page.status_code == 422


def test_a_letter_that_did_not_arrive_is_seen(client, won, office):
    Message.objects.filter(kind="committee.result_released").update(state=MessageState.FAILED)
    client.force_login(office)

    page = client.get(reverse("committee:letters", args=[won.case.round.public_id]))

    assert "届かなかった手紙が3通あります" in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_register_needs_a_fixed_number_of_queries(
    client, round_, office, count, django_assert_num_queries
):
    for case in CaseFactory.create_batch(count, round=round_):
        AwardFactory(case=case, awarded_on=timezone.localdate())
    client.force_login(office)

    with django_assert_num_queries(6):
        page = client.get(reverse("committee:winners")).content.decode()

    assert all(case.need.title in page for case in Case.objects.select_related("need"))

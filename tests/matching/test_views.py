import pytest
from django.urls import reverse

from core.todo import todos_for
from matching.enums import MatchState
from matching.models import Match, Requirement
from tests.factories.accounts import CompanyFactory, MembershipFactory
from tests.factories.disclosure import PublicationFactory
from tests.factories.matching import MatchFactory
from tests.factories.partners import ProfileFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def publication(hospital, nurse):
    return PublicationFactory(need__hospital=hospital, need__proposer=nurse)


@pytest.fixture
def match(publication, company):
    return MatchFactory(publication=publication, partner=company, message="内緒の申し出です")


def interest_url(publication):
    return reverse("matching:interest", args=[publication.public_id])


def suggest_url(publication):
    return reverse("matching:suggest", args=[publication.public_id])


@pytest.mark.parametrize("who", ["office", "partner", "nurse"])
@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_a_fixed_number_of_queries(
    client, request, hospital, nurse, company, who, count, django_assert_num_queries
):
    matches = [
        MatchFactory(
            partner=company,
            publication=PublicationFactory(need__hospital=hospital, need__proposer=nurse),
        )
        for _each in range(count)
    ]
    client.force_login(request.getfixturevalue(who))

    with django_assert_num_queries(6):
        opened = client.get(reverse("matching:list")).content.decode()

    assert f"マッチング({count}件)" in opened
    assert all(match.publication.title in opened for match in matches)


PAGES = {
    # who: (state → status of the page)
    "office": dict.fromkeys(MatchState, 200),
    "partner": {**dict.fromkeys(MatchState, 200), MatchState.SUGGESTED: 404},
    "nurse": {**dict.fromkeys(MatchState, 200), MatchState.SUGGESTED: 404},
    "competitor": dict.fromkeys(MatchState, 404),
    "other_office": dict.fromkeys(MatchState, 404),
    "director": dict.fromkeys(MatchState, 404),
    "stranger": dict.fromkeys(MatchState, 404),
}


@pytest.mark.parametrize("who", PAGES)
@pytest.mark.parametrize("state", MatchState)
def test_who_opens_the_page_of_a_match(client, request, publication, company, who, state):
    match = MatchFactory(publication=publication, partner=company, state=state)
    client.force_login(request.getfixturevalue(who))

    assert client.get(match.get_absolute_url()).status_code == PAGES[who][state]


def test_a_partner_never_reads_why_the_office_chose_it(
    client, publication, company, partner, office
):
    match = MatchFactory(
        publication=publication,
        partner=company,
        state=MatchState.INTRODUCED,
        reasons=[{"label": "技術「縫製」が一致", "points": 10}],
        score=10,
    )

    shown = {}
    for user in (partner, office):
        client.force_login(user)
        shown[user] = "技術「縫製」が一致" in client.get(match.get_absolute_url()).content.decode()

    assert shown == {partner: False, office: True}


def test_partner_and_proposer_see_the_shared_part_of_the_record(
    client, publication, company, office, partner, nurse
):
    ProfileFactory(organisation=company)
    client.force_login(office)
    client.post(suggest_url(publication), {"partner": company.pk})
    match = Match.objects.get()
    client.post(
        reverse("matching:transition", args=[match.public_id, "introduce"]),
        {"introduction": "お願いします。"},
    )

    shown = {}
    for user in (office, partner, nurse):
        client.force_login(user)
        opened = client.get(match.get_absolute_url()).content.decode()
        shown[user] = ("候補に挙げた" in opened, "お願いします。" in opened)

    assert shown == {office: (True, True), partner: (False, True), nurse: (False, True)}


@pytest.mark.parametrize("path", ["list", "detail", "interest", "home", "catalogue"])
def test_a_competitor_learns_nothing(client, competitor, match, path, publication):
    client.force_login(competitor)
    url = {
        "list": reverse("matching:list"),
        "detail": match.get_absolute_url(),
        "interest": interest_url(publication),
        "home": reverse("home:home"),
        "catalogue": reverse("disclosure:catalogue"),
    }[path]

    opened = client.get(url).content.decode()

    assert match.partner.name not in opened
    assert match.message not in opened
    assert "1件)" not in opened or path == "catalogue"


def test_a_competitor_gets_no_mail_and_no_work(
    client, publication, partner, competitor, mailoutbox
):
    client.force_login(partner)
    client.post(interest_url(publication), {"message": "ぜひ"})

    assert list(todos_for(competitor)) == [
        todo for todo in todos_for(competitor) if "情報" in str(todo.label)
    ]
    assert competitor.email not in [address for mail in mailoutbox for address in mail.to]
    assert not competitor.messages.exists()


def test_a_stranger_finds_an_empty_list(client, stranger, match):
    client.force_login(stranger)

    assert "マッチング(0件)" in client.get(reverse("matching:list")).content.decode()


def test_list_narrows_by_state_and_words(client, office, hospital, company):
    found = MatchFactory(
        publication=PublicationFactory(need__hospital=hospital, title="褥瘡を減らしたい"),
        state=MatchState.TALKING,
    )
    MatchFactory(publication=PublicationFactory(need__hospital=hospital), partner=company)
    client.force_login(office)

    for query in ({"state": "talking"}, {"q": "褥瘡"}, {"q": found.partner.name}):
        assert list(client.get(reverse("matching:list"), query).context["page_obj"]) == [found]


@pytest.mark.parametrize(("who", "offered"), [("office", True), ("partner", False)])
def test_only_offices_know_of_candidates(client, request, who, offered):
    client.force_login(request.getfixturevalue(who))

    page = client.get(reverse("matching:list"), {"q": "x"}).content.decode()

    assert ('value="suggested"' in page) is offered


@pytest.mark.parametrize(
    ("who", "status"),
    [("partner", 200), ("coordinator", 200), ("office", 403), ("nurse", 403), ("stranger", 404)],
)
def test_who_may_step_forward(client, request, publication, who, status):
    client.force_login(request.getfixturevalue(who))

    assert client.get(interest_url(publication)).status_code == status


def test_interest_says_who_will_read_it(client, partner, publication, hospital):
    client.force_login(partner)

    page = client.get(interest_url(publication)).content.decode()

    assert f"この文は、{hospital.name}の支援オフィスと提案者に見えます。" in page


def test_pressing_twice_makes_one_match(client, partner, publication):
    client.force_login(partner)
    page = client.get(interest_url(publication)).content.decode()
    key = page.split('name="_once" value="')[1].split('"')[0]

    answers = [
        client.post(interest_url(publication), {"message": "ぜひ", "_once": key})
        for _press in range(2)
    ]

    match = Match.objects.get()
    assert [answer.url for answer in answers] == [match.get_absolute_url()] * 2
    assert match.state == MatchState.INTERESTED


def test_an_empty_message_keeps_the_page(client, partner, publication):
    client.force_login(partner)

    response = client.post(interest_url(publication), {"message": " "})

    assert response.status_code == 422
    assert "「メッセージ」を入力してください" in response.content.decode()
    assert not Match.objects.exists()


def test_known_interest_leads_to_its_match(client, partner, match):
    client.force_login(partner)

    assert client.get(interest_url(match.publication)).url == match.get_absolute_url()


def test_a_hidden_candidate_looks_like_none(client, partner, publication, company):
    MatchFactory(publication=publication, partner=company, state=MatchState.SUGGESTED)
    client.force_login(partner)

    assert client.get(interest_url(publication)).status_code == 200


@pytest.mark.parametrize("state", ["drafting", "paused", "closed"])
def test_no_interest_in_what_is_not_open(client, partner, hospital, state):
    publication = PublicationFactory(need__hospital=hospital, state=state)
    client.force_login(partner)

    assert client.get(interest_url(publication)).status_code == 404


def test_who_speaks_for_two_says_for_which(client, partner, company, publication):
    second = CompanyFactory()
    MembershipFactory(user=partner, organisation=second, role="partner")
    client.force_login(partner)

    unsaid = client.post(interest_url(publication), {"message": "ぜひ"})
    client.post(interest_url(publication), {"message": "ぜひ", "partner": second.pk})

    assert unsaid.status_code == 422
    assert Match.objects.get().partner == second


@pytest.mark.parametrize(
    ("who", "status"),
    [("office", 200), ("nurse", 403), ("partner", 403), ("other_office", 404), ("stranger", 404)],
)
def test_who_sees_candidates(client, request, publication, who, status):
    client.force_login(request.getfixturevalue(who))

    assert client.get(suggest_url(publication)).status_code == status
    assert client.post(suggest_url(publication), {"partner": "1"}).status_code in {status, 404}


@pytest.mark.parametrize("count", [1, 3])
def test_candidates_page_needs_a_fixed_number_of_queries(
    client, office, publication, count, django_assert_num_queries
):
    profiles = ProfileFactory.create_batch(count)
    client.force_login(office)

    with django_assert_num_queries(13):
        page = client.get(suggest_url(publication)).content.decode()

    assert all(profile.organisation.name in page for profile in profiles)


def test_introduce_begins_on_the_candidates_page(client, office, publication, company):
    ProfileFactory(organisation=company, strengths="点滴の残量を測ります")
    client.force_login(office)

    response = client.post(suggest_url(publication), {"partner": company.pk})

    match = Match.objects.get()
    asked = reverse("matching:transition", args=[match.public_id, "introduce"])
    assert (match.state, response.url) == (MatchState.SUGGESTED, asked)
    assert match.reasons == [{"label": "「残量」「点滴」が一致", "points": 4}]
    assert "企業の担当者全員にメールで届きます" in client.get(asked).content.decode()


@pytest.mark.parametrize("partner_id", ["", "x", "0", "999999"])
def test_only_listed_partners_are_introduced(client, office, publication, partner_id):
    client.force_login(office)

    response = client.post(suggest_url(publication), {"partner": partner_id})

    assert response.status_code == 404
    assert not Match.objects.exists()


def test_a_need_that_is_not_open_offers_no_introduction(client, office, hospital):
    publication = PublicationFactory(need__hospital=hospital, state="paused")
    ProfileFactory()
    client.force_login(office)

    page = client.get(suggest_url(publication)).content.decode()

    assert "いま公開していないため" in page
    assert 'name="partner"' not in page


@pytest.mark.parametrize("typed", ["2030/12/5", "令和12年12月5日", "２０３０－１２－５"])
def test_a_meeting_day_is_understood(client, office, match, typed):
    client.force_login(office)

    client.post(
        reverse("matching:transition", args=[match.public_id, "set_meeting"]),
        {"meeting_date": typed},
    )

    match.refresh_from_db()
    assert (match.state, match.meeting_date.isoformat()) == ("meeting", "2030-12-05")
    assert "2030年12月5日(木)" in client.get(match.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("office", "set_meeting", 200),
        ("partner", "set_meeting", 403),
        ("nurse", "decline", 403),
        ("competitor", "decline", 404),
        ("office", "explode", 404),
    ],
)
def test_transition_over_http(client, request, match, who, name, status):
    client.force_login(request.getfixturevalue(who))

    url = reverse("matching:transition", args=[match.public_id, name])

    assert client.get(url).status_code == status


def test_declining_needs_a_reason_that_both_read(client, partner, nurse, match):
    url = reverse("matching:transition", args=[match.public_id, "decline"])
    client.force_login(partner)

    unsaid = client.post(url, {"comment": "また来年"})
    client.post(url, {"decline_reason": "no_capacity", "comment": "また来年"})

    client.force_login(nurse)
    page = client.get(match.get_absolute_url()).content.decode()
    assert unsaid.status_code == 422
    assert "見送りの理由: 今は手が回らない" in page
    assert "また来年" in page


def test_what_waits_for_whom(office, partner, nurse, competitor, publication, company, hospital):
    ProfileFactory(organisation=company)
    MatchFactory(publication=publication, partner=company)
    introduced = PublicationFactory(need__hospital=hospital, title="褥瘡を減らしたい")
    MatchFactory(publication=introduced, partner=company, state=MatchState.INTRODUCED)

    labels = {
        user: [str(todo.label) for todo in todos_for(user) if "/matches/" in todo.url]
        for user in (office, partner, nurse, competitor)
    }

    assert labels == {
        office: [f"{company.name}の関心に返事をする: {publication.title}"],
        partner: ["ニーズの紹介に返事をする: 褥瘡を減らしたい"],
        nurse: [],
        competitor: [],
    }


def test_every_admin_page_opens(client, superuser, match):
    client.force_login(superuser)

    pages = [
        reverse("admin:matching_match_changelist"),
        reverse("admin:matching_match_change", args=[match.pk]),
        reverse("admin:matching_requirement_changelist"),
        reverse("admin:matching_requirement_change", args=[Requirement.objects.first().pk]),
    ]

    assert [client.get(page).status_code for page in pages] == [200] * 4


def test_hospital_people_go_on_to_the_profile(client, office, partner, match, company):
    profile = ProfileFactory(organisation=company)

    shown = {}
    for user in (office, partner):
        client.force_login(user)
        page = client.get(match.get_absolute_url()).content.decode()
        shown[user] = profile.get_absolute_url() in page

    assert shown == {office: True, partner: False}

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from accounts.models import User
from home.context import frame
from notifications.models import Message

MENUS = {
    # fixture: the words in the menu
    "nurse": ["ホーム", "ニーズ"],
    "office": ["ホーム", "ニーズ", "審査", "公開", "企業・支援機関", "マッチング", "契約"],
    "director": ["ホーム", "ニーズ", "公開", "契約"],
    "legal": ["ホーム", "契約"],
    "ip_officer": ["ホーム", "公開", "契約"],
    "partner": ["ホーム", "公開ニーズ", "マッチング", "契約", "自社の情報"],
    "coordinator": ["ホーム", "公開ニーズ", "マッチング", "自社の情報"],
    "advisor": ["ホーム", "公開ニーズ", "マッチング", "自社の情報"],
    "stranger": ["ホーム"],
    "superuser": ["ホーム", "システム管理"],
}


def frame_of(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    return frame(request)


def tell(user, times):
    for number in range(times):
        Message.objects.create(
            recipient=user, email=user.email, kind="x", message_id=f"{user.pk}-{number}"
        )


@pytest.mark.parametrize("who", MENUS)
def test_the_menu_of_each_role(who, request):
    assert [line["label"] for line in frame_of(request.getfixturevalue(who))["nav"]] == MENUS[who]


@pytest.mark.parametrize("path", ["/", "/needs/", "/needs/n-abc/edit/", "/nowhere/"])
def test_the_menu_marks_where_one_is(office, path):
    here = {"/": ["ホーム"], "/nowhere/": []}.get(path, ["ニーズ"])

    assert [line["label"] for line in frame_of(office, path)["nav"] if line["current"]] == here


def test_the_menu_marks_nothing_twice(partner):
    lines = frame_of(partner, "/publications/catalogue/x/")["nav"]

    assert sum(line["current"] for line in lines) <= 1


@pytest.mark.parametrize(("told", "shown"), [(0, 0), (3, 3), (120, 99)])
def test_unread_notifications_are_counted_up_to_99(nurse, told, shown):
    tell(nurse, told)

    assert frame_of(nurse)["unread"] == shown


def test_what_was_read_or_belongs_to_others_does_not_count(nurse, other_nurse):
    tell(nurse, 2)
    tell(other_nurse, 5)
    nurse.messages.order_by("pk").first().delete()

    assert frame_of(nurse)["unread"] == 1


def test_outsiders_see_through_whose_eyes_they_look(partner, nurse, company):
    assert frame_of(partner)["viewer_organisation"] == company.name
    assert not frame_of(nurse)["viewer_organisation"]


@pytest.mark.parametrize("told", [1, 3])
def test_the_frame_needs_two_queries(office, told, django_assert_num_queries):
    tell(office, told)
    user = User.objects.get(pk=office.pk)

    with django_assert_num_queries(2):
        context = frame_of(user)
        drawn = [len(context["nav"]), str(context["unread"]), str(context["viewer_organisation"])]

    assert drawn == [7, str(told), ""]


@pytest.mark.django_db
def test_strangers_cost_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        context = frame_of(AnonymousUser())
        drawn = [len(context["nav"]), str(context["unread"]), str(context["viewer_organisation"])]

    assert drawn == [0, "0", ""]


def test_a_part_of_a_page_costs_no_query(office, django_assert_num_queries):
    with django_assert_num_queries(0):
        frame_of(office)

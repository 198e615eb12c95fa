"""Queries whose SQL is written once: each call has its own values."""

import pytest
from django.db.models import Q

from accounts.models import User
from core.prepared import Prepared
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def named(name):
    return User.objects.filter(name=name).order_by("pk").values_list("pk")


def test_each_call_has_its_own_values(nurse, office, stranger, django_assert_num_queries):
    query = Prepared(named, "name")

    with django_assert_num_queries(3):
        found = [query.rows(name=each.name) for each in (nurse, office, stranger)]

    assert found == [[(nurse.pk,)], [(office.pk,)], [(stranger.pk,)]]


@pytest.mark.parametrize("name", ["' OR 1=1 --", "%s", "%(name)s", "山田 花子", ""])
def test_a_value_is_never_part_of_the_sql(nurse, name):
    person = UserFactory(name=name)

    assert Prepared(named, "name").rows(name=name) == [(person.pk,)]


def test_a_part_of_the_rows():
    everybody = [(each.pk,) for each in UserFactory.create_batch(7, name="看護 花子")]
    query = Prepared(named, "name")

    parts = [query.part(first, first + 3, name="看護 花子") for first in (0, 3, 6, 9)]

    assert parts == [everybody[:3], everybody[3:6], everybody[6:], []]


def test_one_value_may_stand_in_several_places(nurse, stranger):
    def self_or_namesake(name):
        return User.objects.filter(Q(name=name) | Q(kana=name)).values_list("pk")

    query = Prepared(self_or_namesake, "name")

    assert query.rows(name=nurse.name) == [(nurse.pk,)]


def test_a_value_that_is_missing_is_a_mistake():
    with pytest.raises(KeyError):
        Prepared(named, "name").rows(nome="")

import datetime as dt

import pytest

from matching import queries
from tests.factories.accounts import CompanyFactory, HospitalFactory
from tests.factories.disclosure import PublicationFactory
from tests.factories.matching import MatchFactory
from tests.factories.partners import LicenceFactory, ProfileFactory, term

pytestmark = pytest.mark.django_db


@pytest.fixture
def publication():
    publication = PublicationFactory(
        need__hospital=HospitalFactory(prefecture=term("prefecture", "32")),
        title="転倒を早く知りたい",
        summary="夜間に離床を知らせるセンサがほしい。",
        category=term("need_category", "N07"),
        device_class=term("device_class", "2"),
    )
    publication.technologies.set([term("technology", "T26")])
    return publication


def test_the_best_comes_first_with_every_reason(publication):
    plain = ProfileFactory(organisation=CompanyFactory(name="い社"))
    fitting = ProfileFactory(
        organisation=CompanyFactory(name="ろ社", prefecture=term("prefecture", "32")),
        technologies=[term("technology", "T26")],
        interests=[term("need_category", "N07")],
        strengths="離床センサの製造",
        experience="3件",
    )
    LicenceFactory(profile=fitting)

    first, second = queries.candidates(publication)

    assert [reason.label for reason in first.reasons] == [
        "技術「センサ」が一致",
        "「医療安全・転倒転落」に関心あり",
        "第二種医療機器製造販売業許可あり",
        "病院と同じ島根県",
        "「センサ」「離床」が一致",
        "医工連携の実績あり",
    ]
    assert (first.name, first.score, first.warnings) == ("ろ社", 35, [])
    assert (second.name, second.score, second.profile_id) == ("い社", 0, plain.public_id)
    assert second.warnings == ["参考: 管理医療機器(クラスII)に要る許可の登録がありません"]


def test_an_expired_licence_does_not_count(publication):
    LicenceFactory(valid_until=dt.date(2020, 1, 1))

    (row,) = queries.candidates(publication)

    assert row.reasons == []
    assert len(row.warnings) == 1


def test_only_listed_partners_are_candidates(publication):
    ProfileFactory(is_listed=False)
    ProfileFactory(organisation=CompanyFactory(is_active=False))

    assert queries.candidates(publication) == []


def test_known_matches_are_shown_beside_the_partner(publication):
    match = MatchFactory(publication=publication, partner=ProfileFactory().organisation)

    (row,) = queries.candidates(publication)

    assert row.match == match


@pytest.mark.parametrize("count", [1, 3])
def test_candidates_need_a_fixed_number_of_queries(publication, count, django_assert_num_queries):
    for _time in range(count):
        LicenceFactory(profile=ProfileFactory(technologies=[term("technology", "T26")]))

    with django_assert_num_queries(8):
        rows = queries.candidates(publication)

    assert len(rows) == count

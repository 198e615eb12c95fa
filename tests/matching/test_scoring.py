import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import scoring
from matching.scoring import NeedProfile, PartnerProfile, Reason

NAMES = ["センサ", "無線・IoT", "樹脂成形", "縫製"]
LICENCES = ["第一種医療機器製造販売業許可", "第二種医療機器製造販売業許可"]
PREFECTURES = ["", "東京都", "島根県"]
TEXT = st.text(alphabet="点滴残量転倒センサー防止病棟 ABC", max_size=30)

needs = st.builds(
    NeedProfile,
    technologies=st.frozensets(st.sampled_from(NAMES)),
    category=st.sampled_from(["", "看護ケア", "手術"]),
    device_class=st.just("管理医療機器(クラスII)"),
    licences=st.frozensets(st.sampled_from(LICENCES)),
    prefecture=st.sampled_from(PREFECTURES),
    words=st.builds(scoring.words, TEXT),
)
partners = st.builds(
    PartnerProfile,
    technologies=st.frozensets(st.sampled_from(NAMES)),
    interests=st.frozensets(st.sampled_from(["看護ケア", "手術"])),
    licences=st.frozensets(st.sampled_from(LICENCES)),
    prefecture=st.sampled_from(PREFECTURES),
    words=st.builds(scoring.words, TEXT),
    experienced=st.booleans(),
)


def overlap(need, partner):
    """Whether the two have anything in common."""
    return bool(
        need.technologies & partner.technologies
        or need.category in partner.interests
        or need.licences & partner.licences
        or (need.prefecture and need.prefecture == partner.prefecture)
        or need.words & partner.words
    )


@given(needs, partners)
def test_no_reason_without_overlap_and_none_missing_with_one(need, partner):
    assert bool(scoring.reasons(need, partner)) is overlap(need, partner)


@given(needs, partners)
def test_score_is_the_sum_of_what_is_shown(need, partner):
    found = scoring.reasons(need, partner)

    assert scoring.score(found) == sum(points for _label, points in found)
    assert all(reason.label and reason.points > 0 for reason in found)


@given(st.permutations(NAMES), st.permutations(NAMES))
def test_order_of_entries_does_not_matter(first, second):
    one = scoring.reasons(
        NeedProfile(technologies=frozenset(first)), PartnerProfile(technologies=frozenset(NAMES))
    )
    other = scoring.reasons(
        NeedProfile(technologies=frozenset(second)), PartnerProfile(technologies=frozenset(NAMES))
    )

    assert one == other


@given(needs, partners)
def test_a_missing_licence_warns_and_costs_nothing(need, partner):
    unregulated = NeedProfile(
        technologies=need.technologies,
        category=need.category,
        prefecture=need.prefecture,
        words=need.words,
    )

    warned = bool(scoring.warnings(need, partner))

    assert warned is bool(need.licences and not need.licences & partner.licences)
    if warned:
        assert scoring.reasons(need, partner) == scoring.reasons(unregulated, partner)


@given(TEXT, TEXT)
def test_shared_words_occur_in_both_texts(first, second):
    shared = scoring.shared_words(scoring.words(first), scoring.words(second))

    assert all(word in first.lower() and word in second.lower() for word in shared)
    assert shared == scoring.shared_words(scoring.words(second), scoring.words(first))


def test_every_reason_in_words():
    need = NeedProfile(
        technologies=frozenset({"センサ", "縫製"}),
        category="医療安全・転倒転落",
        licences=frozenset(LICENCES),
        prefecture="島根県",
        words=scoring.words("転倒を知らせるセンサがほしい"),
    )
    partner = PartnerProfile(
        technologies=frozenset({"センサ"}),
        interests=frozenset({"医療安全・転倒転落"}),
        licences=frozenset({"第二種医療機器製造販売業許可"}),
        prefecture="島根県",
        words=scoring.words("ｾﾝｻを使った転倒の検知"),
        experienced=True,
    )

    assert scoring.reasons(need, partner) == [
        Reason("技術「センサ」が一致", 10),
        Reason("「医療安全・転倒転落」に関心あり", 8),
        Reason("第二種医療機器製造販売業許可あり", 6),
        Reason("病院と同じ島根県", 4),
        Reason("「センサ」「転倒」が一致", 4),
        Reason("医工連携の実績あり", 3),
    ]


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("点滴残量の警報", "点滴の残量を測る", ["残量", "点滴"]),
        ("褥瘡予防マットレス", "褥瘡予防の寝具", ["褥瘡予防"]),
        ("医療機器の開発", "医療製品の開発", []),
        ("RFIDタグ", "ｒｆｉｄ リーダー", ["rfid"]),
        ("", "点滴", []),
    ],
)
def test_words_that_two_texts_share(first, second, shared):
    assert scoring.shared_words(scoring.words(first), scoring.words(second)) == shared

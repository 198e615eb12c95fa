from datetime import date

import pytest

from core import japanese

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("やまだ はなこ", "ヤマダ\u3000ハナコ"),
        ("ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ\u3000ハナコ"),
        ("  ヤマダ\u3000\u3000ハナコ ", "ヤマダ\u3000ハナコ"),
        ("ぐらーす・じょう", "グラース・ジョウ"),
        ("ゔぁん", "ヴァン"),
    ],
)
def test_a_reading_is_stored_in_katakana(typed, stored):
    assert japanese.normalise_kana(typed) == stored


@pytest.mark.parametrize("text", ["㈱髙橋", "山﨑 𠮷野", "ABC"])
def test_only_kana_is_converted(text):
    assert japanese.to_katakana(text) == text


@pytest.mark.parametrize(
    ("text", "is_kana"),
    [("ヤマダ\u3000ハナコ", True), ("山田", False), ("Yamada", False), ("", False)],
)
def test_what_counts_as_a_reading(text, is_kana):
    assert japanese.is_kana(text) is is_kana


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" ｔａｒｏ＠Example.JP。", "taro@example.jp"),
        ("Taro.Y@EXAMPLE.jp", "Taro.Y@example.jp"),
        ("taro\u200b@example.jp\ufeff", "taro@example.jp"),
        ("taro", "taro"),
    ],
)
def test_a_pasted_address_is_cleaned(typed, stored):
    assert japanese.normalise_email(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("(０３) 1234ー5678", "0312345678"),
        ("090‐1234−5678", "09012345678"),
        ("〒100–0001", "1000001"),
        ("1234567890123", "1234567890123"),
        ("03-1234-567x", "031234567x"),
    ],
)
def test_digits_lose_hyphens_and_brackets(typed, stored):
    assert japanese.normalise_digits(typed) == stored


@pytest.mark.parametrize(
    ("typed", "yen"),
    [
        ("1,200,000", 1_200_000),
        ("１２０万円", 1_200_000),
        ("１２０、０００円", 120_000),
        ("¥1200", 1_200),
        ("1億2千万", 120_000_000),
        ("0.29億円", 29_000_000),
        ("1.5万", 15_000),
        ("120万5000円", 1_205_000),
        ("3百万", 3_000_000),
        ("5千円", 5_000),
        ("0", 0),
    ],
)
def test_amounts(typed, yen):
    assert japanese.parse_amount(typed) == yen


@pytest.mark.parametrize("typed", ["", "円", "たくさん", "-5", "1.23456万", "万"])
def test_what_is_no_amount(typed):
    with pytest.raises(ValueError):  # noqa: PT011 -- it carries the typed text
        japanese.parse_amount(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-12-05",
        "2026/12/5",
        "20261205",
        "2026.12.5",
        "2026年12月5日",
        "2026年12月5日(土)",
        "２０２６年１２月５日（土）",
        "2026 年 12 月 5 日",
        "令和8年12月5日",
        "R8.12.5",
        "r8/12/5",
        "12/5",
        "12月5日",
        "2026–12–05",
    ],
)
def test_one_day_in_all_its_forms(typed):
    assert japanese.parse_date(typed, today=TODAY) == date(2026, 12, 5)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("令和元年5月1日", date(2019, 5, 1)),
        ("H31.4.30", date(2019, 4, 30)),
        ("S64.1.7", date(1989, 1, 7)),
        ("明治45年7月29日", date(1912, 7, 29)),
        ("11/22", date(2026, 11, 22)),
        ("11/21", date(2027, 11, 21)),
        ("2/29", date(2028, 2, 29)),
    ],
)
def test_eras_and_the_next_such_day(typed, day):
    assert japanese.parse_date(typed, today=TODAY) == day


@pytest.mark.parametrize(
    "typed", ["", "いつか", "2026/13/1", "2026/2/30", "2/30", "R0.1.1", "20261", "5日", "12/5/2026"]
)
def test_what_is_no_day(typed):
    with pytest.raises(ValueError):  # noqa: PT011 -- it carries the typed text
        japanese.parse_date(typed, today=TODAY)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 12, 5), "令和8年12月5日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1872, 12, 31), "1872年12月31日"),
    ],
)
def test_wareki(day, words):
    assert japanese.wareki(day) == words


def test_a_day_is_echoed_in_both_calendars():
    assert japanese.echo_date(date(2026, 12, 5)) == "2026年12月5日(土)・令和8年"


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ("09012345678", "090-1234-5678"),
        ("0312345678", "03-1234-5678"),
        ("0120123456", "0120-123-456"),
        ("0451234567", "045-123-4567"),
        ("119", "119"),
    ],
)
def test_phone_numbers_are_read_with_hyphens(digits, shown):
    assert japanese.hyphenated_phone(digits) == shown


@pytest.mark.parametrize(("digits", "shown"), [("1000001", "100-0001"), ("100", "100")])
def test_postcodes_are_read_with_a_hyphen(digits, shown):
    assert japanese.hyphenated_postcode(digits) == shown

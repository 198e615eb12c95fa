"""Read what people in Japan really type, and write dates the way letters do. Pure functions."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

KATAKANA_SHIFT = ord("ァ") - ord("ぁ")
HIRAGANA = {code: code + KATAKANA_SHIFT for code in [*range(0x3041, 0x3097), 0x309D, 0x309E]}
KATAKANA = {upper: lower for lower, upper in HIRAGANA.items()}
HYPHENS = "-‐‑‒–—―−ーｰ－"
ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
WEEKDAYS = "月火水木金土日"

APRIL = 4

# Era, its letter, its first day. Before 1873 Japan did not use this calendar.
ERAS = [
    ("令和", "R", date(2019, 5, 1)),
    ("平成", "H", date(1989, 1, 8)),
    ("昭和", "S", date(1926, 12, 25)),
    ("大正", "T", date(1912, 7, 30)),
    ("明治", "M", date(1873, 1, 1)),
]
FIRST_YEAR = {"令和": 2019, "平成": 1989, "昭和": 1926, "大正": 1912, "明治": 1868}
ERA_BY_SIGN = {sign: name for name, letter, _start in ERAS for sign in (name, letter)}

NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?")
NUMBER_LIMIT = 10**15
UNITS = {"": 1, "千": 1_000, "万": 10_000, "億": 100_000_000}
AMOUNT = re.compile(r"(?:(\d+(?:\.\d+)?)億)?(?:(\d+(?:\.\d+)?)万)?(?:(\d+(?:\.\d+)?)千)?(\d+)?")
AMOUNT_UNITS = (UNITS["億"], UNITS["万"], UNITS["千"], UNITS[""])

DAY_PATTERNS = [
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"),
    re.compile(
        r"(?P<era>令和|平成|昭和|大正|明治|[RHSTM])(?P<y>\d{1,2}|元)[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"),
]
WEEKDAY_TAIL = re.compile(r"\([月火水木金土日](?:曜日?)?\)$")


def to_katakana(text: str) -> str:
    """ひらがな and 半角カナ become 全角カタカナ; everything else stays as typed."""
    return _widen(text).translate(HIRAGANA)


def to_hiragana(text: str) -> str:
    """全角カタカナ become ひらがな; everything else stays as typed."""
    return text.translate(KATAKANA)


def folded(text: str) -> str:
    """How two short texts are compared: 全角・半角, ひらがな・カタカナ, 大文字・小文字, no spaces."""
    return "".join(_nfkc(text).casefold().translate(HIRAGANA).split())


def _widen(text: str) -> str:
    """Only half-width kana: NFKC over the whole text would change ㈱ and 﨑."""
    return re.sub(r"[\uff61-\uff9f]+", lambda found: _nfkc(found.group()), text)


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def normalise_kana(text: str) -> str:
    """A reading as stored: 全角カタカナ with one 全角 space between the parts."""
    return "\u3000".join(to_katakana(text).split())


def is_kana(text: str) -> bool:
    """Whether a normalised reading has nothing but カタカナ, ー, ・ and spaces."""
    return re.fullmatch(r"[\u30a1-\u30fa\u30fb\u30fc\u30fd\u30fe\u3000]+", text) is not None


def normalise_email(text: str) -> str:
    """全角, invisible characters and a trailing 。 removed; the domain in lower case."""
    plain = _nfkc(text).translate(ZERO_WIDTH).strip().rstrip("。.｡、,").strip()
    local, at, domain = plain.rpartition("@")
    return f"{local}{at}{domain.lower()}" if at else plain


def normalise_digits(text: str) -> str:
    """The digits of a phone number, 郵便番号 or 法人番号, without hyphens, spaces and brackets.

    Other characters stay, so that a caller can tell ``isdigit()`` from a mistake.
    """
    plain = _nfkc(text).translate(ZERO_WIDTH)
    return re.sub(rf"[\s()〒{re.escape(HYPHENS)}]", "", plain)


def parse_amount(text: str) -> int:
    """Yen from 1,200,000 / １２０万円 / ¥1200 / 1億2千万. Raises ValueError."""
    plain = re.sub(r"[\s,、¥\\]", "", _nfkc(text).translate(ZERO_WIDTH)).removesuffix("円")
    if plain.isdigit():
        return int(plain)
    total = _with_units(plain)
    if total != int(total):
        raise ValueError(text)
    return int(total)


def parse_number(text: str) -> Decimal:
    """A count or a measure from 1,200 / １２．５ / －3 / 1.2万. Raises ValueError."""
    plain = re.sub(r"[\s,、]", "", _nfkc(text).translate(ZERO_WIDTH))
    plain = re.sub(rf"^[{re.escape(HYPHENS)}]", "-", plain)
    if NUMBER.fullmatch(plain):
        return Decimal(plain)
    total = _with_units(plain)
    if total >= NUMBER_LIMIT:
        raise ValueError(text)
    return total


def _with_units(plain: str) -> Decimal:
    """The sum of 1億2千万 and the like; half width, without separators. Raises ValueError."""
    plain = re.sub(r"(\d+)千万", lambda found: f"{found.group(1)}000万", plain)
    plain = re.sub(r"(\d+)百万", lambda found: f"{found.group(1)}00万", plain)
    found = AMOUNT.fullmatch(plain)
    if not plain or not found:
        raise ValueError(plain)
    return sum(
        (
            Decimal(number) * unit
            for number, unit in zip(found.groups(), AMOUNT_UNITS, strict=True)
            if number
        ),
        Decimal(0),
    )


def parse_date(text: str, *, today: date | None = None) -> date:
    """A day in any form that people write. Raises ValueError.

    A day without a year (12/5) is the next such day, counted from ``today``.
    """
    plain = re.sub(r"\s", "", _nfkc(text).translate(ZERO_WIDTH))
    plain = re.sub(rf"[{re.escape(HYPHENS)}]", "-", WEEKDAY_TAIL.sub("", plain))
    for pattern in DAY_PATTERNS:
        if found := pattern.fullmatch(plain):
            return _day(found.groupdict(), today or date.today())  # noqa: DTZ011 -- pure: caller knows
    raise ValueError(text)


def _day(parts: dict[str, str], today: date) -> date:
    month, day = int(parts["m"]), int(parts["d"])
    if "y" not in parts:
        return _next(month, day, today)
    year = 1 if parts["y"] == "元" else int(parts["y"])
    if not parts.get("era"):
        return date(year, month, day)
    era = ERA_BY_SIGN[parts["era"].upper()]
    if year == 0:
        raise ValueError(parts["y"])
    return date(FIRST_YEAR[era] + year - 1, month, day)


def _next(month: int, day: int, today: date) -> date:
    """The next such day; 2/29 waits for a leap year."""
    date(2000, month, day)  # a leap year: refuses 2/30 before the search
    for year in range(today.year, today.year + 9):
        try:
            candidate = date(year, month, day)
        except ValueError:
            continue
        if candidate >= today:
            return candidate
    raise ValueError(month, day)


def era_year(day: date) -> str:
    """令和8年, 令和元年. Days before 1873 get the western year."""
    for name, _letter, start in ERAS:
        if day >= start:
            number = day.year - FIRST_YEAR[name] + 1
            return f"{name}{'元' if number == 1 else number}年"
    return f"{day.year}年"


def wareki(day: date) -> str:
    """令和8年12月5日."""
    return f"{era_year(day)}{day.month}月{day.day}日"


def format_date(day: date) -> str:
    """2026年12月5日(土)."""
    return f"{day.year}年{day.month}月{day.day}日({WEEKDAYS[day.weekday()]})"


def echo_date(day: date) -> str:
    """2026年12月5日(土)・令和8年: what is shown back after any form was typed."""
    return f"{format_date(day)}・{era_year(day)}"


def hyphenated_phone(digits: str) -> str:
    """Digits for reading: mobile 090-1234-5678, 03/06 numbers, free dial."""
    if re.fullmatch(r"0[5789]0\d{8}", digits):
        return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"
    if re.fullmatch(r"0(120|800)\d{6,7}", digits):
        return f"{digits[:4]}-{digits[4:7]}-{digits[7:]}"
    if re.fullmatch(r"0[36]\d{8}", digits):
        return f"{digits[:2]}-{digits[2:6]}-{digits[6:]}"
    if re.fullmatch(r"0\d{9}", digits):
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    return digits


def hyphenated_postcode(digits: str) -> str:
    """100-0001."""
    return f"{digits[:3]}-{digits[3:]}" if re.fullmatch(r"\d{7}", digits) else digits


def fiscal_year(day: date) -> int:
    """The Japanese fiscal year (年度) of ``day``: from April until March."""
    return day.year - (day.month < APRIL)

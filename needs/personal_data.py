"""Likely personal information in a text. Pure: rules as a table, no model, no network.

A finding is a hint for a person, never a judgement: it may be confirmed with a reason
(``needs.clearance``). The kinds follow shared/DOMAIN.md §9; rules and measured rates:
docs/intake.md.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from needs.personal_words import (
    ABBREVIATIONS,
    ALONE,
    ENDS,
    GIVEN_ENDS,
    GOES_ON,
    KANA_NAMES,
    NO_TEACHER,
    NOBODY_IN_KANA,
    PARTICLES,
    ROLES,
    SURNAMES,
    THINGS,
    TITLES,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django_stubs_ext import StrOrPromise

# Also the variants in names that Unicode keeps apart (﨑, 𠮷).
KANJI = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々ヶ"
ERA = r"(?:明治|大正|昭和|平成|令和|(?<![A-Za-z])[MTSHR])"
FIGURES = r"[\d〇一二三四五六七八九十]"
YEAR = rf"(?:{ERA}\.?\s?(?:{FIGURES}{{1,3}}|元)|(?:19|20)\d{{2}}|[一二][〇一二三四五六七八九]{{3}})"
DAY = rf"(?:{YEAR}\s?[年/.\-]\s?{FIGURES}{{1,3}}\s?[月/.\-]\s?{FIGURES}{{1,3}}日?)"
# Dashes of every kind, and the long vowel mark that people type for one between figures.
DASHES = "‐‑‒–—―−－"
MARKS = {"ﾞ": "\u3099", "ﾟ": "\u309a", "゛": "\u3099", "゜": "\u309a"}
PLAIN = re.compile(
    rf"[^{DASHES}゛゜\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]*"
)
INVISIBLE = {*"\u00ad\u200b\u200c\u200d\u2060\ufeff", *map(chr, range(0xFE00, 0xFE10))}


class Finding(NamedTuple):
    """What was found: ``text[start:end]`` in one field, and why it was noticed."""

    field: str
    kind: str
    start: int
    end: int
    text: str
    why: StrOrPromise


WHY = {
    "name": _("人の名前のようです。"),
    "number": _("患者番号やカルテ番号のようです。"),
    "birth": _("生年月日のようです。"),
    "phone": _("電話番号のようです。"),
    "mail": _("メールアドレスのようです。"),
    "address": _("住所のようです。"),
    "rare": _("年齢・日付・場所がそろうと、だれのことか分かることがあります。"),
}


def _any_of(words: Iterable[str]) -> str:
    """The longest first, so that 佐々木 is not read as 佐."""
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_surnames = _any_of(SURNAMES)
_long_surnames = _any_of(each for each in SURNAMES if len(each) > 1)
_titles = _any_of(TITLES)
_kana_names = _any_of(KANA_NAMES)
# What stands behind a name that is written in kana: the end, a mark, a particle.
AFTER = r"(?=$|[^ぁ-ん]|[がはをにのともでへやらだ]|から|より|たち|って|です|など|まで)"
NAME = re.compile(
    rf"(?P<name>[{KANJI}]{{1,6}}(?:[ 　][{KANJI}]{{1,4}})?|[ァ-ヴー]{{2,10}}"
    r"|(?<![A-Za-z])[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
    r"[ 　]?(?P<call>さん|様|さま|氏|ちゃん|くん|君)"
)
KANA_NAME = re.compile(rf"(?<![ぁ-ん])(?P<name>[ぁ-んー]{{2,5}})(?P<call>さん|くん|ちゃん){AFTER}")
LISTED_KANA_NAME = re.compile(rf"(?:{_kana_names})[ 　]?(?:さん|さま|様|くん|ちゃん|せんせい|先生)")
# よし子さん, ヨシ江様.
MIXED_NAME = re.compile(
    r"(?<![ぁ-んァ-ヴー])[ぁ-んァ-ヴー]{1,3}(?<![おの])(?<!いい)[子江代枝美恵夫男雄郎]"
    r"[ 　]?(?:さん|さま|様|氏|ちゃん|くん|先生)"
)
INITIALS = re.compile(r"(?<![A-Za-z])(?P<name>[A-Z]\.?[A-Z]?)\.?(?:さん|様|氏|先生)")
TEACHER = re.compile(rf"(?P<name>[{KANJI}]{{2,4}}|[ァ-ヴー]{{2,8}})先生(?!方)")
# 高橋先生, 高橋健一医師, Dr.高橋.
STAFF = re.compile(
    rf"(?<![{KANJI}])(?:{_long_surnames})(?:[{KANJI}]{{1,2}}[{GIVEN_ENDS}])?(?:{_titles})(?!会)"
    rf"|(?<![{KANJI}])(?:{_surnames})先生"
    rf"|(?<![A-Za-z])(?:Dr|Ns)\.?\s?(?:{_long_surnames})"
)
# 山田太郎, and 山田さくら with a call.
FULL_NAME = re.compile(
    rf"(?<![{KANJI}])(?:{_long_surnames})[ 　]?(?:[{KANJI}]{{1,2}}[{GIVEN_ENDS}](?![{KANJI}])"
    r"|[ぁ-んァ-ヴー]{2,4}(?:さん|さま|様|氏|ちゃん|くん))"
)
# 患者の佐藤が, 看護師の田中と: a role says whose surname it is. 患者Y.T.: initials.
OF_A_ROLE = re.compile(
    rf"(?:患者|利用者|入所者|入居者|看護師|師長|医師|主治医|技師|技士|薬剤師|助産師|療法士)(?:さん|様)?の"
    rf"(?:{_long_surnames})(?=[がはをにもと、。」)]|$)"
    r"|患者(?:さん|様)?[ 　(]?[A-Z]\.[ ]?[A-Z](?![A-Za-z])"
)
AFTER_LABEL = re.compile(
    rf"(?:氏名|患者名|お名前|名前)\s?[:：]\s?(?P<name>[{KANJI}ぁ-んァ-ヴー]{{2,8}}(?:[ 　][{KANJI}ぁ-んァ-ヴー]{{1,5}})?)"
)
MISTER = re.compile(r"(?<![A-Za-z])(?:Mr|Mrs|Ms|Dr)\.? ?[A-Z][a-z]+")
# A thing's number, not a person's.
_thing = "".join(f"(?<!{word})" for word in sorted(THINGS))
_place_end = r"(?:(?<=京都)|(?<![都地学挙]))[市区町村郡](?![分画域町街])"
_figures = rf"[{FIGURES[1:-1]}の番地号\-]*[{FIGURES[1:-1]}号地]"
PATTERNS = [
    (kind, re.compile(pattern))
    for kind, pattern in [
        (
            "birth",
            rf"{DAY}(?:に|\s)?(?:生まれ|生れ|生(?![きじえみ体物活命産後前涯検食理化徒])|誕生)",
        ),
        ("birth", rf"(?:生年月日|誕生日|DOB)\s?(?:は|が|[:])?\s?{DAY}"),
        ("phone", r"(?<!\d)(?:\+81[- ]?\d{1,4}|0\d{1,4})[-ー( ]\d{1,4}[-ー) ]\d{3,4}(?!\d)"),
        ("phone", r"(?<!\d)\(0\d{1,4}\) ?\d{1,4}[-ー ]\d{4}(?!\d)"),
        ("phone", r"(?<![\d.,\-])(?:0[5789]0\d{8}|0[1-9]\d{8})(?![\d.,])"),
        (
            "number",
            (
                r"(?:(?:患者|カルテ|診察券|診療録|入院|受診)\s?(?:の\s?)?(?:番号|ID|No\.?|№|#)"
                r"|(?<![A-Za-z\-])(?:ID|MRN)|カルテ|診察券)"
                r"(?:番号)?\s?(?:は|が|[:=])?\s?[A-Za-z]{0,3}-?\d[\d\-]{2,}(?![\d\-]|\s?[枚件人名冊年分%])"
            ),
        ),
        (
            "number",
            rf"{_thing}(?:番号|No\.?|№|#)\s?(?:は|が|[:=])?\s?[A-Za-z]{{0,3}}-?\d[\d\-]{{3,}}",
        ),
        (
            "number",
            r"(?<![\d.,\-第/_=])\d{7,}(?![\d.,]|-\d|\s?[円人件年個回台名枚本号歳])",
        ),
        ("mail", r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"),
        (
            "address",
            (
                rf"(?:[{KANJI}]{{2,3}}[都道府県])?(?:[{KANJI}ァ-ヴー]{{1,8}}{_place_end}"
                r"|[ぁ-ん]{2,7}市)"
                rf"[{KANJI}ぁ-んァ-ヴー]{{0,12}}?{FIGURES}{{1,4}}(?:丁目|番地|番{FIGURES}|-\d)(?:{_figures})?"
            ),
        ),
        ("address", rf"[{KANJI}ァ-ヴー]{{1,8}}?{FIGURES}{{1,3}}丁目\s?{FIGURES}(?:{_figures})?"),
        ("address", r"〒\s?\d{3}-?\d{4}|(?:郵便番号|住所)\s?(?:は|[:])?\s?\d{3}-\d{4}"),
    ]
]
AGE = re.compile(r"(?<!\d)\d{1,3}\s?(?:歳|才)(?!以上|以下|未満|代|児)")
DATE = re.compile(
    rf"{DAY}|(?<!\d)\d{{1,2}}月\s?\d{{1,2}}日|(?<![\d/])(?:1[0-2]|0?[1-9])/\d{{1,2}}(?![\d/])"
)
PLACE = re.compile(
    rf"当院|当科|当病棟|[{KANJI}ァ-ヴー]{{2,}}(?:病院|医院|クリニック|市|町|村|区)|\d{{1,2}}階[東西南北]?病棟|\d{{3,4}}号室"
)
PASSAGE = re.compile(r"[^\n]+")


def findings(field: str, text: str) -> list[Finding]:
    """Everything noticed in ``text``, in its order. Offsets are ``text``'s.

    None overlaps another, except that a rare combination may hold a name, which is asked by itself.
    """
    plain, offsets = _folded(text)
    spans = [
        (match.start(), match.end(), kind)
        for kind, pattern in PATTERNS
        for match in pattern.finditer(plain)
    ]
    spans += [(*match.span(), "name") for match in _names(plain)]
    kept, last = [], 0
    for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= last:
            kept.append((start, end, kind))
            last = end
    kept += [(start, end, "rare") for start, end in _rare(plain)]
    return [
        Finding(field, kind, left, right, text[left:right], WHY[kind])
        for start, end, kind in sorted(kept)
        for left, right in [(offsets[start], offsets[end])]
    ]


def _folded(text: str) -> tuple[str, list[int]]:
    """Half width, one kind of hyphen, no invisible marks; with the offset of each character."""
    if text.isascii() or (PLAIN.fullmatch(text) and unicodedata.is_normalized("NFKC", text)):
        return text, list(range(len(text) + 1))
    plain: list[str] = []
    offsets: list[int] = []
    for place, character in enumerate(text):
        if character in INVISIBLE or "\U000e0100" <= character <= "\U000e01ef":
            continue
        mark = MARKS.get(character, character)
        if mark in MARKS.values() and plain:
            # ｶﾞ, and か with a mark of its own, are one letter.
            whole = unicodedata.normalize("NFC", plain[-1] + mark)
            if len(whole) == 1:
                plain[-1] = whole
                continue
        folded = "-" if character in DASHES else unicodedata.normalize("NFKC", character)
        # A character that becomes several (㈱) is left alone, so that offsets stay simple.
        plain.append(folded if len(folded) == 1 else character)
        offsets.append(place)
    return "".join(plain), [*offsets, len(text)]


def _names(plain: str) -> Iterator[re.Match[str]]:
    for match in NAME.finditer(plain):
        if not _is_nobody(match["name"], match["call"], plain[match.end() : match.end() + 1]):
            yield match
    for match in KANA_NAME.finditer(plain):
        if not _is_a_word(match["name"], match["call"], plain[match.end() : match.end() + 1]):
            yield match
    for match in INITIALS.finditer(plain):
        if match["name"] not in ABBREVIATIONS:
            yield match
    for match in TEACHER.finditer(plain):
        if not match["name"].endswith((*NO_TEACHER, *ROLES)):
            yield match
    for pattern in (LISTED_KANA_NAME, MIXED_NAME, STAFF, FULL_NAME, OF_A_ROLE, AFTER_LABEL, MISTER):
        yield from pattern.finditer(plain)


def _is_nobody(name: str, call: str, follows: str) -> bool:
    """A role, a relative, or a word that only looks like a call: 仕様, 諸君, 摂氏."""
    *before, last = name.split()
    if last in SURNAMES or (before and before[-1] in SURNAMES):
        return False
    return (
        (bool(follows) and follows in GOES_ON.get(call, ""))
        or last in ALONE[call]
        or last.endswith((*ENDS.get(call, ()), *ROLES))
        or last.upper() in ABBREVIATIONS
    )


def _is_a_word(name: str, call: str, follows: str) -> bool:
    """Kana that name nobody: おかあさん, たくさん, はさんで, いくんだ, ちゃんと."""
    if (call in {"さん", "くん"} and follows in {"で", "だ"}) or (call, follows) == (
        "ちゃん",
        "と",
    ):
        return True
    while name not in NOBODY_IN_KANA and name[:1] in PARTICLES and len(name) > 1:
        name = name[1:]
    return name in NOBODY_IN_KANA


def _rare(plain: str) -> Iterator[tuple[int, int]]:
    """An age, a date and a place in one paragraph."""
    for passage in PASSAGE.finditer(plain):
        parts = [pattern.search(passage.group()) for pattern in (AGE, DATE, PLACE)]
        if all(parts):
            start = min(part.start() for part in parts if part)
            end = max(part.end() for part in parts if part)
            yield passage.start() + start, passage.start() + end

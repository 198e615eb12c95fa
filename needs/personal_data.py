"""Likely personal information in a text. Pure: rules as a table, no model, no network.

A finding is a hint for a person, never a judgement: it may be confirmed with a reason
(``needs.clearance``). The kinds follow shared/DOMAIN.md §9; measured rates: docs/coach.md.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_stubs_ext import StrOrPromise

KANJI = r"\u3400-\u9fff々ヶ"
ERA = r"(?:明治|大正|昭和|平成|令和|[MTSHR])"
DAY = rf"(?:(?:{ERA}\.?\s?(?:\d{{1,2}}|元)|(?:19|20)\d{{2}})\s?[年/.\-]\s?\d{{1,2}}\s?[月/.\-]\s?\d{{1,2}}日?)"
# Words before さん・様 that name nobody: roles, relatives, trades, and words that end like that.
NOBODY = (
    *("患者", "看護師", "医師", "先生", "技師", "薬剤師", "助産師", "保健師", "介護士", "療法士"),
    *("栄養士", "事務", "業者", "メーカー", "企業", "会社", "病院", "職員", "スタッフ", "家族"),
    *("お母", "お父", "お子", "お兄", "お姉", "お爺", "お婆", "おじい", "おばあ", "おじ", "おば"),
    *("母", "父", "奥", "旦那", "息子", "娘", "皆", "みな", "みんな", "利用者", "入居者", "入所者"),
    *(
        "担当",
        "助手",
        "ヘルパー",
        "ナース",
        "ドクター",
        "同",
        "仕",
        "神",
        "王",
        "客",
        "お客",
        "妊婦",
    ),
    *("産婦", "新人", "学生", "赤ちゃ", "たく", "施設", "部長", "師長", "主任", "院長", "隣", "者"),
    *(
        "赤",
        "摂",
        "華",
        "多",
        "各",
        "有",
        "異",
        "模",
        "一",
        "両",
        "当",
        "別",
        "こちら",
        "そちら",
        "あちら",
        "ちゃ",
    ),
)


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
NAME = re.compile(
    rf"(?P<name>[{KANJI}]{{1,4}}(?:[ 　][{KANJI}]{{1,4}})?|[ァ-ヴー]{{2,10}}|\b[A-Z][a-z]+)"
    r"[ 　]?(?:さん|様|さま|氏|ちゃん|くん|君)"
)
INITIALS = re.compile(r"(?<![A-Za-z])[A-Z]\.?[A-Z]?\.?(?:さん|様|氏)")
PATTERNS = [
    (
        "number",
        re.compile(
            r"(?:患者|カルテ|診察券|診療録|入院|登録|受診)?\s?(?:番号|ID|ＩＤ|No\.?|№|#)"
            r"\s?(?:は|が|[:：=])?\s?[A-Za-z]{0,3}-?\d[\d\-]{3,}"
        ),
    ),
    ("number", re.compile(r"(?<![\d.,\-])\d{7,}(?![\d.,]|[-]\d)")),
    ("birth", re.compile(rf"{DAY}\s?(?:生まれ|生れ|生(?![きじえみ体物活命])|誕生)")),
    ("birth", re.compile(rf"(?:生年月日|誕生日)\s?(?:は|が|[:：])?\s?{DAY}")),
    ("phone", re.compile(r"(?<!\d)0\d{1,4}[-(\s]\d{1,4}[-)\s]\d{3,4}(?!\d)")),
    ("phone", re.compile(r"(?<!\d)0[5789]0\d{8}(?!\d)")),
    ("mail", re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")),
    (
        "address",
        re.compile(
            rf"(?:[{KANJI}]{{2,3}}[都道府県])?[{KANJI}ァ-ヴー]{{1,8}}[市区町村郡]"
            rf"[{KANJI}ぁ-んァ-ヴー]{{0,12}}\d{{1,4}}(?:丁目|番地?|号|-\d)"
        ),
    ),
    ("address", re.compile(r"〒\s?\d{3}-?\d{4}")),
]
AGE = re.compile(r"(?<!\d)\d{1,3}\s?(?:歳|才)(?!以上|以下|未満|代|児)")
DATE = re.compile(rf"{DAY}|(?<!\d)\d{{1,2}}月\s?\d{{1,2}}日|(?<![\d/])\d{{1,2}}/\d{{1,2}}(?![\d/])")
PLACE = re.compile(
    rf"[{KANJI}ァ-ヴー]{{2,}}(?:病院|医院|クリニック|市|町|村|区)|\d{{1,2}}階[東西南北]?病棟|\d{{3,4}}号室"
)
PASSAGE = re.compile(r"[^\n]+")


def findings(field: str, text: str) -> list[Finding]:
    """Everything noticed in ``text``, in its order, without overlaps. Offsets are ``text``'s."""
    plain, offsets = _folded(text)
    spans = [
        (match.start(), match.end(), kind)
        for kind, pattern in PATTERNS
        for match in pattern.finditer(plain)
    ]
    spans += [(start, end, "name") for start, end in _names(plain)]
    spans += [(start, end, "rare") for start, end in _rare(plain)]
    found, last = [], 0
    for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        left, right = offsets[start], offsets[end]
        if left >= last and right > left:
            found.append(Finding(field, kind, left, right, text[left:right], WHY[kind]))
            last = right
    return found


def _folded(text: str) -> tuple[str, list[int]]:
    """Half width and one kind of hyphen, with the offset in ``text`` of each character."""
    plain, offsets = [], []
    for place, character in enumerate(text):
        folded = "-" if character in "‐‑‒–—―−－" else unicodedata.normalize("NFKC", character)
        # A character that becomes several (㈱) is left alone, so that offsets stay simple.
        plain.append(folded if len(folded) == 1 else character)
        offsets.append(place)
    return "".join(plain), [*offsets, len(text)]


def _names(plain: str) -> Iterator[tuple[int, int]]:
    for match in NAME.finditer(plain):
        name = match["name"]
        if not name.endswith(NOBODY) and not _is_a_word(plain, match):
            yield match.span()
    for match in INITIALS.finditer(plain):
        yield match.span()


def _is_a_word(plain: str, match: re.Match[str]) -> bool:
    """様 and 氏 also end words: 仕様, 同様, 様々, 摂氏."""
    tail = plain[match.end() - 1 : match.end() + 1]
    return tail.startswith("様") and tail[1:2] in {"々", "子", "式", "相", "態"}


def _rare(plain: str) -> Iterator[tuple[int, int]]:
    """An age, a date and a place in one paragraph."""
    for passage in PASSAGE.finditer(plain):
        parts = [pattern.search(passage.group()) for pattern in (AGE, DATE, PLACE)]
        if all(parts):
            start = min(part.start() for part in parts if part)
            end = max(part.end() for part in parts if part)
            yield passage.start() + start, passage.start() + end

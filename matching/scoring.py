"""Why a partner may help with a need: arithmetic without a database.

The score is the sum of visible reasons. A missing legal condition is a warning, never a lower
score: a partner without the licence may join with one who has it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable

TECHNOLOGY_POINTS = 10
INTEREST_POINTS = 8
LICENCE_POINTS = 6
PREFECTURE_POINTS = 4
EXPERIENCE_POINTS = 3
WORD_POINTS = 2
WORDS_SHOWN = 3
FRAGMENT = range(2, 7)

RUNS = re.compile(r"[ァ-ヴー]{2,}|[一-龠々]{2,}|[a-z][a-z0-9]+")
# Words of every company and every ward: sharing them says nothing.
EVERYBODYS_WORDS = """
医療 機器 医師 看護 看護師 病院 病棟 患者 製品 技術 開発 製造 使用 利用 必要 可能 対応 場合 現場 時間 作業
業務 提供 実績 会社 企業 当社 弊社 自社 分野 問題 課題 解決 方法 確認 以上 以下 現在 関係 用品 一般 各種 全国
中心 自分 毎日 今後 システム サービス メーカー ニーズ
"""
COMMON = frozenset(EVERYBODYS_WORDS.split())


class Reason(NamedTuple):
    """One thing in favour, in words, and what it counts."""

    label: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedProfile:
    """What a published need asks for. ``licences`` is what its device class is said to demand."""

    technologies: frozenset[str] = frozenset()
    category: str = ""
    device_class: str = ""
    licences: frozenset[str] = frozenset()
    prefecture: str = ""
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerProfile:
    """What a partner offers."""

    technologies: frozenset[str] = frozenset()
    interests: frozenset[str] = frozenset()
    licences: frozenset[str] = frozenset()
    prefecture: str = ""
    words: frozenset[str] = frozenset()
    experienced: bool = False


def reasons(need: NeedProfile, partner: PartnerProfile) -> list[Reason]:
    """What speaks for this partner; nothing without an overlap. Experience alone is no reason."""
    found = [
        *_shared_technologies(need, partner),
        *_shared_interest(need, partner),
        *_held_licence(need, partner),
        *_same_prefecture(need, partner),
        *_shared_words(need, partner),
    ]
    if found and partner.experienced:
        found.append(Reason(_("医工連携の実績あり"), EXPERIENCE_POINTS))
    return found


def warnings(need: NeedProfile, partner: PartnerProfile) -> list[str]:
    """Legal conditions that this partner does not meet alone."""
    if not need.licences or need.licences & partner.licences:
        return []
    return [_("参考: %(device)sに要る許可の登録がありません") % {"device": need.device_class}]


def score(found: Iterable[Reason]) -> int:
    """The sum; nothing is hidden."""
    return sum(reason.points for reason in found)


@lru_cache(maxsize=8192)  # profiles seldom change, and each page asks about all of them
def words(text: str) -> frozenset[str]:
    """The telling pieces of a text: words in カタカナ or letters, and fragments of 漢字."""
    plain = unicodedata.normalize("NFKC", text).lower()
    pieces: set[str] = set()
    for run in RUNS.findall(plain):
        pieces.update(_fragments(run) if _is_kanji(run) else [run])
    return frozenset(pieces - COMMON)


def shared_words(first: frozenset[str], second: frozenset[str]) -> list[str]:
    """What two texts share, longest first; a fragment inside a longer shared word is left out."""
    kept: list[str] = []
    for word in sorted(first & second, key=lambda word: (-len(word), word)):
        if not any(word in longer for longer in kept):
            kept.append(word)
    return kept


def _shared_technologies(need: NeedProfile, partner: PartnerProfile) -> list[Reason]:
    return [
        Reason(_("技術「%(name)s」が一致") % {"name": name}, TECHNOLOGY_POINTS)
        for name in sorted(need.technologies & partner.technologies)
    ]


def _shared_interest(need: NeedProfile, partner: PartnerProfile) -> list[Reason]:
    if not need.category or need.category not in partner.interests:
        return []
    return [Reason(_("「%(name)s」に関心あり") % {"name": need.category}, INTEREST_POINTS)]


def _held_licence(need: NeedProfile, partner: PartnerProfile) -> list[Reason]:
    held = sorted(need.licences & partner.licences)
    return (
        [Reason(_("%(licence)sあり") % {"licence": "・".join(held)}, LICENCE_POINTS)]
        if held
        else []
    )


def _same_prefecture(need: NeedProfile, partner: PartnerProfile) -> list[Reason]:
    if not need.prefecture or need.prefecture != partner.prefecture:
        return []
    return [Reason(_("病院と同じ%(name)s") % {"name": need.prefecture}, PREFECTURE_POINTS)]


def _shared_words(need: NeedProfile, partner: PartnerProfile) -> list[Reason]:
    shared = shared_words(need.words, partner.words)[:WORDS_SHOWN]
    if not shared:
        return []
    quoted = "".join(f"「{word}」" for word in shared)
    return [Reason(_("%(words)sが一致") % {"words": quoted}, WORD_POINTS * len(shared))]


def _is_kanji(run: str) -> bool:
    return run[0] >= "一" or run[0] == "々"


def _fragments(run: str) -> set[str]:
    return {
        run[start : start + length]
        for length in FRAGMENT
        for start in range(len(run) - length + 1)
        if run[start] != "々"
    }

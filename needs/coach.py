"""A coach for the statement of a need: who, in which scene, what is hard, what would be better.

Pure rules over words, offline; it helps and never blocks. The method (start from the problem,
the population and the outcome, not from a solution) is the need statement of biodesign
(shared/DOMAIN.md §2). Rules and how often each speaks up on published needs: docs/coach.md.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django_stubs_ext import StrOrPromise

ENOUGH_TO_JUDGE = 10

PARTS = {
    "who": _("だれが"),
    "scene": _("どの場面で"),
    "trouble": _("何に困り"),
    "outcome": _("どうなればよいか"),
}
_PROFESSIONS = r"看護師|看護|医師|技師|技士|薬剤師|助産師|保健師|療法士|栄養士|介護士|救急隊|助手|外科医|麻酔科医|歯科医"
_PATIENTS = (
    r"患者|患児|高齢者|小児|新生児|乳児|乳幼児|幼児|妊婦|産婦|褥婦|入所者|入居者|要介護|障害|子ども|こども|赤ちゃん"
    r"|お年寄り|認知症|寝たきり"
)
WORDS = {
    "who": re.compile(
        rf"{_PATIENTS}|{_PROFESSIONS}|職員|スタッフ|家族|学生|新人|自分|私|夜勤者|(?<!業)者(?=[がはのにもをと、]|$)"
        r"|人(?=[がはにも])|さん|様(?!々|子|式|相|態)"
    ),
    "scene": re.compile(
        r"とき|時に|時は|際|中に|中は|場面|前に|後に|後の|前後|夜間|夜勤|手術|術中|術後|病室|病棟|外来|検査|採血|透析"
        r"|点滴|入浴|搬送|訪問|在宅|自宅|救急|リハビ|診療|処置|ケア|介助|巡回|記録|洗浄|演習|実習|ベッド|では[、 ]"
    ),
    "trouble": re.compile(
        r"困|ず(?=[、にも何])|でき(?:ない|ず|ません)|なくなる|時間がかか|手間|危|不安|心配|負担|漏れ|外れ|抜け|落と|落ち|落下|痛|忘れ"
        r"|にくい|づらい|難し|困難|ミス|誤|転倒|転落|事故|不足|足りな|狭|邪魔|不快|大変|高価|無駄|妨げ|傷|リスク"
        r"|何度も|転[ばびぶん]|絡ま|からま|倒れ|こぼ[しれ]|汚れ|うるさ|眠れ|待た[せさ]|間に合わ"
        r"|ずり|へたる|滑る|損傷|つかない|ない(?:。|$|ため|ので|が|まま)|[がも]なく|しかな|悪|不評|合併症|感染|詰まり|閉塞|低下|ゴミ"
    ),
    "outcome": re.compile(
        r"たい|ほしい|欲しい|よい|良い|いい(?:。|$)|なれば|できれば|減らす|減らし|防ぐ|防ぎ|なくす|短縮|軽減|ように(?:なる|する|したい)"
        r"|希望|求め|理想|済む|すむ|助か|うれしい|嬉しい|ありがたい"
    ),
}
# What happens to a body, or in bed and chair: whose body it is need not be said.
BODILY = re.compile(
    r"手術|術前|術中|術後|採血|透析|入浴|褥瘡|縫合|縫う|臓器|骨折|浮腫|分娩|授乳|麻酔|内視鏡|口腔ケア|嚥下|誤嚥|排泄|おむつ"
    r"|体位変換|寝返り|離床|移乗|車椅子|車いす|ベッド|背上げ|吸引|人工呼吸|リハビリ|歩行|創部|皮膚|訪問診療|訪問看護"
    r"|実習|演習|練習"
)
# Wished for, and no product: these say what is missing.
NO_THING = re.compile(
    r"(?:時間|人手|人|人員|余裕|休み|予算|場所|情報|助け|教育|説明|協力|理解|相談|連携|知識|企業|会社|メーカー|先生|注意|観察"
    r"|配慮|支援|介助|許可|改善|見直し|対応|工夫|確認|対策|研修|訓練|治療|入院|手術|検査|安静|休憩|機会|仲間|権限|承認|手間)$"
)
THING = r"(?:もの|仕組み|[\u3400-\u9fff々ァ-ヴーA-Za-z0-9]{1,12})"
WISH = (
    r"(?:を|が|も)?(?:あ(?:れば|ったら|ると)(?:よい|良い|いい|便利|助か(?:る|ります)|うれしい|嬉しい|ありがたい)(?:と思う|だ)?"
    r"|ほしい|欲しい|必要(?:だ|である|です)?"
    r"|(?:を)?(?:開発|製作|作成|導入|設置|用意)し(?:て(?:ほしい|欲しい|ください)|たい)"
    r"|(?:を)?(?:付け|つけ|置い)て(?:ほしい|欲しい|ください)"
    r"|を?作(?:って(?:ほしい|欲しい|ください)|りたい|れないか)|(?:の開発)?を?希望(?:する|します)?)"
)
SOLUTION = re.compile(
    rf"(?P<purpose>[^。\n]*?)(?P<thing>(?<![\u3400-\u9fff々ァ-ヴー]){THING})"
    rf"(?P<wish>{WISH})(?:です|と思います|と思う|のですが)?(?P<end>。|$|(?=\n))"
)
SENTENCE = re.compile(r"[^。\n]+")
# A sentence that only says what is wished for tells no trouble: 「薬の落下も防ぎたい」.
ONLY_A_WISH = re.compile(
    r"(?:たい|ほしい|欲しい|よい|良い|いい)(?:です|と思う|と思います|のですが)?$"
)
# What can be done (見える, 使える) or how it is (使いやすい), and what somebody does (防ぐ, 運ぶ).
STATE_END = re.compile(r"(?:[えけげせぜてでねべめれ]る|できる)$")
ADJECTIVE_END = re.compile(r"(?P<stem>.+)い$")
# How it is, with な: 静かな; not 「〜のような」, nor what has no such form (大きな).
NA_END = re.compile(r"(?P<stem>.+?)(?<!よう)(?<!みたい)(?<![大小そこあどん])な$")
# 転倒防止装置, with nothing before it that would belong to the thing.
PREVENTION = re.compile(r"(?P<danger>.+)防止(?:用)?(?:装置|用具|器具|器|具|機器?|[ァ-ヴー]+)?$")
# Something does it by itself (圧が分散する), nobody does it to something (薬を運ぶ).
BY_ITSELF = re.compile(r"が[^、を]*$")
VERB_END = re.compile(r"[るくすつぬむぶうぐ]$")
NEGATED_END = re.compile(r"(?P<stem>.+)ない$")
VAGUE = re.compile(
    r"便利|楽に|らくに|使いやす|快適|スムーズ|安心|良くな|よくな|改善|向上|効率|しやすく|簡単に|きれいに|うまく"
)
MEASURABLE = re.compile(
    r"[0-9０-９一二三四五六七八九十百千]+\s*(?:分|秒|時間|日|回|件|人|名|枚|本|個|割|%|％|円|mm|cm|mL|ml|kg|g|℃|度|倍|歩|か月|カ月|ヶ月|週|年)"
    r"|半分|ゼロ|なくな|起きな|以内|以下|以上|未満|0件"
)


class Point(NamedTuple):
    """One thing worth saying about ``field``; ``offer`` is a rewording of its whole text, if any."""

    kind: str
    field: str
    words: str
    advice: StrOrPromise
    offer: str = ""


def parts_of(text: str) -> dict[str, bool]:
    """For each of the four parts of a statement whether ``text`` speaks of it."""
    plain = unicodedata.normalize("NFKC", text)
    return {part: bool(words.search(plain)) for part, words in WORDS.items()}


def points(values: Mapping[str, str]) -> list[Point]:
    """What to say about these answers (field name → text), the most useful first."""
    return [*_solutions(values), *_population(values), *_outcomes(values)]


def _solutions(values: Mapping[str, str]) -> Iterator[Point]:
    """「〜装置がほしい」 hides the trouble behind one answer to it, unless the trouble is told too."""
    text = values.get("problem", "")
    match = wish_in(text)
    if match and not _tells_trouble(_around(text, match)):
        yield Point(
            "solution",
            "problem",
            match["thing"] + match["wish"],
            _("道具や方法を決める前の「困りごと」を書くと、ほかの解決の案も集まります。"),
            reworded(text, match),
        )


def wish_in(text: str) -> re.Match[str] | None:
    """The first sentence that wishes for a product; not one that misses hands, time or care."""
    wishes = SOLUTION.finditer(text)
    return next((match for match in wishes if not NO_THING.search(match["thing"])), None)


def _around(text: str, wish: re.Match[str]) -> str:
    """What is said besides the wish: other sentences, and the clauses before it in its own."""
    before = wish["purpose"].rpartition("、")[0]
    return f"{text[: wish.start()]}。{before}。{text[wish.end() :]}"


def _tells_trouble(text: str) -> bool:
    sentences = (sentence.group().strip() for sentence in SENTENCE.finditer(text))
    return any(
        WORDS["trouble"].search(sentence) and not ONLY_A_WISH.search(sentence)
        for sentence in sentences
    )


def reworded(text: str, match: re.Match[str]) -> str:
    """``text`` with the sentence of the wish turned into what cannot be done today; or nothing.

    「残量が見える装置がほしい。」 → 「残量が見えるようにしたいが、いまはできずに困っている。」
    """
    purpose = match["purpose"].rstrip("、 　")
    head, tail = text[: match.start()], text[match.end() :]
    prevention = PREVENTION.search(match["thing"])
    if prevention and (not purpose or purpose.endswith("の")):
        sentence = f"{purpose}{prevention['danger']}を防ぎたいが、いまはできずに困っている。"
    elif negated := NEGATED_END.search(purpose):
        sentence = f"{negated['stem']}ないようにしたいが、いまはできずに困っている。"
    elif adjective := ADJECTIVE_END.search(purpose):
        if match["thing"] == "もの":
            return ""
        sentence = f"{match['thing']}を{adjective['stem']}くしたいが、いまはできずに困っている。"
    elif (state := NA_END.search(purpose)) and match["thing"] != "もの":
        sentence = f"{match['thing']}を{state['stem']}にしたいが、いまはできずに困っている。"
    elif STATE_END.search(purpose) or (VERB_END.search(purpose) and BY_ITSELF.search(purpose)):
        sentence = f"{purpose}ようにしたいが、いまはできずに困っている。"
    elif VERB_END.search(purpose):
        sentence = f"{purpose}ことができずに困っている。"
    else:
        return ""
    return f"{head}{sentence}{tail}".strip()


def _population(values: Mapping[str, str]) -> Iterator[Point]:
    """Nobody is named, and no body either that the trouble happens to."""
    text = values.get("problem", "")
    told = "\n".join(values.get(name, "") for name in ("problem", "title", "users", "patients"))
    plain = unicodedata.normalize("NFKC", told)
    if len(text) >= ENOUGH_TO_JUDGE and not (WORDS["who"].search(plain) or BODILY.search(plain)):
        yield Point(
            "population",
            "problem",
            "",
            _("だれが困っているかを足すと伝わります。例: 夜勤の看護師、寝返りのできない患者さん"),
        )


def _outcomes(values: Mapping[str, str]) -> Iterator[Point]:
    """An outcome that nobody could measure, such as 「楽になる」."""
    text = values.get("ideal_state", "")
    vague = VAGUE.search(text)
    if vague and not MEASURABLE.search(text):
        yield Point(
            "outcome",
            "ideal_state",
            vague.group(),
            _(
                "数や回数で言えると、良くなったことを確かめられます。"
                "例: 1回の巡回が10分で終わる、転倒が月に0件になる"
            ),
        )

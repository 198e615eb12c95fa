"""How far a need has come: 受付 → 審査 → 公開 → 連携, and whose turn it is.

Later apps add what only they know with ``reached``; this app never asks them by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from needs.enums import CHOSEN_STATES, NeedState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django_stubs_ext import StrOrPromise

    from needs.models import Need

STAGES = {
    "intake": gettext_lazy("受付"),
    "review": gettext_lazy("審査"),
    "publication": gettext_lazy("公開"),
    "partnership": gettext_lazy("連携"),
}
STOPPED = {
    NeedState.DECLINED,
    NeedState.NOT_ACCEPTED,
    NeedState.ON_HOLD,
    NeedState.WITHDRAWN,
    NeedState.CLOSED,
    NeedState.MERGED,
}

_later: dict[str, Callable[[list[int]], set[int]]] = {}


class Stage(NamedTuple):
    """One stop of the line; ``state`` is ``done``, ``current`` or empty (ui/stage_line.html)."""

    label: StrOrPromise
    state: str


def reached(
    stage: str,
) -> Callable[[Callable[[list[int]], set[int]]], Callable[[list[int]], set[int]]]:
    """Register who knows which needs have completed ``stage``: ids in, the subset out, one query.

    Raises ValueError for a second answer to the same question.
    """

    def register(function: Callable[[list[int]], set[int]]) -> Callable[[list[int]], set[int]]:
        if stage in _later:
            msg = f"{stage!r} is already registered"
            raise ValueError(msg)
        _later[stage] = function
        return function

    return register


def with_stages(needs: Iterable[Need]) -> list[Need]:
    """Put ``stages`` on each need; a fixed number of queries for any number of needs."""
    needs = list(needs)
    chosen = [need.pk for need in needs if need.state in CHOSEN_STATES]
    known = {
        stage: _later[stage](chosen) if chosen else set() for stage in STAGES if stage in _later
    }
    for need in needs:
        need.stages = _line(need, {stage for stage, ids in known.items() if need.pk in ids})
    return needs


def stations_of(needs: list[int]) -> dict[str, set[int]]:
    """What later apps say about these needs: station → the ids that came so far; one query each.

    Beside the later stages of the line there is ``match``: a partner and the hospital talked.
    """
    return {station: function(needs) for station, function in _later.items()}


def _line(need: Need, later: set[str]) -> list[Stage]:
    done = _completed(need) | later
    ahead = [stage for stage in STAGES if stage not in done]
    moving = need.state != NeedState.DRAFT and need.state not in STOPPED
    here = ahead[0] if ahead and moving else None
    return [Stage(label, _status(stage, done, here)) for stage, label in STAGES.items()]


def _status(stage: str, done: set[str], here: str | None) -> str:
    if stage in done:
        return "done"
    return "current" if stage == here else ""


def _completed(need: Need) -> set[str]:
    if need.state in CHOSEN_STATES:
        return {"intake", "review"}
    reviewed = {NeedState.IN_REVIEW, NeedState.ON_HOLD, NeedState.NOT_ACCEPTED}
    return {"intake"} if need.state in reviewed else set()


def next_step(need: Need, user: Any) -> str:
    """The first line of the page: whose turn it is and what comes next, for this reader."""
    if need.proposer_id == user.pk and need.state in {NeedState.DRAFT, NeedState.RETURNED}:
        return _own_turn(need)
    if user.has_perm("needs.screen_need", need):
        return _office_turn(need)
    return _for_everybody(need)


def _own_turn(need: Need) -> str:
    if need.state == NeedState.DRAFT:
        return _("あなたの番です。続きを入力して、提出してください。")
    return _("あなたの番です。事務局の質問に回答して、もう一度提出してください。")


def _office_turn(need: Need) -> str:
    sentences = {
        NeedState.SUBMITTED: _(
            "事務局の番です。内容を読んで、受け付けるか質問するかを決めてください。"
        ),
        NeedState.SCREENING: _(
            "事務局の番です。審査会の議題に加えるか、質問するかを決めてください。"
        ),
    }
    return sentences.get(NeedState(need.state)) or _for_everybody(need)


def _for_everybody(need: Need) -> str:
    return {
        NeedState.DRAFT: _("提案者が入力しています。"),
        NeedState.SUBMITTED: _("事務局の番です。約束の日までに提案者へ連絡します。"),
        NeedState.SCREENING: _("事務局の番です。内容を整理して、審査にかける準備をしています。"),
        NeedState.RETURNED: _("提案者の番です。事務局の質問への回答を待っています。"),
        NeedState.DECLINED: _(
            "今回は先に進めないことになりました。理由と、これからできることを下に書いています。"
        ),
        NeedState.IN_REVIEW: _("審査委員会の番です。結果が決まりしだい、提案者へ連絡します。"),
        NeedState.ACCEPTED: _("採択されました。事務局が企業への公開を準備します。"),
        NeedState.CONDITIONALLY_ACCEPTED: _(
            "条件付きで採択されました。事務局が条件を確かめながら、企業への公開を準備します。"
        ),
        NeedState.ON_HOLD: _(
            "いまは保留です。新しい企業や似たニーズが現れたら、事務局がもう一度取り上げます。"
        ),
        NeedState.NOT_ACCEPTED: _(
            "今回は採択になりませんでした。結果の手紙に理由と助言があります。"
        ),
        NeedState.WITHDRAWN: _("提案者が取り下げました。"),
        NeedState.CLOSED: _(
            "期限までに回答がなかったため、いったん終了しました。回答すれば、また続けられます。"
        ),
        NeedState.MERGED: _("同じ困りごとのニーズに統合しました。このあとは統合先で進めます。"),
    }[NeedState(need.state)]

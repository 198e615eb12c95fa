"""What helps after a refusal: for each coded reason a piece of advice and a place to go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from needs.enums import DeclineReason

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_stubs_ext import StrOrPromise

    from needs.models import Need


class Advice(NamedTuple):
    """One row: what can be done, the words of the link, and its address for a reader or ""."""

    text: StrOrPromise
    step: StrOrPromise
    address: Callable[[Need, Any], str]


def _ask_office(need: Need, user: Any) -> str:
    """The office reads and answers on the same page."""
    return "#comments" if user.has_perm("needs.comment_need", need) else ""


def _earlier_need(need: Need, user: Any) -> str:
    """The one that came first: to join, or to read for those who may."""
    earlier = need.declined_for
    if earlier is None:
        return ""
    known = ("needs.follow_need", "needs.join_need")
    may_open = any(user.has_perm(right, earlier) for right in known)
    return reverse("needs:join", args=[earlier.public_id]) if may_open else ""


def _write_again(need: Need, user: Any) -> str:
    """A new sheet that begins with what she wrote here."""
    if need.proposer_id != user.pk or not user.has_perm("needs.add_need", need.hospital):
        return ""
    return f"{reverse('needs:new')}?from={need.public_id}"


ADVICE = {
    DeclineReason.EXISTS: Advice(
        _("院内で試用や購入を相談できます。事務局が窓口を紹介します。"),
        _("試用や購入を事務局に相談する"),
        _ask_office,
    ),
    DeclineReason.DUPLICATE: Advice(
        _("先に届いたニーズに、あなたの現場の様子を添えることができます。"),
        _("先に届いたニーズに加わる"),
        _earlier_need,
    ),
    DeclineReason.NOT_A_PRODUCT: Advice(
        _("部署の業務改善や安全管理の担当者と一緒に考えることができます。"),
        _("担当者の紹介を事務局に頼む"),
        _ask_office,
    ),
    DeclineReason.UNCLEAR: Advice(
        _("場面や頻度、困る理由を書き足して、もう一度提出できます。"),
        _("書いた内容をもとに、もう一度登録する"),
        _write_again,
    ),
    DeclineReason.OUT_OF_SCOPE: Advice(
        _("合う相談先を事務局が一緒に探します。"),
        _("相談先を事務局に聞く"),
        _ask_office,
    ),
}


def advice_for(need: Need, user: Any) -> dict[str, Any] | None:
    """Text, words and address of the next step of a declined need; None for any other."""
    if not need.decline_reason:
        return None
    advice = ADVICE[DeclineReason(need.decline_reason)]
    return {"text": advice.text, "step": advice.step, "url": advice.address(need, user)}

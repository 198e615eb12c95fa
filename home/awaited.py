"""What somebody reads while nothing waits for her: what will, and what she can do now (UX.md §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Awaited(NamedTuple):
    """One sentence, and the page where one can go on; without one her own button stands below."""

    sentence: StrOrPromise
    label: StrOrPromise = ""
    url_name: str = ""


SUPPORTER = Awaited(
    _("紹介されたニーズへの返事が、ここに出ます。"),
    _("公開ニーズを見る"),
    "disclosure:catalogue",
)
# The first role that she has is the one that counts.
AWAITED = {
    Role.OFFICE: Awaited(
        _("届いた提案、期限が近いもの、企業からの返事が、ここに出ます。"),
        _("利用者を招待する"),
        "accounts:invite",
    ),
    Role.DIRECTOR: Awaited(
        _("契約の決裁と、期限を過ぎた一次回答が、ここに出ます。"),
        _("契約の一覧を見る"),
        "contracts:list",
    ),
    Role.LEGAL: Awaited(
        _("契約書案の院内確認と決裁が、ここに出ます。"), _("契約の一覧を見る"), "contracts:list"
    ),
    Role.IP_OFFICE: Awaited(
        _("公開の前の知財の確認と、契約の決裁が、ここに出ます。"),
        _("公開の一覧を見る"),
        "disclosure:list",
    ),
    Role.STAFF: Awaited(_("事務局からの質問と、仲間からのお願いが、ここに出ます。")),
    Role.PARTNER: Awaited(
        _("紹介されたニーズへの返事と、契約の手続きが、ここに出ます。"),
        _("公開ニーズを見る"),
        "disclosure:catalogue",
    ),
    Role.COORDINATOR: SUPPORTER,
    Role.ADVISOR: SUPPORTER,
}


def awaited(user: Any) -> Awaited | None:
    """The line of her first role, or None."""
    return next((line for role, line in AWAITED.items() if user.holds_any(role)), None)

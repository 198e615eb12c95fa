"""How needs are found: by every text of the sheet, within what the reader may see."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Department
from needs.answers import searched
from needs.enums import Frequency, NeedState, ParticipantKind, Place
from needs.models import Need
from search.index import SearchIndex, registry
from search.query import UnknownValueError

if TYPE_CHECKING:
    from django.db.models import QuerySet

TEXTS = [
    *("problem", "background", "current_practice", "existing_products", "ideal_state"),
    *("desired_spec", "users", "patients", "impact_note", "safety_note", "ip_note", "idea"),
]
MINE = {"自分", "私", "me", "mine"}


def _choice(field: str, choices: Any) -> Any:
    """A filter for a field with choices: the label, its beginning, or the code."""

    def narrowed(needs: QuerySet[Need], value: str, _user: Any) -> QuerySet[Need]:
        wanted = [each.value for each in choices if value in {each.value, str(each.label)}] or [
            each.value for each in choices if str(each.label).startswith(value)
        ]
        if not wanted or not value:
            labels = _("、").join(str(each.label) for each in choices)
            raise UnknownValueError(
                _("「%(value)s」は選べません。使えることば: %(labels)s")
                % {"value": value, "labels": labels}
            )
        return needs.filter(**{f"{field}__in": wanted})

    return narrowed


def _named(field: str) -> Any:
    """A filter by a part of a name."""

    def narrowed(needs: QuerySet[Need], value: str, _user: Any) -> QuerySet[Need]:
        return needs.filter(**{f"{field}__name__contains": value})

    return narrowed


def _term(field: str) -> Any:
    """A filter by a part of a term's label."""

    def narrowed(needs: QuerySet[Need], value: str, _user: Any) -> QuerySet[Need]:
        return needs.filter(**{f"{field}__ja__contains": value})

    return narrowed


def _proposer(needs: QuerySet[Need], value: str, user: Any) -> QuerySet[Need]:
    if value in MINE:
        return needs.of(user)  # type: ignore[attr-defined,no-any-return]
    return needs.filter(proposer__name__contains=value)


def _year(needs: QuerySet[Need], value: str, _user: Any) -> QuerySet[Need]:
    digits = unicodedata.normalize("NFKC", value).removesuffix("年")
    if not re.fullmatch(r"(19|20)\d{2}", digits):
        raise UnknownValueError(_("「年」は 2026 のように入力してください。"))
    return needs.filter(submitted_at__year=int(digits))


def _number(needs: QuerySet[Need], value: str, _user: Any) -> QuerySet[Need]:
    return needs.filter(number__icontains=unicodedata.normalize("NFKC", value))


@registry.register
class NeedIndex(SearchIndex):
    """The need sheet."""

    slug = "need"
    template = "needs/search_result.html"
    fields: ClassVar[dict[str, Any]] = {
        "状態": _choice("state", NeedState),
        "状況": _choice("state", NeedState),
        "場所": _choice("place", Place),
        "頻度": _choice("frequency", Frequency),
        "部署": _named("department"),
        "提案者": _proposer,
        "分野": _term("category"),
        "診療科": _term("specialty"),
        "番号": _number,
        "年": _year,
    }

    @classmethod
    def model(cls) -> type[Need]:
        return Need

    @classmethod
    def parts(cls, obj: Need) -> list[str]:
        """The title counts twice: it is what people remember."""
        number = (obj.number or "").replace("-", " ")
        texts = [*(getattr(obj, name) for name in TEXTS), *searched(obj)]
        return [text for text in (obj.title, obj.title, *texts, number) if text]

    @classmethod
    def scopes(cls, obj: Need) -> set[str]:
        """Those who wrote it; once handed in, the hospital and the department too."""
        together = ParticipantKind.CO_SUBMITTER
        named = (each.user_id for each in obj.people.values() if each.kind == together)
        circles = {f"u{obj.proposer_id}", *(f"u{pk}" for pk in named)}
        if obj.number is not None:
            circles.add(f"h{obj.hospital_id}")
            if obj.department_id:
                circles.add(f"d{obj.department_id}")
        return circles

    @classmethod
    def scopes_of(cls, user: Any) -> set[str]:
        """Her own needs, her hospitals as office or director, her departments as head."""
        whole = user.organisations(Role.OFFICE, Role.DIRECTOR)
        circles = {f"u{user.pk}", *(f"h{pk}" for pk in whole)}
        if elsewhere := user.hospitals - whole:
            headed = Department.objects.filter(head=user, hospital__in=elsewhere)
            circles.update(f"d{pk}" for pk in headed.values_list("pk", flat=True))
        return circles

    @classmethod
    def rows(cls, user: Any) -> QuerySet[Need]:
        return Need.objects.visible_to(user)

    @classmethod
    def results(cls, ids: list[int], user: Any) -> list[Need]:
        rows = Need.objects.visible_to(user).filter(pk__in=ids)
        return list(rows.select_related("department", "hospital"))

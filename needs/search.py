"""How needs are found: by every text of the sheet, within what the reader may see."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db.models import F, Q, Value
from django.db.models.functions import Replace
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext_lazy

from accounts.enums import Role
from accounts.models import Department, User
from core.japanese import folded, to_katakana
from needs.answers import searched
from needs.enums import Frequency, NeedState, ParticipantKind, Place
from needs.models import Need
from search.index import Narrowed, SearchIndex, facet, registry
from search.query import ONE_HYPHEN, UnknownValueError
from taxonomy.models import Term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

TEXTS = [
    *("problem", "background", "current_practice", "existing_products", "ideal_state"),
    *("desired_spec", "users", "patients", "impact_note", "safety_note", "ip_note", "idea"),
]
NUMBER = r"[A-Z]+-\d{4}-\d{4,}"
MINE = {"自分", "私", "me", "mine"}


# A name that more people than this have is looked up in the rows instead.
MOST_NAMED = 200


def _choice(field: str, choices: Any) -> Any:
    """A filter for a field with choices: the label in any language, its beginning, or the code."""

    def narrowed(needs: QuerySet[Need], value: str, _user: Any) -> Narrowed:
        text = folded(value)
        names = {each.value: {folded(each.value), *_labels(each)} for each in choices}
        wanted = [code for code, known in names.items() if text in known] or [
            code for code, known in names.items() if any(name.startswith(text) for name in known)
        ]
        if not wanted or not text:
            labels = _("、").join(str(each.label) for each in choices)
            raise UnknownValueError(
                _("「%(value)s」は選べません。使えることば: %(labels)s")
                % {"value": value, "labels": labels}
            )
        rows = needs.filter(**{f"{field}__in": wanted})
        return Narrowed(rows, {facet(field, each) for each in wanted})

    return narrowed


@cache
def _labels(choice: Any) -> set[str]:
    """Its label in every language: who shares an address may read the portal in another one."""
    found = set()
    for code, _language in settings.LANGUAGES:
        with override(code):
            found.add(folded(str(choice.label)))
    return found


def _department(needs: QuerySet[Need], value: str, user: Any) -> Narrowed:
    """A part of the name of a department of her hospitals."""
    names = Department.objects.filter(hospital__in=user.hospitals).values_list("pk", "name")
    return _one_of(needs, "department", [pk for pk, name in names if folded(value) in folded(name)])


def _term(field: str, kind: str) -> Any:
    """A filter by a part of a term's label, in any language."""

    def narrowed(needs: QuerySet[Need], value: str, _user: Any) -> Narrowed:
        text, terms = folded(value), Term.objects.filter(kind=kind).values_list("pk", "ja", "en")
        named = [pk for pk, ja, en in terms if text in folded(ja) or text in folded(en)]
        return _one_of(needs, field, named)

    return narrowed


def _proposer(needs: QuerySet[Need], value: str, user: Any) -> Narrowed:
    """She herself, or a part of a name or of its reading, with or without the space between."""
    if value in MINE:
        return Narrowed(needs.of(user), {facet("of", user.pk)})  # type: ignore[attr-defined]
    text = "".join(value.split())
    people = User.objects.alias(joined=_joined("name"), read=_joined("kana"))
    named = people.filter(Q(joined__contains=text) | Q(read__contains=to_katakana(text)))
    ids = list(named.values_list("pk", flat=True)[: MOST_NAMED + 1])
    if len(ids) > MOST_NAMED:
        return Narrowed(needs.filter(proposer__in=named.values("pk")))
    return _one_of(needs, "proposer", ids)


def _joined(field: str) -> Replace:
    """The field without spaces of either width."""
    narrow = Replace(F(field), Value(" "), Value(""))
    return Replace(narrow, Value("\u3000"), Value(""))


def _one_of(needs: QuerySet[Need], field: str, ids: Iterable[int]) -> Narrowed:
    rows = needs.filter(**{f"{field}__in": ids})
    # Nobody of that name: a word that no entry has.
    return Narrowed(rows, {facet(field, pk) for pk in ids} or {facet(field, "none")})


def _year(needs: QuerySet[Need], value: str, _user: Any) -> Narrowed:
    digits = unicodedata.normalize("NFKC", value).removesuffix("年")
    if not re.fullmatch(r"(19|20)\d{2}", digits):
        raise UnknownValueError(_("「年」は 2026 のように入力してください。"))
    return Narrowed(needs.filter(submitted_at__year=int(digits)), {facet("year", digits)})


def _number(needs: QuerySet[Need], value: str, _user: Any) -> Narrowed:
    """A whole number, or a part of one."""
    text = unicodedata.normalize("NFKC", value).upper().translate(ONE_HYPHEN)
    if re.fullmatch(NUMBER, text):
        return Narrowed(needs.filter(number=text), {facet("number", text)})
    return Narrowed(needs.filter(number__icontains=text))


@registry.register
class NeedIndex(SearchIndex):
    """The need sheet."""

    slug = "need"
    label = pgettext_lazy("menu", "ニーズ")
    template = "needs/search_result.html"
    related = ("participants", "extra_answers__question")
    fields: ClassVar[dict[str, Any]] = {
        "状態": _choice("state", NeedState),
        "状況": _choice("state", NeedState),
        "場所": _choice("place", Place),
        "頻度": _choice("frequency", Frequency),
        "部署": _department,
        "提案者": _proposer,
        "分野": _term("category", "need_category"),
        "診療科": _term("specialty", "specialty"),
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
    def facets(cls, obj: Need) -> set[str]:
        """What the field filters ask for; who stands behind it under ``of``."""
        values = {name: getattr(obj, name) for name in ("state", "place", "frequency")}
        values["number"] = obj.number
        for name in ("department", "category", "specialty", "proposer"):
            values[name] = getattr(obj, f"{name}_id")
        found = {facet(name, value) for name, value in values.items() if value}
        found |= {facet("of", pk) for pk in (obj.proposer_id, *obj.people)}
        if obj.submitted_at:
            found.add(facet("year", timezone.localtime(obj.submitted_at).year))
        return found

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
    def conditions(cls, user: Any) -> list[str]:
        """Who belongs to no hospital has no needs to narrow."""
        return super().conditions(user) if user.hospitals else []

    @classmethod
    def aside(cls, user: Any) -> str:
        """Who does not read all of her hospital's needs hears where the others are compared."""
        is_whole = not user.hospitals - user.organisations(Role.OFFICE, Role.DIRECTOR)
        return "" if is_whole else "needs/search_aside.html"

    @classmethod
    def rows(cls, user: Any) -> QuerySet[Need]:
        return Need.objects.visible_to(user)

    @classmethod
    def results(cls, ids: list[int]) -> list[Need]:
        rows = Need.objects.filter(pk__in=ids)
        return list(rows.select_related("department").prefetch_related("extra_answers__question"))

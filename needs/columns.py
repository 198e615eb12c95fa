"""The columns of the list of needs: one table for the page, for choosing, and for exports."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from core.labels import choice_label
from core.templatetags.ui import days_in_promise
from needs.enums import NeedState
from needs.models import ListColumns
from needs.promise import with_days_left
from needs.risks import RISK_FIELDS, with_risks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django_stubs_ext import StrOrPromise

    from needs.models import Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. ``value`` is what an export writes; the page draws ``kind`` (list_table.html).

    ``fields`` are what has to be loaded, ``prepare`` adds to many needs what no field says, in a
    fixed number of queries. ``sort`` is the order that its head leads to (needs.filters.SORTS).
    ``office_only`` values are empty for needs of hospitals where the reader is not in the office.
    """

    slug: str
    label: StrOrPromise
    value: Callable[[Need], Any]
    fields: tuple[str, ...] = ()
    kind: str = "text"
    sort: str = ""
    prepare: Callable[[Iterable[Need]], list[Need]] | None = None
    office_only: bool = False


def _labelled(name: str) -> Callable[[Need], str]:
    return lambda need: choice_label(need, name)


def _named(name: str) -> Callable[[Need], str]:
    return lambda need: str(getattr(need, name) or "")


def _day(name: str) -> Callable[[Need], Any]:
    return lambda need: getattr(need, name)


def _local_day(name: str) -> Callable[[Need], Any]:
    def day(need: Need) -> Any:
        moment = getattr(need, name)
        return timezone.localtime(moment).date() if moment else None

    return day


def _clock(need: Need) -> str:
    """The promise of a first answer in words."""
    if need.clock_stopped_on and need.state == NeedState.SUBMITTED:
        return _("止まっています")
    return days_in_promise(need.working_days_left)


COLUMNS = {
    each.slug: each
    for each in [
        Column(slug="number", label=gettext_lazy("番号"), value=_named("number"), sort="number"),
        Column(
            slug="title",
            label=gettext_lazy("件名"),
            value=lambda need: need.shown_title,
            kind="title",
        ),
        Column(slug="state", label=gettext_lazy("状況"), value=_labelled("state"), kind="state"),
        Column(
            slug="assignee",
            label=gettext_lazy("担当"),
            value=lambda need: need.assignee.name if need.assignee else "",
            fields=("assignee__name",),
        ),
        Column(
            slug="age",
            label=gettext_lazy("経過日数"),
            value=lambda need: need.age_in_days,
            fields=("submitted_at",),
            kind="age",
            sort="age",
        ),
        Column(
            slug="clock",
            label=gettext_lazy("回答の約束"),
            value=_clock,
            fields=("answer_due", "clock_stopped_on"),
            kind="clock",
            sort="due",
            prepare=with_days_left,
        ),
        Column(
            slug="risk",
            label=gettext_lazy("注意"),
            value=lambda need: _("、").join(
                f"{risk.label} {risk.more}".strip() for risk in need.risks
            ),
            fields=RISK_FIELDS,
            kind="risk",
            prepare=with_risks,
            office_only=True,
        ),
        Column(
            slug="proposer",
            label=gettext_lazy("提案者"),
            value=lambda need: need.proposer.name,
            fields=("proposer__name",),
        ),
        Column(
            slug="department",
            label=gettext_lazy("部署"),
            value=_named("department"),
            fields=("department__name",),
        ),
        Column(
            slug="due",
            label=gettext_lazy("次の期限"),
            value=lambda need: need.promised_until,
            fields=("answer_due", "clock_stopped_on"),
            prepare=with_days_left,
            kind="due",
            sort="due",
        ),
        Column(
            slug="updated",
            label=gettext_lazy("最終更新"),
            value=_local_day("updated_at"),
            kind="day",
            sort="updated",
        ),
        Column(
            slug="submitted",
            label=gettext_lazy("提出日"),
            value=_local_day("submitted_at"),
            fields=("submitted_at",),
            kind="day",
            sort="submitted",
        ),
        Column(
            slug="problem",
            label=gettext_lazy("困っていること"),
            value=_named("problem"),
            fields=("problem",),
            kind="long",
        ),
        Column(
            slug="category",
            label=gettext_lazy("分野"),
            value=_named("category"),
            fields=("category__ja", "category__en"),
        ),
        Column(
            slug="specialty",
            label=gettext_lazy("診療科"),
            value=_named("specialty"),
            fields=("specialty__ja", "specialty__en"),
        ),
        Column(
            slug="place", label=gettext_lazy("場所"), value=_labelled("place"), fields=("place",)
        ),
        Column(
            slug="frequency",
            label=gettext_lazy("頻度"),
            value=_labelled("frequency"),
            fields=("frequency",),
        ),
        Column(
            slug="source",
            label=gettext_lazy("入り口"),
            value=_labelled("source"),
            fields=("source",),
        ),
        Column(
            slug="audience",
            label=gettext_lazy("公開の範囲"),
            value=_labelled("audience"),
            fields=("audience",),
        ),
        Column(
            slug="answered",
            label=gettext_lazy("一次回答の日"),
            value=_day("answered_on"),
            fields=("answered_on",),
            kind="day",
        ),
        Column(
            slug="late",
            label=gettext_lazy("一次回答の遅れ"),
            value=lambda need: _("遅れ") if need.answered_late else "",
            fields=("answered_late",),
            office_only=True,
        ),
        Column(
            slug="decline_reason",
            label=gettext_lazy("見送りの理由"),
            value=lambda need: str(need.decline_label),
            fields=("decline_reason",),
            office_only=True,
        ),
        Column(
            slug="clock_reason",
            label=gettext_lazy("約束を止めた理由"),
            value=_named("clock_reason"),
            fields=("clock_reason",),
            office_only=True,
        ),
        Column(
            slug="hospital",
            label=gettext_lazy("病院"),
            value=_named("hospital"),
            fields=("hospital__name",),
        ),
    ]
}
STANDARD = ["number", "title", "state", "assignee", "due", "updated"]
# What decides which case of the queue comes next; the same for everybody.
QUEUE = ["number", "title", "state", "age", "clock", "risk", "assignee"]
# Loaded in any case: the address, the rights and the words of a row.
ALWAYS = ("public_id", "hospital", "number", "state", "title", "updated_at", "source")
CHUNK = 1_000


def columns_of(user: Any, view: str = "") -> list[Column]:
    """The columns of the queue, or those that she chose and may have, or the standard ones."""
    if view == "mine":
        return [COLUMNS[slug] for slug in QUEUE if may_have(user, COLUMNS[slug])]
    chosen = ListColumns.objects.filter(user=user).values_list("columns", flat=True).first()
    slugs = [slug for slug in chosen or STANDARD if slug in COLUMNS]
    return [COLUMNS[slug] for slug in slugs if may_have(user, COLUMNS[slug])]


def available(user: Any) -> list[Column]:
    """Everything that she may choose from."""
    return [each for each in COLUMNS.values() if may_have(user, each)]


def may_have(user: Any, column: Column) -> bool:
    """Whether the column can say anything to her."""
    return not column.office_only or user.holds_any(Role.OFFICE)


def value_for(user: Any, column: Column, need: Need) -> Any:
    """What she may know of this need in this column; ``need`` was prepared."""
    if column.office_only and not user.holds(Role.OFFICE, need.hospital_id):
        return ""
    return column.value(need)


def loaded(needs: Any, columns: Iterable[Column]) -> Any:
    """``needs`` (a queryset) with exactly what these columns show, in one query."""
    fields = [*ALWAYS, *(name for column in columns for name in column.fields)]
    related = {name.split("__")[0] for name in fields if "__" in name}
    return needs.select_related(*sorted(related)).only(*dict.fromkeys(fields))


def prepared(needs: Iterable[Need], columns: Iterable[Column]) -> list[Need]:
    """``needs`` with what these columns say beyond their fields."""
    needs = list(needs)
    for prepare in dict.fromkeys(column.prepare for column in columns):
        if prepare:
            prepare(needs)
    return needs


def in_pieces(needs: Any, columns: list[Column]) -> Iterator[Need]:
    """Every row of a queryset, loaded and prepared, without holding all of them at once."""
    rows = loaded(needs, columns).iterator(chunk_size=CHUNK)
    while piece := list(islice(rows, CHUNK)):
        yield from prepared(piece, columns)

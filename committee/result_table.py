"""The table of results: which lines a reader sees, in what order, and what they hold.

Ranks are counted among the lines that she may see, so that a gap in them tells nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit.actions import record
from committee import blind, results, scoring
from committee.enums import Outcome
from committee.models import Case
from core.workflow import action_labels
from taxonomy.models import Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from committee.models import CaseResult, Criterion, Round

action_labels["committee.round.export_results"] = gettext_lazy("採点の結果を書き出した")

UNDECIDED = "none"
SPLIT, FEW = "split", "few"
# Where nobody is assigned: fewer marks than this are too few.
WANTED = 3
DEFAULT = "-mean"


@dataclass(frozen=True, slots=True)
class Head:
    """A column that can be sorted by; ``sort`` is what a press on it asks for."""

    slug: str
    label: StrOrPromise
    field: str
    direction: str = ""
    sort: str = ""


HEADS = [
    Head("mean", gettext_lazy("平均"), "result__mean"),
    Head("adjusted", gettext_lazy("調整後"), "result__adjusted"),
    Head("median", gettext_lazy("中央値"), "result__median"),
    Head("spread", gettext_lazy("ばらつき"), "result__spread"),
    Head("n", gettext_lazy("人数"), "result__n"),
    Head("order", gettext_lazy("案件"), "order"),
]
FIELDS = {head.slug: head.field for head in HEADS}


def wanted_marks(round_: Round) -> int:
    """How many marks a case of this round should have."""
    return round_.reviewers_per_case or WANTED


class ResultFilter(django_filters.FilterSet):
    """Category, decision, and what needs a second look; everything lives in the address."""

    category = django_filters.ModelChoiceFilter(
        field_name="need__category",
        queryset=lambda _request: Term.objects.of("need_category"),
        label=gettext_lazy("分野"),
        empty_label=gettext_lazy("すべて"),
    )
    decision = django_filters.ChoiceFilter(
        method="with_decision",
        choices=[(UNDECIDED, gettext_lazy("まだ決まっていない")), *Outcome.choices],
        label=gettext_lazy("決定"),
        empty_label=gettext_lazy("すべて"),
    )
    marks = django_filters.ChoiceFilter(
        method="with_marks",
        choices=[(SPLIT, gettext_lazy("評価が割れた")), (FEW, gettext_lazy("採点が足りない"))],
        label=gettext_lazy("採点の様子"),
        empty_label=gettext_lazy("すべて"),
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round = round_

    def with_decision(self, cases: QuerySet[Case], _name: str, value: str) -> QuerySet[Case]:
        """Decided so, or not yet."""
        if value == UNDECIDED:
            return cases.exclude(decisions__is_current=True)
        return cases.filter(decisions__is_current=True, decisions__outcome=value)

    def with_marks(self, cases: QuerySet[Case], _name: str, value: str) -> QuerySet[Case]:
        """Members disagree, or too few have scored."""
        if value == SPLIT:
            return cases.filter(result__is_split=True)
        return cases.filter(Q(result=None) | Q(result__n__lt=wanted_marks(self.round)))


@dataclass(frozen=True, slots=True)
class Line:
    """One case with its figures, its place and its marks."""

    case: Case
    title: str
    figures: CaseResult | None
    rank: int | None
    points: list[Fraction]
    marks: list[tuple[Criterion, tuple[int, ...]]]

    @property
    def total(self) -> scoring.Summary | None:
        """The members' marks together."""
        return scoring.summarise(self.points)

    @property
    def criteria(self) -> list[tuple[Criterion, scoring.Summary | None]]:
        """Each criterion with the marks for it."""
        return [(criterion, scoring.summarise(given)) for criterion, given in self.marks]

    @property
    def decision(self) -> str:
        """What was decided, in words."""
        found = self.case.current_decision
        return str(found.label) if found else ""


class ResultTable:
    """The results of ``round_`` as ``user`` sees them, narrowed and sorted as ``query`` says."""

    def __init__(self, round_: Round, user: Any, query: Any) -> None:
        self.round = round_
        asked = query.get("sort", DEFAULT)
        self.sort = asked if asked.removeprefix("-") in FIELDS else DEFAULT
        self.visible = Case.objects.filter(round=round_).with_scores_for(user, round_)
        self.filter = ResultFilter(query, queryset=self.visible, round_=round_)
        self._points: dict[tuple[int | None, ...], Fraction | None] = {}

    @cached_property
    def criteria(self) -> list[Criterion]:
        """The criteria, in their order."""
        return results.criteria_of(self.round)

    @cached_property
    def keys(self) -> list[int]:
        """The ids of the lines in their order; cases without a mark come last. One query."""
        field = F(FIELDS[self.sort.removeprefix("-")])
        order = field.desc(nulls_last=True) if self.sort[0] == "-" else field.asc(nulls_last=True)
        return list(self.filter.qs.order_by(order, "order", "pk").values_list("pk", flat=True))

    @cached_property
    def means(self) -> list[float | None]:
        """The mean of each case that she may see, narrowed or not; one query."""
        return list(self.visible.order_by().values_list("result__mean", flat=True))

    @cached_property
    def places(self) -> dict[float | None, int | None]:
        """Mean → rank, among everything she may see."""
        return dict(zip(self.means, scoring.ranks(self.means), strict=True))

    def closed(self) -> list[str]:
        """The numbers of the cases that stay closed to her; a second query only when there are."""
        every = Case.objects.filter(round=self.round)
        if every.count() == len(self.means):
            return []
        rest = every.exclude(pk__in=self.visible.values("pk"))
        return list(rest.order_by("order", "pk").values_list("need__number", flat=True))

    def lines(self, keys: Sequence[int]) -> list[Line]:
        """The lines of these cases, in this order; a fixed number of queries."""
        found = {case.pk: case for case in Case.objects.filter(pk__in=keys).for_results()}
        marks = results.marks_of(found.values())
        return [self._line(found[key], marks[key]) for key in keys if key in found]

    def _line(self, case: Case, marks: results.Marks) -> Line:
        asked = results.asked_about(case, self.criteria)
        given = [
            tuple(values.get(each.pk) if each.pk in asked else None for each in self.criteria)
            for values in marks.values()
        ]
        figures = getattr(case, "result", None)
        return Line(
            case=case,
            title=self.title_of(case),
            figures=figures,
            rank=self.places.get(figures.mean) if figures else None,
            points=[point for values in given if (point := self._point(values)) is not None],
            marks=[
                (each, tuple(sorted(row[at] for row in given if row[at] is not None)))
                for at, each in enumerate(self.criteria)
            ],
        )

    def _point(self, values: tuple[int | None, ...]) -> Fraction | None:
        """A member's mark; the same few answers come again and again on one page."""
        if values not in self._points:
            marks = {each.pk: value for each, value in zip(self.criteria, values, strict=True)}
            asked = {each.pk: each for each in self.criteria}
            self._points[values] = scoring.weighted_mean(marks, asked)
        return self._points[values]

    def title_of(self, case: Case) -> str:
        """Whoever may see the scores of a case may know its title (``committee.name_case``)."""
        return blind.title_of(case, self.round)

    def heads(self) -> dict[str, Head]:
        """The heads of the columns as they stand now; figures begin with the highest."""
        return {head.slug: self._head(head) for head in HEADS}

    def _head(self, head: Head) -> Head:
        slug = head.slug
        if self.sort.removeprefix("-") != slug:
            return Head(slug, head.label, head.field, sort=slug if slug == "order" else f"-{slug}")
        down = self.sort[0] == "-"
        return Head(
            slug,
            head.label,
            head.field,
            direction="descending" if down else "ascending",
            sort=slug if down else f"-{slug}",
        )

    def file_rows(self) -> Iterator[list[Any]]:
        """The whole table for a file, its heads first: the columns and lines of the page."""
        yield [
            *(_("順位"), _("受付番号"), _("件名"), _("平均"), _("調整後"), _("中央値")),
            *(_("ばらつき"), _("最小"), _("最大"), _("人数"), _("注意"), _("決定")),
            *(each.label for each in self.criteria),
        ]
        for line in self.lines(self.keys):
            yield self._file_row(line)

    def _file_row(self, line: Line) -> list[Any]:
        figures = line.figures
        numbers = ["mean", "adjusted", "median", "spread", "low", "high"]
        return [
            *(line.rank, line.case.number, line.title),
            *(_rounded(getattr(figures, name, None)) for name in numbers),
            *(figures.n if figures else 0, _("、").join(self.notes(line)), line.decision),
            *(_rounded(summary and summary.mean) for _criterion, summary in line.criteria),
        ]

    def notes(self, line: Line) -> list[str]:
        """What a reader should look at twice, in words."""
        n = line.figures.n if line.figures else 0
        wanted = wanted_marks(self.round)
        words = []
        if line.figures and line.figures.is_split:
            words.append(_("評価が割れた"))
        if n < wanted:
            text = ngettext(
                "採点が足りない(あと%(n)d名)", "採点が足りない(あと%(n)d名)", wanted - n
            )
            words.append(text % {"n": wanted - n})
        return words


def taken_out(table: ResultTable, *, kind: str, query: str, by: Any) -> list[list[Any]]:
    """The rows for a file, heads first; the timeline of the round keeps who took how many."""
    rows = list(table.file_rows())
    record(table.round, "export_results", by=by, kind=kind, query=query, rows=len(rows) - 1)
    return rows


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 2)

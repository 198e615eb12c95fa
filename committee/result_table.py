"""The table of results: which lines a reader sees, in what order, and what they hold.

Ranks are counted among the lines that she may see, so that a gap in them tells nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Count, F, FilteredRelation, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit.actions import record
from committee import blind, scoring
from committee.enums import Outcome
from committee.models import Case, Criterion, Decision
from committee.models.decisions import in_words
from committee.querysets import Sight, sight_of
from core.prepared import Prepared
from core.workflow import action_labels
from taxonomy.models import Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from committee.models import CaseResult, Round

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
    Head("order", gettext_lazy("案件"), "order"),
    Head("mean", gettext_lazy("平均"), "mean"),
    Head("adjusted", gettext_lazy("調整後"), "result__adjusted"),
    Head("median", gettext_lazy("中央値"), "result__median"),
    Head("spread", gettext_lazy("ばらつき"), "result__spread"),
    Head("n", gettext_lazy("人数"), "result__n"),
]
FIELDS = {head.slug: head.field for head in HEADS}


def wanted_marks(round_: Round) -> int:
    """How many marks a case of this round should have."""
    return round_.reviewers_per_case or WANTED


def _categories() -> list[tuple[Any, StrOrPromise]]:
    return [("", _("すべて")), *Term.objects.choices_of("need_category")]


class ResultForm(forms.Form):
    """Category, decision, and what needs a second look; everything lives in the address.

    A plain form: setting up a filter set would cost as much as a query.
    """

    category = forms.ChoiceField(choices=_categories, label=gettext_lazy("分野"), required=False)
    decision = forms.ChoiceField(
        choices=[
            ("", gettext_lazy("すべて")),
            (UNDECIDED, gettext_lazy("まだ決まっていない")),
            *Outcome.choices,
        ],
        label=gettext_lazy("決定"),
        required=False,
    )
    marks = forms.ChoiceField(
        choices=[
            ("", gettext_lazy("すべて")),
            (SPLIT, gettext_lazy("評価が割れた")),
            (FEW, gettext_lazy("採点が足りない")),
        ],
        label=gettext_lazy("採点の様子"),
        required=False,
    )

    def conditions(self, wanted: int) -> list[Q]:
        """What is asked for, where a case should have ``wanted`` marks; an unknown word asks nothing."""
        self.full_clean()
        chosen = self.cleaned_data
        found = []
        if category := chosen.get("category"):
            found.append(Q(need__category=category))
        if decision := chosen.get("decision"):
            current = Decision.objects.filter(is_current=True)
            if decision == UNDECIDED:
                found.append(~Q(pk__in=current.values("case")))
            else:
                found.append(Q(pk__in=current.filter(outcome=decision).values("case")))
        if chosen.get("marks") == SPLIT:
            found.append(Q(result__is_split=True))
        elif chosen.get("marks") == FEW:
            found.append(Q(result=None) | Q(result__n__lt=wanted))
        return found


@dataclass(frozen=True, slots=True)
class Line:
    """One case with its figures, its place and its marks."""

    case: Case
    title: str
    figures: CaseResult | None
    rank: int | None
    marks: list[tuple[Criterion, tuple[int, ...]]]
    decision: str

    @property
    def total(self) -> scoring.Summary | None:
        """The members' marks together."""
        return scoring.summarise(self.figures.marks if self.figures else [])

    @property
    def criteria(self) -> list[tuple[Criterion, scoring.Summary | None]]:
        """Each criterion with the marks for it."""
        return [(criterion, scoring.summarise(given)) for criterion, given in self.marks]


@cache
def _means_of(sight: Sight) -> Prepared:
    """The means of the cases of a round that somebody sees, and how many cases have each."""

    def build(user: Any, round_: Any) -> QuerySet[Any, Any]:
        rows = Case.objects.filter(round=round_).with_scores_in(sight, user)
        return rows.values("mean").values_list("mean", Count("pk"))

    return Prepared(build, "user", "round_")


@cache
def _keys_of(sight: Sight, sort: str) -> Prepared:
    """The ids of these cases in their order."""

    def build(user: Any, round_: Any) -> QuerySet[Any, Any]:
        rows = Case.objects.filter(round=round_).with_scores_in(sight, user)
        return rows.order_by(*_order(sort)).values_list("pk")

    return Prepared(build, "user", "round_")


_TOTALS = Prepared(
    lambda round_: Case.objects.filter(round=round_).values("round").values_list(Count("pk")),
    "round_",
)


def _order(sort: str) -> tuple[Any, ...]:
    """Cases without a figure to sort by come last."""
    field = F(FIELDS[sort.removeprefix("-")])
    first = field.desc(nulls_last=True) if sort[0] == "-" else field.asc(nulls_last=True)
    return first, "order", "pk"


@dataclass(frozen=True, slots=True)
class Keys:
    """The ids of all lines in their order, read only as far as a page shows them."""

    query: Prepared
    values: dict[str, int]
    total: int

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, part: slice) -> list[int]:
        first, last, _step = part.indices(self.total)
        return [key for (key,) in self.query.part(first, last, **self.values)]


class ResultTable:
    """The results of ``round_`` as ``user`` sees them, narrowed and sorted as ``query`` says."""

    def __init__(self, round_: Round, user: Any, query: Any) -> None:
        self.round, self.user = round_, user
        asked = query.get("sort", DEFAULT)
        self.sort = asked if asked.removeprefix("-") in FIELDS else DEFAULT
        self.form = ResultForm(query)

    @cached_property
    def visible(self) -> QuerySet[Case]:
        """Every case whose scores she may see."""
        return Case.objects.filter(round=self.round).with_scores_for(self.user, self.round)

    @cached_property
    def criteria(self) -> list[Criterion]:
        """The criteria, in their order."""
        return list(Criterion.objects.filter(rubric=self.round.rubric_id).order_by("order", "pk"))

    @cached_property
    def _criteria(self) -> list[tuple[Criterion, str]]:
        """Each with its name among the stored points."""
        return [(each, str(each.pk)) for each in self.criteria]

    @cached_property
    def _sight(self) -> Sight:
        return sight_of(self.user, self.round)

    @cached_property
    def _means(self) -> dict[float | None, int]:
        """Mean → how many of the cases that she may see have it, narrowed or not; one query."""
        return dict(_means_of(self._sight).rows(user=self.user.pk, round_=self.round.pk))

    @cached_property
    def keys(self) -> Keys | list[int]:
        """The ids of the lines in their order."""
        asked = self.form.conditions(wanted_marks(self.round))
        if asked:
            rows = self.visible.filter(*asked).order_by(*_order(self.sort))
            return list(rows.values_list("pk", flat=True))
        values = {"user": self.user.pk, "round_": self.round.pk}
        return Keys(_keys_of(self._sight, self.sort), values, sum(self._means.values()))

    @cached_property
    def places(self) -> dict[float, int]:
        """Mean → rank, among everything she may see."""
        means = sorted((mean for mean in self._means if mean is not None), reverse=True)
        above = accumulate((self._means[mean] for mean in means), initial=1)
        return dict(zip(means, above, strict=False))

    def closed(self) -> list[str]:
        """The numbers of the cases that stay closed to her; a second query only when there are."""
        totals = _TOTALS.rows(round_=self.round.pk)
        if totals in ([], [(sum(self._means.values()),)]):
            return []
        rest = Case.objects.filter(round=self.round).exclude(pk__in=self.visible.values("pk"))
        return list(rest.order_by("order", "pk").values_list("need__number", flat=True))

    def lines(self, keys: Sequence[int]) -> list[Line]:
        """The lines of these cases, in this order; one query, and one for the criteria."""
        current = FilteredRelation("decisions", condition=Q(decisions__is_current=True))
        rows = Case.objects.filter(pk__in=keys).for_results(self.round).annotate(current=current)
        rows = rows.annotate(outcome=F("current__outcome"), own_word=F("current__kind__label"))
        found = {case.pk: case for case in rows}
        return [self._line(found[key]) for key in keys if key in found]

    def _line(self, case: Any) -> Line:
        figures = getattr(case, "result", None)
        points = figures.points if figures else {}
        return Line(
            case=case,
            title=self.title_of(case),
            figures=figures,
            rank=self.places.get(figures.mean) if figures else None,
            marks=[(each, tuple(points.get(key, ()))) for each, key in self._criteria],
            decision=in_words(case.outcome, case.own_word) if case.outcome else "",
        )

    def title_of(self, case: Case) -> str:
        """Whoever may see the scores of a case may know its title (``committee.name_case``)."""
        return blind.title_of(case, self.round)

    def heads(self) -> dict[str, Head]:
        """The heads of the columns as they stand now; figures begin with the highest."""
        return {head.slug: self._head(head) for head in HEADS}

    def _head(self, head: Head) -> Head:
        if self.sort.removeprefix("-") != head.slug:
            first = "" if head.slug == "order" else "-"
            return replace(head, sort=f"{first}{head.slug}")
        down = self.sort[0] == "-"
        direction = "descending" if down else "ascending"
        return replace(head, direction=direction, sort=head.slug if down else f"-{head.slug}")

    def file_rows(self) -> Iterator[list[Any]]:
        """The whole table for a file, its heads first: the columns and lines of the page."""
        yield [
            *(_("順位"), _("受付番号"), _("件名"), _("平均"), _("調整後"), _("中央値")),
            *(_("ばらつき"), _("最小"), _("最大"), _("人数"), _("注意"), _("決定")),
            *(each.label for each in self.criteria),
        ]
        for line in self.lines(self.keys[:]):
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

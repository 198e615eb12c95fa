"""What the order would be with other weights. Only reads: the record stays as it is."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from committee import results, scoring
from core.fields import NamedErrorsMixin

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from committee.models import Criterion
    from committee.result_table import ResultTable

HEAVIEST = 10


class WeightsForm(NamedErrorsMixin, forms.Form):
    """One weight for each criterion, as it is now unless the address says otherwise."""

    def __init__(self, data: Any, *, criteria: Iterable[Criterion]) -> None:
        self.criteria = list(criteria)
        now = {name_of(each): str(weight_now(each)) for each in self.criteria}
        super().__init__({name: data.get(name, weight) for name, weight in now.items()})

    def clean(self) -> dict[str, Any]:
        """Something must count."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(_("重みを1つ以上、1から10にしてください。"))
        return cleaned

    @property
    def weights(self) -> dict[int, int]:
        """Criterion id → weight, of a valid form."""
        return {each.pk: self.cleaned_data[name_of(each)] for each in self.criteria}

    @property
    def is_changed(self) -> bool:
        """Whether any weight differs from the record."""
        return any(self.weights[each.pk] != weight_now(each) for each in self.criteria)


def form_for(data: Any, criteria: Iterable[Criterion]) -> WeightsForm:
    """The form with a field for each criterion."""
    fields = {
        name_of(each): forms.IntegerField(label=each.label, min_value=0, max_value=HEAVIEST)
        for each in criteria
    }
    made: type[WeightsForm] = type("RoundWeightsForm", (WeightsForm,), fields)
    return made(data, criteria=criteria)


def name_of(criterion: Criterion) -> str:
    """Its name in the address."""
    return f"w{criterion.pk}"


def weight_now(criterion: Criterion) -> int:
    """The weight in the record; 0 for a criterion that is only shown."""
    return criterion.weight if criterion.counts else 0


@dataclass(frozen=True, slots=True)
class Trial:
    """A case with its place in the record and in the trial."""

    case: Any
    title: str
    recorded: Fraction | None
    mean: Fraction | None
    before: int | None
    rank: int | None

    @property
    def moved(self) -> int:
        """How many places up; a negative number is down."""
        return (self.before or 0) - (self.rank or 0)

    @property
    def fallen(self) -> int:
        """How many places down."""
        return -self.moved


def trial(table: ResultTable, weights: dict[int, int]) -> list[Trial]:
    """Every case that the reader sees, with the places that ``weights`` would give."""
    cases = list(table.visible.for_results(table.round))
    marks, criteria = results.marks_of(cases), results.criteria_of(table.round)
    recorded = _means(cases, marks, criteria)
    tried = _means(cases, marks, [_with_weight(each, weights[each.pk]) for each in criteria])
    before, after = scoring.ranks(recorded), scoring.ranks(tried)
    lines = [
        Trial(case, table.title_of(case), *figures)
        for case, *figures in zip(cases, recorded, tried, before, after, strict=True)
    ]
    return sorted(lines, key=lambda line: (line.rank is None, line.rank, line.case.order))


def _means(cases: list[Any], marks: Any, criteria: list[Criterion]) -> list[Fraction | None]:
    points = results.points_by_member(cases, criteria, marks=marks)
    totals = [scoring.summarise(points[case.pk].values()) for case in cases]
    return [total and total.mean for total in totals]


def _with_weight(criterion: Criterion, weight: int) -> Criterion:
    changed = copy(criterion)
    changed.weight, changed.counts = weight, bool(weight)
    return changed

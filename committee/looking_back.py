"""Looking back at a round, and at what came of a year's scores. Only reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit.queries import entries_for
from committee import queries, results, scoring
from committee.actions import round_flow
from committee.assignment import closed_pairs, given_pairs
from committee.enums import CHOSEN_OUTCOMES, OUT_ANSWERS, RoundState
from committee.models import Case, Conflict, Review
from committee.querysets import spoken_for
from needs.progress import stations_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accounts.models import User
    from committee.models import Criterion, Round

APRIL = 4
FEW = 10
CLEAR, SLIGHT = 0.5, 0.2
# The lower end of each band of means, the highest first.
BANDS = [4.5, 4, 3.5, 3, 2, 1]
# How far a need came, in this order.
STATIONS = {
    "accepted": gettext_lazy("採択"),
    "publication": gettext_lazy("公開"),
    "match": gettext_lazy("企業と面談"),
    "partnership": gettext_lazy("共同研究契約"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One state of a round: how long it was in it, all times together."""

    label: str
    lasted: timedelta
    times: int
    is_now: bool

    @property
    def hours(self) -> int:
        """For drawing."""
        return int(self.lasted.total_seconds() // 3600)

    @property
    def words(self) -> str:
        """「3日」, 「5時間」, or less than an hour."""
        if days := self.lasted.days:
            return ngettext("%(n)d日", "%(n)d日", days) % {"n": days}
        if self.hours:
            return ngettext("%(n)d時間", "%(n)d時間", self.hours) % {"n": self.hours}
        return _("1時間未満")


def stages_of(round_: Round, *, now: datetime) -> list[Stage]:
    """How long each stage took, from the timeline of the round; one query."""
    targets = {f"{round_flow.label}.{row.name}": row.target for row in round_flow}
    lasted: Counter[str] = Counter()
    times = Counter([str(RoundState.PLANNED)])
    state, since = str(RoundState.PLANNED), round_.created_at
    for action, at in entries_for(round_).values_list("action", "at"):
        if action in targets:
            lasted[state] += (at - since) // timedelta(microseconds=1)
            state, since = targets[action], at
            times[state] += 1
    if state != RoundState.RELEASED:
        lasted[state] += (now - since) // timedelta(microseconds=1)
    return [
        Stage(str(each.label), timedelta(microseconds=lasted[each]), times[each], each == state)
        for each in RoundState
        if times[each] and each != RoundState.RELEASED
    ]


@dataclass(frozen=True, slots=True)
class Part:
    """What was asked of one member, and what she did; or of all together."""

    name: str
    asked: int
    answered: int
    out: int
    scored: int
    abstained: int


def participation(round_: Round) -> list[Part]:
    """One line for each member who was asked or took part; a fixed number of queries."""
    answered = _pairs(Conflict.objects.filter(case__round=round_), "member")
    reviews = Review.objects.filter(case__round=round_)
    given_up = _pairs(reviews.filter(abstained_at__isnull=False), "reviewer")
    out = closed_pairs(round_) - given_up
    scored = _pairs(
        reviews.filter(completed_at__isnull=False, abstained_at__isnull=True), "reviewer"
    )
    people = _people(round_, answered | given_up | scored)
    asked = _asked(round_, people)
    return [
        Part(
            name=person.name,
            asked=len(asked[person.pk]),
            answered=_of(person, answered),
            out=_of(person, {pair for pair in out if pair[0] in asked[person.pk]}),
            scored=_of(person, scored - out),
            abstained=_of(person, given_up),
        )
        for person in people
    ]


def _pairs(rows: Any, member: str) -> set[tuple[int, int]]:
    return set(rows.values_list("case", member))


def _of(person: User, pairs: Iterable[tuple[int, int]]) -> int:
    return sum(each == person.pk for _case, each in pairs)


def _people(round_: Round, pairs: set[tuple[int, int]]) -> list[User]:
    """Who is asked today, and who took part and has left since."""
    known = set(queries.scorers(round_).values_list("pk", flat=True))
    known |= {person for _case, person in pairs}
    return list(queries.User.objects.filter(pk__in=known).order_by("pk"))


def _asked(round_: Round, people: list[User]) -> dict[int, set[int]]:
    """Person id → the ids of the cases that she is asked about."""
    if not round_.reviewers_per_case:
        cases = set(round_.cases.values_list("pk", flat=True))
        return {person.pk: cases for person in people}
    given = given_pairs(round_)
    return {person.pk: {case for case, each in given if each == person.pk} for person in people}


def together(parts: Sequence[Part]) -> Part:
    """The sums of all lines."""
    names = ["asked", "answered", "out", "scored", "abstained"]
    sums = {name: sum(getattr(part, name) for part in parts) for name in names}
    return Part(name=_("合計"), **sums)


@dataclass(frozen=True, slots=True)
class Spread:
    """How the marks for one criterion are spread over its scale."""

    criterion: Criterion
    summary: scoring.Summary | None
    counts: list[tuple[int, int]]


def spreads(cases: Sequence[Case], criteria: Sequence[Criterion]) -> list[Spread]:
    """The marks that count of these cases, criterion by criterion; one query."""
    marks = results.marks_of(cases)
    given = [values for members in marks.values() for values in members.values()]
    return [_spread(each, [values.get(each.pk) for values in given]) for each in criteria]


def _spread(criterion: Criterion, values: list[int | None]) -> Spread:
    found = Counter(value for value in values if value is not None)
    scale = range(scoring.LOWEST, criterion.scale + 1)
    return Spread(criterion, scoring.summarise(values), [(mark, found[mark]) for mark in scale])


# A year ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Band:
    """The cases whose means lie together, and how many of them came how far."""

    label: str
    total: int
    reached: list[int]

    @property
    def lines(self) -> list[tuple[Any, int]]:
        """(station, number) for each cell."""
        return list(zip(STATIONS.values(), self.reached, strict=True))


@dataclass(frozen=True, slots=True)
class Year:
    """What a fiscal year's scores foretold."""

    bands: list[Band]
    total: int
    scored: int
    correlation: float | None

    @property
    def sentence(self) -> str:
        """The correlation in words; few cases say nothing."""
        rho = self.correlation
        if rho is None or self.scored < FEW:
            return _("件数が少ないので、まだ何も言えません。")
        if rho >= CLEAR:
            return _("点の高いニーズほど、先まで進んでいます。")
        if rho >= SLIGHT:
            return _("点の高いニーズのほうが、やや先まで進んでいます。")
        if rho > -SLIGHT:
            return _("点と、そのあとの進み方には、はっきりした関係が見えません。")
        return _("点の低いニーズのほうが、先まで進んでいます。評価表を見直す手がかりになります。")


def fiscal_year(day: date) -> int:
    """The Japanese fiscal year of a day: from April until March."""
    return day.year - (day.month < APRIL)


def released_cases(user: User) -> Any:
    """The cases of her offices whose results are out, without her own and her conflicts."""
    out = Conflict.objects.filter(member=user, answer__in=OUT_ANSWERS)
    return Case.objects.filter(
        ~spoken_for(user),
        ~Q(pk__in=out.values("case")),
        round__committee__hospital__in=user.offices,
        round__state=RoundState.RELEASED,
        round__released_at__isnull=False,
    )


def years_of(user: User) -> list[int]:
    """The fiscal years in which her offices released results, the newest first."""
    moments = released_cases(user).values_list("round__released_at", flat=True).distinct()
    days = [timezone.localdate(each) for each in moments.order_by()]
    return sorted({fiscal_year(day) for day in days}, reverse=True)


def year_of(user: User, year: int) -> Year:
    """Score bands against what came of the needs; a fixed number of queries."""
    start, end = (
        timezone.make_aware(datetime.combine(date(each, APRIL, 1), time()))
        for each in (year, year + 1)
    )
    cases = released_cases(user).filter(
        round__released_at__gte=start, round__released_at__lt=end, decisions__is_current=True
    )
    rows = list(cases.values_list("need", "result__mean", "decisions__outcome"))
    known = stations_of([need for need, _mean, _outcome in rows])
    known["accepted"] = {need for need, _mean, outcome in rows if outcome in CHOSEN_OUTCOMES}
    scored = [(mean, _how_far(need, known)) for need, mean, _outcome in rows if mean is not None]
    return Year(
        bands=_bands(rows, known),
        total=len(rows),
        scored=len(scored),
        correlation=scoring.rank_correlation(scored) if scored else None,
    )


def _how_far(need: int, known: dict[str, set[int]]) -> int:
    """The number of the last station that the need has reached."""
    places = enumerate(STATIONS, start=1)
    return max((at for at, station in places if need in known.get(station, ())), default=0)


def _bands(rows: list[Any], known: dict[str, set[int]]) -> list[Band]:
    """Every band from the highest to the lowest, then the cases without a mark."""
    ends = [None, *BANDS[:-1]]
    found = [
        (
            _("%(low)s以上") % {"low": low}
            if high is None
            else _("%(low)s以上%(high)s未満") % {"low": low, "high": high},
            [need for need, mean, _o in rows if mean is not None and low <= mean < (high or 6)],
        )
        for low, high in zip(BANDS, ends, strict=True)
    ]
    found.append((_("採点なし"), [need for need, mean, _outcome in rows if mean is None]))
    return [
        Band(
            label,
            len(needs),
            [sum(need in known.get(station, ()) for need in needs) for station in STATIONS],
        )
        for label, needs in found
    ]

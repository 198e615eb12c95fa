"""Numbers and pictures of scores."""

from functools import cache, lru_cache

from django import template
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext

from committee.honours import nominations_by
from committee.scoring import HIGHEST, LOWEST

register = template.Library()

WIDTH = 160
MARGIN = 10
FIGURES = ["mean", "adjusted", "median", "spread"]


@register.filter
def points(value):
    """A mark with two decimals; – where there is none."""
    return "–" if value in {None, ""} else f"{float(value):.2f}"


@register.simple_tag
def dot_strip(summary, label="", scale=HIGHEST):
    """The marks as dots on a line from 1 to ``scale``, the mean as a stroke; numbers for readers."""
    if summary is None:
        return "–"
    return mark_safe(_picture(label, summary.values, summary.mean, scale))  # noqa: S308 -- see there


def _picture(label, values, mean, scale):
    """Numbers, and a label that is escaped: put together here, for a table has hundreds of them."""
    words, picture = _strip(values, mean, scale)
    name = f"{escape(label)}: {words}" if label else words
    return (
        f'<svg class="dots" role="img" viewBox="0 0 {WIDTH} 32" width="{WIDTH}" height="32"'
        f' aria-label="{name}">{picture}</svg>'
    )


@lru_cache(maxsize=10_000)  # three marks from 1 to 5 give few different pictures
def _strip(values, mean, scale):
    """The words and the inside of a picture."""
    seen = {}
    dots = []
    for value in values:
        level = seen[value] = seen.get(value, -1) + 1
        dots.append(f'<circle cx="{_x(value, scale)}" cy="{20 - 5 * min(level, 3)}" r="4"/>')
    words = "、".join(points(value) for value in values)
    stroke = f'<path d="M{_x(mean, scale)} 4v24" class="mean"/>'
    return words, f"{_axis(scale)}{''.join(dots)}{stroke}"


@register.simple_tag
def figure_cells(line):
    """The cells of a line from the mean to the strip of the members' marks."""
    figures = line.figures
    if figures is None or not figures.n:
        numbers, count, strip = ["–"] * 4, 0, "–"
    else:
        numbers = [points(getattr(figures, name)) for name in FIGURES]
        numbers[0] = f"<strong>{numbers[0]}</strong>"
        extent = f"({points(figures.low)}〜{points(figures.high)})"
        numbers[3] = f'{numbers[3]}<br><span class="meta">{extent}</span>'
        count = figures.n
        marks = tuple(sorted(float(point) for point in line.points))
        strip = _picture(line.case.number, marks, figures.mean, HIGHEST)
    labels = [gettext("平均"), gettext("調整後"), gettext("中央値"), gettext("ばらつき")]
    cells = [*zip(labels, numbers, strict=True), (gettext("人数"), count)]
    drawn = "".join(f'<td class="number" data-label="{label}">{cell}</td>' for label, cell in cells)
    return mark_safe(f'{drawn}<td data-label="{gettext("分布")}">{strip}</td>')  # noqa: S308 -- numbers


@register.simple_tag
def criterion_cells(line):
    """The cells of a line for the criteria: mean and strip of each."""
    cells = [_criterion_cell(each.label, marks, each.scale) for each, marks in line.marks]
    return mark_safe("".join(cells))  # noqa: S308 -- see there


@lru_cache(maxsize=10_000)
def _criterion_cell(label, marks, scale):
    start = f'<td class="criterion-cell" data-label="{escape(label)}">'
    if not marks:
        return f"{start}–</td>"
    mean = sum(marks) / len(marks)
    return f"{start}{points(mean)}<br>{_picture(label, marks, mean, scale)}</td>"


@register.simple_tag
def histogram(counts, label=""):
    """How often each mark was given, as bars; ``counts`` are (mark, number) pairs."""
    most = max((number for _mark, number in counts), default=0)
    if not most:
        return "–"
    step = (WIDTH - 2 * MARGIN) / len(counts)
    bars = []
    for at, (_mark, number) in enumerate(counts):
        height = 28 * number / most
        left = MARGIN + at * step + 2
        bars.append(f"M{left:.1f} 32v-{height:.1f}h{step - 4:.1f}v{height:.1f}z")
    words = "、".join(f"{mark}: {number}" for mark, number in counts)
    return mark_safe(  # noqa: S308 -- numbers, and a label that is escaped
        f'<svg class="dots" role="img" viewBox="0 0 {WIDTH} 33" width="{WIDTH}" height="33"'
        f' aria-label="{escape(label)}: {words}"><path d="M{MARGIN} 32.5H{WIDTH - MARGIN}"'
        f' class="axis"/><path d="{"".join(bars)}"/></svg>'
    )


@cache
def _axis(scale):
    """The line and its ticks, as one path."""
    ticks = "".join(f"M{_x(mark, scale)} 21v6" for mark in range(LOWEST, scale + 1))
    return f'<path d="M{MARGIN} 24H{WIDTH - MARGIN}{ticks}" class="axis"/>'


@register.simple_tag
def criterion_mean(row, criterion):
    """The mean of one criterion in a row of the result table; – where it is not asked."""
    summary = row.result.criteria.get(criterion.pk)
    return points(summary and summary.mean)


@register.inclusion_tag("committee/own_nominations.html", takes_context=True)
def own_nominations(context, case):
    """What this member names the case for, and the way to name it; nothing when she may not."""
    user = context["request"].user
    may_nominate = user.has_perm("committee.nominate_case", case)
    mine = nominations_by(user, case) if may_nominate else []
    return {"case": case, "may_nominate": may_nominate, "mine": mine}


@register.filter
def letter_lines(body):
    """The lines of an official letter: 記 stands in the middle, 以上 at the right."""
    return [
        {"text": line, "centred": line.strip() == "記", "right": line.strip() == "以上"}
        for line in body.splitlines()
    ]


def _x(value, scale):
    return f"{MARGIN + (WIDTH - 2 * MARGIN) * float(value - LOWEST) / (scale - LOWEST):.1f}"

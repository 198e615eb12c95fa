"""Numbers and pictures of scores."""

from functools import cache, lru_cache

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from committee.honours import nominations_by
from committee.scoring import HIGHEST, LOWEST
from core.templatetags.ui import icon

register = template.Library()

WIDTH = 160
MARGIN = 10
NO_FIGURES = dict.fromkeys(("mean_is", "adjusted_is", "median_is", "spread_is", "picture"), "–") | {
    "n": 0
}
NUMBER = mark_safe(' class="number"')
PLACE = "0"  # stands for an id in an address


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


LINE = (
    '<tr><td class="tick short"><label class="hit"><input class="form-check-input" type="checkbox"'
    ' name="case" value="{key}" aria-label="{compare}: {number}"></label></td>'
    '<td class="number" data-label="{place}">{rank}</td>'
    '<th scope="row" class="title"><a href="{before}{key}{after}">'
    '<span class="number">{number}</span> {title}</a>{notes}</th>'
    '<td class="number" data-label="{mean}">{mean_is}</td>'
    '<td class="number" data-label="{adjusted}">{adjusted_is}</td>'
    '<td class="number" data-label="{median}">{median_is}</td>'
    '<td class="number" data-label="{spread}">{spread_is}</td>'
    '<td class="number" data-label="{people}">{n}</td><td data-label="{marks}">{picture}</td>'
    '<td class="short" data-label="{decided}">{decision}</td>{criteria}</tr>\n'
)
NOTE = ' <span class="tag {}">{}{}</span>'


HEAD = '<th scope="col"{}{}><a href="{}">{}{}</a></th>'
ARROWS = {
    "descending": mark_safe('<span aria-hidden="true"> ▼</span>'),
    "ascending": mark_safe('<span aria-hidden="true"> ▲</span>'),
}


@register.simple_tag(takes_context=True)
def sort_heads(context, heads):
    """The heads of the columns by which the table of results can be sorted."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    drawn = []
    for head in heads.values():
        query["sort"] = head.sort
        drawn.append(
            (
                NUMBER if head.slug != "order" else "",
                format_html(' aria-sort="{}"', head.direction) if head.direction else "",
                f"?{query.urlencode()}",
                head.label,
                ARROWS.get(head.direction, ""),
            )
        )
    return format_html_join("\n", HEAD, drawn)


@register.simple_tag
def result_lines(lines, wanted):
    """The lines of the table of results, each with ``wanted`` marks or a note that some are missing.

    Put together here: a page has hundreds of cells, and a template looks each of them up by name.
    """
    every = _words_of_lines()
    split = format_html(NOTE, "orange", icon("arrows-right-left"), gettext("評価が割れた"))
    few = format_html(NOTE, "yellow", icon("exclamation-triangle"), gettext("採点が足りない"))
    drawn = []
    for line in lines:
        figures = line.figures
        notes = split if figures and figures.is_split else ""
        if figures is None or figures.n < wanted:
            notes += few
        own = {
            "key": line.case.public_id,
            "number": line.case.number,
            "title": line.title,
            "rank": line.rank or "–",
            "notes": notes,
            "decision": line.decision or "–",
            "criteria": _criterion_cells(line),
        }
        drawn.append(every | own | _figures(line))
    return format_html_join("", LINE, drawn)


def _words_of_lines():
    """What all lines have in common."""
    before, after = reverse("committee:decision", args=[PLACE]).split(PLACE)
    words = {
        "compare": gettext("くらべる"),
        "place": gettext("順位"),
        "mean": gettext("平均"),
        "adjusted": gettext("調整後"),
        "median": gettext("中央値"),
        "spread": gettext("ばらつき"),
        "people": gettext("人数"),
        "marks": gettext("分布"),
        "decided": gettext("決定"),
        "before": before,
        "after": after,
    }
    return {name: conditional_escape(word) for name, word in words.items()}


def _figures(line):
    """The numbers of a line and the picture of its marks; each is safe, for it is made of numbers."""
    figures = line.figures
    if figures is None or not figures.n:
        return NO_FIGURES
    extent = f"({points(figures.low)}〜{points(figures.high)})"
    return {
        "mean_is": SafeString(f"<strong>{points(figures.mean)}</strong>"),
        "adjusted_is": SafeString(points(figures.adjusted)),
        "median_is": SafeString(points(figures.median)),
        "spread_is": SafeString(f'{points(figures.spread)}<br><span class="meta">{extent}</span>'),
        "n": SafeString(f"{figures.n}"),
        "picture": SafeString(
            _picture(line.case.number, tuple(figures.marks), figures.mean, HIGHEST)
        ),
    }


def _criterion_cells(line):
    """The cells of a line for the criteria: mean and strip of each."""
    return SafeString(
        "".join([_criterion_cell(each.label, marks, each.scale) for each, marks in line.marks])
    )


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

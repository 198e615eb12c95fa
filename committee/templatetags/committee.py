"""Numbers and pictures of scores."""

from django import template
from django.utils.formats import number_format

register = template.Library()

WIDTH = 160
MARGIN = 10
LOWEST, HIGHEST = 1, 5


@register.filter
def points(value):
    """A mark with two decimals; – where there is none."""
    return "–" if value in {None, ""} else number_format(round(float(value), 2), decimal_pos=2)


@register.inclusion_tag("committee/dot_strip.html")
def dot_strip(summary, label=""):
    """The marks as dots on a line from 1 to 5, with the mean as a stroke; numbers for readers."""
    if summary is None:
        return {"summary": None}
    seen = {}
    dots = []
    for value in summary.values:
        level = seen[value] = seen.get(value, -1) + 1
        dots.append({"x": _x(value), "y": 20 - 5 * min(level, 3)})
    return {
        "summary": summary,
        "label": label,
        "width": WIDTH,
        "ticks": [_x(mark) for mark in range(LOWEST, HIGHEST + 1)],
        "dots": dots,
        "mean": _x(summary.mean),
    }


@register.simple_tag
def criterion_mean(row, criterion):
    """The mean of one criterion in a row of the result table."""
    summary = row.result.criteria[criterion.pk]
    return points(summary and summary.mean)


@register.filter
def letter_lines(body):
    """The lines of an official letter: 記 stands in the middle, 以上 at the right."""
    return [
        {"text": line, "centred": line.strip() == "記", "right": line.strip() == "以上"}
        for line in body.splitlines()
    ]


def _x(value):
    return f"{MARGIN + (WIDTH - 2 * MARGIN) * float(value - LOWEST) / (HIGHEST - LOWEST):.1f}"

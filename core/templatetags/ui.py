"""The parts every page is made of; builtin, so templates need no ``{% load %}``."""

from datetime import date, datetime, timedelta
from functools import cache, lru_cache

from django import forms, template
from django.db import models
from django.template.loader import render_to_string
from django.template.loader_tags import BlockNode
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, ngettext
from heroicons.templatetags.heroicons import heroicon_outline

from core import japanese
from core.labels import choice_label
from core.once import once_key

register = template.Library()


@register.simple_tag(takes_context=True)
def once(context):
    """The one-time key of a form: pressing twice or reloading shows the first result again."""
    # A request that is refused early never gets as far as having a person.
    user = getattr(context["request"], "user", None)
    return format_html('<input type="hidden" name="_once" value="{}">', once_key(user))


@register.simple_tag
def icon(name):
    """An outline icon that stands beside a word; never alone, so it is hidden from readers."""
    return _icon(str(name))


@cache
def _icon(name):
    attributes = {"aria-hidden": "true", "class": "icon", "focusable": "false"}
    return mark_safe(heroicon_outline(name, size=20, **attributes))  # noqa: S308 -- our own package


@register.simple_tag
def same_for_all(template_name):
    """A part that says the same to everybody: drawn once for each language, not for each page.

    It is drawn without a request and without the context of the page, so that nothing of a person
    can get into it.
    """
    return _same_for_all(template_name, get_language())


@cache
def _same_for_all(template_name, _language):
    return render_to_string(template_name)


@register.simple_tag
def menu_lines(lines):
    """The lines of the main menu, which a page shows twice: for phones, and beside the text."""
    drawn = ((line["url"], _here(line), icon(line["icon"]), line["label"]) for line in lines)
    return format_html(
        "<ul>{}</ul>", format_html_join("", '<li><a href="{}"{}>{}{}</a></li>', drawn)
    )


def _here(line):
    return mark_safe(' aria-current="page"') if line["current"] else ""


@register.simple_tag(takes_context=True)
def block_again(context, name):
    """Draw a block a second time: the heading of a page is also the title of its tab."""
    return BlockNode(name, template.NodeList()).render(context)


@register.simple_tag
def state_badge(obj, label=""):
    """The state of ``obj`` as word, icon and colour; ``label`` when the reader sees another word."""
    return _badge(str(obj.state), str(label or _state_in_words(obj)))


@lru_cache(maxsize=1000)  # a list draws the same few badges over and over
def _badge(state, label):
    return render_to_string("ui/state_badge.html", {"state": state, "label": label})


def _state_in_words(obj):
    is_row = isinstance(obj, models.Model)
    return choice_label(obj, "state") if is_row else obj.get_state_display()


@register.inclusion_tag("ui/transition_buttons.html", takes_context=True)
def transition_buttons(context, obj, flow, url_name, primary=True):
    """The buttons this person has on ``obj``; the first harmless one is the page's primary."""
    user = context["request"].user
    rows = flow.open_to(user, obj)
    first = next((row.name for row in rows if not row.danger), None) if primary else None
    return {
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "buttons": [
            {
                "row": row,
                "url": reverse(url_name, kwargs={"public_id": obj.public_id, "name": row.name}),
                "primary": row.name == first,
            }
            for row in rows
        ],
    }


@register.inclusion_tag("ui/timeline.html")
def timeline(entries):
    """What happened, oldest first; ``entries`` come from ``audit.queries.entries_for``."""
    return {"entries": entries}


@register.simple_tag
def control(field):
    """Draw only the control of a bound field, tied to its help, its error and its counter.

    The browser's own ``maxlength`` would cut pasted text without a word, so it is left off;
    the server says how long the text is and how long it may be.
    """
    widget = field.field.widget
    attributes = {"placeholder": False}
    if limit := getattr(field.field, "max_length", None):
        attributes |= {"maxlength": False, "data-max": limit}
    if isinstance(widget, forms.Textarea):
        attributes["rows"] = widget.attrs.get("rows") if _rows_chosen(widget) else 5
    return field.as_widget(attrs=attributes)


def _rows_chosen(widget):
    return widget.attrs.get("rows") not in (None, "10", 10)


@register.filter
def kind_of(field):
    """How a bound field is drawn: ``checkbox``, ``choices``, ``file``, ``group`` or ``text``."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "group" if field.use_fieldset else "text"


@register.filter
def first_id(field):
    """Where a link to this field leads: its control, or the first of its choices."""
    return f"{field.auto_id}_0" if kind_of(field) in {"choices", "group"} else field.auto_id


@register.simple_tag
def theirs(form, name, value):
    """Another person's answer in a stale form: as words, and as the field's controls take it."""
    options = {str(key): label for key, label in _options(form.fields[name])}
    values = value if isinstance(value, list | tuple) else [value]
    keys = ["" if each is None else str(getattr(each, "pk", each)) for each in values]
    return {
        "words": gettext("、").join(str(options.get(key, key)) for key in keys if key),
        "value": "\n".join(keys),
        "name": form[name].html_name,
    }


def _options(field):
    for key, label in getattr(field, "choices", []):
        yield from label if isinstance(label, list | tuple) else [(key, label)]


@register.filter
def page_numbers(page):
    """The numbers around this page and at both ends; None stands for those left out."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return [number if isinstance(number, int) else None for number in numbers]


@register.filter
def total_in_words(paginator):
    """How many rows a list has, as far as they are counted (core.pagination)."""
    number = f"{paginator.count:,}" if paginator.has_more else paginator.count
    text = gettext("%(count)s件以上") if paginator.has_more else gettext("%(count)s件")
    return text % {"count": number}


@register.filter
def error_total(errors):
    """How many sentences an error summary has."""
    return sum(len(messages) for messages in errors.values())


@register.filter
def jdate(value):
    """2026年12月5日(土)."""
    return dateformat.format(_day(value), gettext("Y年n月j日(D)")) if value else ""


@register.filter
def short_date(value):
    """12月5日; with its year when that is not this year."""
    if not value:
        return ""
    this_year = _day(value).year == timezone.localdate().year
    return dateformat.format(_day(value), gettext("n月j日") if this_year else gettext("Y年n月j日"))


@register.filter
def jdatetime(value):
    """2026年12月5日(土) 17:00, in the time of Tokyo."""
    if not value:
        return ""
    return dateformat.format(timezone.localtime(value), gettext("Y年n月j日(D) H:i"))


@register.filter
def wareki(value):
    """令和8年12月5日; for echoes and official letters."""
    return japanese.wareki(_day(value)) if value else ""


@register.filter
def days_until(value):
    """あと3日・今日まで・2日過ぎています."""
    if not value:
        return ""
    left = (_day(value) - timezone.localdate()) // timedelta(days=1)
    if left == 0:
        return gettext("今日まで")
    if left > 0:
        return ngettext("あと%(days)d日", "あと%(days)d日", left) % {"days": left}
    return ngettext("%(days)d日過ぎています", "%(days)d日過ぎています", -left) % {"days": -left}


@register.simple_tag(takes_context=True)
def querystring_without(context, name):
    """The address of this page without one condition, and from its first page."""
    query = context["request"].GET.copy()
    for each in (name, "page"):
        query.pop(each, None)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def page_link(context, number):
    """The address of this page with another page of its list.

    A page with several lists gives each a ``page_name`` of its own, so that one can be turned
    without the others; the link leads to the list with that id.
    """
    name = context.get("page_name") or "page"
    query = context["request"].GET.copy()
    query[name] = number
    return f"?{query.urlencode()}" + (f"#{name}" if name != "page" else "")


@register.filter
def working_days_left(days, answered_on=None):
    """一次回答まであと3営業日・今日まで・2営業日過ぎています, for a number of working days.

    Behind a first answer (``answered_on``) it is 回答: the office owes another one.
    """
    if days is None:
        return ""
    if answered_on:
        return _days_to_next_answer(days)
    if days == 0:
        return gettext("一次回答は今日までです")
    if days > 0:
        return ngettext(
            "一次回答まであと%(days)d営業日", "一次回答まであと%(days)d営業日", days
        ) % {"days": days}
    return ngettext(
        "一次回答が%(days)d営業日遅れています", "一次回答が%(days)d営業日遅れています", -days
    ) % {"days": -days}


def _days_to_next_answer(days):
    if days == 0:
        return gettext("回答は今日までです")
    if days > 0:
        return ngettext("回答まであと%(days)d営業日", "回答まであと%(days)d営業日", days) % {
            "days": days
        }
    return ngettext(
        "回答が%(days)d営業日遅れています", "回答が%(days)d営業日遅れています", -days
    ) % {"days": -days}


@register.filter
def days_in_promise(days):
    """あと3営業日・今日まで・2営業日遅れ: the short form, for tables and cards."""
    if days is None:
        return ""
    if days == 0:
        return gettext("今日まで")
    if days > 0:
        return ngettext("あと%(days)d営業日", "あと%(days)d営業日", days) % {"days": days}
    return ngettext("%(days)d営業日遅れ", "%(days)d営業日遅れ", -days) % {"days": -days}


@register.filter
def phone(digits):
    """045-000-0101; a number is kept as digits."""
    return japanese.hyphenated_phone(digits) if digits else ""


@register.filter
def yen(value):
    """1,200,000円."""
    if value is None or value == "":
        return ""
    amount = f"{int(value):,}"
    return f"{amount}円" if (get_language() or "").startswith("ja") else f"¥{amount}"


def _day(value: date) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value

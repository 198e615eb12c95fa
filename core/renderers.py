"""How forms are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import HttpRequest
    from django.utils.safestring import SafeString

SELECT = "django/forms/widgets/select.html"


class FormRenderer(TemplatesSetting):
    """Our templates first, then Django's, as usual; but a drop-down list is put together here.

    A filter has ten of them with up to a hundred options, and each option costs a template two
    includes: most of the page.
    """

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        """The HTML of a form, a field or a widget."""
        if template_name == SELECT:
            return drop_down(context["widget"])
        return super().render(template_name, context, request)


def drop_down(widget: Mapping[str, Any]) -> SafeString:
    """A ``<select>`` from what its widget says of itself."""
    groups = ((_group(name, options),) for name, options, _index in widget["optgroups"])
    return format_html(
        '<select name="{}"{}>{}\n</select>',
        widget["name"],
        flatatt(widget["attrs"]),
        format_html_join("", "{}", groups),
    )


def _group(name: str | None, options: Iterable[Mapping[str, Any]]) -> SafeString:
    rows = ((each["value"], _attributes(each["attrs"]), each["label"]) for each in options)
    drawn = format_html_join("", '\n  <option value="{}"{}>{}</option>', rows)
    return format_html('\n  <optgroup label="{}">{}\n  </optgroup>', name, drawn) if name else drawn


def _attributes(attributes: dict[str, Any]) -> str:
    return flatatt(attributes) if attributes else ""

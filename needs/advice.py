"""Hints beside the text boxes while somebody writes a need; they help and never block.

An adviser reads what stands in the boxes and yields hints, each a template and its context::

    @adviser
    def coach(need, values, user):
        if "装置がほしい" in values.get("problem", ""):
            yield "needs/coach/embedded_solution.html", {"words": "装置がほしい"}

Register it in a module of your own that ``needs.apps.NeedsConfig.ready`` imports; hints are
shown in the order of those imports.

- Where: steps 1–3, every section (needs/sections.py) and, with all texts at once, the page
  「入力内容を確認して提出する」. All hints of a page stand in ``#advice``, below its text boxes.
- When: each time such a page is drawn, and again after each autosave (static/js/autosave.js puts
  ``advice`` of the answer there when it differs). An adviser therefore has to be quick, and has
  a fixed number of queries; a page without text costs nothing.
- ``values``: field name → text, only the fields of that page that hold text, as typed and
  stripped; never None. What is stored in ``need`` may be older (a refused page) or the same.
- ``need`` is not saved yet (``pk`` is None) on the first page before its first autosave;
  its hospital may be missing then.
- ``user`` may change this need: advisers need not ask again. What a hint says about *other*
  needs is the adviser's to guard.
- In the template: ``hint`` is the context, ``need`` the need, nothing else (no request). The
  place is inside the page's ``<form>``, so no ``<form>`` of its own: a link, or
  ``<button type="submit" formaction="…">`` which sends the page's form with its csrf token and
  one-time key elsewhere, or ``<button type="button" data-use="text" data-for="field name">``
  which static/js/portal.js turns into "put this text into that box" (never without her tap).
  A control with a name inside a hint is sent along with the form and ignored by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.template.loader import render_to_string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from needs.models import Need

    Adviser = Callable[[Need, dict[str, str], Any], Iterable[tuple[str, dict[str, Any]]]]

_advisers: list[Adviser] = []


class Hint(NamedTuple):
    """One hint: its template and what the template finds under ``hint``."""

    template: str
    context: dict[str, Any]


def adviser(function: Adviser) -> Adviser:
    """Register ``function(need, values, user)``, which yields (template, context)."""
    _advisers.append(function)
    return function


def hints_for(need: Need, values: Mapping[str, Any], user: Any) -> list[Hint]:
    """Every adviser's hints about the texts among ``values``."""
    texts = {
        name: value.strip()
        for name, value in values.items()
        if isinstance(value, str) and value.strip()
    }
    if not texts:
        return []
    return [Hint(*hint) for each in _advisers for hint in each(need, texts, user)]


def rendered(need: Need, values: Mapping[str, Any], user: Any) -> str:
    """The same hints as HTML, for the answer to an autosave."""
    context = {"need": need, "advice": hints_for(need, values, user)}
    return render_to_string("needs/advice.html", context)

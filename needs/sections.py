"""The rest of the need sheet as a task list: sections in any order, none of them a condition.

Another station adds sections of its own, such as a hospital's extra questions::

    class QuestionsSection(Section):          # or no subclass, when the fields are the need's
        def form(self, data=None, files=None, *, need, lenient=False):
            return QuestionsForm(data, files, instance=need, slug=self.slug, lenient=lenient)

        def values(self, need):
            return [answer.value for answer in need.extra_answers.all()]

        def rows(self, need):
            return [SheetRow(name="q1", label="…", value="…")]

    @extra_section
    def questions(need):
        if need.question_set_id:
            yield QuestionsSection(slug="questions", title=_("病院からの質問"))

in a module that ``needs.apps.NeedsConfig.ready`` imports. Its form is a subclass of
``needs.forms.SectionForm`` whose answers live elsewhere: it adds its fields, puts what is stored
into ``initial`` and ``_current``, says the same in ``stored()`` and writes ``cleaned_data`` in
``store()`` (called when the page is saved and at each autosave; a refused answer is missing in
``cleaned_data`` then and has to be left alone). Files do not come with an autosave; the page calls
``keep_files()`` for them. The number of queries must not depend on how much was answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from needs.enums import NeedState, SectionState
from needs.forms import section_form
from needs.sheet import SECTION_FIELDS, SheetRow, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django_stubs_ext import StrOrPromise

    from needs.forms import SectionForm
    from needs.models import Need

    Yields = Callable[[Need], Iterable["Section"]]

# The three steps as one section, where the office names what it asks about.
STEPS = "steps"
# The office's question has no answer yet.
WAITING = {NeedState.RETURNED, NeedState.CLOSED}
STEPS_TITLE = _("困りごと・場面・公開の範囲")

_form_class = cache(section_form)
_extra: list[Yields] = []


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the sheet with a page of its own.

    ``help`` is one sentence above its fields, ``warning`` one that must not be overlooked;
    ``shows`` names answers of the three steps that are repeated there to be read.
    """

    slug: str
    title: StrOrPromise
    help: StrOrPromise = ""
    warning: StrOrPromise = ""
    fields: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()

    def form(
        self, data: Any = None, files: Any = None, *, need: Need, lenient: bool = False
    ) -> SectionForm:
        """Its questions, with what was answered."""
        return _form_class(self.fields)(data, files, instance=need, slug=self.slug, lenient=lenient)

    def values(self, need: Need) -> list[Any]:
        """Its answers; an empty one is falsy."""
        return [getattr(need, name) for name in self.fields]

    def rows(self, need: Need) -> list[SheetRow]:
        """Its answers in words, also the empty ones."""
        return rows(need, self.fields)

    def state(self, need: Need) -> SectionState:
        """How far it is: finished by the proposer's word, or because nothing is left to fill in."""
        values = self.values(need)
        if self.slug in need.sections_done or (values and all(values)):
            return SectionState.DONE
        return SectionState.BEGUN if any(values) else SectionState.EMPTY


def _section(slug: str, title: StrOrPromise, **more: Any) -> Section:
    return Section(slug=slug, title=title, fields=tuple(SECTION_FIELDS[slug]), **more)


SECTIONS = [
    _section("background", _("背景と現状の対処")),
    _section("products", _("既存品とその問題")),
    _section("ideal", _("理想の姿と希望仕様")),
    _section("people", _("使用者と対象患者")),
    _section("impact", _("影響の詳しい様子"), shows=("frequency", "impacts")),
    _section("safety", _("安全委員会での検討")),
    _section(
        "ip",
        _("知財と学会発表"),
        help=_("分かるところだけでかまいません。"),
        warning=_(
            "学会や論文で先に発表すると、特許を取れなくなることがあります。"
            "予定があるときは、発表の2か月前までを目安に、知財担当へ先に相談してください。"
        ),
    ),
    _section(
        "idea",
        _("アイデア(解決の案)"),
        help=_(
            "こうすれば解決できそう、という案があれば書いてください。困りごととは分けて扱います。"
        ),
    ),
    _section(
        "category",
        _("分野"),
        help=_("審査や企業との照合に使います。事務局が決めることもできます。"),
    ),
]


def extra_section(function: Yields) -> Yields:
    """Register ``function(need)``, which yields the sections that this need has in addition."""
    _extra.append(function)
    return function


def sections_of(need: Need) -> list[Section]:
    """All sections of this need in their order."""
    return [*SECTIONS, *(section for each in _extra for section in each(need))]


def find(need: Need, slug: str) -> Section | None:
    """The section with this slug, if the need has it."""
    return next((section for section in sections_of(need) if section.slug == slug), None)


def askable(need: Need) -> list[tuple[str, StrOrPromise]]:
    """(slug, title) of everything that the office may ask about; the steps first."""
    return [(STEPS, STEPS_TITLE), *((each.slug, each.title) for each in sections_of(need))]


def is_asked(need: Need, slug: str) -> bool:
    """The office waits for an answer in this section."""
    return need.state in WAITING and slug in need.asked_sections


def is_open(need: Need, slug: str) -> bool:
    """Whether this section may be changed as far as the office's question goes.

    A question about certain sections opens only these, and the steps while an answer without
    which nobody can hand in is missing there; without any, everything is open. The rights of the
    person are asked elsewhere (needs.change_need, needs.describe_need).
    """
    if need.state not in WAITING or not need.asked_sections:
        return True
    return slug in need.asked_sections or (slug == STEPS and bool(need.missing))

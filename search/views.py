"""One box over everything that somebody may see."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _

from search import suggestions
from search.engine import BEST, find
from search.excerpts import excerpt, marked
from search.index import registry
from search.query import UnknownValueError

PER_PAGE = 20
SUGGESTED = 5


def results(request):
    """Ranked results of every kind that the reader has something of."""
    text = request.GET.get("q", "").strip()
    sections, problem = [], ""
    try:
        sections = [_section(request, index, text) for index in registry] if text else []
    except UnknownValueError as error:
        problem = str(error)
    found = [section for section in sections if section["page_obj"].paginator.count]
    context = {
        "text": text,
        "sections": found,
        "problem": problem,
        "most": BEST,
        "narrowed": bool(sections) and _narrowed(sections[0]["query"]),
        "meant": [] if found or not text else suggestions.meant(request.user, text),
        "fields": [name for index in registry for name in index.fields],
    }
    return render(request, "search/results.html", context)


def suggest(request):
    """A few titles while somebody types; the same rights, the same order."""
    text = request.GET.get("q", "").strip()
    rows = []
    for index in registry:
        try:
            ids = find(index, request.user, text).ids[:SUGGESTED]
        except UnknownValueError:
            continue
        by_id = {row.pk: row for row in index.results(ids, request.user)}
        rows += [by_id[pk] for pk in ids if pk in by_id]
    context = {"rows": rows[:SUGGESTED], "text": text}
    return render(request, "search/suggest.html", context)


def _section(request, index, text):
    found = find(index, request.user, text)
    page = Paginator(found.ids, PER_PAGE).get_page(request.GET.get("page"))
    rows = {row.pk: row for row in index.results(list(page.object_list), request.user)}
    page.object_list = [_hit(index, rows[pk], found.words) for pk in page.object_list if pk in rows]
    return {"index": index, "page_obj": page, "is_cut": found.is_cut, "query": found.query}


def _hit(index, row, words):
    title, *texts = index.parts(row)
    pieces = excerpt([text for text in texts if text != title], words)
    return {"row": row, "title": marked(title, words), "excerpt": pieces}


def _narrowed(query):
    """The conditions that somebody could loosen, in words."""
    conditions = [_("「%(name)s」の条件") % {"name": name} for name, _value in query.filters]
    if query.phrases:
        conditions.append(_("「」で囲んだことば"))
    if query.without:
        conditions.append(_("除くことば"))
    return conditions

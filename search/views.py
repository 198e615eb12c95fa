"""One box over everything that somebody may see, and the glossary behind it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit.queries import entries_about
from core.views import INVALID, STALE
from search import actions, suggestions
from search.engine import BEST, find
from search.excerpts import Marker
from search.forms import SynonymForm
from search.index import registry
from search.models import Synonym
from search.query import UnknownValueError

PER_PAGE = 10  # of each kind
SUGGESTED = 5
RECENT = 10

KEEP_GLOSSARY = "search.keep_glossary"

for_keepers = permission_required(KEEP_GLOSSARY, raise_exception=True)


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
        "fields": [name for index in registry for name in index.conditions(request.user)],
        "asides": [index.aside(request.user) for index in registry] if text else [],
        "keeps_glossary": request.user.has_perm(KEEP_GLOSSARY),
        "may_search": False,  # the box of the frame: this page has its own
    }
    return render(request, "search/results.html", context)


def suggest(request):
    """A few titles while somebody types; the same rights, the same order."""
    text = request.GET.get("q", "").strip()
    found = []
    for index in registry:
        try:
            ids = find(index, request.user, text).ids[:SUGGESTED]
        except UnknownValueError:
            continue
        by_id = {row.pk: row for row in index.results(ids)}
        found += [(index.label, by_id[pk]) for pk in ids if pk in by_id]
    context = {"found": found[:SUGGESTED], "text": text}
    return render(request, "search/suggest.html", context)


def _section(request, index, text):
    found = find(index, request.user, text)
    page_name = f"{index.slug}-page"
    page = Paginator(found.ids, PER_PAGE).get_page(request.GET.get(page_name))
    rows = {row.pk: row for row in index.results(list(page.object_list))}
    marker = Marker(found.words)
    shown = [rows[pk] for pk in page.object_list if pk in rows]
    page.object_list = [_hit(index, row, marker) for row in shown]
    return {
        "index": index,
        "page_obj": page,
        "page_name": page_name,
        "is_cut": found.is_cut,
        "query": found.query,
    }


def _hit(index, row, marker):
    title, *texts = index.parts(row)
    excerpt = marker.excerpt([text for text in texts if text != title])
    return {"row": row, "title": _drawn(marker.marked(title)), "excerpt": _drawn(excerpt)}


def _drawn(pieces):
    marks = (f"<mark>{escape(text)}</mark>" if is_hit else escape(text) for text, is_hit in pieces)
    return mark_safe("".join(marks))  # noqa: S308 -- escaped piece by piece


def _narrowed(query):
    """The conditions that somebody could loosen, in words."""
    conditions = [_("「%(name)s」の条件") % {"name": name} for name, _value in query.filters]
    if query.has_quotes:
        conditions.append(_("「」で囲んだことば"))
    if query.without:
        conditions.append(_("除くことば"))
    return conditions


@for_keepers
def glossary(request):
    """Every group of words (or those with one word), and who changed them last."""
    word = request.GET.get("word", "").strip()
    groups = Synonym.objects.filter(words__icontains=word) if word else Synonym.objects.all()
    context = {
        "word": word,
        "groups": groups.order_by("words", "pk"),
        "entries": entries_about(Synonym)[:RECENT],
    }
    return render(request, "search/glossary.html", context)


@for_keepers
def add(request):
    """A new group; ``?word=`` is what somebody has just looked for in vain."""
    word = request.GET.get("word", "").strip()
    return _keep(request, Synonym(words=word))


@for_keepers
def edit(request, pk):
    """Change a group."""
    return _keep(request, get_object_or_404(Synonym, pk=pk))


@for_keepers
@require_POST
def remove(request, pk):
    """Take a group out."""
    group = get_object_or_404(Synonym, pk=pk)
    actions.remove_synonym(group, by=request.user)
    messages.success(request, _("「%(group)s」を消しました。") % {"group": group})
    return redirect("search:glossary")


@transaction.atomic
def _keep(request, group):
    # Two people who write down the same word wait for each other.
    locked = {each.pk: each for each in Synonym.objects.select_for_update().order_by("pk")}
    form = SynonymForm(request.POST or None, instance=locked.get(group.pk, group))
    if request.method == "POST" and form.is_valid():
        group = actions.save_synonym(form, by=request.user)
        messages.success(
            request,
            _("「%(group)s」を保存しました。次の検索から使います。") % {"group": group},
        )
        return redirect("search:glossary")
    refused = STALE if form.stale else INVALID
    status = refused if request.method == "POST" else 200
    return render(request, "search/synonym.html", {"form": form, "group": group}, status=status)

"""The desk: one list as a table or a board, one's own columns and views, and files."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.enums import Role
from accounts.models import Department
from core.fields import name_required
from core.pagination import BoundedPaginator
from core.pdf import pdf_response
from needs import columns as table
from needs import exporting
from needs.assigning_forms import AssigneeForm
from needs.board import board
from needs.filters import SORTS, VIEWS, NeedFilter, monday
from needs.models import ListColumns, Need, SavedView
from needs.sheet_pdf import sheet_pdf

PER_PAGE = 50
MANY = 100
MOST_VIEWS = 8
KEPT_OUT = {"page", "layout"}


class ViewForm(forms.ModelForm):
    """The name of a saved view; the same name again replaces it."""

    class Meta:
        model = SavedView
        fields = ["name"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_required(self)


def desk(request):
    """The list of those who look after a hospital or a department."""
    needs = Need.objects.looked_after_by(request.user)
    narrowed = NeedFilter(request.GET, queryset=needs, request=request)
    is_office = request.user.holds_any(Role.OFFICE)
    # Going back in the browser asks by htmx for the whole page.
    is_part = request.htmx and not request.htmx.history_restore_request
    is_board = request.GET.get("layout") == "board" and not is_part
    context = {
        "filter": narrowed,
        "views": _views(request, needs) if is_office else [],
        "saved": _saved(request, needs),
        "is_office": is_office,
        "may_add": bool(request.user.hospitals),
        "view_form": ViewForm(),
        "query": _query(request),
        "is_board": is_board,
        "is_part": is_part,
    }
    if is_board:
        stages = board(narrowed.qs, request.user)
        context |= {"board": stages, "total": sum(stage.count for stage in stages)}
        return render(request, "needs/board.html", context)
    chosen = table.columns_of(request.user, request.GET.get("view", ""))
    page = _page(request, narrowed.qs, chosen)
    context |= {
        "page_obj": page,
        "heads": _heads(request, narrowed, chosen),
        "columns": chosen,
        "rows": _rows(request.user, chosen, page.object_list),
        "loosened": [] if page.object_list else _loosened(request, narrowed, needs),
    }
    if is_office:
        context["bar"] = AssigneeForm(
            hospitals=request.user.offices, initial={"to": request.user.pk}, auto_id="bar-%s"
        )
    whole = "needs/list.html"
    return render(request, f"{whole}#rows" if is_part else whole, context)


def _page(request, needs, chosen):
    every = table.loaded(Need.objects.all(), chosen)
    page = BoundedPaginator(needs, PER_PAGE, rows=every).get_page(request.GET.get("page"))
    page.object_list = table.prepared(page.object_list, chosen)
    return page


def _rows(user, chosen, needs):
    """Each need with its cells: the column, how the cell begins, and the value."""
    columns = [(column, _start_of(column)) for column in chosen]
    return [
        {
            "need": need,
            "cells": [
                (column, start, table.value_for(user, column, need)) for column, start in columns
            ],
        }
        for need in needs
    ]


def _start_of(column):
    is_short = column.kind not in {"text", "long", "risk"} or column.slug in {"number", "assignee"}
    start = '<td class="short" data-label="{}">' if is_short else '<td data-label="{}">'
    return format_html(start, column.label)


def _heads(request, narrowed, chosen):
    """Each column with where its head leads, and how the list is sorted by it now."""
    now, downwards = narrowed.sorted_by
    heads = []
    for column in chosen:
        head = {"column": column, "direction": "", "query": ""}
        if column.sort:
            is_now = column.sort == now
            down = not downwards if is_now else SORTS[column.sort][1]
            head["query"] = _query(request, sort=f"-{column.sort}" if down else column.sort)
            if is_now:
                head["direction"] = "descending" if downwards else "ascending"
        heads.append(head)
    return heads


def _loosened(request, narrowed, needs):
    """For an empty list: each condition that, left out alone, would show something.

    One query for each condition, only when there is nothing.
    """
    found = []
    for name, label, words in narrowed.chosen:
        query = _query(request, **{name: ""})
        without = NeedFilter(QueryDict(query), queryset=needs, request=request).qs
        if count := without.order_by()[:MANY].count():
            found.append({"label": label, "words": words, "query": query, "count": count})
    return found


def _views(request, needs):
    """The fixed views with their counts; counting stops at a hundred."""
    counts = {
        "mine": needs.queue_of(request.user),
        "overdue": needs.overdue(),
        "week": needs.moved_since(monday()),
        "revived": needs.revived(),
    }
    return [
        {
            "name": name,
            "label": label,
            "count": counts[name].order_by()[:MANY].count() if name in counts else None,
            "current": request.GET.get("view", "") == name,
        }
        for name, label in VIEWS.items()
    ]


def _saved(request, needs):
    """Her own views, each with its count: one query a view, at most ``MOST_VIEWS``."""
    now = _query(request)
    return [
        {
            "view": view,
            "count": NeedFilter(QueryDict(view.query), queryset=needs, request=request)
            .qs.order_by()[:MANY]
            .count(),
            "current": bool(now) and view.query == now,
        }
        for view in SavedView.objects.filter(user=request.user).order_by("pk")[:MOST_VIEWS]
    ]


def _query(request, **changes):
    """What narrows and sorts the list now, without the page; for saved views and files."""
    query = request.GET.copy()
    for name in KEPT_OUT:
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    kept = [(name, value) for name, values in sorted(query.lists()) for value in values if value]
    found = QueryDict(mutable=True)
    for name, value in kept:
        found.appendlist(name, value)
    return found.urlencode()


def choose_columns(request):
    """Which columns the list has, and in what order; then back to what it was narrowed to."""
    _entrance(request)
    sent = request.POST.get("back", "") if request.method == "POST" else _query(request)
    back = QueryDict(sent).urlencode()
    shown_list = f"{reverse('needs:list')}?{back}" if back else reverse("needs:list")
    known = table.available(request.user)
    if request.method == "POST":
        if "standard" in request.POST:
            ListColumns.objects.filter(user=request.user).delete()
            return redirect(shown_list)
        order = {each.slug: _place(request, each.slug, at) for at, each in enumerate(known)}
        wanted = [each.slug for each in known if f"show-{each.slug}" in request.POST]
        slugs = sorted(wanted, key=lambda slug: order[slug])
        if "title" not in slugs:
            slugs.insert(0, "title")
        ListColumns.objects.update_or_create(user=request.user, defaults={"columns": slugs})
        messages.success(request, _("表示する列を保存しました。"))
        return redirect(shown_list)
    shown = [each.slug for each in table.columns_of(request.user)]
    rest = [each for each in known if each.slug not in shown]
    rows = [table.COLUMNS[slug] for slug in shown] + rest
    return render(request, "needs/columns.html", {"rows": rows, "shown": shown, "back": back})


def _place(request, slug, otherwise):
    text = request.POST.get(f"order-{slug}", "")
    return (int(text) if text.isdecimal() else 99, otherwise)


@require_POST
def save_view(request):
    """Keep what narrows the list now under a name."""
    _entrance(request)
    query = QueryDict(request.POST.get("query", "")).urlencode()
    form = ViewForm(request.POST)
    back = f"{reverse('needs:list')}?{query}"
    if len(query) > SavedView._meta.get_field("query").max_length:
        messages.error(request, _("条件が長すぎて保存できません。さがすことばを短くしてください。"))
        return redirect(back)
    known = SavedView.objects.filter(user=request.user)
    if not form.is_valid():
        messages.error(request, _("名前を30字以内で入力してください。"))
        return redirect(back)
    name = form.cleaned_data["name"]
    if known.count() >= MOST_VIEWS and not known.filter(name=name).exists():
        messages.error(request, _("保存できる表示は8つまでです。使わないものを消してください。"))
        return redirect(back)
    SavedView.objects.update_or_create(user=request.user, name=name, defaults={"query": query})
    messages.success(request, _("「%(name)s」として保存しました。") % {"name": name})
    return redirect(back)


@require_POST
def forget_view(request, public_id):
    """Delete a saved view of one's own."""
    get_object_or_404(SavedView, user=request.user, public_id=public_id).delete()
    messages.success(request, _("保存した表示を消しました。"))
    return redirect("needs:list")


def export(request, kind):
    """The list as CSV or XLSX: the rows, the columns and the order of the page."""
    _entrance(request)
    if kind not in {"csv", "xlsx"}:
        raise Http404
    needs = Need.objects.looked_after_by(request.user)
    narrowed = NeedFilter(request.GET, queryset=needs, request=request).qs
    chosen = table.columns_of(request.user, request.GET.get("view", ""))
    total = narrowed.order_by().count()
    if kind == "xlsx" and total > exporting.XLSX_ROWS:
        messages.error(
            request,
            _("Excelには%(most)s件まで書き出せます。条件で絞り込むか、CSVを選んでください。")
            % {"most": f"{exporting.XLSX_ROWS:,}"},
        )
        return redirect(f"{reverse('needs:list')}?{_query(request)}", permanent=False)
    exporting.record_export(
        request.user, query=_query(request), columns=chosen, total=total, kind=kind
    )
    if kind == "csv":
        lines = exporting.csv_lines(narrowed, chosen, request.user)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(
            exporting.xlsx_file(narrowed, chosen, request.user),
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
    name = f"needs-{timezone.localdate():%Y%m%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def sheet(request, public_id):
    """The sheet of one need as PDF."""
    visible = Need.objects.visible_to(request.user).select_related(
        "hospital", "department", "proposer", "specialty", "category"
    )
    need = get_object_or_404(visible, public_id=public_id)
    name = slugify(need.number or "draft")
    return pdf_response(sheet_pdf(need, by=request.user), f"{name}.pdf", inline=True)


def looks_after(user):
    """Whether there is a desk for her at all."""
    return (
        user.holds_any(Role.OFFICE, Role.DIRECTOR)
        or Department.objects.filter(head=user, hospital__in=user.hospitals).exists()
    )


def _entrance(request):
    if not looks_after(request.user):
        raise PermissionDenied

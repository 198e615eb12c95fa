"""The rest of the sheet: a task list, and one page for each section."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from needs import actions, questions, sheet
from needs.enums import SectionState
from needs.sections import STEPS, STEPS_TITLE, WAITING, find, is_asked, is_open, sections_of
from needs.views.writing import (
    autosave,
    hints,
    is_autosave,
    is_lenient,
    own,
    posted,
    refusal,
    status_of,
)

RIGHT = "needs.describe_need"


def index(request, public_id):
    """The task list; any order, any time until the review begins."""
    need = _opened(request, public_id)
    tasks = [_task(need, section) for section in sections_of(need)]
    context = {
        "need": need,
        "tasks": tasks,
        "done": sum(task["state"] == SectionState.DONE for task in tasks),
        "may_describe": request.user.has_perm(RIGHT, need),
        "may_answer": need.state in WAITING and request.user.has_perm("needs.submit_need", need),
        "steps_asked": is_asked(need, STEPS),
        "steps_title": STEPS_TITLE,
    }
    return render(request, "needs/sections.html", context)


def details(request, public_id):
    """The address that this page had before."""
    return redirect("needs:sections", own(request, public_id).public_id)


@transaction.atomic
def section(request, public_id, slug):
    """One section. Nothing here is required, so nothing here is refused for being empty."""
    need = _opened(request, public_id)
    found = find(need, slug)
    if found is None:
        raise Http404
    if no := refusal(request, need, RIGHT, slug):
        return no
    files = request.FILES if request.method == "POST" else None
    form = found.form(posted(request), files, need=need, lenient=is_lenient(request))
    if is_autosave(request):
        return autosave(request, form)
    if request.method == "POST":
        form.keep_files(by=request.user)
    if request.method == "POST" and form.is_valid():
        actions.save_answers(form, by=request.user)
        return _onwards(request, need, found)
    context = {
        "need": need,
        "section": found,
        "form": form,
        "shown": sheet.rows(need, found.shows),
        "asked": is_asked(need, slug),
        "following": _following(need, found),
        "advice": hints(form, request.user),
    }
    return render(request, "needs/section.html", context, status=status_of(form))


def _opened(request, public_id):
    """Her need; a draft that has not answered the hospital's questions gets the newest ones.

    Not while she sends something: what she typed belongs to the questions she read.
    """
    need = own(request, public_id)
    if request.method == "GET" and not is_autosave(request):
        questions.open_draft(need)
    return need


def _task(need, section):
    return {
        "section": section,
        "state": section.state(need),
        "open": is_open(need, section.slug),
        "asked": is_asked(need, section.slug),
    }


def _following(need, section):
    """The next section in the list that is open and not finished; None behind the last one."""
    all_of_them = sections_of(need)
    behind = all_of_them[[each.slug for each in all_of_them].index(section.slug) + 1 :]
    return next(
        (
            each
            for each in behind
            if is_open(need, each.slug) and each.state(need) != SectionState.DONE
        ),
        None,
    )


def _onwards(request, need, section):
    go = request.POST.get("go")
    if go in {"auto", "stay"} or "remove" in request.POST:
        return redirect("needs:section", need.public_id, section.slug)
    messages.success(request, _("「%(title)s」を保存しました。") % {"title": section.title})
    following = _following(need, section) if go == "next" else None
    if following:
        return redirect("needs:section", need.public_id, following.slug)
    return redirect("needs:sections", need.public_id)

"""The office's pages for its own questions: versions, the draft, what it looks like, its use."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Organisation
from audit.queries import entries_for
from core.views import INVALID, moved_on
from core.workflow import WrongStateError, lock
from needs import questions
from needs.models import Need, Question, QuestionSet
from needs.questions_forms import MOST_QUESTIONS, QuestionForm
from needs.questions_section import section_of


def index(request):
    """Each version of one's hospitals, and what changed in it."""
    hospitals = Organisation.objects.hospitals().filter(pk__in=request.user.offices)
    hospitals = list(hospitals.order_by("name"))
    if not hospitals:
        raise PermissionDenied
    histories = questions.histories(hospitals)
    context = {"hospitals": [(each, _versions(histories[each.pk])) for each in hospitals]}
    return render(request, "needs/questions.html", context)


def _versions(history):
    """The draft, if there is one, and the versions that were in use."""
    draft = next((each for each in history if each[0].is_draft), None)
    return {"draft": draft, "published": [each for each in history if not each[0].is_draft]}


@require_POST
def start(request, public_id):
    """Begin the next version, or go on with it."""
    mine = Organisation.objects.hospitals().filter(pk__in=request.user.hospitals)
    hospital = get_object_or_404(mine, public_id=public_id)
    if not request.user.has_perm("needs.add_questionset", hospital):
        raise PermissionDenied
    return redirect(questions.start_draft(hospital, by=request.user))


@transaction.atomic
def edit(request, public_id):
    """The draft on one page: its questions, their order, and a form for one of them."""
    draft = _question_set(request, public_id)
    if request.method == "POST":
        lock(draft)
    if not draft.is_draft:
        return moved_on(request, draft)
    if request.method == "POST" and (button := _pressed(request, draft)):
        return _press(request, draft, *button)
    chosen = _question(draft, request.GET["question"]) if "question" in request.GET else None
    posted = request.POST if request.method == "POST" else None
    form = QuestionForm(posted, instance=chosen or Question(question_set=draft))
    if request.method == "POST" and form.is_valid():
        question = questions.save_question(form, by=request.user)
        messages.success(request, _("「%(label)s」を保存しました。") % {"label": question.label})
        return redirect(f"{draft.get_absolute_url()}#{question.slug}")
    context = {
        "draft": draft,
        "rows": draft.questions.all(),
        "chosen": chosen,
        "form": form,
        "most": MOST_QUESTIONS,
    }
    status = INVALID if request.method == "POST" else 200
    return render(request, "needs/questions_edit.html", context, status=status)


def _pressed(request, draft):
    """(what, question) of the button beside a question; None when the form was sent."""
    for name in ("up", "down", "remove"):
        if name in request.POST:
            return name, _question(draft, request.POST[name])
    return None


def _press(request, draft, name, question):
    if name == "remove":
        questions.remove_question(question, by=request.user)
        messages.success(request, _("「%(label)s」を外しました。") % {"label": question.label})
        return redirect(draft)
    questions.move_question(question, up=name == "up", by=request.user)
    return redirect(f"{draft.get_absolute_url()}#{question.slug}")


def _question(draft, public_id):
    found = (each for each in draft.questions.all() if each.public_id == public_id)
    if question := next(found, None):
        return question
    raise Http404


def preview(request, public_id):
    """A version as the proposer sees it."""
    question_set = _question_set(request, public_id)
    section = section_of(question_set.questions.all())
    context = {
        "question_set": question_set,
        "section": section,
        "form": section.form(need=Need(hospital=question_set.hospital)),
        "changes": questions.changes_of(question_set),
        "entries": entries_for(question_set),
    }
    return render(request, "needs/questions_preview.html", context)


def publish(request, public_id):
    """What happens when the draft is used, and the button that does it."""
    draft = _question_set(request, public_id)
    if not draft.is_draft:
        return moved_on(request, draft)
    if request.method == "POST":
        return _publish(request, draft)
    context = {"draft": draft, "changes": questions.changes_of(draft)}
    return render(request, "needs/questions_publish.html", context)


def _publish(request, draft):
    try:
        questions.publish(draft, by=request.user)
    except WrongStateError:
        return moved_on(request, draft)
    except questions.UnchangedError:
        messages.error(request, _("前の版から変わったところがないので、まだ使い始められません。"))
        return redirect(draft)
    messages.success(request, _("第%(number)s版を使い始めました。") % {"number": draft.number})
    return redirect("needs:questions")


def _question_set(request, public_id):
    sets = QuestionSet.objects.visible_to(request.user).select_related("hospital")
    question_set = get_object_or_404(sets, public_id=public_id)
    if not request.user.has_perm("needs.change_questionset", question_set):
        raise PermissionDenied
    return question_set

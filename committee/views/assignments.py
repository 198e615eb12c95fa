"""Who reviews what: the table, the plan before it is kept, and one case by hand."""

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from committee import assignment, queries
from committee.models import Case
from committee.rules import has_scored
from committee.views.parts import case_for, named, round_for, status_of
from core.fields import ManyChoicesField, NamedErrorsMixin
from core.views import moved_on
from core.workflow import WrongStateError

PER_PAGE = 50
RIGHT = "committee.lead_round"


class ReviewersForm(NamedErrorsMixin, forms.Form):
    """The members who shall review one case; those with a conflict are not offered."""

    people = ManyChoicesField(
        User.objects.none(),
        label=gettext_lazy("審査する人"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people
        self.fields["people"].label_from_instance = lambda person: person.name


def index(request, public_id):
    """The cases with their reviewers, fifty a page, and what each member carries."""
    round_ = round_for(request, public_id, RIGHT)
    cases = round_.cases.for_pages().prefetch_related("assignments__user")
    page = Paginator(cases, PER_PAGE).get_page(request.GET.get("page"))
    wanted = round_.reviewers_per_case or 0
    for case in named(request.user, page.object_list):
        case.may_assign = request.user.has_perm("committee.assign_case", case)
        case.missing = max(0, wanted - len(case.assignments.all()))
    context = {
        "round": round_,
        "page_obj": page,
        "loads": assignment.loads(round_),
        "places": wanted * page.paginator.count,
        "is_open": round_.state in assignment.ASSIGNABLE,
    }
    return render(request, "committee/assignments.html", context)


def plan(request, public_id):
    """A dry run; what is kept is exactly what was shown."""
    round_ = round_for(request, public_id, RIGHT)
    if round_.state not in assignment.ASSIGNABLE or not round_.reviewers_per_case:
        return moved_on(request, round_)
    if request.method == "POST":
        return _keep(request, round_)
    # Her own conflict passes to the deputy: such a case is not in the chair's plan.
    among = round_.cases.not_closed_to(request.user)
    made = assignment.make_plan(round_, among=among)
    loads = assignment.loads(round_, made.pairs)
    cases = {case.pk: case for case in named(request.user, list(round_.cases.for_pages()))}
    context = {
        "round": round_,
        "plan": made,
        "pairs": " ".join(f"{case}:{person}" for case, person in made.pairs),
        "loads": loads,
        "new": [
            (load.person, [cases[pk] for pk, person in made.pairs if person == load.person.pk])
            for load in loads
            if load.more
        ],
        "gaps": [(cases[pk], missing) for pk, missing in made.gaps.items() if pk in cases],
    }
    return render(request, "committee/assignment_plan.html", context)


def _keep(request, round_):
    pairs = _pairs(request.POST.get("pairs", ""))
    try:
        added = assignment.keep_plan(round_, pairs, by=request.user)
    except WrongStateError:
        return moved_on(request, round_)
    except assignment.PlanChangedError:
        messages.error(
            request,
            _("案を見ているあいだに、利益相反や委員、議題が変わりました。案を作り直しました。"),
        )
        return redirect("committee:assignment_plan", round_.public_id)
    messages.success(request, _("%(count)s件の担当を割り当てました。") % {"count": added})
    return redirect("committee:assignments", round_.public_id)


def _pairs(text):
    """``12:7 13:9`` as pairs of ids. Raises BadRequest for anything else."""
    try:
        pairs = [tuple(map(int, each.split(":"))) for each in text.split()]
    except ValueError:
        raise BadRequest from None
    if any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004 -- a pair
        raise BadRequest
    return pairs


def assign(request, public_id):
    """The reviewers of one case."""
    case = case_for(request, public_id, "committee.assign_case")
    round_ = case.round
    if round_.state not in assignment.ASSIGNABLE or not round_.reviewers_per_case:
        return moved_on(request, round_)
    closed = {person for pk, person in assignment.closed_pairs(round_) if pk == case.pk}
    people = queries.everybody_who_scores(round_)
    form = ReviewersForm(
        request.POST if request.method == "POST" else None,
        people=people.exclude(pk__in=closed),
        initial={"people": [each.user_id for each in case.assignments.all()]},
    )
    if form.is_valid():
        return _assigned(request, case, form.cleaned_data["people"])
    context = {
        "case": named(request.user, [case])[0],
        "round": round_,
        "form": form,
        "out": people.filter(pk__in=closed),
        "scored": [person for person in people if has_scored(person, case)],
    }
    return render(request, "committee/assign.html", context, status=status_of(form))


def _assigned(request, case, people):
    try:
        assignment.assign(Case.objects.get(pk=case.pk), people, by=request.user)
    except WrongStateError:
        return moved_on(request, case.round)
    except assignment.PlanChangedError:
        messages.error(request, _("選んだ委員に利益相反があります。もう一度選んでください。"))
        return redirect("committee:assign", case.public_id)
    messages.success(request, _("審査する人を決めました。"))
    return redirect("committee:assignments", case.round.public_id)

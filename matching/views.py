"""Matches: lists and pages for three kinds of readers, interest, suggestions."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.generic import ListView

from accounts.models import Organisation
from audit.queries import entries_for
from core.pagination import BoundedPaginator
from core.views import INVALID, transition_page
from disclosure.enums import PublicationState
from disclosure.models import Publication
from matching import actions, progress, queries
from matching.enums import MatchState
from matching.filters import MatchFilter
from matching.forms import InterestForm
from matching.models import Match

CANDIDATES_A_PAGE = 20


class MatchList(ListView):
    """Everybody's own rows: an office's, a partner's, a proposer's."""

    template_name = "matching/list.html"
    paginate_by = 50
    paginator_class = BoundedPaginator

    def get_queryset(self):
        rows = Match.objects.in_list_of(self.request.user).for_list()
        self.filter = MatchFilter(self.request.GET, rows, request=self.request)
        return self.filter.qs

    def get_context_data(self, **kwargs):
        context = super().get_context_data(
            filter=self.filter,
            filtered=any(self.request.GET.get(name) for name in self.filter.filters),
            **kwargs,
        )
        for match in context["page_obj"]:
            match.turn = progress.turn(match)
            match.is_my_turn = progress.is_turn_of(match, self.request.user)
        return context


def detail(request, public_id):
    """One match, with what this reader may know of it."""
    match = _match(request, public_id)
    side = progress.side(match, request.user)
    entries = entries_for(match)
    if side != "office":
        entries = entries.exclude(action="matching.match.suggest")
    context = {
        "match": match,
        "side": side,
        "flow": actions.flow,
        "is_my_turn": progress.is_turn_of(match, request.user),
        "next_step": progress.next_step(match, request.user),
        "stages": progress.stages(match),
        "entries": entries,
        "may_read": request.user.has_perm("disclosure.view_publication", match.publication),
    }
    return render(request, "matching/detail.html", context)


def transition(request, public_id, name):
    """One step of the flow."""
    return transition_page(request, _match(request, public_id), actions.flow, name)


def _match(request, public_id):
    rows = Match.objects.visible_to(request.user).for_list()
    return get_object_or_404(
        rows.select_related(
            "publication__hospital", "publication__need__proposer", "partner__profile"
        ),
        public_id=public_id,
    )


def interest(request, public_id):
    """「関心あり」: a partner steps forward for a published need."""
    publication = _publication(request, public_id)
    if not request.user.outside_organisations:
        raise PermissionDenied
    if publication.state != PublicationState.PUBLISHED:
        raise Http404
    known = queries.shared_match(publication, request.user)
    if known and known.state != MatchState.INTRODUCED:
        messages.info(request, _("このニーズのマッチングは、すでに始まっています。"))
        return redirect(known)
    posted = request.method == "POST"
    partners = Organisation.objects.filter(pk__in=request.user.outside_organisations)
    form = InterestForm(request.POST if posted else None, partners=partners.order_by("pk"))
    if not posted or not form.is_valid():
        context = {"publication": publication, "form": form, "known": known}
        status = INVALID if posted else 200
        return render(request, "matching/interest.html", context, status=status)
    match = actions.express_interest(publication, by=request.user, **form.cleaned_data)
    messages.success(request, _("関心があることを伝えました。支援オフィスから連絡します。"))
    return redirect(match)


def suggest(request, public_id):
    """For the office: partners beside one need, with the reasons; POST begins an introduction."""
    publication = _publication(request, public_id)
    if not request.user.has_perm("disclosure.manage_publication", publication):
        raise PermissionDenied
    if request.method == "POST":
        return _begin_introduction(request, publication)
    need = queries.need_profile(publication)
    ranked = queries.candidates(publication, need)
    page = Paginator(ranked, CANDIDATES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "publication": publication,
        "page_obj": page,
        "need": need,
        "licences": sorted(need.licences),
        "is_published": publication.state == PublicationState.PUBLISHED,
    }
    return render(request, "matching/suggest.html", context)


def _begin_introduction(request, publication):
    chosen = str(request.POST.get("partner", ""))
    known = queries.introducible()
    partner = get_object_or_404(known, pk=int(chosen) if chosen.isdecimal() else None)
    match = actions.suggest(
        publication,
        partner=partner,
        reasons=queries.reasons_for(publication, partner),
        by=request.user,
    )
    if match.state != MatchState.SUGGESTED:
        return redirect(match)
    return redirect("matching:transition", match.public_id, "introduce")


def _publication(request, public_id):
    rows = Publication.objects.visible_to(request.user).select_related(
        "hospital__prefecture", "need__proposer", "category", "device_class"
    )
    return get_object_or_404(rows, public_id=public_id)

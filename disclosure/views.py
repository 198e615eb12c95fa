"""Pages around publications. Outsiders and the preview share one template and one query."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.models import Organisation
from audit.queries import entries_for
from core.pagination import BoundedPaginator
from core.views import INVALID, STALE, moved_on, transition_page
from core.workflow import WrongStateError, lock
from disclosure import actions, queries
from disclosure.access import reasons_for
from disclosure.enums import PublicationState
from disclosure.filters import CatalogueFilter, OfficeFilter
from disclosure.forms import (
    AS_NDA,
    ConfirmIpForm,
    ConsentForm,
    PreviewForm,
    PublicationForm,
)
from disclosure.models import Publication
from disclosure.querysets import INSIDE_ROLES
from needs.clearance import clear, reasons_in
from needs.models import Need

OFFICE_PAGE = 50
CATALOGUE_PAGE = 20
LEDGER_PAGE = 200


def office_list(request):
    """Every publication of one's hospital, by state."""
    if not request.user.holds_any(*INSIDE_ROLES):
        raise PermissionDenied
    own = Publication.objects.of_hospitals(request.user)
    found = OfficeFilter(request.GET, queryset=own.for_list().order_by("-updated_at", "-pk"))
    context = {
        "filter": found,
        "page_obj": _page(request, found.qs, OFFICE_PAGE),
        "states": _state_counts(own),
    }
    return render(request, "disclosure/list.html", context)


def _state_counts(publications):
    numbers = dict(publications.order_by().values_list("state").annotate(Count("pk")))
    return [(state, state.label, numbers.get(state, 0)) for state in PublicationState]


def catalogue(request):
    """What members may read now, as cards."""
    if not request.user.outside_organisations:
        raise PermissionDenied
    # Everything that is open is visible to every outsider.
    shown = Publication.objects.published().for_list()
    found = CatalogueFilter(request.GET, queryset=shown, request=request)
    page = _page(request, found.qs, CATALOGUE_PAGE)
    context = {
        "filter": found,
        "page_obj": page,
        "reasons": reasons_for(request.user.outside_organisations, page.object_list),
    }
    return render(request, "disclosure/catalogue.html", context)


def _page(request, publications, size):
    paginator = BoundedPaginator(publications, size, rows=Publication.objects.for_list())
    return paginator.get_page(request.GET.get("page"))


def detail(request, public_id):
    """The office's page for insiders; for everybody else the partner's page, and the ledger."""
    publication = _find(request, public_id)
    view = queries.view_for(request.user, publication)
    if not view.inside:
        actions.record_reading(view, by=request.user)
        return _partner_page(request, view)
    fields = queries.fields_of(publication)
    context = {
        "publication": publication,
        "groups": queries.grouped(fields),
        "checks": queries.checks(publication, fields),
        "asks_ip": queries.asks_ip(publication, fields),
        "warning": queries.presentation_warning(publication),
        "wider": queries.is_wider_than_wished(publication, fields),
        "readings": publication.readings.count(),
        "entries": entries_for(publication),
        "flow": actions.flow,
        "may": _permissions(request.user, publication),
    }
    return render(request, "disclosure/detail.html", context)


def _partner_page(request, view, **context):
    context |= {"publication": view.publication, "view": view}
    return render(request, "disclosure/partner.html", context)


def _permissions(user, publication):
    names = ["change", "manage", "consent", "confirm_ip", "view_ledger"]
    may = {name: user.has_perm(f"disclosure.{name}_publication", publication) for name in names}
    return {**may, "view_need": user.has_perm("needs.view_need", publication.need)}


def start(request, public_id):
    """Say what will happen, then begin the publication of a chosen need."""
    need = get_object_or_404(Need.objects.visible_to(request.user), public_id=public_id)
    if not request.user.has_perm("needs.publish_need", need):
        raise PermissionDenied
    if found := Publication.objects.filter(need=need).first():
        return redirect(found)
    if request.method != "POST":
        return render(request, "disclosure/start.html", {"need": need})
    try:
        publication = actions.start(need, by=request.user)
    except WrongStateError:
        return moved_on(request, need)
    messages.success(request, _("公開の準備を始めました。文と読める人を確かめてください。"))
    return redirect("disclosure:edit", publication.public_id)


def edit(request, public_id):
    """The outgoing texts and who may read each of them."""
    publication = _find(request, public_id, "manage")
    if not request.user.has_perm("disclosure.change_publication", publication):
        messages.error(request, _("公開中の文は直せません。先に公開を止めてください。"))
        return redirect(publication)
    if request.method == "POST":
        return _save_edit(request, publication)
    sheet = queries.fields_of(publication)
    context = {
        "publication": publication,
        "form": PublicationForm(instance=publication, sheet=sheet),
        "findings": queries.personal_data(publication, sheet),
    }
    return render(request, "disclosure/edit.html", context)


@transaction.atomic
def _save_edit(request, publication):
    lock(publication)
    sheet = queries.fields_of(publication)
    form = PublicationForm(request.POST, instance=publication, sheet=sheet)
    if not form.is_valid():
        context = {"publication": publication, "form": form}
        return render(request, "disclosure/edit.html", context, status=_status(request, form))
    try:
        actions.edit(publication, by=request.user, **form.changes())
    except WrongStateError:
        return moved_on(request, publication)
    _keep_reasons(request, publication)
    messages.success(request, _("保存しました。"))
    return redirect(publication)


def _keep_reasons(request, publication):
    """Why words that look like personal information may go out; what is left closes the gate."""
    found = queries.personal_data(publication, queries.fields_of(publication))
    typed = reasons_in(request.POST, found)
    for each in found:
        if each.key in typed:
            clear(publication.need, each, reason=typed[each.key], by=request.user)


def transition(request, public_id, name):
    """One button of the flow."""
    return transition_page(request, _find(request, public_id), actions.flow, name)


def consent(request, public_id):
    """The proposer reads exactly what would go out to whom, and answers."""
    publication = _find(request, public_id, "consent")
    if publication.state != PublicationState.CONSENT_ASKED:
        return moved_on(request, publication)
    form = ConsentForm(request.POST or None, publication=publication)
    if request.method == "POST" and form.is_valid():
        return _answer(request, publication, form)
    fields = queries.fields_of(publication)
    context = {
        "publication": publication,
        "form": form,
        "groups": queries.grouped(fields),
        "wider": queries.is_wider_than_wished(publication, fields),
        "asked": entries_for(publication).filter(action__endswith=".ask_consent").last(),
    }
    return render(request, "disclosure/consent.html", context, status=_status(request, form))


def _answer(request, publication, form):
    agreed = form.cleaned_data.pop("answer") == ConsentForm.AGREE
    name = "give_consent" if agreed else "refuse_consent"
    try:
        actions.flow.perform(name, publication, by=request.user, **form.cleaned_data)
    except (WrongStateError, actions.TextChangedError):
        return moved_on(request, publication)
    said = _("同意を記録しました。") if agreed else _("同意しないことを記録しました。")
    messages.success(request, said)
    return redirect(publication)


def confirm_ip(request, public_id):
    """Record who looked at the patent question."""
    publication = _find(request, public_id, "confirm_ip")
    form = ConfirmIpForm(request.POST or None, publication=publication)
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm_ip(publication, by=request.user, **form.cleaned_data)
        except (WrongStateError, actions.TextChangedError):
            return moved_on(request, publication)
        messages.success(request, _("知財の確認を記録しました。"))
        return redirect(publication)
    context = {
        "publication": publication,
        "form": form,
        "groups": queries.grouped(queries.fields_of(publication)),
    }
    return render(request, "disclosure/confirm_ip.html", context, status=_status(request, form))


def preview(request, public_id):
    """The partner's page through a partner's eyes; nothing is written to the ledger."""
    publication = _find(request, public_id, "view_inside_of")
    form = PreviewForm(request.GET)
    eyes = form.cleaned_data["eyes"] if form.is_valid() else ""
    return _partner_page(request, _through(eyes, publication), preview=form)


def _through(eyes, publication):
    if eyes == AS_NDA:
        return queries.view_with_agreement(publication)
    chosen = Organisation.objects.outside().filter(public_id=eyes)
    return queries.view_as(publication, chosen.values_list("pk", flat=True))


def ledger(request, public_id):
    """Who of outside read what, when and on what basis."""
    publication = _find(request, public_id, "view_ledger")
    readings = publication.readings.select_related("user", "organisation").order_by("-at", "-pk")
    page = Paginator(readings, LEDGER_PAGE).get_page(request.GET.get("page"))
    context = {"publication": publication, "page_obj": page}
    return render(request, "disclosure/ledger.html", context)


def _find(request, public_id, permission=None):
    """404 unless visible, 403 unless ``permission``."""
    shown = Publication.objects.visible_to(request.user).select_related(
        "hospital__prefecture", "category", "device_class", "need__proposer", "need__department"
    )
    publication = get_object_or_404(shown, public_id=public_id)
    if permission and not request.user.has_perm(
        f"disclosure.{permission}_publication", publication
    ):
        raise PermissionDenied
    return publication


def _status(request, form):
    if request.method != "POST":
        return 200
    return STALE if form.stale else INVALID

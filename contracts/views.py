"""Pages of contracts. Both sides read the same page; what is internal never reaches the template."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.generic import ListView

from accounts.enums import Role
from contracts import actions, kinds, queries, readiness
from contracts.enums import BEFORE_ACTIVE, ContractState, NoteAudience
from contracts.filters import ContractFilter, PartnerFilter
from contracts.forms import (
    ContractForm,
    NewContractForm,
    NoteForm,
    PartnerNoteForm,
    UploadForm,
    hospital_audience,
    partner_audience,
)
from contracts.models import Contract
from contracts.progress import ball, next_step, present, stage_line
from contracts.readiness import NotReadyError
from contracts.rules import INSIDE
from contracts.slots import slot_of, versions_in
from core.pagination import BoundedPaginator
from core.views import INVALID, STALE, moved_on, transition_page
from core.workflow import lock
from matching.models import Match


class ContractList(ListView):
    """The contracts of one's hospital or company."""

    template_name = "contracts/list.html"
    paginate_by = 50
    paginator_class = BoundedPaginator

    def dispatch(self, request, *args, **kwargs):
        if not request.user.holds_any(*INSIDE, Role.PARTNER):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        inside = self.request.user.holds_any(*INSIDE)
        shown = Contract.objects.in_list_of(self.request.user).for_list()
        self.filter = (ContractFilter if inside else PartnerFilter)(self.request.GET, shown)
        return self.filter.qs

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        contracts = present(context["object_list"], self.request.user)
        return {**context, "contracts": contracts, "filter": self.filter}


def visible(request, public_id):
    """The contract, if this person may know of it; otherwise 404."""
    rows = Contract.objects.visible_to(request.user).with_steps()
    rows = rows.select_related("hospital", "partner", "match__publication__need")
    return get_object_or_404(rows, public_id=public_id)


def new(request, public_id):
    """Begin a contract from a match."""
    match = get_object_or_404(
        Match.objects.visible_to(request.user).select_related("publication", "partner"),
        public_id=public_id,
    )
    if not request.user.has_perm("matching.manage_match", match):
        raise PermissionDenied
    wished = request.GET.get("kind")
    initial = {
        "title": match.publication.title,
        "kind": wished if wished in kinds.registry else None,
    }
    form = NewContractForm(request.POST or None, match=match, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            contract = actions.create(match=match, by=request.user, **form.cleaned_data)
        except NotReadyError:
            return moved_on(request, match)
        messages.success(request, _("契約を作りました。次に、契約書案を登録してください。"))
        return redirect(contract)
    context = {"form": form, "match": match}
    return render(request, "contracts/new.html", context, status=INVALID if form.is_bound else 200)


def detail(request, public_id):
    """The negotiation: whose turn, documents, decision, signatures, log."""
    return _page(request, visible(request, public_id))


def _page(request, contract, note_form=None):
    inside = request.user.has_perm("contracts.view_internal_contract", contract)
    siblings = Contract.objects.visible_to(request.user).filter(match=contract.match_id)
    filed = versions_in(contract)
    mine, sentence = next_step(contract, request.user)
    context = {
        "contract": contract,
        "inside": inside,
        "words": contract.state_label if inside else contract.partner_label,
        "flow": actions.flow,
        "stages": stage_line(contract.match, siblings),
        "siblings": present([each for each in siblings if each != contract], request.user),
        "ball": ball(contract),
        "mine": mine,
        "sentence": sentence,
        "documents": queries.document_rows(contract, request.user, filed),
        "signatures": contract.signatures.all(),
        "may_change": request.user.has_perm("contracts.change_contract", contract),
        "is_before_active": contract.state in BEFORE_ACTIVE,
        "log": queries.log_of(contract, inside=inside),
        "disclosure": queries.disclosure_of(contract),
        "form": note_form or _note_form(inside=inside),
        "partner_audience": partner_audience(contract),
        "hospital_audience": hospital_audience(contract),
        "match_url": _match_url(request.user, contract),
    }
    if inside:
        context["approvals"] = queries.approval_rows(contract)
        context["preview_url"] = _preview_url(request.user, contract)
        if contract.state == ContractState.SIGNING:
            context["checklist"] = readiness.checklist(contract, filed)
    status = INVALID if note_form is not None else 200
    return render(request, "contracts/detail.html", context, status=status)


def _note_form(data=None, *, inside):
    if not inside:
        return PartnerNoteForm(data)
    return NoteForm(data, initial={"audience": NoteAudience.INTERNAL})


def _match_url(user, contract):
    return (
        contract.match.get_absolute_url()
        if user.has_perm("matching.view_match", contract.match)
        else ""
    )


def _preview_url(user, contract):
    publication = contract.match.publication
    if not user.has_perm("disclosure.manage_publication", publication):
        return ""
    try:
        return reverse("disclosure:preview", args=[publication.public_id])
    except NoReverseMatch:
        return ""


def note(request, public_id):
    """Keep a line of the log; an invalid one comes back with the page and its text."""
    contract = visible(request, public_id)
    if not request.user.has_perm("contracts.write_note_contract", contract):
        raise PermissionDenied
    if request.method != "POST":
        return redirect(contract)
    inside = request.user.has_perm("contracts.view_internal_contract", contract)
    form = _note_form(request.POST, inside=inside)
    if not form.is_valid():
        return _page(request, contract, note_form=form)
    audience = form.cleaned_data.get("audience", NoteAudience.SHARED)
    actions.write_note(contract, audience=audience, text=form.cleaned_data["text"], by=request.user)
    messages.success(
        request,
        _("共有しました。") if audience == NoteAudience.SHARED else _("院内メモを保存しました。"),
    )
    return redirect(f"{contract.get_absolute_url()}#log")


def edit(request, public_id):
    """Title, terms, planned dates; later only where the original is kept."""
    contract = visible(request, public_id)
    if not request.user.has_perm("contracts.change_contract", contract):
        raise PermissionDenied
    with transaction.atomic():
        if request.method == "POST":
            lock(contract)
        form = ContractForm(request.POST or None, instance=contract)
        if form.is_bound and form.is_valid():
            actions.edit(form, by=request.user)
            messages.success(request, _("保存しました。"))
            return redirect(contract)
    status = (STALE if form.stale else INVALID) if form.is_bound else 200
    return render(
        request, "contracts/edit.html", {"form": form, "contract": contract}, status=status
    )


def upload(request, public_id, slot):
    """File a new version of one document."""
    contract = visible(request, public_id)
    try:
        place = slot_of(contract, slot)
    except KeyError:
        raise Http404 from None
    if not request.user.has_perm(place.view_permission, contract):
        raise Http404
    if not place.upload_permission or not request.user.has_perm(place.upload_permission, contract):
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            lock(contract)
            if not request.user.has_perm(place.upload_permission, contract):
                return moved_on(request, contract)
            actions.file_document(contract, place, by=request.user, **form.cleaned_data)
        messages.success(request, _("「%(slot)s」を登録しました。") % {"slot": place.label})
        return redirect(contract)
    context = {
        "form": form,
        "contract": contract,
        "slot": place,
        "partner_audience": partner_audience(contract),
    }
    status = INVALID if request.method == "POST" else 200
    return render(request, "contracts/upload.html", context, status=status)


def transition(request, public_id, name):
    """One page for every step. A second approval of the same role is late, not forbidden."""
    contract = visible(request, public_id)
    roles = {each.role for each in contract.approvals.all() if each.is_current}
    if (
        name == "approve"
        and any(request.user.holds(role, contract.hospital_id) for role in roles)
        and not request.user.has_perm("contracts.approve_contract", contract)
    ):
        return moved_on(request, contract)
    return transition_page(request, contract, actions.flow, name)

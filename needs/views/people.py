"""The people of a need: on behalf of somebody, co-submitters, and asking a colleague to take over."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.models import Organisation
from core.views import GONE, INVALID, moved_on
from core.workflow import WrongStateError
from needs import handover, people, sheet
from needs.enums import ParticipantKind
from needs.models import Need
from needs.people_forms import (
    AskClinicianForm,
    ColleagueForm,
    CorrectionForm,
    CoSubmitterForm,
    OnBehalfForm,
    SharesForm,
)

KEEP = "needs.keep_people_of_need"
LEAVE = "needs.leave_people_of_need"
TRANSFER = "needs.transfer_need"


def on_behalf(request):
    """The office hands in what somebody told it."""
    hospitals = Organisation.objects.hospitals().filter(pk__in=request.user.offices)
    hospitals = hospitals.order_by("name")
    if not hospitals:
        raise PermissionDenied
    form = OnBehalfForm(_posted(request), hospitals=hospitals)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            need = people.enter_on_behalf(by=request.user, **form.cleaned_data)
            form.keep_reasons(need, by=request.user)
        text = _("登録しました。受付番号は %(number)s です。")
        if need.entered_by is None:
            text = _(
                "あなた自身の困りごととして登録しました。受付番号は %(number)s です。"
                "受け付けと審査は、ほかの担当者が行います。"
            )
        messages.success(request, text % {"number": need.number})
        return redirect(need)
    return render(request, "needs/on_behalf.html", {"form": form}, status=_status(request))


def ask_clinician(request, public_id):
    """The office sends the link of a need that it wrote down."""
    need = _visible(request, public_id)
    if not request.user.has_perm("needs.ask_clinician_of_need", need):
        raise PermissionDenied
    form = AskClinicianForm(_posted(request), initial=people.known_of_clinician(need))
    if request.method == "POST" and form.is_valid():
        people.ask_clinician(need, by=request.user, **form.cleaned_data)
        messages.success(request, _("確認のリンクを送りました。"))
        return redirect(need)
    context = {"need": need, "form": form}
    return render(request, "needs/ask_clinician.html", context, status=_status(request))


@login_not_required
def confirm(request, secret):
    """Behind the link: exactly this need, and two answers."""
    try:
        asked = people.open_confirmation(secret)
        form = CorrectionForm(_posted(request) if "correct" in request.POST else None)
        by = request.user if request.user.is_authenticated else None
        if "confirm" in request.POST:
            people.confirm(asked, by=by)
            return redirect("needs:confirmed")
        if "correct" in request.POST and form.is_valid():
            people.correct(asked, by=by, correction=form.cleaned_data["correction"])
            return redirect("needs:confirmed")
    except people.LinkClosedError:
        return render(request, "needs/confirmation_closed.html", status=GONE)
    context = {
        "asked": asked,
        "need": asked.need,
        "rows": [row for row in sheet.answers(asked.need) if row.value],
        "details": sheet.details(asked.need),
        "form": form,
        "may_sign_in": by is None and people.member_of(asked.need.hospital, asked.email),
    }
    return render(request, "needs/confirm.html", context, status=_status(request))


@login_not_required
def confirmed(request):
    """Thanks; the link itself no longer works."""
    return render(request, "needs/confirmed.html")


def index(request, public_id):
    """Who stands behind a need; the proposer keeps the list, a co-submitter agrees.

    Once the committee has begun the list is only read, and the need may still change hands.
    """
    need = _visible(request, public_id)
    rows = need.participants.filter(kind=ParticipantKind.CO_SUBMITTER).select_related("user")
    rows = rows.order_by("created_at", "pk")
    mine = next((each for each in rows if each.user_id == request.user.pk), None)
    rights = {
        "may_keep": request.user.has_perm(KEEP, need),
        "may_leave": request.user.has_perm(LEAVE, need),
        "may_transfer": request.user.has_perm(TRANSFER, need),
    }
    if not (rights["may_transfer"] or mine):
        raise PermissionDenied
    act = ACTIONS.get(request.POST.get("act")) if request.method == "POST" else None
    forms = {
        "add": CoSubmitterForm(hospital=need.hospital, but=need.proposer, auto_id="add_%s"),
        "transfer": ColleagueForm(hospital=need.hospital, but=need.proposer, auto_id="to_%s"),
        "shares": SharesForm(co_submitters=rows),
    }
    if act:
        try:
            answer = act(request, need, forms, mine=mine, **rights)
        except WrongStateError:
            return moved_on(request, need)
        if answer:
            return answer
    elif request.method == "POST":
        raise Http404
    context = {
        "need": need,
        "co_submitters": rows,
        "own_share": people.own_share(need),
        "mine": mine,
        **rights,
        "offered": need.transfers.filter(settled_at=None).select_related("to").first(),
        "forms": forms,
    }
    return render(request, "needs/people.html", context, status=_status(request))


def _add(request, need, forms, *, may_keep, **_rest):
    if not may_keep:
        raise PermissionDenied
    form = forms["add"] = CoSubmitterForm(
        request.POST, hospital=need.hospital, but=need.proposer, auto_id="add_%s"
    )
    if not form.is_valid():
        return None
    answers = form.cleaned_data
    try:
        people.add_co_submitter(
            need,
            person=answers["person"],
            may_edit=answers["may_edit"],
            share=answers["share"],
            by=request.user,
        )
    except people.SharesError:
        form.add_error("share", _("割合の合計が100%を超えます。小さくしてください。"))
        return None
    messages.success(request, _("連名者を加えました。本人に同意をお願いしています。"))
    return redirect("needs:people", need.public_id)


def _share(request, need, forms, *, may_keep, **_rest):
    if not may_keep:
        raise PermissionDenied
    named = forms["shares"].named.values()
    form = forms["shares"] = SharesForm(request.POST, co_submitters=named)
    if not form.is_valid():
        return None
    try:
        people.set_shares(need, shares=form.shares, by=request.user)
    except people.SharesError:
        form.add_error(None, _("割合の合計が100%を超えます。小さくしてください。"))
        return None
    messages.success(request, _("割合を保存しました。変わった人に、もう一度同意をお願いします。"))
    return redirect("needs:people", need.public_id)


def _right(request, need, _forms, *, may_keep, **_rest):
    if not may_keep:
        raise PermissionDenied
    found = _named(request, need)
    may_edit = request.POST.get("may_edit") == "1"
    people.set_right(need, participant=found, may_edit=may_edit, by=request.user)
    if may_edit:
        text = _("%(name)sさんは、本文を直せるようになりました。")
    else:
        text = _("%(name)sさんは、読むだけになりました。")
    messages.success(request, text % {"name": found.user.name})
    return redirect("needs:people", need.public_id)


def _remove(request, need, _forms, *, may_keep, may_leave, mine, **_rest):
    found = _named(request, need)
    if not (may_keep or (may_leave and found == mine)):
        raise PermissionDenied
    people.remove_participant(need, participant=found, by=request.user)
    herself = found == mine
    messages.success(request, _("連名から外れました。") if herself else _("連名者から外しました。"))
    return redirect("needs:people" if may_keep else "needs:list", *[need.public_id] * may_keep)


def _agree(request, need, _forms, *, mine, **_rest):
    if mine is None:
        raise PermissionDenied
    people.agree(need, by=request.user)
    messages.success(request, _("連名者になることに同意しました。"))
    return redirect("needs:people", need.public_id)


def _transfer(request, need, forms, *, may_transfer, **_rest):
    if not may_transfer:
        raise PermissionDenied
    form = forms["transfer"] = ColleagueForm(
        request.POST, hospital=need.hospital, but=need.proposer, auto_id="to_%s"
    )
    if not form.is_valid():
        return None
    handover.offer_transfer(need, to=form.cleaned_data["person"], by=request.user)
    messages.success(request, _("引き継ぎを頼みました。相手が引き受けると、担当が移ります。"))
    return redirect("needs:people", need.public_id)


def _take_back(request, need, _forms, *, may_transfer, **_rest):
    if not may_transfer:
        raise PermissionDenied
    offered = get_object_or_404(need.transfers, public_id=request.POST.get("who", ""))
    handover.take_back_transfer(offered, by=request.user)
    messages.success(
        request,
        _("引き継ぎの依頼を取り消しました。%(name)sさんに知らせます。") % {"name": offered.to.name},
    )
    return redirect("needs:people", need.public_id)


ACTIONS = {
    "add": _add,
    "share": _share,
    "right": _right,
    "remove": _remove,
    "agree": _agree,
    "transfer": _transfer,
    "take_back": _take_back,
}


def _named(request, need):
    """The co-submitter whose button was pressed."""
    named = need.participants.filter(kind=ParticipantKind.CO_SUBMITTER).select_related("user")
    return get_object_or_404(named, public_id=request.POST.get("who", ""))


def _visible(request, public_id):
    needs = Need.objects.visible_to(request.user).select_related("hospital", "proposer")
    return get_object_or_404(needs, public_id=public_id)


def _posted(request):
    return request.POST if request.method == "POST" else None


def _status(request):
    return INVALID if request.method == "POST" else 200

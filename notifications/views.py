from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import ListView

from core.pagination import BoundedPaginator
from core.views import INVALID
from notifications import actions
from notifications.forms import PreferencesForm
from notifications.kinds import registry
from notifications.models import Message, MessageState

PAGE = 50
VIEW_DELIVERIES = "notifications.view_deliveries"
RETRYING = "retrying"
# The office's words for where a mail is; each is a filter in the address.
DELIVERY_FILTERS = {
    MessageState.FAILED: (MessageState.FAILED.label, Q(state=MessageState.FAILED)),
    RETRYING: (gettext_lazy("再送中"), Q(state=MessageState.QUEUED, attempts__gt=0)),
    MessageState.QUEUED: (MessageState.QUEUED.label, Q(state=MessageState.QUEUED, attempts=0)),
    MessageState.SENDING: (MessageState.SENDING.label, Q(state=MessageState.SENDING)),
    MessageState.SENT: (MessageState.SENT.label, Q(state=MessageState.SENT)),
    MessageState.DROPPED: (MessageState.DROPPED.label, Q(state=MessageState.DROPPED)),
    MessageState.SCREEN: (MessageState.SCREEN.label, Q(state=MessageState.SCREEN)),
}


class InboxView(ListView):
    """Where the bell leads: what I was told, the unread first."""

    template_name = "notifications/inbox.html"
    paginate_by = PAGE
    paginator_class = BoundedPaginator

    def get_queryset(self):
        found = Message.objects.inbox_of(self.request.user)
        return found.unread() if self.only_unread else found

    @property
    def only_unread(self):
        """Whether the reader asked for unread ones only."""
        return self.request.GET.get("show") == "unread"

    def get_context_data(self, **kwargs):
        mine = Message.objects.received_by(self.request.user)
        return super().get_context_data(
            only_unread=self.only_unread, unread_total=mine.unread().count(), **kwargs
        )


@require_safe
def open_message(request, pk):
    """Mark one message as read and go to its page, unless what it told of is gone."""
    message = get_object_or_404(Message.objects.received_by(request.user), pk=pk)
    actions.mark_read(Message.objects.filter(pk=message.pk))
    if message.target_id and message.target is None:
        messages.info(
            request, _("このお知らせのページは、もうありません。取りやめになったか、消されました。")
        )
        return redirect("notifications:inbox")
    return redirect(message.url)


@require_POST
def read_all(request):
    """Mark everything as read."""
    count = actions.mark_read(Message.objects.filter(recipient=request.user))
    text = ngettext("%(count)d件を既読にしました。", "%(count)d件を既読にしました。", count)
    messages.success(request, text % {"count": count})
    return redirect("notifications:inbox")


def preferences(request):
    """How I want to hear of each kind of thing."""
    posted = request.method == "POST"
    form = PreferencesForm(request.POST if posted else None, user=request.user)
    if posted and form.is_valid():
        actions.prefer(request.user, form.cleaned_data)
        messages.success(request, _("通知の設定を保存しました。"))
        return redirect("notifications:preferences")
    status = INVALID if posted else 200
    return render(request, "notifications/preferences.html", {"form": form}, status=status)


class DeliveryList(PermissionRequiredMixin, ListView):
    """For the office: which mails arrived and which did not."""

    permission_required = VIEW_DELIVERIES
    template_name = "notifications/deliveries.html"
    paginate_by = PAGE
    paginator_class = BoundedPaginator

    def get_queryset(self):
        found = Message.objects.deliveries_for(self.request.user).for_deliveries()
        return found.filter(DELIVERY_FILTERS[self.state][1]) if self.state else found

    @property
    def state(self):
        """The filter in the address, if it is one we know."""
        asked = self.request.GET.get("state", "")
        return asked if asked in DELIVERY_FILTERS else ""

    def get_context_data(self, **kwargs):
        return super().get_context_data(state=self.state, filters=self._filters(), **kwargs)

    def _filters(self):
        counts = Message.objects.deliveries_for(self.request.user).count_each(
            {name: condition for name, (_label, condition) in DELIVERY_FILTERS.items()}
        )
        return [
            {"name": name, "label": label, "count": counts[name]}
            for name, (label, _condition) in DELIVERY_FILTERS.items()
        ]


@require_POST
@permission_required(VIEW_DELIVERIES, raise_exception=True)
def send_again(request, pk):
    """Button 「再送する」."""
    message = get_object_or_404(Message.objects.deliveries_for(request.user), pk=pk)
    if actions.send_again(message, by=request.user):
        messages.success(request, _("もう一度送ります。"))
    else:
        messages.info(request, _("このメールは、すでに送信されています。"))
    return redirect("notifications:deliveries")


@require_safe
@permission_required(VIEW_DELIVERIES, raise_exception=True)
def kinds(request):
    """Every kind with its sample text; samples are invented, so there is nothing to hide."""
    samples = [
        {
            "label": kind.label,
            "essential": kind.essential,
            "subject": sample.render("subject"),
            "body": sample.render("body"),
        }
        for kind in registry
        for sample in [kind.sample()]
    ]
    return render(request, "notifications/kinds.html", {"samples": samples})

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from notifications import actions
from notifications.models import Message, Preference


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """Read only; links that open an account are not shown."""

    list_display = ["created_at", "subject", "email", "kind_label", "state", "attempts", "sent_at"]
    list_filter = ["state", "kind", "hospital", "created_at"]
    search_fields = ["subject", "email", "recipient__name", "message_id"]
    list_select_related = ["recipient"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    actions = ["send_again"]
    fields = [
        *("recipient", "email", "kind_label", "language", "subject", "text", "link", "hospital"),
        *("state", "created_at", "due_at", "attempts", "last_error", "sent_at", "read_at"),
        "message_id",
    ]

    def has_add_permission(self, _request):
        return False

    def has_change_permission(self, _request, _obj=None):
        return False

    def has_delete_permission(self, _request, _obj=None):
        return False

    @admin.display(description=_("種類"))
    def kind_label(self, message):
        return message.kind_label

    @admin.display(description=_("本文"))
    def text(self, message):
        return _("(本人だけが見られます)") if message.has_secret_link else message.body

    @admin.display(description=_("リンク"))
    def link(self, message):
        return _("(本人だけが見られます)") if message.has_secret_link else message.url

    @admin.action(description=_("選んだ通知を再送する"), permissions=["view"])
    def send_again(self, request, queryset):
        count = sum(actions.send_again(message, by=request.user) for message in queryset)
        text = ngettext("%(count)d件を再送します。", "%(count)d件を再送します。", count)
        messages.success(request, text % {"count": count})


@admin.register(Preference)
class PreferenceAdmin(admin.ModelAdmin):
    """A person's own choices."""

    list_display = ["user", "kind", "channel"]
    list_filter = ["channel", "kind"]
    search_fields = ["user__name", "user__email", "kind"]
    list_select_related = ["user"]
    autocomplete_fields = ["user"]
    ordering = ["user", "kind"]

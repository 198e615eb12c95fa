from django.contrib import admin

from contracts.models import Approval, Contract, Note, Reminder, Signature


class ReadOnly:
    """What was decided, signed or said stays as it is."""

    def has_add_permission(self, *_args):
        return False

    def has_change_permission(self, *_args):
        return False

    def has_delete_permission(self, *_args):
        return False


class ApprovalInline(ReadOnly, admin.TabularInline):
    model = Approval
    fields = ["role", "by", "at", "is_current"]


class SignatureInline(ReadOnly, admin.TabularInline):
    model = Signature
    fields = ["side", "signer", "signed_on", "recorded_by", "recorded_at"]


@admin.register(Contract)
class ContractAdmin(admin.ModelAdmin):
    """States, parties and dates move only through the steps on the contract's page."""

    list_display = ["title", "kind", "hospital", "partner", "state", "turn", "ends_on"]
    list_filter = ["kind", "state", "turn", "hospital"]
    search_fields = ["title", "partner__name", "hospital__name", "public_id"]
    list_select_related = ["hospital", "partner"]
    date_hierarchy = "created_at"
    ordering = ["-updated_at"]
    inlines = [ApprovalInline, SignatureInline]
    fields = [
        "title",
        "kind",
        "state",
        "turn",
        "turn_since",
        "match",
        "hospital",
        "partner",
        "shared_at",
        "starts_on",
        "ends_on",
        "signed_on",
        "ended_on",
        "original_kept_at",
        "public_id",
        "version",
        "created_at",
        "updated_at",
        "updated_by",
    ]
    # All but the place of the original: a correction here would pass by the decision.
    readonly_fields = [name for name in fields if name != "original_kept_at"]

    def has_add_permission(self, *_args):
        return False

    def has_delete_permission(self, *_args):
        return False


@admin.register(Approval)
class ApprovalAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["contract", "role", "by", "at", "is_current"]
    list_filter = ["role", "is_current"]
    search_fields = ["contract__title", "by__name"]
    list_select_related = ["contract", "by"]
    date_hierarchy = "at"


@admin.register(Signature)
class SignatureAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["contract", "side", "signer", "signed_on", "recorded_by"]
    list_filter = ["side"]
    search_fields = ["contract__title", "signer"]
    list_select_related = ["contract", "recorded_by"]
    date_hierarchy = "signed_on"


@admin.register(Note)
class NoteAdmin(ReadOnly, admin.ModelAdmin):
    """The texts belong to the parties; here one sees only that there are some."""

    list_display = ["contract", "audience", "side", "by", "at"]
    list_filter = ["audience", "side"]
    search_fields = ["contract__title", "by__name"]
    list_select_related = ["contract", "by"]
    date_hierarchy = "at"
    fields = ["contract", "audience", "side", "by", "at"]


@admin.register(Reminder)
class ReminderAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["contract", "ends_on", "days", "at"]
    list_filter = ["days"]
    search_fields = ["contract__title"]
    list_select_related = ["contract"]

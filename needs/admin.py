from django.contrib import admin

from needs.models import ImportRun, Need, Serial


class ReadOnlyMixin:
    """To look at only: needs come from people, change by the flow, and stay."""

    def has_add_permission(self, _request):
        return False

    def has_change_permission(self, _request, _obj=None):
        return False

    def has_delete_permission(self, _request, _obj=None):
        return False


@admin.register(Need)
class NeedAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """Which needs there are and where they stand; their texts are read on the pages only."""

    list_display = ["number", "title", "state", "hospital", "department", "proposer", "updated_at"]
    list_filter = ["state", "source", "hospital", "submitted_at"]
    list_select_related = ["hospital", "department", "proposer"]
    search_fields = ["number", "title", "proposer__name", "proposer__email", "public_id"]
    date_hierarchy = "submitted_at"
    ordering = ["-updated_at"]
    show_full_result_count = False
    # Administrators keep the system; they do not read needs (docs/decisions/0005).
    fields = [
        *("number", "title", "state", "hospital", "department", "proposer", "source", "public_id"),
        *("submitted_at", "answer_due", "version", "created_at", "updated_at", "updated_by"),
    ]


@admin.register(Serial)
class SerialAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """The last number of each hospital and year."""

    list_display = ["hospital", "year", "last"]
    list_filter = ["year"]
    list_select_related = ["hospital"]
    search_fields = ["hospital__name"]
    ordering = ["-year", "hospital"]


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """Uploads and what came of them."""

    list_display = [
        "created_at",
        "file_name",
        "hospital",
        "started_by",
        "state",
        "created",
        "known",
    ]
    list_filter = ["state", "dry_run", "hospital"]
    list_select_related = ["hospital", "started_by"]
    search_fields = ["file_name", "started_by__name"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    exclude = ["content", "problems", "columns"]

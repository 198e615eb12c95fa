from django.contrib import admin

from matching.models import Match, Requirement


@admin.register(Match)
class MatchAdmin(admin.ModelAdmin):
    """Looked up here, moved on the pages of the portal: every step tells the other side."""

    list_display = ["publication", "partner", "state", "origin", "score", "moved_at"]
    list_filter = ["state", "origin", "publication__hospital", "moved_at"]
    search_fields = ["publication__title", "partner__name", "public_id"]
    list_select_related = ["publication", "partner"]
    date_hierarchy = "moved_at"
    ordering = ["-moved_at"]

    def has_add_permission(self, _request):
        return False

    def has_change_permission(self, _request, _obj=None):
        return False

    def has_delete_permission(self, _request, _obj=None):
        return False


@admin.register(Requirement)
class RequirementAdmin(admin.ModelAdmin):
    """参考: the office's warnings come from here."""

    list_display = ["device_class", "licence"]
    list_filter = ["device_class"]
    search_fields = ["device_class__ja", "licence__ja"]
    list_select_related = ["device_class", "licence"]
    autocomplete_fields = ["device_class", "licence"]
    ordering = ["device_class__order", "licence__order"]

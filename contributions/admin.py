from django.contrib import admin

from contributions.models import Contribution


@admin.register(Contribution)
class ContributionAdmin(admin.ModelAdmin):
    """Who gave what; written by the actions that earned it."""

    list_display = ["on", "person", "kind", "hospital"]
    list_filter = ["kind", "hospital"]
    list_select_related = ["person", "hospital"]
    search_fields = ["person__name", "person__email"]
    date_hierarchy = "on"
    ordering = ["-on", "-pk"]
    fields = ["person", "hospital", "kind", "on"]

    def has_add_permission(self, _request):
        return False

    def has_change_permission(self, _request, _obj=None):
        return False

    def has_delete_permission(self, _request, _obj=None):
        return False

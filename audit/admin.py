from django.contrib import admin

from audit.models import Entry


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    """Read only: a record that can be edited is none.

    The words and marks in ``data`` belong to those who may read the object.
    """

    list_display = ["at", "action", "actor", "target_type", "target_id"]
    list_filter = ["target_type", "at"]
    search_fields = ["action", "actor__name", "target_id"]
    list_select_related = ["actor", "target_type"]
    date_hierarchy = "at"
    ordering = ["-at"]
    exclude = ["data"]

    def has_add_permission(self, *_args):
        return False

    def has_change_permission(self, *_args):
        return False

    def has_delete_permission(self, *_args):
        return False

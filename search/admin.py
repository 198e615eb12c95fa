from django.contrib import admin

from search.models import Synonym


@admin.register(Synonym)
class SynonymAdmin(admin.ModelAdmin):
    """Read only: the offices keep the glossary on its own page, where each change is recorded."""

    list_display = ["__str__", "note", "updated_at", "updated_by"]
    list_select_related = ["updated_by"]
    search_fields = ["words", "note"]
    ordering = ["words"]

    def has_add_permission(self, *_args):
        return False

    def has_change_permission(self, *_args):
        return False

    def has_delete_permission(self, *_args):
        return False

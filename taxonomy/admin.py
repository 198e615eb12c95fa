from django.contrib import admin

from taxonomy.models import Term


@admin.register(Term)
class TermAdmin(admin.ModelAdmin):
    """Labels may be edited; codes are fixed once they exist."""

    list_display = ["kind", "code", "ja", "en", "order", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["code", "ja", "en"]
    ordering = ["kind", "order", "code"]

    def has_delete_permission(self, _request, _obj=None):
        return False  # 「有効」 is for that: what was filled in keeps its words

    def get_readonly_fields(self, _request, obj=None):
        return ["kind", "code"] if obj else []
